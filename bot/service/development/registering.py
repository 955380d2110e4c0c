"""Registers a meeting for a check, with everything that was left out made up."""

import secrets
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.channels.sms.numbers import read_number
from bot.service.context import Context
from bot.service.development.requests import NewMeeting, NewParticipant
from bot.service.logic import invitations, meetings
from bot.service.logic.cards import card_of
from bot.service.models import Contact, Participant, Unit
from bot.shared.codebook import Channel, Role

DEFAULT_PARTICIPANTS = (NewParticipant(role=Role.BARN, age=12), NewParticipant(role=Role.FORAELDER))
DEFAULT_UNIT = "Familiehuset"


def register_meeting(context: Context, body: NewMeeting) -> dict[str, Any]:
    """Register, and with `invite: now` make first contact at once whatever the hour."""
    now = context.clock.now()
    with context.database.write() as session:
        registered = meetings.register(
            session,
            context,
            unit=_unit(session, body.unit or DEFAULT_UNIT),
            question_set=body.question_set,
            held_at=body.held_at or now,
            attendees=[_attendee(context, body, new) for new in body.participants or DEFAULT_PARTICIPANTS],
            external_ref=body.external_ref,
            on_the_spot=body.invite == "now",
        )
        if body.invite == "now":
            for interview in registered.interviews:
                invitations.invite(session, context, interview)
        return {
            "id": registered.meeting.id,
            "participants": [_shown(session, context, person) for person in registered.participants],
        }


def _unit(session: Session, name: str) -> Unit:
    unit = session.scalar(select(Unit).where(Unit.name == name))
    if unit is None:
        unit = Unit(name=name)
        session.add(unit)
        session.flush()
    return unit


def _attendee(context: Context, body: NewMeeting, new: NewParticipant) -> meetings.Attendee:
    channel = new.channel or (Channel.SMS if new.role is Role.FORAELDER else Channel.WEBCHAT)
    number = read_number(new.address or _invented_number()) if channel is Channel.SMS else None
    contact = Contact(
        name=new.name,
        number=number,
        kontakt=new.kontakt,
        birth_year=context.clock.now().year - new.age if new.age is not None else None,
        family_ref=body.family_ref,
    )
    return meetings.Attendee(role=new.role, channel=channel, contact=contact, age=new.age, language=new.language)


def _invented_number() -> str:
    """A number that no phone in Denmark has: they never begin with 0."""
    return f"+4500{secrets.randbelow(10**6):06d}"


def _shown(session: Session, context: Context, person: Participant) -> dict[str, Any]:
    contact = session.get_one(Contact, person.contact_id)
    card = card_of(context.settings, person)
    return {
        "id": person.id,
        "role": person.role,
        "age": person.age,
        "channel": person.channel,
        "code": person.code,
        "address": contact.number if person.channel == Channel.SMS else person.code,
        "link": card.chat,
        "telegram": card.telegram,
    }
