"""Participants: registered with a meeting, found by the code on their card or by their number."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.errors import BadRequestError, UnknownCodeError
from bot.service.models import Contact, Participant
from bot.service.settings import Settings
from bot.shared.codebook import Audience, Channel, Role

CODE_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like another letter (i, l, o, 0, 1)
CODE_LENGTH = 10  # 31^10: 49 bits, behind a limit of ten wrong codes in 15 minutes
CODE_DAYS = 30


def new_code() -> str:
    """A code that cannot be guessed and can be typed by hand."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def tidy_code(typed: str) -> str:
    """A code as a hand may type it (capitals, blanks, dashes) in the form it is stored."""
    return "".join(letter for letter in typed.lower() if letter in CODE_ALPHABET)


def find_by_code(session: Session, context: Context, code: str) -> Participant:
    """The participant whose card has this code.

    Raises:
        UnknownCodeError: nobody has it, or it has expired.
    """
    participant = session.scalar(select(Participant).where(Participant.code_hash == _code_hash(context, code)))
    if participant is None or participant.code_expires_at < context.clock.now():
        raise UnknownCodeError("no participant has this code, or it has expired")
    return participant


def find_by_number(session: Session, context: Context, number: str) -> Participant | None:
    """The participant registered last with this number for SMS."""
    return session.scalar(
        select(Participant)
        .join(Contact, Contact.id == Participant.contact_id)
        .where(Contact.number_hash == context.address_hash(Channel.SMS, number), Participant.channel == Channel.SMS)
        .order_by(Participant.id.desc())
        .limit(1)
    )


def audience_for(role: Role, age: int | None) -> Audience:
    """The wording that fits a role and, for a child or young person, an age.

    Raises:
        BadRequestError: for a child without an age, or an age outside 7–23.
    """
    if role is not Role.BARN:
        return Audience(role.value)
    if age is None:
        raise BadRequestError("a child needs an age: give `age` in whole years")
    if not 7 <= age <= 23:
        raise BadRequestError(f"age {age} is refused: questions exist for children and young people from 7 to 23")
    return Audience.BARN_7_12 if age <= 12 else Audience.BARN_13_17 if age <= 17 else Audience.UNG_18_23


def may_use_telegram(settings: Settings, role: Role, age: int | None) -> bool:
    """Whether somebody is of the age that Telegram's terms ask; of adults nobody asks it."""
    return role is not Role.BARN or (age is not None and age >= settings.telegram_minimum_age)


def register(
    session: Session,
    context: Context,
    *,
    meeting_id: int,
    contact: Contact,
    role: Role,
    age: int | None,
    channel: Channel,
    language: str,
    now: datetime,
) -> Participant:
    """Add a participant with a fresh code; `contact` is new and gets its look-up hash here.

    Raises:
        BadRequestError: for an age that has no questions, SMS without a number, or Telegram below its minimum age.
    """
    audience = audience_for(role, age)
    if channel is Channel.SMS:
        if not contact.number:
            raise BadRequestError("a participant on SMS needs a number")
        contact.number_hash = context.address_hash(Channel.SMS, contact.number)
    _refuse_too_young(context, role, age, channel)
    session.add(contact)
    session.flush()
    code = new_code()
    participant = Participant(
        meeting_id=meeting_id,
        contact_id=contact.id,
        role=role,
        age=age,
        audience=audience,
        channel=channel,
        language=language,
        code=code,
        code_hash=_code_hash(context, code),
        code_expires_at=now + timedelta(days=CODE_DAYS),
    )
    session.add(participant)
    session.flush()
    return participant


def _refuse_too_young(context: Context, role: Role, age: int | None, channel: Channel) -> None:
    minimum = context.settings.telegram_minimum_age
    if channel is Channel.TELEGRAM and not may_use_telegram(context.settings, role, age):
        raise BadRequestError(f"Telegram is for those of {minimum} and older: give the web chat's card instead")


def _code_hash(context: Context, code: str) -> str:
    return context.keys.hash(f"code:{tidy_code(code)}")
