"""One factory per model: invented people, impossible numbers, sensible defaults; every keyword is a column."""

import itertools
import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.logic import meetings
from bot.service.logic.deadlines import deadline_for
from bot.service.models import Case, Contact, Conversation, Inbound, Interview, Participant, Unit, User
from bot.service.models.words import CaseKind, InboundKind, StaffRole
from bot.shared.codebook import Channel, Concern, Role

_numbers = itertools.count(1)


def number() -> str:
    """A new number that no Danish phone has."""
    return f"+450000{next(_numbers):04d}"


def make_unit(session: Session, **columns: Any) -> Unit:
    return _add(session, Unit(**({"name": f"Team {next(_numbers)}"} | columns)))


def make_user(session: Session, **columns: Any) -> User:
    index = next(_numbers)
    defaults = {
        "username": f"bruger{index}",
        "name": f"Medarbejder {index}",
        "password_hash": "none",
        "role": StaffRole.HANDLER,
    }
    return _add(session, User(**(defaults | columns)))


def make_contact(session: Session, **columns: Any) -> Contact:
    return _add(session, Contact(**({"name": "Anna Prøve", "number": number(), "kontakt": "ja"} | columns)))


def make_case(session: Session, context: Context, **columns: Any) -> Case:
    """A complaint received now, unless columns say otherwise; its deadline follows kind, band and time."""
    kind = CaseKind(columns.get("kind", CaseKind.KLAGE))
    band = Concern(columns.get("band") or Concern.NEJ)
    received_at = columns.get("received_at", context.clock.now())
    role = Role(columns["role"]) if columns.get("role") else None
    deadline = deadline_for(kind, band, role, received_at, context.settings)
    defaults = {
        "kind": kind,
        "person": f"person-{next(_numbers)}",
        "way_in": "sms",
        "received_at": received_at,
        "due_at": deadline.due_at,
        "ring_senest": deadline.ring_senest,
        "policy": deadline.policy,
    }
    return _add(session, Case(**(defaults | columns)))


def make_interview(
    session: Session,
    context: Context,
    *,
    role: Role = Role.FORAELDER,
    age: int | None = None,
    channel: Channel | None = None,
    on_the_spot: bool = True,
    **contact_columns: Any,
) -> tuple[Interview, Participant, str]:
    """A meeting held an hour ago with one participant: their planned interview, themselves, and their address."""
    channel = channel or (Channel.WEBCHAT if role is Role.BARN else Channel.SMS)
    age = 12 if role is Role.BARN and age is None else age
    contact = Contact(
        **({"name": "Anna Prøve", "number": number() if channel is Channel.SMS else None, "family_ref": "F-1"} | contact_columns)
    )
    registered = meetings.register(
        session,
        context,
        unit=make_unit(session),
        question_set="foerste_moede",
        held_at=context.clock.now() - timedelta(hours=1),
        attendees=[meetings.Attendee(role=role, channel=channel, contact=contact, age=age)],
        on_the_spot=on_the_spot,
    )
    participant = registered.participants[0]
    address = contact.number if channel is Channel.SMS else participant.code
    assert address is not None
    return registered.interviews[0], participant, address


def make_inbound(session: Session, context: Context, conversation: Conversation, text: str = "jeg er bange") -> Inbound:
    """Words that the citizen wrote just now, as the door stores them."""
    return _add(
        session,
        Inbound(
            conversation_id=conversation.id,
            channel=conversation.channel,
            provider_id=uuid.uuid4().hex,
            kind=InboundKind.TEXT,
            original=text,
            redacted=text,
            received_at=context.clock.now(),
            arrived_at=machine_now(),
        ),
    )


def _add(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row
