"""The rules of plain language, each with cases that must be found and cases that must not."""

import pytest

from bot.service.logic.plain_language import (
    LIMITS,
    difficult_words,
    leading,
    lix_faults,
    polite_form,
    question_faults,
    revealing,
    sms_faults,
    words,
)
from bot.shared.codebook import Audience


def test_limits_are_those_of_the_product() -> None:
    limits = {audience: (limit.lix, limit.words) for audience, limit in LIMITS.items()}

    assert limits.pop(Audience.BARN_7_12) == (20, 12)
    assert limits.pop(Audience.BARN_13_17) == (24, 14)
    assert set(limits) == set(Audience) - {Audience.BARN_7_12, Audience.BARN_13_17}
    assert set(limits.values()) == {(30, 20)}


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("Hvad vil du sige?", 4), ("Ring 112 nu", 2), ("7-12 år", 1), ("e-mail og sms", 3), ("😢", 0)],
)
def test_words_counts_words_and_no_numbers(text: str, count: int) -> None:
    assert len(words(text)) == count


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("Vi har foretaget noget", "`foretaget` is hard to read: write gør"),
        ("Vedrørende dit møde", "`Vedrørende` is hard to read: write om"),
        ("Svar venligst", "`venligst` is hard to read: write (stryg ordet)"),
    ],
)
def test_difficult_word_is_found_with_the_plain_one(text: str, finding: str) -> None:
    assert difficult_words(text) == [finding]


@pytest.mark.parametrize("text", ["Vi gør det samme", "samtidig", "en ide om mødet", "Hvad vil du sige?", "borgen"])
def test_plain_word_is_not_found(text: str) -> None:
    assert difficult_words(text) == []


def test_children_have_more_difficult_words() -> None:
    text = "Havde du indflydelse?"

    assert difficult_words(text, Audience.FORAELDER) == []
    assert difficult_words(text, Audience.BARN_13_17) == [
        "`indflydelse` is hard to read: write være med til at bestemme"
    ]


@pytest.mark.parametrize("text", ["Hvad vil De sige?", "Vi skriver til Dem.", "Hvad er Deres nummer?"])
def test_polite_form_is_found(text: str) -> None:
    assert len(polite_form(text)) == 1


@pytest.mark.parametrize(
    "text", ["Hvad sagde de?", "De lyttede.", "Vi hørte dem. De var glade.", "Hej! De voksne læser det.", "Demokrati"]
)
def test_plain_they_is_not_the_polite_form(text: str) -> None:
    assert polite_form(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Var det ikke et rart møde?",
        "Synes du ikke, at de lyttede?",
        "Det var rart, ikke sandt?",
        "De lyttede vel?",
        "Hvor glad er du for mødet?",
        "Hvor god var rådgiveren?",
        "Hvor tilfreds er du?",
        "Du blev selvfølgelig hørt?",
        "Fik du en god snak med de søde voksne?",
        "Burde du ikke have været med?",
    ],
)
def test_leading_question_is_found(text: str) -> None:
    assert leading(text)


@pytest.mark.parametrize(
    "text",
    [
        "Blev der lyttet til dig på mødet?",
        "Hvad var godt?",
        "Hvor længe ventede du?",
        "Hvad skete der ikke?",
        "Vil du svare på et par spørgsmål?",
        "Vil du vælge et svar?",
        "Ville de voksne gerne vide, hvad du synes?",
    ],
)
def test_open_question_is_not_leading(text: str) -> None:
    assert leading(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Vi har fået din klage.",
        "Hej fra familieafdelingen",
        "Dit barn",
        "Børnene",
        "Går det godt derhjemme?",
        "Din mor og far",
        "Din rådgiver",
        "Er nogen blevet slået? Slår nogen?",
        "Børn: 116 111.",  # only in the fixed ending
    ],
)
def test_revealing_word_is_found(text: str) -> None:
    assert revealing(text)


@pytest.mark.parametrize(
    "text",
    [
        "Tak. Brug for hjælp nu? Ring 112. Børn: 116 111.",
        "Hej fra Eksempel Kommune. Må vi ringe til dig?",
        "Det er helt i orden. Så ringer vi ikke.",
        "Hvad vil du gerne fortælle om mødet i morgen?",
        "De er i fare",
    ],
)
def test_neutral_text_reveals_nothing(text: str) -> None:
    assert revealing(text) == []


@pytest.mark.parametrize(
    ("text", "most", "findings"),
    [
        ("å" * 160, 1, []),
        ("å" * 161, 1, ["takes 2 SMS (161 characters), 1 at most: shorten it"]),
        ("å" * 306, 2, []),
        ("å" * 307, 2, ["takes 3 SMS (307 characters), 2 at most: shorten it"]),
        ("på – et", 1, []),
        ("godt 👍", 1, ["has characters that an SMS in GSM-7 cannot carry (👍): replace them"]),
    ],
)
def test_sms_faults(text: str, most: int, findings: list[str]) -> None:
    assert sms_faults(text, most) == findings


def test_question_with_one_word_too_many_is_too_long() -> None:
    assert question_faults("en " * 12, Audience.BARN_7_12) == []
    assert question_faults("en " * 13, Audience.BARN_7_12) == ["has 13 words, 12 at most for barn_7_12: shorten it"]
    assert question_faults("en " * 20, Audience.FORAELDER) == []
    assert question_faults("en " * 21, Audience.FORAELDER) == ["has 21 words, 20 at most for foraelder: shorten it"]


def test_lix_is_taken_of_the_whole_dialogue() -> None:
    hard, easy = "Hvordan oplevede du forberedelserne?", "Vi vil gerne høre, hvad du synes."

    assert lix_faults([hard], Audience.FORAELDER)[0].startswith("has LIX 79.0 for foraelder, 30 at most")
    assert lix_faults([hard] + [easy] * 9, Audience.FORAELDER) == []
