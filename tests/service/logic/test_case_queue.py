"""What stands where in the queue. `now` is Wednesday 18 November 2026, 12:00 in Copenhagen."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.logic.case_access import NotVisibleError
from bot.service.logic.case_queue import (
    PAGE_SIZE,
    Pressure,
    QueueFilter,
    find_by_number,
    read_queue,
    time_left,
)
from bot.service.models import CallAttempt, User
from bot.service.models.words import CallOutcome, CaseKind, CaseState
from tests.factories import make_case, make_unit, make_user

ALL = QueueFilter()
HOUR = timedelta(hours=1)


@pytest.fixture
def anna(session: Session) -> User:
    return make_user(session, name="Anna Holm")


def ids(session: Session, context: Context, user: User, wanted: QueueFilter = ALL) -> list[int]:
    return [row.case.id for row in read_queue(session, context, user, wanted).rows]


def test_danger_stands_first_then_kind_by_kind(session: Session, context: Context, anna: User) -> None:
    now = context.clock.now()
    wanted = [
        {"kind": CaseKind.BEKYMRING, "band": "akut"},
        {"kind": CaseKind.BEKYMRING, "band": "ja"},
        {"kind": CaseKind.UBEHANDLET},
        {"kind": CaseKind.KLAGE},
        {"kind": CaseKind.OPKALD},
        {"kind": CaseKind.TOLK},
        {"kind": CaseKind.SPOERGSMAAL},
    ]
    # The later in the list, the older: nothing but the kind can bring them into this order.
    made = [
        make_case(session, context, **columns, received_at=now - place * HOUR).id
        for place, columns in reversed(list(enumerate(wanted)))
    ]

    assert ids(session, context, anna) == made[::-1]


def test_a_band_lifts_any_kind(session: Session, context: Context, anna: User) -> None:
    complaint = make_case(session, context, received_at=context.clock.now() - 20 * HOUR).id
    foreign = make_case(session, context, kind=CaseKind.TOLK, band="ja").id

    assert ids(session, context, anna) == [foreign, complaint]


def test_within_a_kind_the_next_deadline_stands_first(session: Session, context: Context, anna: User) -> None:
    now = context.clock.now()
    late, young, old = (make_case(session, context, received_at=now - hours * HOUR).id for hours in (30, 1, 20))

    assert ids(session, context, anna) == [late, old, young]


def test_closed_cases_are_not_in_the_queue(session: Session, context: Context, anna: User) -> None:
    make_case(session, context, state=CaseState.LUKKET)
    parked = make_case(session, context, state=CaseState.PARKERET).id

    assert ids(session, context, anna) == [parked]


def test_the_filters(session: Session, context: Context, anna: User) -> None:
    mine = make_case(session, context, assignee_id=anna.id, state=CaseState.TAGET).id
    call = make_case(session, context, kind=CaseKind.OPKALD).id

    assert ids(session, context, anna, QueueFilter(kind=CaseKind.OPKALD)) == [call]
    assert ids(session, context, anna, QueueFilter(state=CaseState.NY)) == [call]
    assert ids(session, context, anna, QueueFilter(mine=True)) == [mine]
    assert ids(session, context, anna, QueueFilter(kind=CaseKind.OPKALD, mine=True)) == []


def test_the_counts_do_not_follow_the_filter(session: Session, context: Context, anna: User) -> None:
    for columns in ({}, {}, {"kind": CaseKind.BEKYMRING, "band": "akut"}):
        make_case(session, context, **columns)
    make_case(session, context, kind=CaseKind.BEKYMRING, band="ja", acknowledged_at=context.clock.now())

    queue = read_queue(session, context, anna, QueueFilter(kind=CaseKind.TOLK))

    assert queue.counts == {"klage": 2, "bekymring": 2}
    assert queue.in_danger == 1


def test_a_row_says_who_has_the_case(session: Session, context: Context, anna: User) -> None:
    make_case(session, context, assignee_id=anna.id, unit_id=make_unit(session, name="Team Nord").id)

    row = read_queue(session, context, anna, ALL).rows[0]

    assert (row.holder, row.mine, row.unit) == ("Anna Holm", True, "Team Nord")


def test_a_row_says_that_somebody_was_spoken_with(session: Session, context: Context, anna: User) -> None:
    case = make_case(session, context, assignee_id=anna.id)
    before, after = case.received_at - HOUR, case.received_at + HOUR
    for at, outcome in ((before, CallOutcome.TRUFFET), (after, CallOutcome.TRUFFET), (after - HOUR, CallOutcome.BESKED_LAGT)):
        session.add(CallAttempt(case_id=case.id, user_id=anna.id, at=at, outcome=outcome))
    session.flush()

    assert read_queue(session, context, anna, ALL).rows[0].reached_at == after


def test_pages(session: Session, context: Context, anna: User) -> None:
    for _ in range(PAGE_SIZE + 1):
        make_case(session, context)

    first, second = (read_queue(session, context, anna, ALL, page) for page in (1, 2))

    assert (len(first.rows), first.has_more) == (PAGE_SIZE, True)
    assert (len(second.rows), second.has_more) == (1, False)


@pytest.mark.parametrize("number", [1, 3])
def test_the_queue_takes_three_queries(context: Context, number: int) -> None:
    with context.database.write() as session:
        unit = make_unit(session)
        anna = make_user(session, unit_id=unit.id)
        for _ in range(number):
            make_case(session, context, unit_id=unit.id, assignee_id=anna.id)
    said: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(context.database.engine, "before_cursor_execute", listen)
    with context.database.read() as session:
        queue = read_queue(session, context, anna, ALL)
    event.remove(context.database.engine, "before_cursor_execute", listen)

    assert len(queue.rows) == number
    assert len([statement for statement in said if statement.startswith("SELECT")]) == 3


@pytest.mark.parametrize("text", ["{}", " {} ", "nr. {}", "Sag {}", "#{}"])
def test_a_case_is_found_by_its_number_open_or_closed(session: Session, context: Context, anna: User, text: str) -> None:
    case = make_case(session, context, state=CaseState.LUKKET)

    assert find_by_number(session, anna, text.format(case.id)) == case.id


@pytest.mark.parametrize("text", ["", "Sofie", "12a", "1 2", "-", "¹²", "nr. 12; drop"])
def test_what_is_no_number_finds_nothing(session: Session, anna: User, text: str) -> None:
    assert find_by_number(session, anna, text) is None


@pytest.mark.parametrize("text", ["999", "9999999999", "0"])
def test_a_number_of_no_case_is_not_there(session: Session, anna: User, text: str) -> None:
    with pytest.raises(NotVisibleError):
        find_by_number(session, anna, text)


def test_a_case_about_oneself_is_not_found(session: Session, context: Context, anna: User) -> None:
    case = make_case(session, context, gaelder_id=anna.id)

    with pytest.raises(NotVisibleError) as caught:
        find_by_number(session, anna, str(case.id))

    assert caught.value.case_id == case.id


@pytest.mark.parametrize(
    ("left", "pressure"),
    [
        (timedelta(seconds=-1), Pressure.LATE),
        (timedelta(0), Pressure.LATE),
        (timedelta(seconds=1), Pressure.ONE_HOUR),
        (HOUR, Pressure.ONE_HOUR),
        (HOUR + timedelta(seconds=1), Pressure.FOUR_HOURS),
        (4 * HOUR, Pressure.FOUR_HOURS),
        (4 * HOUR + timedelta(seconds=1), Pressure.TWELVE_HOURS),
        (12 * HOUR, Pressure.TWELVE_HOURS),
        (12 * HOUR + timedelta(seconds=1), Pressure.CALM),
    ],
)
def test_pressure_follows_the_alarms(context: Context, left: timedelta, pressure: Pressure) -> None:
    now = context.clock.now()

    assert time_left(now - HOUR, now + left, now).pressure is pressure


@pytest.mark.parametrize(
    ("passed", "whole", "percent"), [(0, 24, 100), (6, 24, 75), (24, 24, 0), (30, 24, 0), (0, 0, 0), (-1, 24, 100)]
)
def test_the_share_of_time_left(context: Context, passed: int, whole: int, percent: int) -> None:
    received = context.clock.now()

    assert time_left(received, received + whole * HOUR, received + passed * HOUR).percent == percent
