"""The first set as it is asked, the way through a set, and the catalogue."""

from pathlib import Path

import pytest

from bot.service.channels.sms.gsm7 import encoding, replace_safely, segments
from bot.service.logic.question_sets import (
    QUESTION_SETS,
    Catalogue,
    Condition,
    QuestionKind,
    QuestionSet,
    QuestionSetError,
    UnknownQuestion,
    UnknownQuestionSet,
)
from bot.shared.codebook import Audience, Channel, DialogueAct, Expects

CHILDREN = (Audience.BARN_7_12, Audience.BARN_13_17, Audience.UNG_18_23)
ADULTS = (Audience.FORAELDER, Audience.NETVAERK)


def first_meeting() -> QuestionSet:
    return Catalogue.load().latest("foerste_moede")


def walk(question_set: QuestionSet, audience: Audience, answers: dict[str, int | str | None]) -> list[str]:
    question, asked = question_set.first(audience), []
    while question is not None:
        asked.append(question.id)
        question = question_set.next_after(question.id, audience, answers)
    return asked


@pytest.mark.parametrize("audience", CHILDREN)
@pytest.mark.parametrize(
    ("score", "last"), [(1, "hvad_hjaelper"), (2, "hvad_hjaelper"), (3, "fortael"), (5, "fortael"), (None, "fortael")]
)
def test_child_is_asked_what_would_have_helped_after_a_low_score(
    audience: Audience, score: int | None, last: str
) -> None:
    assert walk(first_meeting(), audience, {"lyttede": score}) == ["lyttede", "forstod", "mening", "har_det", last]


@pytest.mark.parametrize("audience", ADULTS)
@pytest.mark.parametrize(("score", "last"), [(2, "hvad_hjaelper"), (3, "fortael")])
def test_adult_is_asked_of_effect_way_and_contact(audience: Audience, score: int, last: str) -> None:
    asked = walk(first_meeting(), audience, {"lyttede": score})

    assert asked == ["lyttede", "forskel", "fandt_vej", "kontakt_igen", last]


@pytest.mark.parametrize("audience", CHILDREN + ADULTS)
def test_count_is_what_is_asked_at_most(audience: Audience) -> None:
    assert first_meeting().count(audience) == 5


def test_professionals_are_not_asked_by_the_first_set() -> None:
    with pytest.raises(UnknownQuestion):
        first_meeting().first(Audience.FAGPERSON)


def test_every_indicator_of_the_survey_is_fed() -> None:
    fed = {question.indicator for question in first_meeting().questions} - {None}

    assert fed == {
        "hoert",
        "forstaaet",
        "mening_betyder",
        "trivsel_betyder",
        "effekt",
        "fandt_vej",
        "kontakt_igen",
    }


def test_no_question_of_the_first_set_asks_how_a_child_is_doing() -> None:
    assert [question.id for question in first_meeting().questions if question.trivsel] == []


@pytest.mark.parametrize(
    ("question_id", "positive"),
    [
        ("lyttede", ["mest_ja", "helt_sikkert"]),
        ("kontakt_igen", ["ja"]),
        ("fandt_vej", ["selv", "hjulpet"]),
        ("fortael", []),
    ],
)
def test_positive_options_are_those_of_the_indicator(question_id: str, positive: list[str]) -> None:
    options = first_meeting().question(question_id).options

    assert [option.id for option in options if option.positive] == positive


def test_options_carry_digit_value_and_act() -> None:
    scale, choice, yes_no = (first_meeting().question(id_).options for id_ in ("lyttede", "fandt_vej", "kontakt_igen"))

    assert [(option.digit, option.value) for option in scale] == [("1", 1), ("2", 2), ("3", 3), ("4", 4), ("5", 5)]
    assert [(option.digit, option.value) for option in choice] == [("1", "selv"), ("2", "hjulpet"), ("3", "leder")]
    assert [(option.digit, option.act) for option in yes_no] == [("1", DialogueAct.BEKRAEFT), ("2", DialogueAct.AFVIS)]
    assert {option.act for option in (*scale, *choice)} == {DialogueAct.SVAR}


def test_sms_text_tells_the_digits_and_other_channels_do_not() -> None:
    question_set = first_meeting()

    assert question_set.text("kontakt_igen", Audience.FORAELDER, Channel.SMS) == (
        "Ville du kontakte os igen, hvis du fik brug for det? 1: Ja. 2: Nej."
    )
    assert question_set.text("kontakt_igen", Audience.FORAELDER, Channel.TELEGRAM) == (
        "Ville du kontakte os igen, hvis du fik brug for det?"
    )


def test_text_not_asked_of_an_audience_is_an_error() -> None:
    with pytest.raises(UnknownQuestion, match="forskel"):
        first_meeting().text("forskel", Audience.BARN_7_12, Channel.WEBCHAT)


@pytest.mark.parametrize("path", sorted(QUESTION_SETS.glob("*.yml")), ids=lambda path: path.stem)
def test_every_question_fits_one_sms(path: Path) -> None:
    question_set = Catalogue.load().get(path.stem)

    texts = [text for question in question_set.questions for text in question.sms_texts.values()]

    assert {(encoding(replace_safely(text)), segments(replace_safely(text))) for text in texts} == {("gsm7", 1)}


@pytest.mark.parametrize(
    ("condition", "value", "holds"),
    [
        (Condition("q", at_most=2), 2, True),
        (Condition("q", at_most=2), 3, False),
        (Condition("q", at_most=2), 0, True),
        (Condition("q", at_least=3), 3, True),
        (Condition("q", at_least=3), 2, False),
        (Condition("q", equals="nej"), "nej", True),
        (Condition("q", equals="nej"), "ja", False),
        (Condition("q", equals=0), 0, True),
        (Condition("q", at_most=2), None, False),
        (Condition("q", at_most=2, or_skipped=True), None, True),
        (Condition("q", at_most=2), "en tekst", False),
    ],
)
def test_condition_holds(condition: Condition, value: int | str | None, holds: bool) -> None:
    assert condition.holds({"q": value}) is holds


def test_condition_on_a_question_that_was_not_asked_counts_as_skipped() -> None:
    assert Condition("q", at_least=3).holds({}) is False
    assert Condition("q", at_least=3, or_skipped=True).holds({}) is True


@pytest.mark.parametrize("kind", QuestionKind)
def test_kind_has_its_word_in_the_engine_contract(kind: QuestionKind) -> None:
    assert kind.expects == Expects(kind.value)


def test_catalogue_gives_latest_and_named_versions(tmp_path: Path) -> None:
    text = (QUESTION_SETS / "foerste_moede.yml").read_text(encoding="utf-8")
    (tmp_path / "foerste_moede.yml").write_text(text, encoding="utf-8")
    (tmp_path / "foerste_moede.2.yml").write_text(text.replace("version: 1", "version: 2"), encoding="utf-8")

    catalogue = Catalogue.load(tmp_path)

    assert catalogue.ids() == ("foerste_moede",)
    assert catalogue.get("foerste_moede").version == 2
    assert catalogue.get("foerste_moede", 1).version == 1
    assert catalogue.latest("foerste_moede").version == 2


def test_catalogue_refuses_a_version_twice(tmp_path: Path) -> None:
    text = (QUESTION_SETS / "foerste_moede.yml").read_text(encoding="utf-8")
    for name in ("foerste_moede.yml", "foerste_moede.2.yml"):
        (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(QuestionSetError, match="version 1 exists already: raise `version`"):
        Catalogue.load(tmp_path)


@pytest.mark.parametrize(("set_id", "version"), [("findes_ikke", None), ("foerste_moede", 99)])
def test_catalogue_knows_no_other_set(set_id: str, version: int | None) -> None:
    with pytest.raises(UnknownQuestionSet):
        Catalogue.load().get(set_id, version)
