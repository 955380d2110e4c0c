"""LIX by hand."""

import pytest

from bot.shared.readability import lix


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", 0.0),
        ("👍 !!!", 0.0),
        ("Hej", 1.0),
        ("Vi ses i dag", 4.0),
        ("Vi ses. Hej då!", 2.0),
        ("Vi ses\nHej då", 2.0),
        ("Svar: ja eller nej", 2.0),
        ("Kommunen ringer", 2 + 50.0),
        ("Kl. 14.30 kommer vi 😊", (1 + 3) / 2),
        ("Vi ses...", 2.0),
        ("E-mailen er her", 3 + 100 / 3),
    ],
)
def test_lix(text: str, value: float) -> None:
    assert lix(text) == pytest.approx(value)


def test_six_letters_are_short_and_seven_are_long() -> None:
    assert lix("sekser") == 1.0
    assert lix("syvtals") == 101.0
