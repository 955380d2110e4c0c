"""What handlers do to a case, each deed with its line in the log and in the audit. Ending stands in case_endings.py.

Every deed takes the version of the case that the handler saw. If it has changed since, nothing is written.
"""

from enum import StrEnum

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bot.service.context import Context
from bot.service.errors import BadRequestError, CaseConflictError
from bot.service.logic.case_access import audit, find_case
from bot.service.logic.cases import log
from bot.service.logic.deadlines import deadline_for
from bot.service.models import CallAttempt, Case, CaseNote, User
from bot.service.models.words import CallOutcome, CaseEventKind, CaseKind, CaseState, StaffRole
from bot.shared.codebook import Concern, Role

NOTE_LIMIT = 4000  # characters


class Refusal(StrEnum):
    """Why a deed was refused; the desk has a sentence for each."""

    CLOSED = "sagen_er_lukket"
    NOT_CLOSED = "sagen_er_aaben"
    OTHERS_CASE = "anden_har_sagen"
    NOT_YOURS = "tag_sagen_foerst"
    NOTHING_TO_ACKNOWLEDGE = "intet_at_kvittere"
    EMPTY_NOTE = "tom_note"
    TOO_LONG = "for_lang"
    UNKNOWN_CHOICE = "ukendt_valg"
    OTHER_OPEN = "anden_aaben_sag"
    WRONG_ENDING = "forkert_afslutning"
    NOT_REACHED = "ikke_talt_med"
    NOT_DECLINED = "ikke_afslaaet"
    CAN_BE_CALLED = "kan_ringes_op"
    TOO_FEW_ATTEMPTS = "for_faa_forsoeg"
    NO_LETTER = "intet_brev"
    NO_REASON = "ingen_begrundelse"
    NOBODY_HANDED_TO = "ingen_modtager"
    WRONG_TIME = "forkert_tid"
    NO_ASSESSOR = "ingen_vurderer"
    NO_DECISION_ANSWER = "afgoerelse_mangler"
    NO_REASSESSMENT = "genvurdering_mangler"
    NO_JOURNAL_ANSWER = "journal_mangler"
    HALF_LESSON = "halv_laering"
    NOTHING_PROPOSED = "intet_forslag"
    NOT_SECOND_PERSON = "ikke_anden_person"
    PROPOSED_ALREADY = "allerede_foreslaaet"
    NO_CHAT = "ingen_chat"
    CHAT_CLOSED = "chatten_er_lukket"
    CHAT_STOPPED = "bedt_om_stop"
    EMPTY_LINE = "tom_linje"
    LINE_TOO_LONG = "for_lang_linje"


class RefusedError(BadRequestError):
    """A deed that the rules do not allow now; nothing was written."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def take(session: Session, context: Context, user: User, case_id: int, version: int) -> None:
    """Make the case the user's own, or take a parked one up again. Danger may also be taken over from somebody else.

    Raises:
        RefusedError: where somebody else has it or it is closed.
        CaseConflictError, NotVisibleError: as for every deed here.
    """
    case = open_case(session, user, case_id, version)
    taken_over = case.assignee_id not in {None, user.id}
    if taken_over and case.kind != CaseKind.BEKYMRING:
        raise RefusedError(Refusal.OTHERS_CASE)
    case.assignee_id, case.state = user.id, CaseState.TAGET
    record(session, context, user, case, CaseEventKind.HANDED_OVER if taken_over else CaseEventKind.TAKEN)


def put_back(session: Session, context: Context, user: User, case_id: int, version: int) -> None:
    """Back into the queue for others; a leader may put back anybody's case."""
    case = open_case(session, user, case_id, version)
    if case.assignee_id != user.id and (case.assignee_id is None or user.role != StaffRole.LEADER):
        raise RefusedError(Refusal.NOT_YOURS)
    case.assignee_id, case.state = None, CaseState.NY
    record(session, context, user, case, CaseEventKind.RELEASED)


def can_be_acknowledged(case: Case) -> bool:
    """Danger, or anything in one of its bands, that no named human has answered for yet."""
    in_danger = case.band is not None or case.kind == CaseKind.BEKYMRING
    return in_danger and case.acknowledged_at is None and case.state != CaseState.LUKKET


def acknowledge(session: Session, context: Context, user: User, case_id: int, version: int) -> None:
    """A named human has seen it; whoever does so has the case from then on, if nobody had."""
    case = open_case(session, user, case_id, version)
    if not can_be_acknowledged(case):
        raise RefusedError(Refusal.NOTHING_TO_ACKNOWLEDGE)
    case.acknowledged_at = context.clock.now()
    if case.assignee_id is None:
        case.assignee_id, case.state = user.id, CaseState.TAGET
    record(session, context, user, case, CaseEventKind.ACKNOWLEDGED)


def note(
    session: Session,
    context: Context,
    user: User,
    case_id: int,
    version: int,
    text: str,
    *,
    guide_step: str | None = None,
) -> None:
    """Keep a note, freely or on a step of the call guide; anybody who sees the case may."""
    case = open_case(session, user, case_id, version)
    add_note(session, context, user, case, guide_step, text)
    record(session, context, user, case, CaseEventKind.NOTE)


def note_guide(
    session: Session, context: Context, user: User, case_id: int, version: int, texts: dict[str, str]
) -> None:
    """Keep what was noted on several steps of the call guide (`texts` by step)."""
    case = open_case(session, user, case_id, version)
    if not texts:
        raise RefusedError(Refusal.EMPTY_NOTE)
    for step, text in texts.items():
        add_note(session, context, user, case, step, text)
    record(session, context, user, case, CaseEventKind.NOTE)


def log_call(
    session: Session, context: Context, user: User, case_id: int, version: int, outcome: CallOutcome
) -> CallAttempt:
    """Log a call that was tried just now: its time is the clock's, nobody chooses it. Only who has the case may."""
    case = own_case(session, user, case_id, version)
    attempt = CallAttempt(case_id=case.id, user_id=user.id, at=context.clock.now(), outcome=outcome)
    session.add(attempt)
    record(session, context, user, case, CaseEventKind.CALL, outcome)
    return attempt


def park(session: Session, context: Context, user: User, case_id: int, version: int) -> None:
    """Set aside; the deadline stays where it was."""
    case = own_case(session, user, case_id, version)
    case.state = CaseState.PARKERET
    record(session, context, user, case, CaseEventKind.PARKED)


def reopen(session: Session, context: Context, user: User, case_id: int, version: int) -> None:
    """Open a closed case with a new clock; the old outcome and its times stay in the log.

    Raises:
        RefusedError: where the case is open, or the person has another open one of the kind.
    """
    case = _unchanged(session, user, case_id, version)
    if case.state != CaseState.LUKKET:
        raise RefusedError(Refusal.NOT_CLOSED)
    outcome = _old_outcome(case)
    _wind_up_again(case, context)
    try:
        record(session, context, user, case, CaseEventKind.REOPENED, outcome)
    except IntegrityError as error:
        raise RefusedError(Refusal.OTHER_OPEN) from error


def open_case(session: Session, user: User, case_id: int, version: int) -> Case:
    """The case in the version that the user saw, still open."""
    case = _unchanged(session, user, case_id, version)
    if case.state == CaseState.LUKKET:
        raise RefusedError(Refusal.CLOSED)
    return case


def own_case(session: Session, user: User, case_id: int, version: int) -> Case:
    """As `open_case`, and the user has it."""
    case = open_case(session, user, case_id, version)
    if case.assignee_id != user.id:
        raise RefusedError(Refusal.NOT_YOURS)
    return case


def add_note(
    session: Session, context: Context, user: User, case: Case, guide_step: str | None, text: str
) -> None:
    """Add a note of 1 to NOTE_LIMIT characters."""
    text = text.strip()
    if not text:
        raise RefusedError(Refusal.EMPTY_NOTE)
    if len(text) > NOTE_LIMIT:
        raise RefusedError(Refusal.TOO_LONG)
    session.add(CaseNote(case_id=case.id, user_id=user.id, at=context.clock.now(), guide_step=guide_step, text=text))


def record(
    session: Session, context: Context, user: User, case: Case, event: CaseEventKind, detail: str | None = None
) -> None:
    """Write the deed into the case's log and the audit, and all that was changed to the database.

    Raises:
        CaseConflictError: where somebody else's change came first after all.
    """
    log(session, case, context.clock.now(), event, detail, user_id=user.id)
    audit(session, context, user.id, event, case.id)
    try:
        session.flush()
    except StaleDataError as error:
        raise CaseConflictError(f"case {case.id} was changed by somebody else") from error


def _unchanged(session: Session, user: User, case_id: int, version: int) -> Case:
    case = find_case(session, user, case_id, lock=True)
    if case.version != version:
        raise CaseConflictError(f"case {case_id} is at version {case.version}, not {version}")
    return case


def _old_outcome(case: Case) -> str:
    """The ending and its instants, for the key figures: `ending;received;due;ended`, times in UTC to the second."""
    times = (case.received_at, case.due_at, case.ended_at)
    return ";".join([case.ending or "", *(at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else "" for at in times)])


def _wind_up_again(case: Case, context: Context) -> None:
    now = context.clock.now()
    role = Role(case.role) if case.role else None
    deadline = deadline_for(CaseKind(case.kind), Concern(case.band or Concern.NEJ), role, now, context.settings)
    case.received_at, case.policy = now, deadline.policy
    case.due_at, case.ring_senest = deadline.due_at, deadline.ring_senest
    case.state, case.assignee_id, case.acknowledged_at = CaseState.NY, None, None
    case.ending = case.ended_at = None
    case.concerns_decision = case.handed_to = case.journal_number = case.not_journalised_because = None
