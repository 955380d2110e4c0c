"""Reads the rule files of bot/shared/rules and matches their phrases.

A rule file is plain text:

    # a comment: source, reason, doubt
    @voksen = far mor stedfar*        a word class; `stedfar*` any ending, `*far` any beginning, `*far*` both
    [slaar_mig] ja                    a rule: its id and its band (or what else its reader sorts by)
    {voksen} _3 slår|slog !op mig     a phrase: words in order; `_3` up to three other words of the same sentence, `~3`
                                      also over its end, `a|b` one of them, `a?` may be missing, `!a|b` none of these
    / slår mig i skak                 an exception: blanked before this rule reads the text
    + min far slår mig                a case that the rule must match (text as people write it)
    ~ min far slog mig i går          a case that must be found, but not by this rule
    - min far slår mig i skak         a case in which no rule of the book may match

Phrases are compiled to expressions over words with bounded gaps only, so matching is linear in the text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.shared.danish import SENTENCE_END, skeleton, without_danish_letters, words

RULES_FOLDER = Path(__file__).parent / "rules"
_BLANK = "·"
_GAPS = {"_": rf"(?:[^ {SENTENCE_END}]+ )", "~": "(?:[^ ]+ )"}


class RuleFileError(Exception):
    """A line of a rule file cannot be read; the message names file and line."""


@dataclass(frozen=True)
class Phrase:
    """One compiled phrase."""

    text: str  # as the rule file has it
    expression: re.Pattern[str]
    anchor: "WordSet"  # a word of this set must be in the text, or the phrase is not tried


@dataclass(frozen=True)
class WordSet:
    """Folded words and word parts, one of which a word of the text must be."""

    exact: frozenset[str]
    parts: re.Pattern[str] | None  # for the words with a star

    def meets(self, text_words: frozenset[str]) -> bool:
        """Whether one of the text's words is in the set."""
        if not self.exact.isdisjoint(text_words):
            return True
        return self.parts is not None and any(self.parts.match(word) for word in text_words)


@dataclass
class Rule:
    """One rule with its cases."""

    id: str
    band: str
    source: str  # file name, for messages
    phrases: list[Phrase] = field(default_factory=list)
    exceptions: list[Phrase] = field(default_factory=list)
    must_match: list[str] = field(default_factory=list)
    must_differ: list[str] = field(default_factory=list)
    must_not_match: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """A text made ready for matching."""

    line: str  # " word word . word "
    vocabulary: frozenset[str]

    @classmethod
    def of(cls, text_words: list[str]) -> "Reading":
        """From the words that `danish.words` gives."""
        return cls(f" {' '.join(text_words)} ", frozenset(text_words))

    def without(self, phrases: Iterable[Phrase]) -> "Reading":
        """The same with what these phrases match blanked, letter for letter, so that positions stay."""
        line = self.line
        for phrase in phrases:
            if phrase.anchor.meets(self.vocabulary):
                line = phrase.expression.sub(_blank, line)
        return self if line == self.line else Reading(line, self.vocabulary)


def find(rule: Rule, reading: Reading, *, reaching: int = 0, whole: bool = False) -> bool:
    """Whether a phrase of the rule matches, with its end beyond position `reaching`, or from end to end (`whole`)."""
    ready = reading.without(rule.exceptions) if rule.exceptions else reading
    for phrase in rule.phrases:
        if not phrase.anchor.meets(reading.vocabulary):
            continue
        if whole:
            if phrase.expression.fullmatch(ready.line, 1):
                return True
        elif _reaches(phrase.expression, ready.line, reaching):
            return True
    return False


def load(*names: str) -> list[Rule]:
    """The rules of these files in order; classes of an earlier file hold in the later ones."""
    classes: dict[str, list[str]] = {}
    rules: list[Rule] = []
    for name in names:
        for number, line in enumerate((RULES_FOLDER / name).read_text(encoding="utf-8").splitlines(), start=1):
            try:
                _read_line(line, name, classes, rules)
            except (KeyError, ValueError, IndexError) as error:
                raise RuleFileError(f"{name}:{number}: {line.strip()!r}: {error}") from error
    return rules


def _read_line(line: str, source: str, classes: dict[str, list[str]], rules: list[Rule]) -> None:
    line = line.strip()
    if not line or line.startswith("#"):
        return
    if line.startswith("@"):
        name, _, members = line[1:].partition("=")
        classes[name.strip()] = [word for member in members.split() for word in _members(member, classes)]
    elif line.startswith("["):
        rule_id, _, band = line[1:].partition("]")
        rules.append(Rule(rule_id.strip(), band.strip(), source))
    else:
        _add_to_rule(line, rules[-1], classes)


def _add_to_rule(line: str, rule: Rule, classes: dict[str, list[str]]) -> None:
    mark, _, rest = line.partition(" ")
    cases = {"+": rule.must_match, "~": rule.must_differ, "-": rule.must_not_match}.get(mark)
    if cases is not None:
        cases.append(rest.strip())
    elif mark == "/":
        rule.exceptions.append(_compile(rest, classes))
    else:
        rule.phrases.append(_compile(line, classes))


def _compile(pattern: str, classes: dict[str, list[str]]) -> Phrase:
    expression = []
    sets = []
    for element in pattern.split():
        if gap := re.fullmatch(r"([_~])(\d)", element):
            expression.append(f"{_GAPS[gap.group(1)]}{{0,{gap.group(2)}}}")
            continue
        optional, forbidden = element.endswith("?"), element.startswith("!")
        members = [word for part in element.strip("?!").split("|") for word in _members(part, classes)]
        alternatives = _alternatives(members)
        expression.append(f"(?!{alternatives} )" if forbidden else f"(?:{alternatives} ){'?' if optional else ''}")
        if not optional and not forbidden:
            sets.append(members)
    return Phrase(pattern, re.compile("(?<= )" + "".join(expression)), _word_set(min(sets, key=_commonness)))


def _members(part: str, classes: dict[str, list[str]]) -> list[str]:
    return classes[part[1:-1]] if part.startswith("{") else [part]


def _commonness(members: list[str]) -> int:
    return len(members)


def _forms(member: str) -> Iterator[str]:
    """The folded forms of a word of a rule, its stars kept."""
    word = skeleton(member.strip("*"))
    if not word:
        raise ValueError(f"no word in {member!r}")
    before, after = "*" * member.startswith("*"), "*" * member.endswith("*")
    for form in (word, *without_danish_letters(word)):
        yield before + form + after


def _as_expression(form: str) -> str:
    return f"{'[^ ]*?' * form.startswith('*')}{re.escape(form.strip('*'))}{'[^ ]*' * form.endswith('*')}"


def _alternatives(members: list[str]) -> str:
    forms = dict.fromkeys(form for member in members for form in _forms(member))
    return f"(?:{'|'.join(_as_expression(form) for form in forms)})"


def _word_set(members: list[str]) -> WordSet:
    forms = {form for member in members for form in _forms(member)}
    parts = [_as_expression(form) for form in sorted(forms) if "*" in form]
    return WordSet(
        frozenset(form for form in forms if "*" not in form),
        re.compile("|".join(parts)) if parts else None,
    )


def _reaches(expression: re.Pattern[str], line: str, position: int) -> bool:
    match = expression.search(line)
    while match and match.end() <= position:
        match = expression.search(line, match.start() + 1)
    return match is not None


def _blank(match: re.Match[str]) -> str:
    return "".join(" " if character == " " else _BLANK for character in match.group())


def read(text: str) -> Reading:
    """A text made ready for `find`."""
    return Reading.of(words(text))
