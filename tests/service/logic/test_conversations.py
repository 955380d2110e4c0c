"""Conversations: one per address, opted out for good."""

import threading

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.errors import UnknownCodeError
from bot.service.logic import conversations
from bot.service.models import Conversation, OptOut, Outbound
from bot.service.models.words import InterviewState, OutboundState
from bot.shared.codebook import Audience, Channel, Role
from tests.factories import make_interview
from tests.service.driver import Citizen

STRANGER = "+4500009901"


def test_an_address_has_one_conversation(session: Session, context: Context) -> None:
    found = [conversations.find_or_start(session, context, Channel.SMS, STRANGER).id for _ in range(2)]

    assert found[0] == found[1]


def test_the_same_address_on_another_channel_is_another_conversation(session: Session, context: Context) -> None:
    on_sms = conversations.find_or_start(session, context, Channel.SMS, STRANGER)
    on_telegram = conversations.find_or_start(session, context, Channel.TELEGRAM, STRANGER)

    assert on_sms.id != on_telegram.id


def test_started_at_the_same_moment_it_is_still_one(context: Context) -> None:
    found: list[int] = []

    def start() -> None:
        with context.database.write() as session:
            found.append(conversations.find_or_start(session, context, Channel.SMS, STRANGER).id)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(found), len(set(found))) == (4, 1)


def test_a_registered_number_is_known(session: Session, context: Context) -> None:
    _, participant, address = make_interview(session, context)

    assert conversations.find_or_start(session, context, Channel.SMS, address).participant_id == participant.id


def test_an_unknown_code_is_refused(session: Session, context: Context) -> None:
    with pytest.raises(UnknownCodeError):
        conversations.find_or_start(session, context, Channel.WEBCHAT, "abcdefghjk")
    assert session.scalars(select(Conversation)).all() == []


def test_a_stranger_is_spoken_to_as_an_adult(session: Session, context: Context) -> None:
    stranger = conversations.find_or_start(session, context, Channel.SMS, STRANGER)

    assert conversations.audience_of(session, stranger) is Audience.FORAELDER


@pytest.mark.parametrize(("age", "audience"), [(12, Audience.BARN_7_12), (13, Audience.BARN_13_17), (18, Audience.UNG_18_23)])
def test_a_child_is_spoken_to_by_age(session: Session, context: Context, age: int, audience: Audience) -> None:
    code = make_interview(session, context, role=Role.BARN, age=age)[2]

    assert conversations.audience_of(session, conversations.find_or_start(session, context, Channel.WEBCHAT, code)) is audience


def test_stop_stands_and_is_confirmed_once(session: Session, context: Context) -> None:
    conversation = conversations.find_or_start(session, context, Channel.SMS, STRANGER)
    done = [conversations.opt_out(session, context, conversation, context.clock.now()) for _ in range(2)]

    assert done == [True, False]
    assert session.scalars(select(Outbound.once_key)).all() == [f"stop:sms:{conversation.address_hash}"]


def test_only_a_hash_of_the_address_is_kept_with_the_opt_out(session: Session, context: Context) -> None:
    conversation = conversations.find_or_start(session, context, Channel.SMS, STRANGER)
    conversations.opt_out(session, context, conversation, context.clock.now())

    kept = session.scalars(select(OptOut)).one()
    assert (kept.channel, kept.address_hash) == (Channel.SMS, context.address_hash(Channel.SMS, STRANGER))


def test_what_is_handed_over_cannot_be_taken_back(context: Context, parent: Citizen) -> None:
    with context.database.write() as session:
        conversations.cancel_waiting(session, session.scalars(select(Conversation)).one())

    assert [row.state for row in parent.rows()] == [OutboundState.HANDED_OVER]


def test_the_open_interview_goes_before_a_later_one_that_ended(context: Context, parent: Citizen) -> None:
    with context.database.write() as session:
        conversation = session.scalars(select(Conversation)).one()
        current = conversations.open_interview(session, conversation)
        ended, _, _ = make_interview(session, context)
        ended.state, ended.conversation_id = InterviewState.AFSLUTTET, conversation.id
        session.flush()
        latest = conversations.latest_interview(session, conversation)

    assert current is not None
    assert latest is current
