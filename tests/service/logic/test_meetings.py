"""Meetings: who took part is planned at once, or the whole meeting is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.service.context import Context
from bot.service.errors import BadRequestError
from bot.service.logic import meetings
from bot.service.logic.meetings import Attendee
from bot.service.logic.question_sets import UnknownQuestionSet
from bot.service.models import Contact, Interview, Meeting, Participant
from bot.service.models.words import Disposition, InterviewState
from bot.shared.codebook import Channel, Role
from tests.factories import make_unit, number


def parent() -> Attendee:
    return Attendee(Role.FORAELDER, Channel.SMS, Contact(name="Anna Prøve", number=number()))


def child(**columns: object) -> Attendee:
    return Attendee(Role.BARN, Channel.WEBCHAT, Contact(**({"name": "Ib", "family_ref": "F-1"} | columns)), age=9)


def register(context: Context, *attendees: Attendee, **options: object) -> meetings.Registered:
    with context.database.write() as session:
        settled = {"question_set": "foerste_moede", "held_at": context.clock.now(), "unit": make_unit(session)} | options
        return meetings.register(session, context, attendees=list(attendees), **settled)  # type: ignore[arg-type]


def count(context: Context, table: type[Meeting | Participant | Interview | Contact]) -> int:
    with context.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_everybody_who_took_part_has_a_planned_interview(context: Context) -> None:
    registered = register(context, child(), parent())

    assert [(i.audience, i.state, i.disposition) for i in registered.interviews] == [
        ("barn_7_12", InterviewState.PLANLAGT, Disposition.IKKE_KONTAKTET),
        ("foraelder", InterviewState.PLANLAGT, Disposition.IKKE_KONTAKTET),
    ]
    assert len({participant.code for participant in registered.participants}) == 2


def test_interviews_are_due_as_long_after_the_meeting_as_the_set_says(context: Context) -> None:
    delay = timedelta(days=context.catalogue.latest("foerste_moede").delay_days)

    assert register(context, parent()).interviews[0].due_at == context.clock.now() + delay


@pytest.mark.parametrize("family_ref", [None, ""])
def test_a_meeting_with_a_child_needs_the_familys_reference(context: Context, family_ref: str | None) -> None:
    with pytest.raises(BadRequestError, match="a duty officer must find the child"):
        register(context, parent(), child(family_ref=family_ref))
    assert [count(context, table) for table in (Meeting, Participant, Interview, Contact)] == [0, 0, 0, 0]


def test_a_reference_is_registered_once(context: Context) -> None:
    register(context, parent(), external_ref="M-1")

    with pytest.raises(BadRequestError, match="'M-1' is registered already"):
        register(context, parent(), external_ref="M-1")
    assert count(context, Meeting) == 1


def test_meetings_without_a_reference_may_be_many(context: Context) -> None:
    for _ in range(2):
        register(context, parent())

    assert count(context, Meeting) == 2


def test_an_unknown_question_set_is_refused(context: Context) -> None:
    with pytest.raises(UnknownQuestionSet, match="known: foerste_moede"):
        register(context, parent(), question_set="sidste_moede")
