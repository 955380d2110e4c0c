"""Typed answers to closed questions: what must be read, and what must not."""

import pytest

from bot.service.logic.closed_answers import read_closed, read_leading, read_options
from bot.service.logic.question_sets import Catalogue, Question

FIRST_MEETING = Catalogue.load().latest("foerste_moede")


def scale() -> Question:
    return FIRST_MEETING.question("lyttede")


def choice() -> Question:
    return FIRST_MEETING.question("fandt_vej")


def yes_no() -> Question:
    return FIRST_MEETING.question("kontakt_igen")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4", "mest_ja"),
        ("4.", "mest_ja"),
        (" 4 ", "mest_ja"),
        ("4️⃣", "mest_ja"),
        ("４", "mest_ja"),
        ("(4)", "mest_ja"),
        ("4!!", "mest_ja"),
        ("04", "mest_ja"),
        ("svar 4", "mest_ja"),
        ("Svaret er 4, tak", "mest_ja"),
        ("jeg siger fire", "mest_ja"),
        ("fire", "mest_ja"),
        ("FIRE", "mest_ja"),
        ("et 4-tal", "mest_ja"),
        ("4 ud af 5", "mest_ja"),
        ("4 af 5", "mest_ja"),
        ("4 mest ja", "mest_ja"),
        ("4: Mest ja.", "mest_ja"),
        ("et", "slet_ikke"),
        ("en", "slet_ikke"),
        ("svar et", "slet_ikke"),
        ("fem", "helt_sikkert"),
        ("Mest ja", "mest_ja"),
        ("mest nej", "mest_nej"),
        ("Nej, slet ikke", "slet_ikke"),
        ("nej slet ikke", "slet_ikke"),
        ("slet ikke", "slet_ikke"),
        ("overhovedet ikke", "slet_ikke"),
        ("helt sikkert", "helt_sikkert"),
        ("Ja, helt sik", "helt_sikkert"),
        ("både og", "baade_og"),
        ("baade og", "baade_og"),
        ("både ja og nej", "baade_og"),
        ("for det meste", "mest_ja"),
        ("hele tiden", "helt_sikkert"),
        ("lidt", "mest_nej"),
    ],
)
def test_scale_reads(text: str, expected: str) -> None:
    option = read_closed(scale(), text)

    assert option is not None
    assert option.id == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "😢",
        "0",
        "6",
        "44",
        "-",
        "4 eller 5",
        "4-5",
        "4/5",
        "3,5",
        "4½",
        "mellem 3 og 4",
        "ikke 4",
        "4 mest nej",
        "4 ud af 10",
        "fire eller fem",
        "et eller to",
        "ja",
        "nej",
        "Ja tak",
        "mest",
        "for",
        "det",
        "ikke",
        "og",
        "ved ikke",
        "stop",
        "Der var 4 voksne, og de lyttede ikke",
        "vi ventede i 3 uger",
        "4. De var søde",
        "00000004",
        "kl. 4",
    ],
)
def test_scale_is_unsure(text: str) -> None:
    assert read_closed(scale(), text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", "selv"),
        ("ja", "selv"),
        ("Ja.", "selv"),
        ("2", "hjulpet"),
        ("nummer to", "hjulpet"),
        ("jeg blev hjulpet videre", "hjulpet"),
        ("blev hjulpet", "hjulpet"),
        ("fik hjælp", "hjulpet"),
        ("fik hjaelp", "hjulpet"),
        ("jeg leder stadig", "leder"),
        ("nej, jeg leder stadig", "leder"),
        ("ikke endnu", "leder"),
    ],
)
def test_choice_reads(text: str, expected: str) -> None:
    option = read_closed(choice(), text)

    assert option is not None
    assert option.id == expected


@pytest.mark.parametrize("text", ["nej", "4", "jeg", "1 og 2", "men", "leder efter en bolig"])
def test_choice_is_unsure(text: str) -> None:
    assert read_closed(choice(), text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ja", "ja"),
        ("JA!", "ja"),
        ("ja da", "ja"),
        ("jep", "ja"),
        ("ja tak", "ja"),
        ("1", "ja"),
        ("👍", "ja"),
        ("👍🏽", "ja"),
        ("nej", "nej"),
        ("nej tak", "nej"),
        ("nope", "nej"),
        ("2", "nej"),
        ("to", "nej"),
        ("👎", "nej"),
    ],
)
def test_yes_no_reads(text: str, expected: str) -> None:
    option = read_closed(yes_no(), text)

    assert option is not None
    assert option.id == expected


@pytest.mark.parametrize("text", ["ja og nej", "måske", "både og", "ja nej", "3", "👍👎", "ja, hvis de ringer først"])
def test_yes_no_is_unsure(text: str) -> None:
    assert read_closed(yes_no(), text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4. De var søde", "mest_ja"),
        ("4, de var søde", "mest_ja"),
        ("fem - det var rart", "helt_sikkert"),
        ("2 (for jeg sagde næsten ingenting)", "mest_nej"),
        ("slet ikke! de kiggede kun på skærmen", "slet_ikke"),
        ("4", "mest_ja"),
    ],
)
def test_leading_answer_may_be_followed_by_a_remark(text: str, expected: str) -> None:
    option = read_leading(scale(), text)

    assert option is not None
    assert option.id == expected


@pytest.mark.parametrize(
    "text", ["4, nej 3", "4, eller fem", "De var søde, 4", "Der var 4 voksne. De lyttede ikke", "", "4 - 5"]
)
def test_leading_answer_is_unsure(text: str) -> None:
    assert read_leading(scale(), text) is None


def test_leading_yes_is_not_read_when_the_next_word_takes_it_back() -> None:
    assert read_leading(yes_no(), "ja, nej det ved jeg ikke rigtigt") is None


@pytest.mark.parametrize("text", [" " * 10_000, "a" + "\n" * 10_000, "vi" + "." * 10_000, "4 " * 5_000, "," * 10_000])
def test_long_nonsense_is_no_answer(text: str) -> None:
    assert read_leading(scale(), text) is None


def test_options_without_a_question_are_read_too() -> None:
    options = choice().options

    assert read_options(options, "2") == options[1]
