"""Meetings: registered with those who took part, whose interviews are planned at once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.errors import BadRequestError
from bot.service.logic import interviews, participants
from bot.service.models import Contact, Interview, Meeting, Participant, Unit
from bot.shared.codebook import Channel, Role


@dataclass(frozen=True)
class Attendee:
    """Somebody who took part: their contact details (a new row) and how to ask them."""

    role: Role
    channel: Channel
    contact: Contact
    age: int | None = None
    language: str = "da"


@dataclass(frozen=True)
class Registered:
    """What registering a meeting made."""

    meeting: Meeting
    participants: list[Participant]
    interviews: list[Interview]


def register(
    session: Session,
    context: Context,
    *,
    unit: Unit,
    question_set: str,
    held_at: datetime,
    attendees: list[Attendee],
    external_ref: str | None = None,
    adviser_id: int | None = None,
    on_the_spot: bool = False,
) -> Registered:
    """Register a meeting and plan an interview for everybody; a known `external_ref` is refused.

    Raises:
        BadRequestError: a reference known already, a child without the family's reference, or a participant who cannot be asked.
        UnknownQuestionSet: there is no such set.
    """
    context.catalogue.latest(question_set)
    if external_ref and session.scalar(select(Meeting.id).where(Meeting.external_ref == external_ref)):
        raise BadRequestError(f"a meeting with the reference {external_ref!r} is registered already")
    meeting = Meeting(
        unit_id=unit.id,
        question_set=question_set,
        held_at=held_at,
        external_ref=external_ref,
        adviser_id=adviser_id,
        registered_at=context.clock.now(),
    )
    session.add(meeting)
    session.flush()
    people = [_register_one(session, context, meeting, attendee) for attendee in attendees]
    planned = [interviews.plan(session, context, person, meeting, on_the_spot=on_the_spot) for person in people]
    return Registered(meeting, people, planned)


def _register_one(session: Session, context: Context, meeting: Meeting, attendee: Attendee) -> Participant:
    if attendee.role is Role.BARN and not attendee.contact.family_ref:
        raise BadRequestError("a meeting with a child needs the family's reference: a duty officer must find the child")
    return participants.register(
        session,
        context,
        meeting_id=meeting.id,
        contact=attendee.contact,
        role=attendee.role,
        age=attendee.age,
        channel=attendee.channel,
        language=attendee.language,
        now=context.clock.now(),
    )
