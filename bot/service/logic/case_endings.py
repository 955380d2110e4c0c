"""How a case ends: which endings a kind has, what each demands, and the two closing answers.

Source: the design's section 5 (endings). A case never ends by itself and in no other way than these.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.clock import COPENHAGEN
from bot.service.context import Context
from bot.service.logic.case_outcome import calls_of, no_way_to_call
from bot.service.logic.case_work import NOTE_LIMIT, Refusal, RefusedError, add_note, open_case, own_case, record
from bot.service.models import Case, CaseEvent, Lesson, User
from bot.service.models.words import CallOutcome, CaseEnding, CaseEventKind, CaseKind, CaseState, StaffRole

ATTEMPTS, ATTEMPT_DAYS = 3, 2
JOURNAL_LIMIT = 60  # characters
CLOCK_SLACK = timedelta(minutes=5)  # a hand-over may be noted as "now" on a watch that is a little ahead
PROPOSED, REJECTED = "ikke_klage_foreslaaet", "ikke_klage_afvist"  # details of a note in the case's log
REASON_STEP, HANDED_STEP, HANDED_AT_STEP = "begrundelse", "overgivet_til", "overgivet_tid"
ASSESSOR_STEP = "vurderet_af"
LESSON_AREAS = frozenset({"kommunikation", "inddragelse", "klagebehandling"})

_CALLS = (
    CaseEnding.TALT_MED,
    CaseEnding.AFSLOG,
    CaseEnding.TRUKKET_TILBAGE,
    CaseEnding.IKKE_KLAGE,
    CaseEnding.INGEN_VEJ,
    CaseEnding.IKKE_TRUFFET,
)
ENDINGS: dict[CaseKind, tuple[CaseEnding, ...]] = {
    CaseKind.KLAGE: _CALLS,
    CaseKind.OPKALD: _CALLS,
    CaseKind.BEKYMRING: (CaseEnding.OVERGIVET, CaseEnding.VURDERET),
    CaseKind.TOLK: (CaseEnding.BEHANDLET,),
    CaseKind.SPOERGSMAAL: (CaseEnding.BEHANDLET,),
    CaseKind.UBEHANDLET: (CaseEnding.BEHANDLET,),
}


@dataclass(frozen=True)
class Closing:
    """What a handler says when ending a case; `check_answers` and the ending's own demands judge it."""

    ending: CaseEnding
    concerns_decision: bool | None = None
    handed_to: str = ""  # who reassesses the decision
    journal_number: str = ""
    not_journalised_because: str = ""
    reason: str = ""  # of "not a complaint" and "withdrawn in writing"
    handed_over_to: str = ""  # danger
    handed_over_at: datetime | None = None
    assessor: str = ""
    letter_sent: bool = False
    lesson_area: str = ""
    lesson: str = ""


@dataclass(frozen=True)
class _Ending:
    """What a demand looks at."""

    session: Session
    case: Case
    closing: Closing
    now: datetime


def end(session: Session, context: Context, user: User, case_id: int, version: int, closing: Closing) -> bool:
    """End the case, or propose the ending where a second person must confirm it; True where it has ended.

    Raises:
        RefusedError: where the ending is not one of the kind, its demands are not met, or an answer is missing.
    """
    case = own_case(session, user, case_id, version)
    check_answers(closing)
    check_demands(session, case, closing, context.clock.now())
    _keep_answers(session, context, user, case, closing)
    if closing.ending is CaseEnding.IKKE_KLAGE:
        record(session, context, user, case, CaseEventKind.NOTE, PROPOSED)
        return False
    _close(session, context, user, case, closing.ending)
    return True


def confirm_not_complaint(session: Session, context: Context, user: User, case_id: int, version: int) -> None:
    """A leader other than the one who proposed says that it was no complaint; the case ends."""
    case = _proposed_case(session, user, case_id, version)
    _close(session, context, user, case, CaseEnding.IKKE_KLAGE)


def reject_not_complaint(session: Session, context: Context, user: User, case_id: int, version: int) -> None:
    """The same leader says that it is one; the case goes on as it was."""
    case = _proposed_case(session, user, case_id, version)
    case.concerns_decision = case.handed_to = case.journal_number = case.not_journalised_because = None
    record(session, context, user, case, CaseEventKind.NOTE, REJECTED)


def proposer_of(session: Session, case: Case) -> int | None:
    """Who proposed that this is no complaint, while that waits for a second person; None where nothing waits."""
    said = select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.detail.in_([PROPOSED, REJECTED]))
    last = session.scalar(said.where(CaseEvent.at >= case.received_at).order_by(CaseEvent.id.desc()).limit(1))
    return last.user_id if last is not None and last.detail == PROPOSED and case.state != CaseState.LUKKET else None


def may_confirm(user: User, proposer_id: int | None) -> bool:
    """Whether this user is the second person."""
    return proposer_id is not None and user.role == StaffRole.LEADER and user.id != proposer_id


def check_answers(closing: Closing) -> None:
    """The two questions without which no case closes, and the optional lesson; raises RefusedError."""
    if closing.concerns_decision is None:
        raise RefusedError(Refusal.NO_DECISION_ANSWER)
    if closing.concerns_decision and not closing.handed_to:
        raise RefusedError(Refusal.NO_REASSESSMENT)
    if bool(closing.journal_number) == bool(closing.not_journalised_because):
        raise RefusedError(Refusal.NO_JOURNAL_ANSWER)
    if bool(closing.lesson_area) != bool(closing.lesson):
        raise RefusedError(Refusal.HALF_LESSON)
    if closing.lesson_area and closing.lesson_area not in LESSON_AREAS:
        raise RefusedError(Refusal.UNKNOWN_CHOICE)
    texts = (closing.handed_to, closing.not_journalised_because, closing.lesson)
    if len(closing.journal_number) > JOURNAL_LIMIT or any(len(text) > NOTE_LIMIT for text in texts):
        raise RefusedError(Refusal.TOO_LONG)


def check_demands(session: Session, case: Case, closing: Closing, now: datetime) -> None:
    """What the ending itself demands; raises RefusedError."""
    if closing.ending not in ENDINGS[CaseKind(case.kind)]:
        raise RefusedError(Refusal.WRONG_ENDING)
    demand = _DEMANDS.get(closing.ending)
    if demand is not None:
        demand(_Ending(session, case, closing, now))


def _demand_reached(ending: _Ending) -> None:
    _demand_call(ending, CallOutcome.TRUFFET, Refusal.NOT_REACHED)


def _demand_declined(ending: _Ending) -> None:
    _demand_call(ending, CallOutcome.AFSLOG, Refusal.NOT_DECLINED)


def _demand_call(ending: _Ending, outcome: CallOutcome, refusal: Refusal) -> None:
    if all(call.outcome != outcome for call in calls_of(ending.session, ending.case)):
        raise RefusedError(refusal)


def _demand_reason(ending: _Ending) -> None:
    if not ending.closing.reason:
        raise RefusedError(Refusal.NO_REASON)


def _demand_proposal(ending: _Ending) -> None:
    _demand_reason(ending)
    if proposer_of(ending.session, ending.case) is not None:
        raise RefusedError(Refusal.PROPOSED_ALREADY)


def _demand_no_way(ending: _Ending) -> None:
    if not no_way_to_call(ending.session, ending.case, ending.now):
        raise RefusedError(Refusal.CAN_BE_CALLED)


def _demand_attempts(ending: _Ending) -> None:
    calls = calls_of(ending.session, ending.case)
    days = {call.at.astimezone(COPENHAGEN).date() for call in calls}
    if len(calls) < ATTEMPTS or len(days) < ATTEMPT_DAYS:
        raise RefusedError(Refusal.TOO_FEW_ATTEMPTS)
    if not ending.closing.letter_sent:
        raise RefusedError(Refusal.NO_LETTER)


def _demand_receiver(ending: _Ending) -> None:
    if not ending.closing.handed_over_to:
        raise RefusedError(Refusal.NOBODY_HANDED_TO)
    at = ending.closing.handed_over_at
    if at is None or not ending.case.received_at <= at <= ending.now + CLOCK_SLACK:
        raise RefusedError(Refusal.WRONG_TIME)


def _demand_assessor(ending: _Ending) -> None:
    if not ending.closing.assessor:
        raise RefusedError(Refusal.NO_ASSESSOR)


_DEMANDS: dict[CaseEnding, Callable[[_Ending], None]] = {
    CaseEnding.TALT_MED: _demand_reached,
    CaseEnding.AFSLOG: _demand_declined,
    CaseEnding.TRUKKET_TILBAGE: _demand_reason,
    CaseEnding.IKKE_KLAGE: _demand_proposal,
    CaseEnding.INGEN_VEJ: _demand_no_way,
    CaseEnding.IKKE_TRUFFET: _demand_attempts,
    CaseEnding.OVERGIVET: _demand_receiver,
    CaseEnding.VURDERET: _demand_assessor,
}


def _proposed_case(session: Session, user: User, case_id: int, version: int) -> Case:
    case = open_case(session, user, case_id, version)
    proposer_id = proposer_of(session, case)
    if proposer_id is None:
        raise RefusedError(Refusal.NOTHING_PROPOSED)
    if not may_confirm(user, proposer_id):
        raise RefusedError(Refusal.NOT_SECOND_PERSON)
    return case


def _keep_answers(session: Session, context: Context, user: User, case: Case, closing: Closing) -> None:
    case.concerns_decision = closing.concerns_decision
    case.handed_to = closing.handed_to if closing.concerns_decision else None
    case.journal_number = closing.journal_number or None
    case.not_journalised_because = closing.not_journalised_because or None
    for step, text in _ending_notes(closing).items():
        add_note(session, context, user, case, step, text)
    if closing.lesson:
        lesson = Lesson(case_id=case.id, area=closing.lesson_area, text=closing.lesson, at=context.clock.now())
        session.add(lesson)


def _ending_notes(closing: Closing) -> dict[str, str]:
    """What an ending tells beyond the columns, as notes by step; only what belongs to this ending."""
    at = closing.handed_over_at
    if closing.ending is CaseEnding.OVERGIVET and at is not None:
        local = at.astimezone(COPENHAGEN)
        return {HANDED_STEP: closing.handed_over_to, HANDED_AT_STEP: local.strftime("%d.%m.%Y %H.%M")}
    if closing.ending is CaseEnding.VURDERET:
        return {ASSESSOR_STEP: closing.assessor}
    if closing.ending in {CaseEnding.IKKE_KLAGE, CaseEnding.TRUKKET_TILBAGE}:
        return {REASON_STEP: closing.reason}
    return {}


def _close(session: Session, context: Context, user: User, case: Case, ending: CaseEnding) -> None:
    now = context.clock.now()
    case.state, case.ending, case.ended_at = CaseState.LUKKET, ending, now
    if case.kind == CaseKind.BEKYMRING and case.acknowledged_at is None:
        case.acknowledged_at = now  # who ends it has seen it, and not before
    record(session, context, user, case, CaseEventKind.ENDED, ending)
