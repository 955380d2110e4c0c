"""Folding: the many ways to type one word meet in one form."""

import pytest

from bot.shared.danish import LONGEST_WORD, fold, skeleton, without_danish_letters, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("SLÅR", "slår"),
        ("slaar", "slår"),
        ("noegle", "nøgle"),
        ("vaere", "være"),
        ("slåååår", "slår"),
        ("Neeeej", "nej"),
        ("1111", "1111"),
        ("idé", "ide"),
        ("Björn", "bjørn"),
        ("sl\u200bår", "slår"),
        ("\u202eabc", "abc"),
        ("a\x00b", "a b"),
        ("👋🏽 hej", "👋 hej"),
        ("ﬁn", "fin"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hej, Mor!", ["hej", "mor", "."]),
        ("kommer", ["komer"]),
        ("far's bil", ["fars", "bil"]),
        ("s l å r mig", ["slår", "mig"]),
        ("s.t.o.p", ["stop"]),
        ("i å", ["i", "å"]),
        ("jeg🔪dig", ["jeg", "🔪", "dig"]),
        ("en – to (tre)", ["en", "to", "tre"]),
        ("!!!", ["."]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_words_are_cut() -> None:
    assert words("ab" * 1000) == ["ab" * (LONGEST_WORD // 2)]


def test_a_rule_word_has_the_form_of_the_text() -> None:
    assert [skeleton("Hjælppp")] == words("HJÆLP")


def test_without_danish_letters() -> None:
    assert list(without_danish_letters("slår")) == ["slar"]
    assert list(without_danish_letters("bange")) == []
