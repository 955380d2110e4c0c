"""Lateness and "no way to call", both sides of each border by a second. `now` is Wednesday 18 November 2026, 12:00."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.logic.case_outcome import Timeliness, calls_of, no_way_to_call, settled_at, timeliness
from bot.service.models import CallAttempt, Case, CaseMessage, Conversation, Inbound, OptOut, Outbound
from bot.service.models.words import CallOutcome, CaseKind
from tests.factories import make_case, make_contact, make_user

SECOND = timedelta(seconds=1)
DAY = timedelta(hours=24)


def attempt(session: Session, case: Case, outcome: CallOutcome, at: datetime) -> None:
    session.add(CallAttempt(case_id=case.id, user_id=make_user(session).id, at=at, outcome=outcome))
    session.flush()


@pytest.mark.parametrize(
    ("outcome", "offset", "wanted"),
    [
        (CallOutcome.TRUFFET, -SECOND, Timeliness.MET),
        (CallOutcome.TRUFFET, timedelta(0), Timeliness.MET),
        (CallOutcome.TRUFFET, SECOND, Timeliness.MISSED),
        (CallOutcome.AFSLOG, timedelta(0), Timeliness.MET),
        (CallOutcome.BESKED_LAGT, -SECOND, Timeliness.OPEN),
        (CallOutcome.IKKE_TRUFFET, -SECOND, Timeliness.OPEN),
    ],
)
def test_a_call_is_judged_by_its_own_instant(
    session: Session, context: Context, outcome: CallOutcome, offset: timedelta, wanted: Timeliness
) -> None:
    case = make_case(session, context)
    attempt(session, case, outcome, case.due_at + offset)

    assert timeliness(case, calls_of(session, case)) is wanted


def test_a_late_ending_does_not_make_a_timely_call_late(session: Session, context: Context) -> None:
    case = make_case(session, context)
    case.ending, case.ended_at = "talt_med", case.due_at + DAY
    attempt(session, case, CallOutcome.TRUFFET, case.due_at - SECOND)

    assert timeliness(case, calls_of(session, case)) is Timeliness.MET


def test_closed_before_anybody_looked_but_late_is_late(session: Session, context: Context) -> None:
    case = make_case(session, context)
    case.ending, case.ended_at = "trukket_tilbage", case.due_at + SECOND

    assert timeliness(case, []) is Timeliness.MISSED


@pytest.mark.parametrize(("ending", "wanted"), [("ingen_vej", Timeliness.APART), ("ikke_truffet", Timeliness.MISSED)])
def test_two_endings_count_as_they_are(session: Session, context: Context, ending: str, wanted: Timeliness) -> None:
    case = make_case(session, context, ending=ending, ended_at=context.clock.now())

    assert timeliness(case, []) is wanted


@pytest.mark.parametrize(
    ("offset", "wanted"), [(timedelta(0), Timeliness.MET), (SECOND, Timeliness.MISSED), (None, Timeliness.OPEN)]
)
def test_danger_is_judged_by_its_acknowledgement(
    session: Session, context: Context, offset: timedelta | None, wanted: Timeliness
) -> None:
    case = make_case(session, context, kind=CaseKind.BEKYMRING, band="akut")
    case.acknowledged_at = None if offset is None else case.due_at + offset

    assert timeliness(case, []) is wanted


def test_only_calls_of_the_running_clock_count(session: Session, context: Context) -> None:
    case = make_case(session, context)
    attempt(session, case, CallOutcome.TRUFFET, case.received_at - SECOND)

    assert calls_of(session, case) == []
    assert settled_at(case, calls_of(session, case)) is None


def talk(session: Session, context: Context, **columns: Any) -> tuple[Case, Conversation]:
    conversation = Conversation(channel="sms", address="+4500000099", address_hash="hash-99")
    session.add(conversation)
    session.flush()
    return make_case(session, context, conversation_id=conversation.id, **columns), conversation


def said(session: Session, conversation: Conversation, at: datetime) -> None:
    row = Inbound(
        conversation_id=conversation.id, channel="sms", provider_id=str(at), kind="tekst", original="?", redacted="?",
        received_at=at, arrived_at=at,
    )  # fmt: skip
    session.add(row)
    session.flush()


@pytest.mark.parametrize(
    ("consent", "wanted"), [("nej", True), ("ja", False), ("uspurgt", False), ("spurgt", False)]
)
def test_what_was_said_decides_at_once(session: Session, context: Context, consent: str, wanted: bool) -> None:
    case, _ = talk(session, context, call_consent=consent, contact_id=make_contact(session).id)

    assert no_way_to_call(session, case, context.clock.now() + 10 * DAY) is wanted


def test_stop_before_the_question_is_a_no(session: Session, context: Context) -> None:
    case, conversation = talk(session, context)
    session.add(OptOut(channel="sms", address_hash=conversation.address_hash, at=context.clock.now()))
    session.flush()

    assert no_way_to_call(session, case, context.clock.now())


@pytest.mark.parametrize(("waited", "wanted"), [(DAY - SECOND, False), (DAY, True)])
def test_silence_is_24_hours_after_the_second_asking(
    session: Session, context: Context, waited: timedelta, wanted: bool
) -> None:
    asked = context.clock.now() + timedelta(hours=12)
    case, _ = talk(session, context, call_consent="spurgt", asked_again_at=asked)

    assert no_way_to_call(session, case, asked + waited) is wanted


@pytest.mark.parametrize("source", ["inbound", "case message", "asked for the number"])
def test_a_word_in_between_begins_the_silence_anew(session: Session, context: Context, source: str) -> None:
    now = context.clock.now()
    case, conversation = talk(session, context, call_consent="spurgt", asked_again_at=now)
    later = now + timedelta(hours=5)
    if source == "inbound":
        said(session, conversation, later)
    elif source == "case message":
        session.add(CaseMessage(case_id=case.id, at=later, text="ved ikke"))
    else:
        session.add(
            Outbound(
                conversation_id=conversation.id, kind="svar", text="?", step="opkald_nummer", created_at=later,
                next_try_at=later,
            )
        )  # fmt: skip
    session.flush()

    assert not no_way_to_call(session, case, later + DAY - SECOND)
    assert no_way_to_call(session, case, later + DAY)


def test_a_yes_without_a_number_and_then_silence_is_no_way(session: Session, context: Context) -> None:
    contact = make_contact(session, number=None)
    case, _ = talk(session, context, call_consent="ja", contact_id=contact.id)

    assert not no_way_to_call(session, case, case.received_at + DAY - SECOND)
    assert no_way_to_call(session, case, case.received_at + DAY)
