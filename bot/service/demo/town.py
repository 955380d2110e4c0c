"""Loads the demo municipality: units, staff and meetings, then everything that happened, in the order in which it did."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.clock import Clock
from bot.service.context import Context
from bot.service.demo import handlers
from bot.service.demo.citizens import Citizens, first_contact
from bot.service.demo.logins import Login, new_password, write_logins
from bot.service.demo.script import Gathering, Line, Member, Person, Script, read_script
from bot.service.errors import ConfigurationError
from bot.service.logic import conversations, meetings
from bot.service.logic.accounts import hash_password
from bot.service.logic.cards import card_of
from bot.service.logic.texts import Names
from bot.service.models import Contact, Interview, Participant, Unit, User
from bot.shared.codebook import Channel

QUESTION_SET = "foerste_moede"
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class StandingClock(Clock):
    """A clock that shows one moment of the past."""

    moment: datetime = NEVER

    def now(self) -> datetime:
        """The moment."""
        return self.moment


@dataclass(frozen=True)
class Step:
    """Something that happened so long ago, to be done with a context whose clock stands there."""

    ago: timedelta
    do: Callable[[Context], None]


@dataclass(frozen=True)
class Seat:
    """A person of the script, once registered."""

    participant: Participant
    interview: Interview
    address: str  # number or chat code


Seats = list[Seat]  # of one gathering, in the script's order; filled when the meeting is registered


@dataclass
class Town:
    """The municipality while it is being loaded, inside one transaction."""

    session: Session
    script: Script
    citizens: Citizens
    names: Names
    units: dict[str, Unit] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    logins: list[Login] = field(default_factory=list)


def load_demo_town(context: Context) -> None:
    """Fill an empty database, in one transaction; one that holds units already is left alone.

    The logins go to $GENKLANG_HOME/demo_logins.json before the commit, so that no loaded municipality is without them.

    Raises:
        ConfigurationError: in production, where known accounts and invented families have no business.
    """
    if not context.settings.demo:
        return
    if not context.settings.development:
        raise ConfigurationError("the demo municipality is for development only; set GENKLANG_DEMO=none")
    with context.database.write() as session:
        if session.scalar(select(Unit.id).limit(1)) is not None:
            return
        script = read_script()
        town = Town(session, script, Citizens(session), Names.load())
        _found(town)
        now = context.clock.now()
        for step in sorted(_history(town), key=lambda step: -step.ago):
            step.do(replace(context, clock=StandingClock(moment=now - step.ago)))
        session.flush()
        write_logins(context.settings.home, town.logins)


def _found(town: Town) -> None:
    """Units and staff; all staff share one password."""
    for unit in town.script.units:
        row = Unit(name=unit.name, parent_id=town.units[unit.parent].id if unit.parent else None)
        town.session.add(row)
        town.session.flush()
        town.units[unit.id] = row
    password = new_password(town.script.password_words)
    password_hash = hash_password(password)  # once: argon2 is slow on purpose
    for member in town.script.staff:
        unit_id = town.units[member.unit].id if member.unit else None
        user = User(
            username=member.username, name=member.name, password_hash=password_hash, role=member.role, unit_id=unit_id
        )
        town.session.add(user)
        town.session.flush()
        town.users[member.username] = user
        town.logins.append(_desk_login(town.names, member, password))


def _history(town: Town) -> Iterator[Step]:
    for gathering in town.script.gatherings:
        seats: Seats = []
        yield Step(gathering.held, partial(_register, town, gathering, seats))
        for index, person in enumerate(gathering.people):
            yield Step(person.invited, partial(_invite, town, seats, index, person))
            yield from (Step(line.ago, partial(_play, town, seats, index, line)) for line in person.lines)
    for stranger in town.script.strangers:
        yield from (Step(line.ago, partial(_perform, town, Channel.SMS, stranger.number, line)) for line in stranger.lines)


def _register(town: Town, gathering: Gathering, seats: Seats, past: Context) -> None:
    adviser = town.users[gathering.adviser]
    attendees = [_attendee(past, gathering, adviser, person) for person in gathering.people]
    done = meetings.register(
        town.session,
        past,
        unit=town.units[gathering.unit],
        question_set=QUESTION_SET,
        held_at=past.clock.now(),
        attendees=attendees,
        external_ref=gathering.ref,
        adviser_id=adviser.id,
    )
    for attendee, participant, interview in zip(attendees, done.participants, done.interviews, strict=True):
        number = attendee.contact.number if attendee.channel is Channel.SMS else None
        seats.append(Seat(participant, interview, number or participant.code))


def _attendee(past: Context, gathering: Gathering, adviser: User, person: Person) -> meetings.Attendee:
    row = person.contact
    contact = Contact(
        name=row["navn"],
        number=row.get("nummer"),
        kontakt=row.get("kontakt", "ja"),
        safe_hours=row.get("sikre_timer"),
        birth_year=past.clock.now().year - person.age if person.age is not None else None,
        lives=row.get("bor"),
        family_ref=gathering.ref,
        adviser=adviser.name,
        adviser_phone=row.get("raadgiver_telefon"),
    )
    return meetings.Attendee(person.role, person.channel, contact, age=person.age, language=person.language)


def _invite(town: Town, seats: Seats, index: int, person: Person, past: Context) -> None:
    seat = seats[index]
    first_contact(town.session, past, seat.participant, seat.interview, seat.address)
    if person.to_try:
        town.logins.append(_citizen_login(town.names, past, person, seat))


def _play(town: Town, seats: Seats, index: int, line: Line, past: Context) -> None:
    seat = seats[index]
    _perform(town, Channel(seat.participant.channel), seat.address, line, past)


def _perform(town: Town, channel: Channel, address: str, line: Line, past: Context) -> None:
    if "ansat" not in line.entry:
        town.citizens.play(past, channel, address, line.entry)
        return
    conversation = conversations.find_or_start(town.session, past, channel, address)
    handlers.play(town.session, past, town.users[line.entry["ansat"]], conversation, line.entry)


def _desk_login(names: Names, member: Member, password: str) -> Login:
    who = {"name": member.name, "role": names.staff_role(member.role)}
    return {"kind": "desk", "username": member.username, "password": password, **who}


def _citizen_login(names: Names, past: Context, person: Person, seat: Seat) -> Login:
    who = {"name": str(person.contact["navn"]), "role": names.role(person.role)}
    if person.channel is Channel.SMS:
        return {"kind": "phone", "number": seat.address, **who}
    return {"kind": "chat", "link": card_of(past.settings, seat.participant).chat, **who}
