"""The safety net as the door calls it: danger, STOP and a complaint said in so many words, on the raw text."""

from dataclasses import dataclass

from bot.shared import keywords
from bot.shared.codebook import Concern
from bot.shared.danger import read_danger


@dataclass(frozen=True)
class NetFindings:
    """What the rules say of one message."""

    danger: Concern
    danger_rule: str | None  # id of the rule that hit
    stop: bool
    complaint: bool


def read(text: str, earlier: str = "") -> NetFindings:
    """Reads the piece `text` alone and joined with `earlier`, what the same address wrote in the minute before."""
    danger = read_danger(text, earlier)
    return NetFindings(
        danger=danger.band,
        danger_rule=danger.rule,
        stop=keywords.is_stop(text),
        complaint=keywords.says_complaint(text),
    )
