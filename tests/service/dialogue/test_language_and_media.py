"""Text in another language and captions always reach a human, whatever was asked."""

import pytest
from sqlalchemy import select

from bot.service.context import Context
from bot.service.models import Answer, CaseMessage
from bot.service.models.words import CallConsent, InboundKind
from tests.service.driver import Citizen

TURKISH = {"language": {"id": "tr", "score": 0.99}}


@pytest.fixture
def asked(parent: Citizen) -> Citizen:
    parent.write("ja", act="bekraeft")
    return parent


def test_another_language_at_a_closed_question_opens_a_case_that_can_be_rung(asked: Citizen) -> None:
    said = asked.write("toplantı çok uzundu", **TURKISH)

    assert [(case.kind, case.band, case.call_consent) for case in asked.cases()] == [("tolk", "ja", CallConsent.JA)]
    assert said[0].startswith("Vi ringer til dig med en tolk")


def test_it_is_said_once(asked: Citizen) -> None:
    asked.write("toplantı çok uzundu", **TURKISH)
    said = asked.write("anlamıyorum", **TURKISH)

    assert not any("tolk" in text for text in said)
    assert len(asked.cases()) == 1


def test_a_caption_that_means_danger_stands_on_the_case_in_words(context: Context, child: Citizen) -> None:
    child.press("Ja")
    child.receive("min far slår mig hver dag", kind=InboundKind.MEDIA)

    with context.database.read() as session:
        assert {message.text for message in session.scalars(select(CaseMessage))} == {"min far slår mig hver dag"}
    assert {case.kind for case in child.cases()} == {"bekymring", "ubehandlet"}


def test_danger_and_complaint_together_are_asked_about_the_call_after_the_pause(asked: Citizen) -> None:
    labels = {
        "routes": {
            "klage": {"value": "ja", "score": 0.9, "clause": None},
            "bekymring": {"value": "ja", "score": 0.9, "clause": None},
        }
    }
    asked.write("jeg vil klage, han er bange for sin far og bliver slået", act="bekymring", **labels)
    said = asked.write("ja", act="bekraeft")

    assert {case.kind for case in asked.cases()} == {"bekymring", "klage"}
    assert said[0].startswith("Tak, fordi du siger det. Et menneske læser det. Må vi ringe")


def test_a_child_who_asks_for_help_can_be_found(child: Citizen) -> None:
    child.press("Ja")
    child.write("hjælp", act="hjaelp")

    assert [case.contact_id is not None for case in child.cases()] == [True]


def test_loose_words_with_nothing_to_keep_them_under_reach_a_human(parent: Citizen) -> None:
    parent.write("nej tak", act="afvis")
    parent.write("vi kan ikke komme på torsdag, drengen er syg")

    assert [case.kind for case in parent.cases()] == ["ubehandlet"]


def test_what_was_written_before_stop_is_kept(context: Context, asked: Citizen) -> None:
    asked.receive("vi blev slet ikke hørt til det møde")
    asked.receive("stop")
    asked.engine.act = "stop"  # type: ignore[assignment]
    asked.work()

    with context.database.read() as session:
        assert [answer.text for answer in session.scalars(select(Answer))] == ["vi blev slet ikke hørt til det møde"]
