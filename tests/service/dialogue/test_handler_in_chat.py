"""While a handler writes in the chat, words are for the handler and only presses answer what the robot asked."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.service.clock import machine_now
from bot.service.logic import handler_lines
from bot.service.logic.texts import Texts
from bot.service.models import Answer, Case, CaseMessage, ChatSession
from bot.shared.codebook import Audience, Channel
from tests.factories import make_user
from tests.service.driver import Citizen

VIOLENCE = "min far slår mig"  # a hit of the net in the band `ja`
HOUR = timedelta(hours=1)
ACUTE = "jeg vil ikke leve mere, jeg gør det i aften"
READ_FIRST = {"routes": {"bekymring": {"value": "ja", "score": 0.9, "clause": None}}}


def handler_writes(child: Citizen) -> None:
    """Anna takes the child's case and writes a line into the open chat."""
    with child.context.database.write() as session:
        case = session.scalars(select(Case).where(Case.kind == "bekymring")).one()
        anna, now = make_user(session), machine_now()
        case.assignee_id, case.state = anna.id, "taget"
        session.add(ChatSession(token_hash="t", conversation_id=case.conversation_id, created_at=now - HOUR, seen_at=now))
        session.flush()
        handler_lines.write(session, child.context, anna, case.id, case.version, "Er du et sted, hvor du er tryg?")
    child.send_outbox()


@pytest.fixture
def paused(child: Citizen) -> Citizen:
    """A child whose questions pause after what must be read first."""
    child.press("Ja")
    child.write(VIOLENCE, act="bekymring", **READ_FIRST)
    return child


@pytest.fixture
def heard(texts: Texts) -> str:
    return texts.say("fare_webchat_efter", Audience.BARN_7_12, Channel.WEBCHAT)


@pytest.mark.parametrize(
    ("text", "act"), [("ja", "bekraeft"), ("hos min ven", "svar"), ("hvem er du?", "spoergsmaal"), ("hej", "hilsen")]
)
def test_words_to_a_handler_get_the_one_kind_sentence(paused: Citizen, heard: str, text: str, act: str) -> None:
    handler_writes(paused)

    assert paused.write(text, act=act) == [heard]
    assert [case.kind for case in paused.cases()] == ["bekymring"]
    with paused.context.database.read() as session:
        assert text in session.scalars(select(CaseMessage.text)).all()
        assert text not in session.scalars(select(Answer.text)).all()


def test_what_was_asked_waits_for_a_press_and_then_goes_on(paused: Citizen, heard: str) -> None:
    handler_writes(paused)
    paused.write("ja", act="bekraeft")

    [question] = paused.press("Ja")

    assert question != heard
    assert paused.write("rigtig godt", act="svar") != [heard]  # asked since: words answer the question again


def test_without_a_handler_words_answer_what_was_asked(paused: Citizen, heard: str) -> None:
    assert paused.write("ja", act="bekraeft") != [heard]


@pytest.mark.parametrize(("text", "act"), [(ACUTE, "bekymring"), ("stop", "stop"), ("hjælp", "hjaelp")])
def test_danger_stop_and_a_call_for_help_are_heard_all_the_same(paused: Citizen, heard: str, text: str, act: str) -> None:
    handler_writes(paused)

    assert paused.write(text, act=act) != [heard]


def test_after_an_alarm_too(child: Citizen, heard: str) -> None:
    child.press("Ja")
    child.write(ACUTE, act="bekymring")
    handler_writes(child)

    assert child.write("er du der", act="spoergsmaal") == [heard]
    assert [case.kind for case in child.cases()] == ["bekymring"]
