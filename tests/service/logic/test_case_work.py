from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.errors import CaseConflictError
from bot.service.logic import case_work
from bot.service.logic.case_access import NotVisibleError
from bot.service.logic.case_work import NOTE_LIMIT, Refusal, RefusedError
from bot.service.models import Audit, CallAttempt, Case, CaseEvent, CaseNote, User
from bot.service.models.words import CallOutcome, CaseEventKind, CaseKind, CaseState, StaffRole
from bot.shared.codebook import Concern
from tests.factories import make_case, make_user

DEEDS: dict[str, Callable[..., Any]] = {
    "take": case_work.take,
    "put_back": case_work.put_back,
    "acknowledge": case_work.acknowledge,
    "park": case_work.park,
    "note": lambda *args: case_work.note(*args, "et notat"),
    "note_guide": lambda *args: case_work.note_guide(*args, {"aftale": "ringer igen"}),
    "log_call": lambda *args: case_work.log_call(*args, CallOutcome.TRUFFET),
    "reopen": case_work.reopen,
}


@pytest.fixture
def anna(session: Session) -> User:
    return make_user(session)


def events(session: Session, case: Case) -> list[tuple[str, str | None, int | None]]:
    rows = session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id))
    return [(row.event, row.detail, row.user_id) for row in rows]


def audited(session: Session) -> list[tuple[str, int | None, int | None]]:
    return [(row.deed, row.user_id, row.case_id) for row in session.scalars(select(Audit).order_by(Audit.id))]


def held_by(session: Session, context: Context, user: User, **columns: Any) -> Case:
    return make_case(session, context, **({"assignee_id": user.id, "state": CaseState.TAGET} | columns))


def test_take_gives_the_case_to_the_user_and_says_so(session: Session, context: Context, anna: User) -> None:
    case = make_case(session, context)

    case_work.take(session, context, anna, case.id, 1)

    assert (case.assignee_id, case.state, case.version) == (anna.id, CaseState.TAGET, 2)
    assert events(session, case) == [("taget", None, anna.id)]
    assert audited(session) == [("taget", anna.id, case.id)]


def test_take_refuses_what_somebody_else_has(session: Session, context: Context, anna: User) -> None:
    case = held_by(session, context, make_user(session))

    with pytest.raises(RefusedError) as caught:
        case_work.take(session, context, anna, case.id, case.version)

    assert caught.value.refusal is Refusal.OTHERS_CASE


def test_danger_may_be_taken_over(session: Session, context: Context, anna: User) -> None:
    case = held_by(session, context, make_user(session), kind=CaseKind.BEKYMRING, band=Concern.AKUT)

    case_work.take(session, context, anna, case.id, case.version)

    assert case.assignee_id == anna.id
    assert events(session, case) == [("overdraget", None, anna.id)]


def test_of_two_who_take_at_once_the_second_is_told(context: Context) -> None:
    with context.database.write() as session:
        case = make_case(session, context)
        anna, bo = make_user(session), make_user(session)
    with context.database.write() as session:
        case_work.take(session, context, anna, case.id, 1)

    with pytest.raises(CaseConflictError), context.database.write() as session:
        case_work.take(session, context, bo, case.id, 1)

    with context.database.read() as session:
        assert session.get_one(Case, case.id).assignee_id == anna.id
        assert audited(session) == [("taget", anna.id, case.id)]


def test_of_two_who_press_in_the_same_moment_one_gets_the_case(context: Context) -> None:
    with context.database.write() as session:
        case = make_case(session, context)
        users = [make_user(session), make_user(session)]
    together = Barrier(2)

    def press(user: User) -> int | None:
        together.wait()
        try:
            with context.database.write() as session:
                case_work.take(session, context, user, case.id, 1)
        except CaseConflictError:
            return None
        return user.id

    with ThreadPoolExecutor(2) as pool:
        got = [winner for winner in pool.map(press, users) if winner]

    with context.database.read() as session:
        assert got == [session.get_one(Case, case.id).assignee_id]


@pytest.mark.parametrize("name", DEEDS)
def test_every_deed_refuses_an_old_version(session: Session, context: Context, anna: User, name: str) -> None:
    case = held_by(session, context, anna)

    with pytest.raises(CaseConflictError):
        DEEDS[name](session, context, anna, case.id, case.version + 1)


@pytest.mark.parametrize("name", DEEDS)
def test_no_deed_reaches_a_case_about_oneself(session: Session, context: Context, anna: User, name: str) -> None:
    case = held_by(session, context, anna, gaelder_id=anna.id)

    with pytest.raises(NotVisibleError):
        DEEDS[name](session, context, anna, case.id, case.version)


@pytest.mark.parametrize("name", [name for name in DEEDS if name != "reopen"])
def test_no_deed_but_reopening_touches_a_closed_case(
    session: Session, context: Context, anna: User, name: str
) -> None:
    case = held_by(session, context, anna, state=CaseState.LUKKET)

    with pytest.raises(RefusedError) as caught:
        DEEDS[name](session, context, anna, case.id, case.version)

    assert caught.value.refusal is Refusal.CLOSED


@pytest.mark.parametrize("name", ["put_back", "park", "log_call"])
def test_some_deeds_are_for_the_holder_only(session: Session, context: Context, anna: User, name: str) -> None:
    case = make_case(session, context)

    with pytest.raises(RefusedError) as caught:
        DEEDS[name](session, context, anna, case.id, case.version)

    assert caught.value.refusal is Refusal.NOT_YOURS


def test_put_back_frees_the_case(session: Session, context: Context, anna: User) -> None:
    case = held_by(session, context, anna)

    case_work.put_back(session, context, anna, case.id, case.version)

    assert (case.assignee_id, case.state) == (None, CaseState.NY)
    assert events(session, case) == [("lagt_tilbage", None, anna.id)]


def test_a_leader_puts_back_what_another_has(session: Session, context: Context, anna: User) -> None:
    case = held_by(session, context, anna)
    leader = make_user(session, role=StaffRole.LEADER)

    case_work.put_back(session, context, leader, case.id, case.version)

    assert case.assignee_id is None


def test_acknowledge_names_a_human_and_the_moment(session: Session, context: Context, anna: User) -> None:
    case = make_case(session, context, kind=CaseKind.BEKYMRING, band=Concern.AKUT)

    case_work.acknowledge(session, context, anna, case.id, 1)

    assert (case.acknowledged_at, case.assignee_id) == (context.clock.now(), anna.id)
    assert events(session, case) == [("kvitteret", None, anna.id)]


def test_acknowledge_leaves_the_case_with_who_has_it(session: Session, context: Context, anna: User) -> None:
    other = make_user(session)
    case = held_by(session, context, other, kind=CaseKind.BEKYMRING, band=Concern.JA)

    case_work.acknowledge(session, context, anna, case.id, case.version)

    assert case.assignee_id == other.id


@pytest.mark.parametrize(("kind", "acknowledged"), [(CaseKind.KLAGE, False), (CaseKind.BEKYMRING, True)])
def test_acknowledge_refuses_what_needs_none(
    session: Session, context: Context, anna: User, kind: CaseKind, acknowledged: bool
) -> None:
    case = make_case(session, context, kind=kind, acknowledged_at=context.clock.now() if acknowledged else None)

    with pytest.raises(RefusedError) as caught:
        case_work.acknowledge(session, context, anna, case.id, case.version)

    assert caught.value.refusal is Refusal.NOTHING_TO_ACKNOWLEDGE


def test_a_text_to_be_read_first_is_acknowledged_too(session: Session, context: Context, anna: User) -> None:
    case = make_case(session, context, kind=CaseKind.TOLK, band=Concern.JA)

    case_work.acknowledge(session, context, anna, case.id, 1)

    assert case.acknowledged_at == context.clock.now()


def test_parking_leaves_the_deadline_where_it_was(session: Session, context: Context, anna: User) -> None:
    case = held_by(session, context, anna)
    due_at, ring_senest = case.due_at, case.ring_senest

    case_work.park(session, context, anna, case.id, case.version)
    case_work.take(session, context, anna, case.id, case.version)

    assert (case.due_at, case.ring_senest, case.state) == (due_at, ring_senest, CaseState.TAGET)
    assert [event for event, _, _ in events(session, case)] == ["parkeret", "taget"]


def test_a_note_is_kept_and_its_words_stand_nowhere_else(session: Session, context: Context, anna: User) -> None:
    case = make_case(session, context)

    case_work.note(session, context, anna, case.id, 1, "  Ringer igen fredag  ")

    stored = session.scalars(select(CaseNote)).one()
    assert (stored.text, stored.user_id, stored.at, stored.guide_step) == (
        "Ringer igen fredag", anna.id, context.clock.now(), None,
    )  # fmt: skip
    assert events(session, case) == [("notat", None, anna.id)]
    assert case.version == 1


def test_notes_on_the_guide_keep_their_steps(session: Session, context: Context, anna: User) -> None:
    case = make_case(session, context)

    case_work.note_guide(session, context, anna, case.id, 1, {"aftale": "mandag", "laering": "svar før"})

    stored = {note.guide_step: note.text for note in session.scalars(select(CaseNote))}
    assert stored == {"aftale": "mandag", "laering": "svar før"}
    assert events(session, case) == [("notat", None, anna.id)]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", Refusal.EMPTY_NOTE),
        (" \n", Refusal.EMPTY_NOTE),
        ("x" * (NOTE_LIMIT + 1), Refusal.TOO_LONG),
        ("x" * 20_000, Refusal.TOO_LONG),
    ],
)
def test_a_note_has_a_length(session: Session, context: Context, anna: User, text: str, refusal: Refusal) -> None:
    case = make_case(session, context)

    with pytest.raises(RefusedError) as caught:
        case_work.note(session, context, anna, case.id, 1, text)

    assert caught.value.refusal is refusal


def test_a_note_of_the_greatest_length_is_kept(session: Session, context: Context, anna: User) -> None:
    case = make_case(session, context)

    case_work.note(session, context, anna, case.id, 1, "æ" * NOTE_LIMIT)

    assert session.scalars(select(CaseNote)).one().text == "æ" * NOTE_LIMIT


def test_a_call_gets_the_clocks_time(session: Session, context: Context, anna: User) -> None:
    case = held_by(session, context, anna)

    case_work.log_call(session, context, anna, case.id, case.version, CallOutcome.BESKED_LAGT)

    call = session.scalars(select(CallAttempt)).one()
    assert (call.at, call.outcome, call.user_id) == (context.clock.now(), "besked_lagt", anna.id)
    assert events(session, case) == [("opkald", "besked_lagt", anna.id)]


def closed(session: Session, context: Context, **columns: Any) -> Case:
    defaults = {
        "state": CaseState.LUKKET,
        "ending": "talt_med",
        "ended_at": context.clock.now() + timedelta(hours=2),
        "concerns_decision": False,
        "journal_number": "26/123",
    }
    return make_case(session, context, **(defaults | columns))


def test_reopening_gives_a_new_clock_and_keeps_the_old_outcome(session: Session, context: Context, anna: User) -> None:
    case = closed(session, context, assignee_id=anna.id)
    later = context.clock.advance(3 * 24 * 3600)

    case_work.reopen(session, context, anna, case.id, case.version)

    assert (case.state, case.assignee_id, case.ending, case.ended_at) == (CaseState.NY, None, None, None)
    assert (case.received_at, case.due_at) == (later, later + timedelta(hours=24))
    assert (case.concerns_decision, case.journal_number) == (None, None)
    assert events(session, case) == [
        (
            CaseEventKind.REOPENED,
            "talt_med;2026-11-18T11:00:00Z;2026-11-19T11:00:00Z;2026-11-18T13:00:00Z",
            anna.id,
        )
    ]


def test_reopening_refuses_an_open_case(session: Session, context: Context, anna: User) -> None:
    case = make_case(session, context)

    with pytest.raises(RefusedError) as caught:
        case_work.reopen(session, context, anna, case.id, case.version)

    assert caught.value.refusal is Refusal.NOT_CLOSED


def test_reopening_refuses_where_the_person_has_another_open_one(context: Context) -> None:
    with context.database.write() as session:
        user = make_user(session)
        case = closed(session, context, person="den-samme")
        make_case(session, context, person="den-samme")

    with pytest.raises(RefusedError) as caught, context.database.write() as session:
        case_work.reopen(session, context, user, case.id, case.version)

    assert caught.value.refusal is Refusal.OTHER_OPEN
