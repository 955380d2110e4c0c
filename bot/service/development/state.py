"""The state of an instance as JSON, for checks."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.logic.voice import buttons_of
from bot.service.message_path.spool import Spool
from bot.service.models import Answer, AnswerLabel, Case, Conversation, Inbound, Interview, Meeting, Outbound, Participant, Turn
from bot.service.models.words import OutboundState, TurnState
from bot.shared.codebook import Theme

Row = dict[str, Any]
THEMES = frozenset(str(theme) for theme in Theme)
SENT = (OutboundState.HANDED_OVER, OutboundState.DELIVERED)


def messages_to(session: Session, context: Context, address: str) -> list[Row]:
    """What an address was sent on any channel, in order."""
    hashes = [context.address_hash(channel, address) for channel in ("webchat", "sms", "telegram")]
    rows = session.scalars(
        select(Outbound)
        .join(Conversation, Conversation.id == Outbound.conversation_id)
        .where(Conversation.address_hash.in_(hashes), Outbound.state.in_(SENT))
        .order_by(Outbound.id)
    )
    return [_message(row) for row in rows]


def _message(row: Outbound) -> Row:
    buttons = [{"text": button.text, "press": button.press} for button in buttons_of(row)]
    return {
        "id": row.id,
        "text": row.text,
        "buttons": buttons,
        "kind": row.kind,
        "question": row.question,
        "state": row.state,
        "at": row.created_at,
    }


def cases(session: Session, _context: Context) -> list[Row]:
    """Every case, newest last."""
    rows = session.execute(
        select(Case, Conversation).outerjoin(Conversation, Conversation.id == Case.conversation_id).order_by(Case.id)
    )
    return [
        {
            "id": case.id,
            "kind": case.kind,
            "band": case.band,
            "received_at": case.received_at,
            "due_at": case.due_at,
            "ring_senest": case.ring_senest,
            "state": case.state,
            "contact": case.contact_id is not None,
            "call_consent": case.call_consent,
            "wished_time": case.wished_time,
            "person": conversation.address if conversation else None,
            "channel": case.way_in,
            "ending": case.ending,
            "acknowledged_at": case.acknowledged_at,
        }
        for case, conversation in rows
    ]


def turns(session: Session, _context: Context) -> list[Row]:
    """Every turn with the number of messages in it."""
    counts = dict(session.execute(select(Inbound.turn_id, func.count()).group_by(Inbound.turn_id)).tuples().all())
    rows = session.execute(
        select(Turn, Conversation).join(Conversation, Conversation.id == Turn.conversation_id).order_by(Turn.id)
    )
    return [
        {
            "id": turn.id,
            "person": conversation.address,
            "state": turn.state,
            "attempt": turn.attempt,
            "messages": counts.get(turn.id, 0),
            "received_at": turn.received_at,
            "created_at": turn.created_at,
            "asked_at": turn.asked_at,
            "done_at": turn.done_at,
        }
        for turn, conversation in rows
    ]


def answers(session: Session, _context: Context) -> list[Row]:
    """Every answer with its labels."""
    labels: dict[int, list[Row]] = {}
    for label in session.scalars(select(AnswerLabel).order_by(AnswerLabel.id)):
        row = {"label": label.label, "value": label.value, "score": label.score, "clause": label.clause, "source": label.source}
        labels.setdefault(label.answer_id, []).append(row)
    rows = session.execute(
        select(Answer, Interview, Conversation)
        .join(Interview, Interview.id == Answer.interview_id)
        .outerjoin(Conversation, Conversation.id == Interview.conversation_id)
        .order_by(Answer.id)
    )
    return [
        {
            "id": answer.id,
            "person": conversation.address if conversation else None,
            "interview": interview.id,
            "question": answer.question,
            "kind": answer.kind,
            "value": answer.value,
            "text": answer.text,
            "language": answer.language,
            "late": answer.late,
            "themes": {row["label"]: row["value"] for row in labels.get(answer.id, []) if row["label"] in THEMES},
            "labels": labels.get(answer.id, []),
        }
        for answer, interview, conversation in rows
    ]


def interviews(session: Session, _context: Context) -> list[Row]:
    """Every interview with where it stands."""
    rows = session.execute(
        select(Interview, Participant, Meeting, Conversation)
        .join(Participant, Participant.id == Interview.participant_id)
        .join(Meeting, Meeting.id == Participant.meeting_id)
        .outerjoin(Conversation, Conversation.id == Interview.conversation_id)
        .order_by(Interview.id)
    )
    return [
        {
            "id": interview.id,
            "participant": participant.id,
            "meeting": meeting.id,
            "role": participant.role,
            "person": conversation.address if conversation else None,
            "set": interview.set_id,
            "version": interview.set_version,
            "state": interview.state,
            "disposition": interview.disposition,
            "awaits": conversation.awaits if conversation and interview.ended_at is None else "intet",
            "question": interview.question,
            "due_at": interview.due_at,
            "expires_at": interview.expires_at,
            "ended_at": interview.ended_at,
        }
        for interview, participant, meeting, conversation in rows
    ]


VIEWS: dict[str, Callable[[Session, Context], list[Row]]] = {
    "cases": cases,
    "turns": turns,
    "answers": answers,
    "interviews": interviews,
}


def left_to_do(session: Session, context: Context) -> dict[str, int]:
    """What is still on its way, by kind; empty when the instance is idle."""
    unjoined = select(func.count()).where(Inbound.turn_id.is_(None), Inbound.needs_turn)
    unread = select(func.count()).where(Inbound.net_read_at.is_(None))
    open_turns = select(func.count()).where(Turn.state.in_((TurnState.WAITING, TurnState.ASKED)))
    leased = select(func.count()).where(Conversation.lease_until > machine_now())
    outbox = select(func.count()).where(
        Outbound.state.in_((OutboundState.WAITING, OutboundState.SENDING)), Outbound.next_try_at <= context.clock.now()
    )
    counts = {
        "texts": session.scalar(unjoined) or 0,
        "unread": session.scalar(unread) or 0,
        "turns": session.scalar(open_turns) or 0,
        "leased": session.scalar(leased) or 0,
        "outbox": session.scalar(outbox) or 0,
        "spool": len(Spool(context).files()),
    }
    return {name: count for name, count in counts.items() if count}
