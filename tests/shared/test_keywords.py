"""The exact words beyond the cases of the rule file."""

import pytest

from bot.shared.keywords import is_call_wish, is_no, is_stop, is_yes, says_complaint


@pytest.mark.parametrize(
    "text", ["stop", "STOP 1234", "afmeld", "stop tak.", "/stop", "Stop!", "afmeld mig", "framelding", " stop\n"]
)
def test_stop(text: str) -> None:
    assert is_stop(text)


@pytest.mark.parametrize(
    "text", ["det må ikke stoppe", "stop med at skifte rådgiver", "jeg stopper i skole", "", "🛑🛑 nej", "ja"]
)
def test_not_stop(text: str) -> None:
    assert not is_stop(text)


def test_stop_in_a_long_text_is_not_the_keyword() -> None:
    assert not is_stop("stop " * 100)


@pytest.mark.parametrize("text", ["Jeg vil klage.", "det her er en klage", "jeg vil gerne indgive en klage", "VI VIL KLAAAGE"])
def test_complaint(text: str) -> None:
    assert says_complaint(text)


@pytest.mark.parametrize("text", ["jeg vil ikke klage", "kan ikke klage", "ingen klager herfra", "upåklageligt", "beklager", ""])
def test_no_complaint(text: str) -> None:
    assert not says_complaint(text)


@pytest.mark.parametrize("text", ["RING", "ring til mig", "ring mig op", "I må gerne ringe"])
def test_call_wish(text: str) -> None:
    assert is_call_wish(text)


@pytest.mark.parametrize("text", ["ring ikke", "de ringede", "ingen ringer tilbage", "en ring af guld", ""])
def test_no_call_wish(text: str) -> None:
    assert not is_call_wish(text)


def test_yes_and_no_exclude_each_other() -> None:
    for text in ("ja", "jaaa", "ja tak", "👍", "nej", "neeej", "nej tak", "👎", "måske", "", "ja og nej"):
        assert not (is_yes(text) and is_no(text))


def test_a_sentence_is_neither_yes_nor_no() -> None:
    assert not is_yes("ja men vi ventede længe")
    assert not is_no("nej vi ventede længe på svar")
