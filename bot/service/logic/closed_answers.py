"""Reads a typed answer to a closed question: a digit, a number in words, an option's words, a yes or a no.

`None` means unsure: the turn then goes to the engine, and the question may be asked again. A wrong guess would be
worse, as nobody would ever see it.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.service.logic.questions import Option, Question, QuestionKind
from bot.shared.danish import SENTENCE_END, words
from bot.shared.keywords import is_no, is_yes

WORDS = Path(__file__).parents[1] / "texts" / "svarord.yml"

_SHORTEST_PART = 4  # letters of a label that are enough to know it by; "men", "det", "for" are not
_LONGEST_NUMBER = 2  # digits
# The words up to the first mark, and what follows. Possessive, so that a message of blanks or marks costs no more.
_HEAD = re.compile(r"([^.,:;!(\n–—-]++)[.,:;!(\n–—-]++\s*+(.+)", re.DOTALL)


def read_closed(question: Question, text: str) -> Option | None:
    """The option that the whole message names; None where it names none, or several, or says more than that."""
    if question.kind is QuestionKind.JA_NEJ and (answer := _yes_or_no(text)):
        return question.option(answer)
    return read_options(question.options, text)


def read_leading(question: Question, text: str) -> Option | None:
    """As `read_closed`, but a remark may follow ("4, de var søde"); None where the remark names something else.

    For use after the engine has read the message: a remark may be a complaint.
    """
    whole = read_closed(question, text)
    split = _HEAD.fullmatch(text.strip())
    if whole or split is None:
        return whole
    head, remark = split.groups()
    second_thought = _tokens(remark)[:1]
    if _numbers(_tokens(remark)) or (second_thought and read_closed(question, second_thought[0])):
        return None
    return read_closed(question, head)


def read_options(options: Sequence[Option], text: str) -> Option | None:
    """The one option that the message names by digit, number or words."""
    said = _tokens(text)
    for option in options:
        if said in _names(option):
            return option
    core = _without_out_of(_without_filler(said), options)
    found = [option for option in options if _means(option, core)]
    # A bare yes or no fits into several labels ("Mest ja"): only a label of just that word is named by it.
    return found[0] if len(found) == 1 and not (is_yes(text) or is_no(text)) else None


def _means(option: Option, said: list[str]) -> bool:
    """Whether these words are the option's digit, its words, or the digit with its words."""
    if said[:1] and _number(said[0]) == option.digit:
        return len(said) == 1 or _is_part(said[1:], option)
    return _is_part(said, option)


def _is_part(said: list[str], option: Option) -> bool:
    """Whether the words are a name of the option, or stand side by side in its label; the last may be cut short."""
    if said in _names(option):
        return True
    label, count = _names(option)[0], len(said)
    return sum(map(len, said)) >= _SHORTEST_PART and any(
        label[place : place + count - 1] == said[:-1] and label[place + count - 1].startswith(said[-1])
        for place in range(len(label) - count + 1)
    )


def _yes_or_no(text: str) -> str | None:
    marks = [mark for mark in words(text) if mark != SENTENCE_END]
    for answer, signs in _words()["tegn"].items():
        if len(marks) == 1 and marks[0] in signs:
            return str(answer)
    if is_yes(text):
        return "ja"
    return "nej" if is_no(text) else None


def _without_filler(said: list[str]) -> list[str]:
    """Without the words in front and behind that change nothing; one word always stays."""
    filler = _folded("fyld")
    start, end = 0, len(said)
    while end - start > 1 and said[start] in filler:
        start += 1
    while end - start > 1 and said[end - 1] in filler:
        end -= 1
    return said[start:end]


def _without_out_of(said: list[str], options: Sequence[Option]) -> list[str]:
    """`4 ud af 5` is 4, if 5 is the most there is."""
    if len(said) > 2 and options and _number(said[-1]) == options[-1].digit and said[1:-1] in _phrases("ud_af"):
        return said[:1]
    return said


def _number(word: str) -> str | None:
    """The number that one word is."""
    if word.isascii() and word.isdigit():
        return str(int(word)) if len(word) <= _LONGEST_NUMBER else None
    return _number_words().get(word)


def _numbers(said: list[str]) -> list[str]:
    """Every number in a text; the articles `en` and `et` are none there."""
    return [number for word in said if word not in _folded("fyld") and (number := _number(word))]


def _tokens(text: str) -> list[str]:
    """The folded words without marks and sentence ends."""
    return [word for word in words(text) if word[0].isalnum()]


@cache
def _names(option: Option) -> list[list[str]]:
    """The label first, then all else that means the option."""
    return [_tokens(name) for name in (option.label, option.id.replace("_", " "), *option.aliases)]


@cache
def _words() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return loaded


@cache
def _folded(section: str) -> frozenset[str]:
    return frozenset(word for phrase in _phrases(section) for word in phrase)


@cache
def _phrases(section: str) -> list[list[str]]:
    return [_tokens(phrase) for phrase in _words()[section]]


@cache
def _number_words() -> Mapping[str, str]:
    return {_tokens(word)[0]: str(number) for word, number in _words()["tal"].items()}
