"""The rules of plain Danish that every question and text is held to.

Each check returns findings: sentences that say what is wrong and how to mend it. Limits are the product's (LIX 20, 24
and 30; words per question 12, 14 and 20); the words stand in bot/service/texts/sprog.yml.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.service.channels.sms.gsm7 import BASIC, EXTENSION, encoding, replace_safely, segments
from bot.shared.codebook import Audience
from bot.shared.readability import lix

RULES = Path(__file__).parents[1] / "texts" / "sprog.yml"

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_CHILDREN = (Audience.BARN_7_12, Audience.BARN_13_17)


@dataclass(frozen=True)
class Limits:
    """What an audience can be asked to read."""

    lix: float  # of a whole dialogue, at most
    words: int  # of a question, at most


_ADULT = Limits(lix=30, words=20)
LIMITS: Mapping[Audience, Limits] = {
    Audience.BARN_7_12: Limits(lix=20, words=12),
    Audience.BARN_13_17: Limits(lix=24, words=14),
    Audience.UNG_18_23: _ADULT,
    Audience.FORAELDER: _ADULT,
    Audience.NETVAERK: _ADULT,
    Audience.FAGPERSON: _ADULT,
}


@cache
def _rules() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return loaded


@cache
def _word_pattern(entry: str) -> re.Pattern[str]:
    """`barn` is the word itself, `barn*` every word that begins so."""
    stem = re.escape(entry.rstrip("*"))
    return re.compile(rf"(?<!\w){stem}" + (r"\w*" if entry.endswith("*") else r"(?!\w)"), re.IGNORECASE)


def words(text: str) -> list[str]:
    """The words of a text; numbers are none."""
    return _WORD.findall(text)


def difficult_words(text: str, audience: Audience | None = None) -> list[str]:
    """Words that a plainer one says as well; for children there are more of them."""
    table = dict(_rules()["svaere_ord"])
    if audience in _CHILDREN:
        table |= _rules()["svaere_ord_for_boern"]
    return [
        f"`{found.group()}` is hard to read: write {plain}"
        for entry, plain in table.items()
        if (found := _word_pattern(entry).search(text))
    ]


def polite_form(text: str) -> list[str]:
    """The address `De`; a capital inside a sentence gives it away, at its beginning it may be the plain `they`."""
    return [
        f"`{form}` is the polite form: write {plain}"
        for form, plain in _rules()["hoeflig_form"].items()
        if re.search(rf"(?<![.!?:\n] )(?<!^)\b{form}\b", text)
    ]


def leading(text: str) -> list[str]:
    """Questions that put the answer into the mouth."""
    return [
        f"is a leading question ({why}): ask openly"
        for pattern, why in _rules()["ledende"].items()
        if re.search(pattern, text, re.IGNORECASE)
    ]


def revealing(text: str) -> list[str]:
    """Words that tell whoever holds the phone what it is about; the fixed ending of every thanks is exempt."""
    rest = text.replace(_rules()["fast_slutning"], "")
    return [
        f"`{found.group()}` reveals what it is about on a phone that others may read: say it neutrally"
        for entry in _rules()["roebende"]
        if (found := _word_pattern(entry).search(rest))
    ]


def sms_faults(text: str, most: int) -> list[str]:
    """Whether the text, safely replaced, is GSM-7 and fits in `most` segments."""
    wire = replace_safely(text)
    if encoding(wire) != "gsm7":
        foreign = sorted({letter for letter in wire if letter not in BASIC | EXTENSION})
        return [f"has characters that an SMS in GSM-7 cannot carry ({' '.join(foreign)}): replace them"]
    if (count := segments(wire)) > most:
        return [f"takes {count} SMS ({len(wire)} characters), {most} at most: shorten it"]
    return []


def question_faults(text: str, audience: Audience) -> list[str]:
    """Everything that is wrong with the wording of one question."""
    count, most = len(words(text)), LIMITS[audience].words
    too_long = [f"has {count} words, {most} at most for {audience}: shorten it"] if count > most else []
    return [*too_long, *difficult_words(text, audience), *polite_form(text), *leading(text), *revealing(text)]


def lix_faults(dialogue: Iterable[str], audience: Audience) -> list[str]:
    """Whether all that an audience reads is easy enough together; LIX says little about a single sentence."""
    score, most = lix("\n".join(dialogue)), LIMITS[audience].lix
    if score <= most:
        return []
    return [f"has LIX {score:.1f} for {audience}, {most:.0f} at most: shorter sentences, fewer words over six letters"]
