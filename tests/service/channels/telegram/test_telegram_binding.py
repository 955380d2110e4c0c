"""A code opens one chat, once, for whom it is meant."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.service.channels.base import Inbound as Incoming
from bot.service.channels.telegram.binding import TRIES, bind_by_code
from bot.service.context import Context
from bot.service.errors import BadRequestError
from bot.service.logic.participants import CODE_DAYS
from bot.service.message_path import door
from bot.service.models import Conversation, Interview, Outbound, Participant
from bot.service.models.words import InboundKind, InterviewState
from bot.shared.codebook import AwaitedStep, Channel, Role
from tests.factories import make_interview

ANNA, KARLA = "700100200", "700100300"
_messages = itertools.count(1)


@pytest.fixture(autouse=True)
def night(context: Context) -> None:
    """No invitation may go out at this hour by itself."""
    context.clock.advance(10 * 3600)  # type: ignore[attr-defined]


def planned(context: Context, **options: Any) -> tuple[int, str]:
    """Somebody who is to be asked on Telegram: their interview and their code."""
    with context.database.write() as session:
        options = {"channel": Channel.TELEGRAM, "on_the_spot": False} | options
        interview, participant, _ = make_interview(session, context, **options)
        return interview.id, participant.code


def start(context: Context, chat_id: str, code: str) -> list[str]:
    """Open the bot by /start; what is said to this chat from then on."""
    provider_id = f"message:{chat_id}:{next(_messages)}:0"
    before = len(said(context, chat_id))
    door.receive(context, Incoming(Channel.TELEGRAM, provider_id, chat_id, InboundKind.OPEN, text=code))
    return said(context, chat_id)[before:]


def said(context: Context, chat_id: str) -> list[str]:
    with context.database.read() as session:
        rows = session.scalars(select(Outbound).join(Conversation).order_by(Outbound.id)).all()
        conversations = {row.id: row.address for row in session.scalars(select(Conversation))}
        return [row.text for row in rows if conversations[row.conversation_id] == chat_id]


def unknown(context: Context) -> str:
    return context.texts.say("kode_ukendt", channel=Channel.TELEGRAM)


def states(context: Context) -> list[str]:
    with context.database.read() as session:
        return list(session.scalars(select(Interview.state).order_by(Interview.id)))


def test_code_binds_the_chat_and_asks_for_a_yes(context: Context) -> None:
    interview_id, code = planned(context)

    assert len(start(context, ANNA, code)) == 1
    with context.database.read() as session:
        interview = session.get_one(Interview, interview_id)
        conversation = session.get_one(Conversation, interview.conversation_id)
        found = (conversation.address, conversation.participant_id, conversation.awaits, interview.state)
        assert found == (ANNA, interview.participant_id, AwaitedStep.SAMTYKKE, InterviewState.INVITERET)


def test_code_may_be_typed_by_hand(context: Context) -> None:
    _, code = planned(context)

    assert unknown(context) not in start(context, ANNA, f"{code[:5]}-{code[5:]}".upper())


def test_same_chat_may_open_again_and_nothing_happens(context: Context) -> None:
    _, code = planned(context)
    start(context, ANNA, code)

    assert (start(context, ANNA, code), start(context, ANNA, "")) == ([], [])


def test_second_chat_with_the_same_code_is_refused(context: Context) -> None:
    _, code = planned(context)
    start(context, ANNA, code)

    assert start(context, KARLA, code) == [unknown(context)]
    with context.database.read() as session:
        bound = {row.address: row.participant_id for row in session.scalars(select(Conversation))}
        assert (bound[ANNA] is not None, bound[KARLA]) == (True, None)


def test_code_stays_taken_once_its_interview_has_ended(context: Context) -> None:
    interview_id, code = planned(context)
    start(context, ANNA, code)
    with context.database.write() as session:
        session.get_one(Interview, interview_id).state = InterviewState.AFSLUTTET

    assert start(context, KARLA, code) == [unknown(context)]


@pytest.mark.parametrize("code", ["", "zzzzzzzzzz", "abc"])
def test_unknown_code_is_answered_kindly(context: Context, code: str) -> None:
    planned(context)

    assert start(context, ANNA, code) == [unknown(context)]


def test_expired_code_is_refused(context: Context) -> None:
    _, code = planned(context)
    context.clock.advance(timedelta(days=CODE_DAYS).total_seconds() + 1)  # type: ignore[attr-defined]

    assert start(context, ANNA, code) == [unknown(context)]
    assert states(context) == ["planlagt"]


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.WEBCHAT])
def test_code_of_another_channel_is_refused(context: Context, channel: Channel) -> None:
    interview_id, _ = planned(context, channel=channel)
    with context.database.read() as session:
        interview = session.get_one(Interview, interview_id)
        code = session.get_one(Participant, interview.participant_id).code

    assert start(context, ANNA, code) == [unknown(context)]


@pytest.mark.parametrize("age", [18, 23])
def test_young_people_of_the_minimum_age_are_bound(context: Context, age: int) -> None:
    _, code = planned(context, role=Role.BARN, age=age)

    assert start(context, ANNA, code) != [unknown(context)]


@pytest.mark.parametrize("age", [12, 17])
def test_who_is_too_young_cannot_be_registered_for_telegram(context: Context, age: int) -> None:
    with pytest.raises(BadRequestError, match="Telegram is for those of 18 and older"):
        planned(context, role=Role.BARN, age=age)


def test_second_code_in_one_chat_waits_for_the_first_interview(context: Context) -> None:
    first, second = planned(context), planned(context)
    start(context, ANNA, first[1])

    assert start(context, ANNA, second[1]) == []
    assert states(context) == ["inviteret", "planlagt"]
    with context.database.read() as session:
        interviews = [session.get_one(Interview, interview_id) for interview_id in (first[0], second[0])]
        assert interviews[0].conversation_id == interviews[1].conversation_id
        assert session.get_one(Conversation, interviews[0].conversation_id).participant_id == interviews[0].participant_id


def test_chat_that_tries_code_after_code_is_refused_even_the_right_one(context: Context) -> None:
    _, code = planned(context)
    for _ in range(TRIES):
        start(context, ANNA, "zzzzzzzzzz")

    assert start(context, ANNA, code) == [unknown(context)]
    assert start(context, KARLA, code) != [unknown(context)]


def test_stop_said_earlier_still_holds(context: Context) -> None:
    _, code = planned(context)
    stop = Incoming(Channel.TELEGRAM, f"message:{ANNA}:{next(_messages)}:0", ANNA, InboundKind.TEXT, text="stop")
    door.receive(context, stop)

    assert start(context, ANNA, code) == []
    assert states(context) == ["afsluttet"]


def test_binding_returns_the_conversation(context: Context) -> None:
    _, code = planned(context)

    with context.database.write() as session:
        conversation = bind_by_code(session, context, ANNA, code)

        assert conversation is not None
        assert (conversation.address, conversation.channel) == (ANNA, Channel.TELEGRAM)
