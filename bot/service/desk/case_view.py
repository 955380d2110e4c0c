"""Everything that a case's page shows, read in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.desk.call_guides import CallGuides, Guide, is_child
from bot.service.logic.case_access import contact_of, find_case, visible_to
from bot.service.logic.case_endings import ENDINGS, may_confirm, proposer_of
from bot.service.logic.case_media import media_of
from bot.service.logic.case_outcome import Timeliness, calls_of, settled_at, timeliness
from bot.service.logic.case_queue import TimeLeft, time_left
from bot.service.logic.case_work import can_be_acknowledged
from bot.service.logic.handler_lines import ChatState, HandlerLine, chat_state, lines_of
from bot.service.models import CallAttempt, Case, CaseEvent, CaseMessage, CaseNote, Contact, Lesson, Media, Unit, User
from bot.service.models.words import CaseEnding, CaseKind, CaseState, ContactSafety, StaffRole

EARLIER_LIMIT = 20


@dataclass(frozen=True)
class CaseView:
    """A case as one user sees it."""

    case: Case
    unit: str | None
    contact: Contact | None  # only what may be shown
    messages: list[CaseMessage | HandlerLine]  # of both sides, oldest first
    chat: ChatState | None  # None: there is no chat to write in
    media: dict[int, list[Media]]  # by message
    calls: list[CallAttempt]
    notes: list[CaseNote]
    events: list[CaseEvent]
    lessons: list[Lesson]
    earlier: list[Case]
    guide: Guide
    guide_notes: dict[str, str]  # what was last noted, by step of the guide
    people: dict[int, str]  # names of staff by id
    time_left: TimeLeft
    settled_at: datetime | None
    timeliness: Timeliness
    proposer_id: int | None
    endings: tuple[CaseEnding, ...]
    mine: bool
    is_open: bool
    is_danger: bool
    is_child: bool
    may_call: bool  # the number may be rung
    may_take: bool
    may_put_back: bool
    may_acknowledge: bool
    may_confirm: bool


def read_case(session: Session, context: Context, guides: CallGuides, user: User, case_id: int) -> CaseView:
    """The view of a case; raises NotVisibleError."""
    case = find_case(session, user, case_id)
    calls = calls_of(session, case)
    notes = list(session.scalars(select(CaseNote).where(CaseNote.case_id == case.id).order_by(CaseNote.id)))
    events = list(session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)))
    proposer_id = proposer_of(session, case)
    contact = contact_of(session, case)
    is_open = case.state != CaseState.LUKKET
    return CaseView(
        case=case,
        unit=session.scalar(select(Unit.name).where(Unit.id == case.unit_id)),
        contact=contact,
        messages=read_messages(session, case),
        chat=chat_state(session, case),
        media=media_of(session, case),
        calls=calls,
        notes=notes,
        events=events,
        lessons=list(session.scalars(select(Lesson).where(Lesson.case_id == case.id).order_by(Lesson.id))),
        earlier=_earlier(session, user, case),
        guide=guides.for_case(case),
        guide_notes={note.guide_step: note.text for note in notes if note.guide_step and note.at >= case.received_at},
        people=_names(session, case, notes, events, calls),
        time_left=time_left(case.received_at, case.ring_senest, context.clock.now()),
        settled_at=settled_at(case, calls),
        timeliness=timeliness(case, calls),
        proposer_id=proposer_id,
        endings=ENDINGS[CaseKind(case.kind)],
        mine=case.assignee_id == user.id,
        is_open=is_open,
        is_danger=case.band is not None or case.kind == CaseKind.BEKYMRING,
        is_child=is_child(case),
        may_call=is_open and _may_call(contact),
        may_take=is_open and _may_take(case, user),
        may_put_back=is_open and _may_put_back(case, user),
        may_acknowledge=can_be_acknowledged(case),
        may_confirm=may_confirm(user, proposer_id),
    )


def read_messages(session: Session, case: Case) -> list[CaseMessage | HandlerLine]:
    """What the citizen wrote and what handlers wrote back, oldest first."""
    messages = session.scalars(select(CaseMessage).where(CaseMessage.case_id == case.id).order_by(CaseMessage.id))
    # At one instant what the citizen wrote comes first; sorting keeps the order of each side.
    return sorted(
        [*messages, *lines_of(session, case)], key=lambda entry: (entry.at, isinstance(entry, HandlerLine))
    )


def _earlier(session: Session, user: User, case: Case) -> list[Case]:
    """Other cases of the same person that this user may see, the newest first."""
    if case.person is None:
        return []
    others = select(Case).where(Case.person == case.person, Case.id != case.id, visible_to(session, user))
    return list(session.scalars(others.order_by(Case.received_at.desc()).limit(EARLIER_LIMIT)))


def _names(
    session: Session, case: Case, notes: list[CaseNote], events: list[CaseEvent], calls: list[CallAttempt]
) -> dict[int, str]:
    """The names of all staff whom the page mentions."""
    wanted = {case.assignee_id, case.gaelder_id, *(event.user_id for event in events)}
    wanted |= {note.user_id for note in notes} | {call.user_id for call in calls}
    return dict(session.execute(select(User.id, User.name).where(User.id.in_(wanted))).all())


def _may_call(contact: Contact | None) -> bool:
    return contact is not None and bool(contact.number) and contact.kontakt != ContactSafety.NEJ


def _may_take(case: Case, user: User) -> bool:
    if case.assignee_id == user.id:
        return case.state == CaseState.PARKERET
    return case.assignee_id is None or case.kind == CaseKind.BEKYMRING


def _may_put_back(case: Case, user: User) -> bool:
    return case.assignee_id == user.id or (case.assignee_id is not None and user.role == StaffRole.LEADER)
