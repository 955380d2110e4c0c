"""Holds every question set and every text to the rules of plain language; `make lint` runs it.

    python -m bot.service.logic.language_gate

prints what is wrong and how to mend it, and exits 1 if anything is.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.service.logic.plain_language import (
    RULES,
    difficult_words,
    leading,
    lix_faults,
    polite_form,
    revealing,
    sms_faults,
    words,
)
from bot.service.logic.question_sets import QUESTION_SETS, Catalogue, QuestionSetError
from bot.service.logic.texts import TEXTS, TextError, Texts
from bot.shared.codebook import Audience, Channel

_SMS_SEGMENTS = 2
# Sent to many, and unasked: one segment.
_ONE_SEGMENT = frozenset({"foerste_kontakt", "foerste_kontakt_link", "paamindelse", "opkald_ja_igen"})
_READABLE = 20  # words from which LIX says something about a single text
_SENTENCE = 3  # words from which a text is one; buttons and weekdays are none
_KEPT_ON_THE_PHONE = frozenset({Channel.SMS, Channel.TELEGRAM})


@dataclass(frozen=True)
class Finding:
    """Something to mend."""

    where: str  # a file and line, or a text's key
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True)
class Spoken:
    """A text as one audience gets it on one channel, its places filled with the longest likely values."""

    key: str
    audience: Audience
    channel: Channel
    text: str


def check(texts_folder: Path = TEXTS, sets_folder: Path = QUESTION_SETS) -> list[Finding]:
    """Everything that is wrong with the sets and texts of these folders, each finding once."""
    try:
        texts = Texts.load(texts_folder)
    except TextError as error:
        return [Finding(str(texts_folder / "da.yml"), str(error))]
    try:
        catalogue = Catalogue.load(sets_folder)
    except QuestionSetError as error:
        faults = [Finding(f"{problem.path}:{problem.line}", problem.message) for problem in error.problems]
        return faults + check_texts(texts)
    return check_texts(texts) + list(_check_dialogues(texts, catalogue))


def check_texts(texts: Texts) -> list[Finding]:
    """What is wrong with single texts, for whomever may read them."""
    keys = texts.keys()
    missing = [
        Finding(key, f"no sample for {{{name}}}: add one under `proever` in {RULES.name}")
        for key in keys
        for name in sorted(texts.placeholders(key) - _samples().keys())
    ]
    if missing:
        return missing
    found = (Finding(spoken.key, fault) for spoken in _all_spoken(texts) for fault in _faults(spoken))
    return list(dict.fromkeys(found))


def _faults(spoken: Spoken) -> Iterator[str]:
    text = spoken.text
    yield from difficult_words(text, spoken.audience)
    yield from polite_form(text)
    yield from leading(text)
    if spoken.channel in _KEPT_ON_THE_PHONE:
        yield from (f"on {spoken.channel}: {fault}" for fault in revealing(text))
    if spoken.channel is Channel.SMS:
        yield from (
            f"on sms: {fault}" for fault in sms_faults(text, 1 if spoken.key in _ONE_SEGMENT else _SMS_SEGMENTS)
        )
    if len(words(text)) >= _READABLE:
        yield from lix_faults([text], spoken.audience)


def _check_dialogues(texts: Texts, catalogue: Catalogue) -> Iterator[Finding]:
    """LIX of all that one audience may read on one channel around each set."""
    spoken = list(_all_spoken(texts))
    for question_set in (catalogue.latest(set_id) for set_id in catalogue.ids()):
        for audience in question_set.audiences:
            for channel in Channel:
                said = [one.text for one in spoken if (one.audience, one.channel) == (audience, channel)]
                asked = [question.texts[audience] for question in question_set.questions if audience in question.texts]
                for fault in lix_faults([text for text in said if len(words(text)) >= _SENTENCE] + asked, audience):
                    yield Finding(question_set.id, f"the dialogue on {channel} {fault}")


def _all_spoken(texts: Texts) -> Iterator[Spoken]:
    keys = texts.keys()
    for key in keys:
        values = {name: _samples()[name] for name in texts.placeholders(key) & _samples().keys()}
        for channel, audience in _readers(texts.variants(key)):
            yield Spoken(key, audience, channel, texts.say(key, audience, channel, **values))


def _readers(variants: Iterable[tuple[Channel | None, Audience | None]]) -> Iterator[tuple[Channel, Audience]]:
    """Every channel and audience that some variant is for; a text for the web chat alone is never said on SMS."""
    for channel in Channel:
        for audience in Audience:
            if any(to in (None, channel) and whom in (None, audience) for to, whom in variants):
                yield channel, audience


@cache
def _samples() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load(RULES.read_text(encoding="utf-8"))["proever"]
    return loaded


def main() -> int:
    """Prints the findings; the exit code is 1 if there are any."""
    findings = check()
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    sys.stdout.write(f"language: {len(findings)} to mend\n" if findings else "language: nothing to mend\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
