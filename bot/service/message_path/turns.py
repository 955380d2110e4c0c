"""Turns: made of what one person wrote, asked of the engine one at a time, oldest first; the database says when one is done.

A worker leases the conversation row, sets the turn to `asked` with the next attempt number and commits; only then does it
ask. The engine's HTTP answer proves nothing: the worker looks at the turn row afterwards.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.logic import conversations, interviews
from bot.service.logic.dialogue.moment import find_button
from bot.service.message_path.engine_client import EngineClient, Question
from bot.service.message_path.instructed import instructed_act
from bot.service.message_path.outage import note_outage, settle_outage
from bot.service.message_path.poison import give_up
from bot.service.message_path.spool import Spool
from bot.service.models import Conversation, Inbound, Participant, Turn
from bot.service.models.words import InboundKind, TurnState
from bot.shared.codebook import AwaitedStep, Concern

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)  # longer than the engine may take (engine_client.TIMEOUT_S) and its action's commit
LONGEST_TURN = timedelta(seconds=60)
MAX_COUNTED = 5  # attempts with a healthy engine; then a human reads the turn
RETRY_PAUSE = timedelta(seconds=2)  # machine time between attempts
OPEN_STATES = (TurnState.WAITING, TurnState.ASKED)
IN_ORDER = (Inbound.arrived_at, Inbound.id)  # what was spooled is stored later than it came


@dataclass(frozen=True)
class Leased:
    """A conversation that this worker serves for now."""

    conversation_id: int
    owner: str


def lease_next(context: Context, owner: str, *, spooled: Collection[str] = ()) -> Leased | None:
    """Lease the conversation that has waited longest; None if no turn is due.

    Left alone are `spooled` addresses, since what lies on disk is older, and whoever wrote what the safety net has not read.
    """
    now = machine_now()
    unread = select(Inbound.conversation_id).where(Inbound.net_read_at.is_(None))
    due = (
        select(Conversation.id)
        .where(
            Conversation.turn_due_at <= now,
            or_(Conversation.lease_until.is_(None), Conversation.lease_until < now),
            Conversation.address_hash.not_in(spooled),
            Conversation.id.not_in(unread),
        )
        .order_by(Conversation.turn_due_at)
        .limit(1)
    )
    with context.database.read() as session:  # an idle worker must not take SQLite's write lock five times a second
        if session.scalar(due) is None:
            return None
    with context.database.write() as session:
        conversation_id = session.scalar(due.with_for_update(skip_locked=True))
        if conversation_id is None:
            return None
        session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id)
            .values(lease_owner=owner, lease_until=now + LEASE)
        )
        return Leased(conversation_id, owner)


def work(context: Context, engine: EngineClient, leased: Leased) -> None:
    """Ask the engine about the leased conversation's oldest turn and settle what came of it."""
    healthy_before = engine.can_act()
    with context.database.write() as session:
        question = _prepare(session, context, leased)
    if question is None:
        return
    if healthy_before:
        engine.ask(question)
    with context.database.write() as session:
        _settle(session, context, leased, question, engine_was_up=healthy_before and engine.can_act())


def _prepare(session: Session, context: Context, leased: Leased) -> Question | None:
    """Set the oldest turn to `asked` and say what to ask; None (lease given back) where nothing can be asked now."""
    # Turn before conversation, as the action does: locks taken in one order cannot wait for each other in a ring.
    turn = _open_turn(session, leased.conversation_id)
    conversation = conversations.lock(session, leased.conversation_id)
    if conversation.lease_owner != leased.owner:
        return None
    if turn is None:
        settle_outage(session, context, conversation)  # of a turn whose worker died before it could
        if conversation.address_hash in Spool(context).waiting_addresses():  # since the lease: it is older than what waits here
            _release(session, conversation, due_at=machine_now() + RETRY_PAUSE)
            return None
        turn = _make_turn(session, conversation)
    if turn is None:
        _release(session, conversation, due_at=None)
        return None
    turn.state, turn.attempt, turn.asked_at = TurnState.ASKED, turn.attempt + 1, machine_now()
    session.flush()
    try:
        return _question(session, context, conversation, turn)
    except SQLAlchemyError:
        raise
    except Exception:  # as poison: its question set's version is gone, or we are wrong; the next message must not wait for it
        logger.exception("a turn cannot be put to the engine", extra={"turn": turn.id, "attempt": turn.attempt})
        _count_failure(session, context, conversation, turn)
        return None


def _open_turn(session: Session, conversation_id: int) -> Turn | None:
    return session.scalar(
        select(Turn)
        .where(Turn.conversation_id == conversation_id, Turn.state.in_(OPEN_STATES))
        .order_by(Turn.id)
        .limit(1)
        .with_for_update()
    )


def _make_turn(session: Session, conversation: Conversation) -> Turn | None:
    """A new turn of what waits: one press, one edit, or texts that follow each other within a minute."""
    pending = list(
        session.scalars(
            select(Inbound)
            .where(Inbound.conversation_id == conversation.id, Inbound.turn_id.is_(None), Inbound.needs_turn)
            .order_by(*IN_ORDER)
        )
    )
    if not pending:
        return None
    turn = Turn(conversation_id=conversation.id, received_at=pending[0].received_at, created_at=machine_now())
    session.add(turn)
    session.flush()
    for inbound in belonging_together(pending):
        inbound.turn_id = turn.id
    session.flush()
    return turn


def belonging_together(pending: list[Inbound]) -> list[Inbound]:
    """The first message and the texts that go with it; `pending` is in order of arrival and not empty.

    What follows a message that the safety net has answered begins a new turn: the engine's turn of that one stays silent.
    """
    first = pending[0]
    if first.kind != InboundKind.TEXT or first.edits:
        return [first]
    joined = [first]
    for inbound in pending[1:]:
        too_late = inbound.arrived_at - first.arrived_at > LONGEST_TURN
        after_a_reply = joined[-1].net_replied and not inbound.net_replied
        if inbound.kind != InboundKind.TEXT or inbound.edits or too_late or after_a_reply:
            break
        joined.append(inbound)
    return joined


def _question(session: Session, context: Context, conversation: Conversation, turn: Turn) -> Question:
    inbounds = list(session.scalars(select(Inbound).where(Inbound.turn_id == turn.id).order_by(*IN_ORDER)))
    interview = conversations.open_interview(session, conversation)
    participant = session.get(Participant, conversation.participant_id) if conversation.participant_id else None
    nets = [Concern(inbound.net_danger) for inbound in inbounds]
    return Question(
        turn_id=turn.id,
        attempt=turn.attempt,
        channel=conversation.channel,
        text=" ".join(inbound.redacted for inbound in inbounds).strip(),
        act=_act(session, context, conversation, inbounds),
        awaits=conversation.awaits,
        expects=interviews.expected_at(context, conversation, interview),
        question=interviews.question_words(context, interview),
        role=participant.role if participant else None,
        age=participant.age if participant else None,
        net_danger=max(nets, key=lambda band: band.weight, default=Concern.NEJ),
        net_stop=any(inbound.net_stop for inbound in inbounds),
        net_complaint=any(inbound.net_complaint for inbound in inbounds),
    )


def _act(session: Session, context: Context, conversation: Conversation, inbounds: list[Inbound]) -> str | None:
    """The act of a press or of an instructed word; None where the engine must read a text."""
    first = inbounds[0]
    if first.kind == InboundKind.PRESS:
        button = find_button(session, conversation, first.original)
        return button["act"] if button else None
    if any(inbound.net_read_at is None or inbound.net_replied or inbound.net_complaint for inbound in inbounds):
        return None
    interview = conversations.open_interview(session, conversation)
    expects = interviews.expected_at(context, conversation, interview)
    question = interviews.question_of(context, interview)
    text = " ".join(inbound.original for inbound in inbounds)
    return instructed_act(context, AwaitedStep(conversation.awaits), expects, question, text)


def _settle(
    session: Session, context: Context, leased: Leased, question: Question, *, engine_was_up: bool
) -> None:
    """Go by the turn row alone: done, or another attempt, or into a human's hands."""
    turn = session.get_one(Turn, question.turn_id, with_for_update=True)
    conversation = conversations.lock(session, leased.conversation_id)
    if turn.attempt != question.attempt or conversation.lease_owner != leased.owner:
        return  # another worker has taken over since
    if turn.state == TurnState.DONE:
        turn.done_at = machine_now()
        settle_outage(session, context, conversation)
        _release(session, conversation, due_at=_next_due(session, conversation))
        return
    if engine_was_up:
        _count_failure(session, context, conversation, turn)
        return
    note_outage(session, context, conversation, turn)
    _try_again(session, conversation, turn)


def _count_failure(session: Session, context: Context, conversation: Conversation, turn: Turn) -> None:
    """The turn itself failed, not the engine: after five times a human reads it, and the next message goes on."""
    turn.counted += 1
    if turn.counted < MAX_COUNTED:
        _try_again(session, conversation, turn)
        return
    give_up(session, context, conversation, turn)
    settle_outage(session, context, conversation)
    _release(session, conversation, due_at=_next_due(session, conversation))


def _try_again(session: Session, conversation: Conversation, turn: Turn) -> None:
    turn.state = TurnState.WAITING
    _release(session, conversation, due_at=machine_now() + RETRY_PAUSE)


def _next_due(session: Session, conversation: Conversation) -> datetime | None:
    """When to look here again: what has come meanwhile keeps its own time to be joined, which the door has set."""
    waiting = session.scalar(
        select(Inbound.id)
        .where(Inbound.conversation_id == conversation.id, Inbound.turn_id.is_(None), Inbound.needs_turn)
        .limit(1)
    )
    if waiting is None:
        return None
    return conversation.turn_due_at or machine_now()


def _release(session: Session, conversation: Conversation, *, due_at: datetime | None) -> None:
    conversation.lease_owner, conversation.lease_until, conversation.turn_due_at = None, None, due_at
    session.flush()
