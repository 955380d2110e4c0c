"""What is looked at once more before a row leaves: the contact, the hour, and whether it still asks for what is awaited."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from bot.service.channels.base import SendError
from bot.service.clock import COPENHAGEN
from bot.service.context import Context
from bot.service.models import Contact, Conversation, Interview, Outbound
from bot.service.models.words import CallConsent, CaseKind, ContactSafety, Disposition, InterviewState, OutboundState
from bot.service.schedule.callbacks import ask_again
from bot.service.schedule.invitations import send_invitations, send_reminders
from bot.shared.codebook import Channel, Role
from tests.factories import make_case, make_interview
from tests.service.driver import Citizen, ScriptedEngine
from tests.service.message_path.sending import BROKEN, states

KLAGE = {"routes": {"klage": {"value": "ja", "score": 0.9, "clause": None}}}
Plan = Callable[..., Citizen]


def at(context: Context, words: str) -> None:
    """It is this time in Copenhagen now."""
    moment = datetime.fromisoformat(words).replace(tzinfo=COPENHAGEN)
    context.clock.set(moment.astimezone(UTC))  # type: ignore[attr-defined]


def kontakt(context: Context, safety: ContactSafety) -> None:
    with context.database.write() as session:
        session.execute(update(Contact).values(kontakt=safety))


def sends(citizen: Citizen, *errors: SendError) -> int:
    """How many messages leave now; the first tries meet `errors`."""
    citizen.bridge.errors = list(errors)
    before = len(citizen.bridge.sent)
    citizen.send_outbox()
    return len(citizen.bridge.sent) - before


@pytest.fixture
def plan(context: Context, engine: ScriptedEngine) -> Plan:
    """Somebody whose interview is planned by the schedule, and written but not sent on a Wednesday evening at 19:59."""

    def make(**options: object) -> Citizen:
        at(context, "2026-11-18 19:59:00")
        with context.database.write() as session:
            _, participant, address = make_interview(session, context, **({"on_the_spot": False} | options))  # type: ignore[arg-type]
            citizen = Citizen(context, address, Channel(participant.channel), engine)
        send_invitations(context)
        return citizen

    return make


@pytest.mark.parametrize("said", ["hvad er klokken", "han slår mig", "STOP"])
def test_nothing_goes_to_a_phone_that_has_become_unsafe(context: Context, parent: Citizen, said: str) -> None:
    parent.receive(said)
    kontakt(context, ContactSafety.NEJ)
    before = len(parent.bridge.sent)
    parent.work()

    assert len(parent.bridge.sent) == before
    assert set(states(context)[1:]) == {OutboundState.CANCELLED}


def test_an_unsafe_phone_changes_nothing_else(context: Context, parent: Citizen) -> None:
    kontakt(context, ContactSafety.NEJ)
    parent.receive("han slår mig")
    parent.work()

    assert [case.kind for case in parent.cases()] == [CaseKind.BEKYMRING]


def test_the_web_chat_answers_whoever_has_opened_it(context: Context, child: Citizen) -> None:
    kontakt(context, ContactSafety.NEJ)
    child.receive("min far slår mig")
    child.work()

    assert "112" in child.bridge.sent[-1].text


@pytest.mark.parametrize("safety", [ContactSafety.NEJ, ContactSafety.KUN_OPKALD])
def test_no_invitation_goes_to_a_phone_that_has_become_unsafe(context: Context, plan: Plan, safety: ContactSafety) -> None:
    parent = plan()
    kontakt(context, safety)

    assert (sends(parent), states(context)) == (0, [OutboundState.CANCELLED])


def test_who_may_only_be_rung_is_answered(context: Context, parent: Citizen) -> None:
    kontakt(context, ContactSafety.KUN_OPKALD)
    parent.write("ja", act="bekraeft")

    assert set(states(context)) == {OutboundState.HANDED_OVER}


def test_an_invitation_that_was_written_in_time_leaves(plan: Plan) -> None:
    assert sends(plan()) == 1


def test_an_invitation_that_missed_its_window_waits_for_the_next(context: Context, plan: Plan) -> None:
    parent = plan()
    left = [sends(parent, BROKEN)]
    for moment in ("2026-11-18 20:04:00", "2026-11-18 22:10:00", "2026-11-19 08:59:59", "2026-11-19 09:00:00"):
        at(context, moment)
        left.append(sends(parent))

    assert left == [0, 0, 0, 0, 1]


def test_an_invitation_that_missed_the_week_waits_for_monday(context: Context, plan: Plan) -> None:
    parent = plan()
    at(context, "2026-11-20 20:00:00")
    sends(parent)

    with context.database.read() as session:
        due = session.scalars(select(Outbound.next_try_at)).one().astimezone(COPENHAGEN)
    assert f"{due:%A %H:%M}" == "Monday 09:00"


def test_waiting_for_the_window_counts_as_no_try(context: Context, plan: Plan) -> None:
    parent = plan()
    at(context, "2026-11-18 22:10:00")
    sends(parent)

    with context.database.read() as session:
        assert session.execute(select(Outbound.state, Outbound.attempts)).one() == (OutboundState.WAITING, 0)


def test_an_invitation_on_the_spot_leaves_at_night(context: Context, plan: Plan) -> None:
    parent = plan(on_the_spot=True)
    at(context, "2026-11-18 22:10:00")

    assert sends(parent) == 1


def test_an_invitation_that_was_wanted_at_night_is_tried_again_at_night(context: Context, plan: Plan) -> None:
    parent = plan()
    with context.database.write() as session:
        session.execute(update(Outbound).values(created_at=datetime(2026, 11, 18, 21, 0, tzinfo=UTC)))
    at(context, "2026-11-18 22:10:00")

    assert sends(parent) == 1


def test_the_web_chats_welcome_has_no_window(context: Context, plan: Plan) -> None:
    child = plan(role=Role.BARN)
    at(context, "2026-11-18 22:10:00")

    assert sends(child) == 1


@pytest.mark.parametrize("said", ["hej", "jeg vil ikke leve mere", "STOP"])
def test_an_answer_leaves_at_any_hour(context: Context, parent: Citizen, said: str) -> None:
    at(context, "2026-11-21 23:30:00")
    parent.write(said, act="hilsen")

    assert len(states(context)) > 1
    assert set(states(context)) == {OutboundState.HANDED_OVER}


def test_who_has_answered_meanwhile_is_not_invited(context: Context, plan: Plan) -> None:
    parent = plan()
    sends(parent, BROKEN)
    with context.database.write() as session:
        session.execute(update(Conversation).values(awaits="spoergsmaal"))
        session.execute(update(Interview).values(state=InterviewState.I_GANG, disposition=Disposition.AFBRUDT))
    context.clock.advance(300)  # type: ignore[attr-defined]

    assert (sends(parent), states(context)) == (0, [OutboundState.CANCELLED])


def test_the_web_chats_welcome_is_shown_however_late(context: Context, plan: Plan) -> None:
    child = plan(role=Role.BARN)
    with context.database.write() as session:
        session.execute(update(Conversation).values(awaits="opkald_ja"))

    assert sends(child) == 1


@pytest.fixture
def reminded(context: Context, plan: Plan) -> Citizen:
    """Somebody whose reminder was written, but not sent, on a Friday evening at 19:59."""
    parent = plan()
    sends(parent)
    at(context, "2026-11-20 19:59:00")
    assert send_reminders(context) == 1
    return parent


def test_a_reminder_leaves(reminded: Citizen) -> None:
    assert sends(reminded) == 1


def test_a_reminder_that_missed_its_window_waits_for_the_next(context: Context, reminded: Citizen) -> None:
    left = []
    for moment in ("2026-11-20 20:30:00", "2026-11-23 08:59:59", "2026-11-23 09:00:00"):  # Friday, Monday
        at(context, moment)
        left.append(sends(reminded))

    assert left == [0, 0, 1]


@pytest.mark.parametrize("kind", [CaseKind.KLAGE, CaseKind.BEKYMRING])
def test_nobody_is_reminded_once_a_complaint_or_danger_has_come(
    context: Context, reminded: Citizen, kind: CaseKind
) -> None:
    with context.database.write() as session:
        make_case(session, context, kind=kind, person=context.address_hash(Channel.SMS, reminded.address))

    assert (sends(reminded), states(context)[-1]) == (0, OutboundState.CANCELLED)


def test_may_we_ring_is_asked_again_in_calling_hours_of_any_day(context: Context, parent: Citizen) -> None:
    at(context, "2026-11-20 19:00:00")
    parent.write("ja", act="bekraeft")
    parent.write("min rådgiver har løjet", act="klage", **KLAGE)
    assert [case.call_consent for case in parent.cases()] == [CallConsent.SPURGT]
    at(context, "2026-11-21 19:59:00")  # a Saturday
    asked = ask_again(context)
    at(context, "2026-11-21 20:01:00")
    too_late = sends(parent)
    at(context, "2026-11-22 08:00:00")

    assert (asked, too_late, sends(parent)) == (1, 0, 1)


def test_an_invitation_that_waits_for_its_window_holds_back_no_answer(context: Context, plan: Plan) -> None:
    citizen = plan(role=Role.FORAELDER)
    at(context, "2026-11-18 20:01:00")
    assert sends(citizen) == 0

    assert citizen.write("jeg vil klage", act="klage", **KLAGE) != []


def test_who_became_unsafe_before_anything_was_sent_was_not_contacted(context: Context, plan: Plan) -> None:
    citizen = plan(role=Role.FORAELDER)
    kontakt(context, ContactSafety.NEJ)

    assert sends(citizen) == 0
    with context.database.read() as session:
        interview = session.scalars(select(Interview)).one()
        assert (interview.state, interview.disposition) == (InterviewState.AFSLUTTET, Disposition.IKKE_KONTAKTET)
