"""The callback queue: which cases a user must look at, in what order, and how much time each has left."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Row, Select, case, func, or_, select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.logic.case_access import NotVisibleError, find_case, visible_to
from bot.service.logic.case_outcome import ANSWERED
from bot.service.models import CallAttempt, Case, Unit, User
from bot.service.models.words import CaseKind, CaseState
from bot.shared.codebook import Concern

PAGE_SIZE = 100
MAX_NUMBER = 2**31 - 1  # of an integer column

# What must happen first. A band lifts any kind: a text in a foreign language is also read first.
_RANK = case(
    (Case.band == Concern.AKUT, 0),
    (or_(Case.band == Concern.JA, Case.kind == CaseKind.BEKYMRING), 1),
    (Case.kind == CaseKind.UBEHANDLET, 2),
    (Case.kind == CaseKind.KLAGE, 3),
    (Case.kind == CaseKind.OPKALD, 4),
    (Case.kind == CaseKind.TOLK, 5),
    else_=6,
)
_REACHED_AT = (
    select(func.min(CallAttempt.at))
    .where(CallAttempt.case_id == Case.id, CallAttempt.outcome.in_(ANSWERED), CallAttempt.at >= Case.received_at)
    .correlate(Case)
    .scalar_subquery()
)


class Pressure(StrEnum):
    """How near the deadline is; the steps are those of the alarms."""

    LATE = "overskredet"
    ONE_HOUR = "en_time"
    FOUR_HOURS = "fire_timer"
    TWELVE_HOURS = "tolv_timer"
    CALM = "rolig"


_STEPS = (
    (timedelta(0), Pressure.LATE),
    (timedelta(hours=1), Pressure.ONE_HOUR),
    (timedelta(hours=4), Pressure.FOUR_HOURS),
    (timedelta(hours=12), Pressure.TWELVE_HOURS),
)


@dataclass(frozen=True)
class TimeLeft:
    """What is left until `ring_senest`."""

    left: timedelta  # negative when late
    percent: int  # of the whole time that is left, 0 to 100
    pressure: Pressure


@dataclass(frozen=True)
class QueueFilter:
    """What of the queue is asked for; None is any."""

    kind: CaseKind | None = None
    state: CaseState | None = None
    mine: bool = False


@dataclass(frozen=True)
class QueueRow:
    """One open case, with no name, number or word of a citizen: to look at the queue is not to look at a person."""

    case: Case
    unit: str | None
    holder: str | None  # who has it
    mine: bool
    reached_at: datetime | None  # spoken with, but not ended yet
    time_left: TimeLeft


@dataclass(frozen=True)
class Queue:
    """A page of the queue, with the number of open cases by kind whatever the filter."""

    rows: list[QueueRow]
    counts: dict[str, int]
    in_danger: int  # cases in a band of danger that nobody has acknowledged
    page: int  # counted from 1
    has_more: bool


def read_queue(session: Session, context: Context, user: User, wanted: QueueFilter, page: int = 1) -> Queue:
    """The user's queue in the order of what must happen first, PAGE_SIZE cases to a page."""
    visible = visible_to(session, user)
    now = context.clock.now()
    query = _rows_query(visible, user, wanted).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE + 1)
    found = session.execute(query).all()
    counts, in_danger = _count(session, visible)
    rows = [_row(row, user, now) for row in found[:PAGE_SIZE]]
    return Queue(rows, counts, in_danger, page, has_more=len(found) > PAGE_SIZE)


def find_by_number(session: Session, user: User, text: str) -> int | None:
    """The id of the case whose number was typed ("12", "nr. 12", "sag 12"), open or closed; None for what is no number.

    Raises:
        NotVisibleError: where this user has no such case.
    """
    digits = re.fullmatch(r"\D{0,8}([0-9]{1,10})", text.strip())
    if digits is None:
        return None
    number = int(digits[1])
    if number > MAX_NUMBER:
        raise NotVisibleError(user.id, None)
    return find_case(session, user, number).id


def time_left(received_at: datetime, ring_senest: datetime, now: datetime) -> TimeLeft:
    """How much of the time until `ring_senest` is left; at the very moment it is up."""
    left = ring_senest - now
    whole = ring_senest - received_at
    share = left / whole if whole > timedelta(0) else 0.0
    pressure = next((pressure for limit, pressure in _STEPS if left <= limit), Pressure.CALM)
    return TimeLeft(left, round(100 * min(1.0, max(0.0, share))), pressure)


def _rows_query(visible: ColumnElement[bool], user: User, wanted: QueueFilter) -> Select[Case, str, str, datetime]:
    query = (
        select(Case, Unit.name.label("unit"), User.name.label("holder"), _REACHED_AT.label("reached_at"))
        .outerjoin(Unit, Unit.id == Case.unit_id)
        .outerjoin(User, User.id == Case.assignee_id)
        .where(Case.state != CaseState.LUKKET, visible)
        .order_by(_RANK, Case.ring_senest, Case.id)
    )
    if wanted.kind is not None:
        query = query.where(Case.kind == wanted.kind)
    if wanted.state is not None:
        query = query.where(Case.state == wanted.state)
    return query.where(Case.assignee_id == user.id) if wanted.mine else query


def _row(row: Row[Case, str, str, datetime], user: User, now: datetime) -> QueueRow:
    a_case: Case = row[0]
    return QueueRow(
        case=a_case,
        unit=row.unit,
        holder=row.holder,
        mine=a_case.assignee_id == user.id,
        reached_at=row.reached_at,
        time_left=time_left(a_case.received_at, a_case.ring_senest, now),
    )


def _count(session: Session, visible: ColumnElement[bool]) -> tuple[dict[str, int], int]:
    unanswered = or_(Case.band.is_not(None), Case.kind == CaseKind.BEKYMRING) & Case.acknowledged_at.is_(None)
    query = (
        select(Case.kind, func.count(), func.sum(case((unanswered, 1), else_=0)))
        .where(Case.state != CaseState.LUKKET, visible)
        .group_by(Case.kind)
    )
    found = session.execute(query).all()
    return {kind: number for kind, number, _ in found}, sum(danger for _, _, danger in found)
