"""Every ending with what it demands, and the second person. Wednesday 18 November 2026, 12:00 in Copenhagen, is `now`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.errors import CaseConflictError
from bot.service.logic import case_work
from bot.service.logic.case_access import NotVisibleError
from bot.service.logic.case_endings import (
    ENDINGS,
    Closing,
    confirm_not_complaint,
    end,
    proposer_of,
    reject_not_complaint,
)
from bot.service.logic.case_work import Refusal, RefusedError
from bot.service.models import CallAttempt, Case, CaseEvent, CaseNote, Lesson, User
from bot.service.models.words import CallOutcome, CaseEnding, CaseKind, CaseState, StaffRole
from tests.factories import make_case, make_user

ANSWERED = Closing(CaseEnding.TALT_MED, concerns_decision=False, journal_number="26/0001")
NOT_COMPLAINT = replace(ANSWERED, ending=CaseEnding.IKKE_KLAGE, reason="Et spørgsmål om mødetid")


@pytest.fixture
def anna(session: Session) -> User:
    return make_user(session, name="Anna Holm")


@pytest.fixture
def leader(session: Session) -> User:
    return make_user(session, role=StaffRole.LEADER)


def held(session: Session, context: Context, user: User, **columns: Any) -> Case:
    return make_case(session, context, **({"assignee_id": user.id, "state": CaseState.TAGET} | columns))


def call(session: Session, case: Case, outcome: CallOutcome, at: datetime) -> None:
    session.add(CallAttempt(case_id=case.id, user_id=case.assignee_id, at=at, outcome=outcome))
    session.flush()


def refusal_of(session: Session, context: Context, user: User, case: Case, closing: Closing) -> Refusal:
    with pytest.raises(RefusedError) as caught:
        end(session, context, user, case.id, case.version, closing)
    assert case.state != CaseState.LUKKET
    return caught.value.refusal


def notes(session: Session) -> dict[str | None, str]:
    return {note.guide_step: note.text for note in session.scalars(select(CaseNote).order_by(CaseNote.id))}


def test_a_reached_complaint_ends_with_both_answers(session: Session, context: Context, anna: User) -> None:
    case = held(session, context, anna)
    call(session, case, CallOutcome.TRUFFET, context.clock.now())

    ended = end(session, context, anna, case.id, case.version, ANSWERED)

    assert ended
    assert (case.state, case.ending, case.ended_at) == (CaseState.LUKKET, "talt_med", context.clock.now())
    assert (case.concerns_decision, case.journal_number, case.not_journalised_because) == (False, "26/0001", None)
    last = session.scalars(select(CaseEvent).order_by(CaseEvent.id.desc())).first()
    assert last is not None
    assert (last.event, last.detail, last.user_id) == ("lukket", "talt_med", anna.id)


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ({"concerns_decision": None}, Refusal.NO_DECISION_ANSWER),
        ({"concerns_decision": True}, Refusal.NO_REASSESSMENT),
        ({"journal_number": ""}, Refusal.NO_JOURNAL_ANSWER),
        ({"not_journalised_because": "glemt"}, Refusal.NO_JOURNAL_ANSWER),
        ({"journal_number": "9" * 61}, Refusal.TOO_LONG),
        ({"lesson_area": "kommunikation"}, Refusal.HALF_LESSON),
        ({"lesson": "svar før"}, Refusal.HALF_LESSON),
        ({"lesson_area": "økonomi", "lesson": "svar før"}, Refusal.UNKNOWN_CHOICE),
        ({"lesson_area": "kommunikation", "lesson": "x" * 4001}, Refusal.TOO_LONG),
    ],
)
def test_no_case_closes_without_its_answers(
    session: Session, context: Context, anna: User, answers: dict[str, Any], refusal: Refusal
) -> None:
    case = held(session, context, anna)
    call(session, case, CallOutcome.TRUFFET, context.clock.now())

    assert refusal_of(session, context, anna, case, replace(ANSWERED, **answers)) is refusal


def test_a_decision_is_handed_on_and_a_missing_journal_explained(session: Session, context: Context, anna: User) -> None:
    case = held(session, context, anna)
    call(session, case, CallOutcome.TRUFFET, context.clock.now())
    closing = replace(
        ANSWERED, concerns_decision=True, handed_to="Myndighed Nord", journal_number="", not_journalised_because="sker i morgen"
    )

    end(session, context, anna, case.id, case.version, closing)

    assert (case.concerns_decision, case.handed_to) == (True, "Myndighed Nord")
    assert (case.journal_number, case.not_journalised_because) == (None, "sker i morgen")


def test_a_lesson_is_kept_with_its_area(session: Session, context: Context, anna: User) -> None:
    case = held(session, context, anna)
    call(session, case, CallOutcome.TRUFFET, context.clock.now())

    end(session, context, anna, case.id, case.version, replace(ANSWERED, lesson_area="inddragelse", lesson="Spørg først"))

    lesson = session.scalars(select(Lesson)).one()
    assert (lesson.case_id, lesson.area, lesson.text) == (case.id, "inddragelse", "Spørg først")


def test_only_who_has_the_case_ends_it(session: Session, context: Context, anna: User) -> None:
    case = held(session, context, make_user(session))

    assert refusal_of(session, context, anna, case, ANSWERED) is Refusal.NOT_YOURS


def test_an_old_version_ends_nothing(session: Session, context: Context, anna: User) -> None:
    case = held(session, context, anna)

    with pytest.raises(CaseConflictError):
        end(session, context, anna, case.id, case.version - 1, ANSWERED)


@pytest.mark.parametrize("kind", CaseKind)
@pytest.mark.parametrize("ending", CaseEnding)
def test_each_kind_has_its_own_endings(kind: CaseKind, ending: CaseEnding) -> None:
    calls = {"talt_med", "afslog", "trukket_tilbage", "ikke_klage", "ingen_vej", "ikke_truffet"}
    wanted = {"klage": calls, "opkald": calls, "bekymring": {"overgivet", "vurderet"}}.get(kind, {"behandlet"})

    assert (ending in ENDINGS[kind]) == (ending in wanted)


@pytest.mark.parametrize(
    ("kind", "ending"),
    [
        (CaseKind.KLAGE, CaseEnding.BEHANDLET),
        (CaseKind.KLAGE, CaseEnding.AF_SIG_SELV),
        (CaseKind.BEKYMRING, CaseEnding.TALT_MED),
        (CaseKind.TOLK, CaseEnding.VURDERET),
    ],
)
def test_another_kinds_ending_is_refused(
    session: Session, context: Context, anna: User, kind: CaseKind, ending: CaseEnding
) -> None:
    case = held(session, context, anna, kind=kind)

    assert refusal_of(session, context, anna, case, replace(ANSWERED, ending=ending)) is Refusal.WRONG_ENDING


@pytest.mark.parametrize("kind", [CaseKind.TOLK, CaseKind.SPOERGSMAAL, CaseKind.UBEHANDLET])
def test_the_other_kinds_are_dealt_with(session: Session, context: Context, anna: User, kind: CaseKind) -> None:
    case = held(session, context, anna, kind=kind)

    end(session, context, anna, case.id, case.version, replace(ANSWERED, ending=CaseEnding.BEHANDLET))

    assert case.ending == "behandlet"


@pytest.mark.parametrize(
    ("ending", "logged", "refusal"),
    [
        (CaseEnding.TALT_MED, None, Refusal.NOT_REACHED),
        (CaseEnding.TALT_MED, CallOutcome.BESKED_LAGT, Refusal.NOT_REACHED),
        (CaseEnding.TALT_MED, CallOutcome.AFSLOG, Refusal.NOT_REACHED),
        (CaseEnding.TALT_MED, CallOutcome.TRUFFET, None),
        (CaseEnding.AFSLOG, CallOutcome.TRUFFET, Refusal.NOT_DECLINED),
        (CaseEnding.AFSLOG, CallOutcome.AFSLOG, None),
    ],
)
def test_what_a_call_came_to_must_be_logged_first(
    session: Session,
    context: Context,
    anna: User,
    ending: CaseEnding,
    logged: CallOutcome | None,
    refusal: Refusal | None,
) -> None:
    case = held(session, context, anna)
    if logged:
        call(session, case, logged, context.clock.now())
    closing = replace(ANSWERED, ending=ending)

    if refusal:
        assert refusal_of(session, context, anna, case, closing) is refusal
    else:
        assert end(session, context, anna, case.id, case.version, closing)


def test_a_call_before_the_reopening_does_not_end_the_case_again(session: Session, context: Context, anna: User) -> None:
    case = held(session, context, anna)
    call(session, case, CallOutcome.TRUFFET, context.clock.now())
    end(session, context, anna, case.id, case.version, ANSWERED)
    context.clock.advance(60)
    case_work.reopen(session, context, anna, case.id, case.version)
    case_work.take(session, context, anna, case.id, case.version)

    assert refusal_of(session, context, anna, case, ANSWERED) is Refusal.NOT_REACHED


def utc(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "letter", "refusal"),
    [
        ([utc(16, 9), utc(17, 9)], True, Refusal.TOO_FEW_ATTEMPTS),
        ([utc(17, 9), utc(17, 12), utc(17, 18)], True, Refusal.TOO_FEW_ATTEMPTS),
        # The last second of Tuesday in Copenhagen, then midnight: two days, though one in UTC.
        ([utc(17, 9), utc(17, 12), utc(17, 22, 59, 59)], True, Refusal.TOO_FEW_ATTEMPTS),
        ([utc(17, 9), utc(17, 12), utc(17, 23)], True, None),
        ([utc(16, 9), utc(17, 9), utc(18, 9)], False, Refusal.NO_LETTER),
        ([utc(16, 9), utc(17, 9), utc(18, 9)], True, None),
    ],
)
def test_not_reached_takes_three_attempts_on_two_days_and_a_letter(
    session: Session, context: Context, anna: User, attempts: list[datetime], letter: bool, refusal: Refusal | None
) -> None:
    case = held(session, context, anna, received_at=utc(16, 8))
    for at in attempts:
        call(session, case, CallOutcome.IKKE_TRUFFET, at)
    closing = replace(ANSWERED, ending=CaseEnding.IKKE_TRUFFET, letter_sent=letter)

    if refusal:
        assert refusal_of(session, context, anna, case, closing) is refusal
    else:
        assert end(session, context, anna, case.id, case.version, closing)


def test_no_way_to_call_needs_a_no(session: Session, context: Context, anna: User) -> None:
    asked = held(session, context, anna, call_consent="ja")
    said_no = held(session, context, anna, call_consent="nej")
    closing = replace(ANSWERED, ending=CaseEnding.INGEN_VEJ)

    assert refusal_of(session, context, anna, asked, closing) is Refusal.CAN_BE_CALLED
    assert end(session, context, anna, said_no.id, said_no.version, closing)


@pytest.mark.parametrize("ending", [CaseEnding.TRUKKET_TILBAGE, CaseEnding.IKKE_KLAGE])
def test_some_endings_need_a_reason(session: Session, context: Context, anna: User, ending: CaseEnding) -> None:
    case = held(session, context, anna)

    assert refusal_of(session, context, anna, case, replace(ANSWERED, ending=ending)) is Refusal.NO_REASON


def test_a_withdrawal_keeps_its_reason_as_a_note(session: Session, context: Context, anna: User) -> None:
    case = held(session, context, anna)

    end(session, context, anna, case.id, case.version, replace(NOT_COMPLAINT, ending=CaseEnding.TRUKKET_TILBAGE))

    assert case.ending == "trukket_tilbage"
    assert notes(session) == {"begrundelse": "Et spørgsmål om mødetid"}


@pytest.mark.parametrize(
    ("closing", "refusal"),
    [
        (Closing(CaseEnding.VURDERET, False, journal_number="1"), Refusal.NO_ASSESSOR),
        (Closing(CaseEnding.OVERGIVET, False, journal_number="1"), Refusal.NOBODY_HANDED_TO),
        (Closing(CaseEnding.OVERGIVET, False, journal_number="1", handed_over_to="Døgnvagten"), Refusal.WRONG_TIME),
    ],
)
def test_danger_ends_with_a_name(
    session: Session, context: Context, anna: User, closing: Closing, refusal: Refusal
) -> None:
    case = held(session, context, anna, kind=CaseKind.BEKYMRING, band="akut")

    assert refusal_of(session, context, anna, case, closing) is refusal


@pytest.mark.parametrize(
    ("after_arrival", "possible"),
    [
        (timedelta(seconds=-1), False),
        (timedelta(0), True),
        (timedelta(minutes=15), True),
        (timedelta(minutes=15, seconds=1), False),
    ],
)
def test_the_hour_of_handing_over_lies_between_arrival_and_now(
    session: Session, context: Context, anna: User, after_arrival: timedelta, possible: bool
) -> None:
    """Ten minutes after arrival, with five minutes' slack for a watch that is ahead."""
    arrival = context.clock.now() - timedelta(minutes=10)
    case = held(session, context, anna, kind=CaseKind.BEKYMRING, band="akut", received_at=arrival)
    closing = Closing(
        CaseEnding.OVERGIVET, False, journal_number="1", handed_over_to="Døgnvagten", handed_over_at=arrival + after_arrival
    )

    if possible:
        assert end(session, context, anna, case.id, case.version, closing)
    else:
        assert refusal_of(session, context, anna, case, closing) is Refusal.WRONG_TIME


def test_a_hand_over_keeps_to_whom_and_when(session: Session, context: Context, anna: User) -> None:
    case = held(session, context, anna, kind=CaseKind.BEKYMRING, band="akut")
    now = context.clock.now()
    closing = Closing(CaseEnding.OVERGIVET, False, journal_number="1", handed_over_to="Døgnvagten", handed_over_at=now)

    end(session, context, anna, case.id, case.version, closing)

    assert notes(session) == {"overgivet_til": "Døgnvagten", "overgivet_tid": "18.11.2026 12.00"}
    assert case.acknowledged_at == now


def test_an_ending_does_not_move_an_acknowledgement(session: Session, context: Context, anna: User) -> None:
    earlier = context.clock.now() - timedelta(minutes=5)
    case = held(session, context, anna, kind=CaseKind.BEKYMRING, band="ja", acknowledged_at=earlier)

    end(session, context, anna, case.id, case.version, replace(ANSWERED, ending=CaseEnding.VURDERET, assessor="Rie Dam"))

    assert case.acknowledged_at == earlier
    assert notes(session) == {"vurderet_af": "Rie Dam"}


def test_not_a_complaint_waits_for_a_second_person(
    session: Session, context: Context, anna: User, leader: User
) -> None:
    case = held(session, context, anna)

    ended = end(session, context, anna, case.id, case.version, NOT_COMPLAINT)

    assert not ended
    assert (case.state, case.ending, proposer_of(session, case)) == (CaseState.TAGET, None, anna.id)

    confirm_not_complaint(session, context, leader, case.id, case.version)

    assert (case.state, case.ending, case.journal_number) == (CaseState.LUKKET, "ikke_klage", "26/0001")
    assert proposer_of(session, case) is None


def test_a_leader_may_say_that_it_is_one(session: Session, context: Context, anna: User, leader: User) -> None:
    case = held(session, context, anna)
    end(session, context, anna, case.id, case.version, NOT_COMPLAINT)

    reject_not_complaint(session, context, leader, case.id, case.version)

    assert (case.state, proposer_of(session, case), case.journal_number) == (CaseState.TAGET, None, None)
    assert end(session, context, anna, case.id, case.version, NOT_COMPLAINT) is False


def test_nobody_confirms_their_own_proposal(session: Session, context: Context, leader: User) -> None:
    case = held(session, context, leader)
    end(session, context, leader, case.id, case.version, NOT_COMPLAINT)

    with pytest.raises(RefusedError) as caught:
        confirm_not_complaint(session, context, leader, case.id, case.version)

    assert caught.value.refusal is Refusal.NOT_SECOND_PERSON


@pytest.mark.parametrize("role", [StaffRole.HANDLER, StaffRole.DUTY, StaffRole.ADMINISTRATOR])
def test_only_a_leader_is_the_second_person(session: Session, context: Context, anna: User, role: StaffRole) -> None:
    case = held(session, context, anna)
    end(session, context, anna, case.id, case.version, NOT_COMPLAINT)

    with pytest.raises(RefusedError) as caught:
        confirm_not_complaint(session, context, make_user(session, role=role), case.id, case.version)

    assert caught.value.refusal is Refusal.NOT_SECOND_PERSON


def test_the_leader_it_is_about_cannot_confirm(session: Session, context: Context, anna: User, leader: User) -> None:
    case = held(session, context, anna, gaelder_id=leader.id)
    end(session, context, anna, case.id, case.version, NOT_COMPLAINT)

    with pytest.raises(NotVisibleError):
        confirm_not_complaint(session, context, leader, case.id, case.version)


def test_nothing_is_confirmed_that_nobody_proposed(session: Session, context: Context, anna: User, leader: User) -> None:
    case = held(session, context, anna)

    with pytest.raises(RefusedError) as caught:
        confirm_not_complaint(session, context, leader, case.id, case.version)

    assert caught.value.refusal is Refusal.NOTHING_PROPOSED


def test_it_is_proposed_once(session: Session, context: Context, anna: User) -> None:
    case = held(session, context, anna)
    end(session, context, anna, case.id, case.version, NOT_COMPLAINT)

    assert refusal_of(session, context, anna, case, NOT_COMPLAINT) is Refusal.PROPOSED_ALREADY
