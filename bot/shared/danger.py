"""The safety net's danger rules: deterministic, on the raw text, independent of the engine.

The bands are the codebook's `bekymring`. A phrase list cannot read between the lines: what is merely hinted at is the
classifier's part. When in doubt a rule rather hits than misses, for a human reads the message either way.
"""

from dataclasses import dataclass

from bot.shared.codebook import Concern
from bot.shared.danish import words
from bot.shared.rule_book import Reading, Rule, find, load

RULE_FILES = (
    "danger_words.txt",
    "danger_harmless.txt",
    "danger_violence.txt",
    "danger_self.txt",
    "danger_neglect.txt",
    "danger_languages.txt",
)
HARMLESS = "uskyldig"  # the band of the rules whose phrases are blanked before all others read
JUNCTION_WORDS = 40  # how much on either side of the border of two messages is read as one

_ALL = load(*RULE_FILES)
_HARMLESS_PHRASES = [phrase for rule in _ALL if rule.band == HARMLESS for phrase in rule.phrases]
_RULES = [rule for band in (Concern.AKUT, Concern.JA) for rule in _ALL if rule.band == band]


@dataclass(frozen=True)
class DangerFinding:
    """What the rules found."""

    band: Concern
    rule: str | None  # id of the first rule that hit, None where none did


NOTHING = DangerFinding(Concern.NEJ, None)


def rules() -> list[Rule]:
    """All rules with their cases, the harmless ones included."""
    return list(_ALL)


def read_danger(text: str, earlier: str = "") -> DangerFinding:
    """The gravest rule that the piece `text` meets, alone or together with `earlier`.

    `earlier` is what the address wrote just before, oldest first. Danger that stands in `earlier` only was reported
    when it came and is not reported again.
    """
    piece = words(text)
    alone = _first_hit(Reading.of(piece), reaching=0)
    if not earlier or not piece or alone.band is Concern.AKUT:
        return alone
    before = words(earlier)[-JUNCTION_WORDS:]
    joined = Reading.of(before + piece[:JUNCTION_WORDS])
    border = len(Reading.of(before).line)
    together = _first_hit(joined, reaching=border)
    return together if together.band.weight > alone.band.weight else alone


def _first_hit(reading: Reading, *, reaching: int) -> DangerFinding:
    ready = reading.without(_HARMLESS_PHRASES)
    for rule in _RULES:
        if find(rule, ready, reaching=reaching):
            return DangerFinding(Concern(rule.band), rule.id)
    return NOTHING
