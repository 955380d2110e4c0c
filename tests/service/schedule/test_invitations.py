"""First contact and the one reminder, when they are due, to whom they may go."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.service.context import Context
from bot.service.logic import invitations
from bot.service.models import Contact, Interview, Outbound
from bot.service.models.words import CaseKind, CaseState, ContactSafety, Disposition, InterviewState, OutboundKind
from bot.service.schedule.invitations import send_invitations, send_reminders
from bot.shared.codebook import Role
from tests.factories import make_case, make_interview
from tests.service.driver import Citizen

DAY = 86_400  # seconds


def states(context: Context) -> list[str]:
    with context.database.read() as session:
        return list(session.scalars(select(Interview.state).order_by(Interview.id)))


def reminders(context: Context) -> int:
    with context.database.read() as session:
        return len(session.scalars(select(Outbound.id).where(Outbound.kind == OutboundKind.REMINDER)).all())


def plan(context: Context, **options: object) -> int:
    with context.database.write() as session:
        return make_interview(session, context, on_the_spot=False, **options)[0].id  # type: ignore[arg-type]


def open_case(context: Context, citizen: Citizen, **columns: object) -> None:
    with context.database.write() as session:
        make_case(session, context, person=context.address_hash(citizen.channel, citizen.address), **columns)


def test_who_is_due_is_invited_once(context: Context) -> None:
    plan(context)
    counts = [send_invitations(context) for _ in range(2)]

    assert (counts, states(context)) == ([1, 0], [InterviewState.INVITERET])


def test_who_is_not_due_yet_waits(context: Context) -> None:
    interview_id = plan(context)
    with context.database.write() as session:
        due_at = context.clock.now() + timedelta(seconds=1)
        session.execute(update(Interview).where(Interview.id == interview_id).values(due_at=due_at))
    early = send_invitations(context)
    context.clock.advance(1)

    assert (early, send_invitations(context)) == (0, 1)


def test_outside_the_window_nobody_is_invited_and_the_next_morning_all_are(context: Context) -> None:
    plan(context)
    plan(context)
    context.clock.advance(9 * 3600)  # 21:00
    evening = send_invitations(context)
    context.clock.advance(12 * 3600)  # 9:00

    assert (evening, send_invitations(context)) == (0, 2)


def test_one_that_cannot_be_invited_keeps_nobody_else_waiting(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = plan(context)
    plan(context)
    invite = invitations.invite

    def fail_on_one(session: object, a_context: Context, interview: Interview) -> bool:
        if interview.id == broken:
            raise LookupError("its question set is gone")
        return invite(session, a_context, interview)  # type: ignore[arg-type]

    monkeypatch.setattr(invitations, "invite", fail_on_one)

    assert send_invitations(context) == 1
    assert states(context) == [InterviewState.PLANLAGT, InterviewState.INVITERET]


def test_a_reminder_goes_two_days_after_the_invitation_once(context: Context, parent: Citizen) -> None:
    context.clock.advance(2 * DAY - 1)
    early = send_reminders(context)
    context.clock.advance(1)
    counts = [send_reminders(context) for _ in range(2)]

    assert (early, counts, reminders(context)) == (0, [1, 0], 1)


def test_a_reminder_waits_for_the_window(context: Context, parent: Citizen) -> None:
    context.clock.advance(2 * DAY + 9 * 3600)  # Friday, 21:00
    friday = send_reminders(context)
    context.clock.advance(15 * 3600)  # Saturday noon
    saturday = send_reminders(context)
    context.clock.advance(2 * DAY)  # Monday noon

    assert (friday, saturday, send_reminders(context)) == (0, 0, 1)


ANSWERS = [
    ("ja", "bekraeft"),
    ("nej tak", "afvis"),
    ("STOP", "stop"),
    ("min far slår mig", "bekymring"),
    ("jeg vil ikke leve mere, jeg gør det i aften", "bekymring"),
]


@pytest.mark.parametrize("words", ANSWERS)
def test_who_has_answered_stopped_or_is_in_danger_is_not_reminded(
    context: Context, parent: Citizen, words: tuple[str, str]
) -> None:
    parent.write(words[0], act=words[1])
    context.clock.advance(2 * DAY)

    assert send_reminders(context) == 0


@pytest.mark.parametrize(
    ("kind", "state", "reminded"),
    [
        (CaseKind.KLAGE, CaseState.NY, 0),
        (CaseKind.KLAGE, CaseState.LUKKET, 1),
        (CaseKind.BEKYMRING, CaseState.TAGET, 0),
        (CaseKind.BEKYMRING, CaseState.LUKKET, 0),
        (CaseKind.OPKALD, CaseState.NY, 1),
    ],
)
def test_nobody_is_reminded_after_danger_or_while_a_complaint_is_open(
    context: Context, parent: Citizen, kind: CaseKind, state: CaseState, reminded: int
) -> None:
    open_case(context, parent, kind=kind, state=state)
    context.clock.advance(2 * DAY)

    assert send_reminders(context) == reminded


def test_danger_of_long_before_the_invitation_is_no_obstacle(context: Context, parent: Citizen) -> None:
    long_ago = context.clock.now() - timedelta(days=60)
    open_case(context, parent, kind=CaseKind.BEKYMRING, state=CaseState.LUKKET, received_at=long_ago)
    context.clock.advance(2 * DAY)

    assert send_reminders(context) == 1


@pytest.mark.parametrize("kontakt", [ContactSafety.NEJ, ContactSafety.KUN_OPKALD])
def test_a_phone_that_became_unsafe_gets_no_reminder(context: Context, parent: Citizen, kontakt: ContactSafety) -> None:
    with context.database.write() as session:
        session.execute(update(Contact).values(kontakt=kontakt))
    context.clock.advance(2 * DAY)

    assert (send_reminders(context), reminders(context)) == (0, 0)


def test_an_interview_whose_time_is_over_is_not_brought_up_again(context: Context, parent: Citizen) -> None:
    context.clock.advance(7 * DAY)

    assert send_reminders(context) == 0
    assert parent.rows()[-1].kind == OutboundKind.INVITATION


def test_no_reminder_to_a_child_in_an_open_interview(context: Context, child: Citizen) -> None:
    child.press("Ja")
    context.clock.advance(2 * DAY)

    assert send_reminders(context) == 0


def test_a_refused_interview_ends_and_is_not_tried_again(context: Context, invite: Callable[..., Citizen]) -> None:
    plan(context, role=Role.FORAELDER, kontakt=ContactSafety.NEJ)
    counts = [send_invitations(context) for _ in range(2)]

    with context.database.read() as session:
        assert session.scalars(select(Interview.disposition)).all() == [Disposition.IKKE_KONTAKTET]
    assert counts == [1, 0]
