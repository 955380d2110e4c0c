"""Texts made to make an expression go back and forth: 100,000 characters are read in seconds, not in minutes."""

import time
from collections.abc import Callable

import pytest

from bot.shared import keywords
from bot.shared.danger import read_danger
from bot.shared.danish import fold
from bot.shared.personal_data import find_phone, redact
from bot.shared.readability import lix

LENGTH = 100_000
LIMIT = 10  # seconds; a quadratic reading of these takes many minutes
PIECES = [
    "a", "å", "A", " ",
    "\n", "\x00", "\u200b", "\u202e", "12 ", "1", "+45 ", "a.", "a-", "a'", "a@", "a.a@", "(", "Vej ", "Aa ",
    "🔪 mig selv ", "s l å r ",
    "min far slår mig i skak ", "jeg ikke hjem om at i ham ", "Aavej 1, 2. tv, 8000 A", "يضرب ", "a\u0336", "ﷺ",
]  # fmt: skip
READERS = [
    read_danger, keywords.is_stop, keywords.says_complaint, keywords.is_call_wish, keywords.is_yes, fold, redact, find_phone, lix,
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_long_text(reader: Callable[[str], object], piece: str) -> None:
    text = (piece * (LENGTH // len(piece) + 1))[:LENGTH]
    start = time.perf_counter()
    reader(text)
    assert time.perf_counter() - start < LIMIT


def test_long_earlier_text() -> None:
    start = time.perf_counter()
    read_danger("slår mig", "min far " * (LENGTH // 8))
    assert time.perf_counter() - start < LIMIT
