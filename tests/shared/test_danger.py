"""The danger rules on messages as they come: misspelt, in pieces, beside other matters."""

import pytest

from bot.shared.codebook import Concern
from bot.shared.danger import NOTHING, read_danger


@pytest.mark.parametrize(
    "text",
    [
        "min far slår mig",
        "MIN FAR SLÅR MIG!!!",
        "min far slååååår mig",
        "min far slaar mig",
        "min far slar mig",
        "min far s l å r mig",
        "min far s.l.å.r mig",
        "min far sl\u200bår mig",
        "min far sl\u00adår m\u202eig",
        "min far\x00slår\x00mig",
        "min far sla\u030ar mig",
        "min far 𝐬𝐥å𝐫 mig",
        "min far  slår\n\n\tmig",
        "godt møde 👍 men min far slår mig 😢",
    ],
)
def test_spelling_hides_no_danger(text: str) -> None:
    assert read_danger(text).band is Concern.JA


def test_the_gravest_rule_wins() -> None:
    assert read_danger("min far slår mig tit og nu vil han slå mig ihjel").band is Concern.AKUT


def test_danger_beside_a_figure_of_speech_is_found() -> None:
    assert read_danger("jeg døde af grin. bagefter tævede han mig").band is Concern.JA


def test_a_long_message_is_read_to_its_end() -> None:
    assert read_danger("vi talte om skolen og om maden. " * 300 + "min far slår mig").band is Concern.JA


@pytest.mark.parametrize(("earlier", "text"), [("min far", "slår mig"), ("hej. min far slår", "mig"), ("jeg vil", "dø")])
def test_danger_in_pieces_is_found(earlier: str, text: str) -> None:
    assert read_danger(text) == NOTHING or read_danger(text).band is Concern.JA
    assert read_danger(text, earlier).band is Concern.JA


@pytest.mark.parametrize("text", ["ok", "tak for det", "👍", "", " ", "vi ses på mandag"])
def test_danger_in_the_earlier_piece_is_not_reported_again(text: str) -> None:
    assert read_danger(text, "min far slår mig") == NOTHING


def test_a_new_piece_may_raise_the_band() -> None:
    assert read_danger("i nat", "jeg vil gerne dø").band is Concern.AKUT


def test_a_long_earlier_text_does_not_hide_the_border() -> None:
    assert read_danger("slår mig", "snak " * 500 + "min far").band is Concern.JA


@pytest.mark.parametrize(
    "text",
    [
        "Det gør godt at blive hørt",
        "Vi vil gerne have en fast rådgiver",
        "kommunen slår sig på brystet",
        "hun slog en streg over det gamle",
        "det var et slag i ansigtet på os som familie, sagde ingen",
        "vi ses, og ha' det godt",
        "5",
        "",
    ],
)
def test_the_ordinary_answer_is_no_danger(text: str) -> None:
    assert read_danger(text) == NOTHING
