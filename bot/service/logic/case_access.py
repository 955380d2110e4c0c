"""Who may see a case and its contact details, and the audit of who did."""

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.errors import GenklangError
from bot.service.models import Audit, Case, Contact, Unit, User
from bot.service.models.words import CallConsent, CaseKind, StaffRole

QUEUE_ROLES = frozenset({StaffRole.HANDLER, StaffRole.DUTY, StaffRole.LEADER, StaffRole.ADMINISTRATOR})
DENIED = "naegtet"
VIEWED = "vist"


class NotVisibleError(GenklangError):
    """No such case for this user. Whether it exists must not show; `case_id` is set where it does, for the audit."""

    def __init__(self, user_id: int, case_id: int | None) -> None:
        super().__init__("no such case for this user")
        self.user_id = user_id
        self.case_id = case_id


def has_queue(user: User) -> bool:
    """Whether this role works cases at all."""
    return user.role in QUEUE_ROLES


def units_below(session: Session, unit_id: int) -> frozenset[int]:
    """The unit and everything under it."""
    parents = session.execute(select(Unit.id, Unit.parent_id)).all()
    found = {unit_id}
    while more := {unit for unit, parent in parents if parent in found} - found:
        found |= more
    return frozenset(found)


def visible_to(session: Session, user: User) -> ColumnElement[bool]:
    """The condition on `Case` for what this user sees: their units', never one about themselves.

    A case without a unit (an unknown number wrote) is seen by everybody with a queue: nothing may lie unseen.
    """
    not_about_me = or_(Case.gaelder_id.is_(None), Case.gaelder_id != user.id)
    if user.unit_id is None:
        return and_(true(), not_about_me)
    units = units_below(session, user.unit_id)
    return and_(not_about_me, or_(Case.unit_id.is_(None), Case.unit_id.in_(units)))


def find_case(session: Session, user: User, case_id: int, *, lock: bool = False) -> Case:
    """The case; `lock` holds it until the transaction ends (on SQLite a writer holds the whole database anyway).

    Raises:
        NotVisibleError: for one that does not exist or that this user may not see.
    """
    query = select(Case).where(Case.id == case_id)
    if has_queue(user):
        visible = query.where(visible_to(session, user))
        case = session.scalar(visible.with_for_update() if lock else visible)
        if case is not None:
            return case
    raise NotVisibleError(user.id, case_id if session.scalar(query.with_only_columns(Case.id)) else None)


def may_show_contact(case: Case) -> bool:
    """Contact details reach the desk only with the citizen's yes to a call, or for danger."""
    return case.call_consent == CallConsent.JA or case.kind == CaseKind.BEKYMRING


def contact_of(session: Session, case: Case) -> Contact | None:
    """The contact details that the desk may show; None where it may not or there are none."""
    if case.contact_id is None or not may_show_contact(case):
        return None
    return session.get(Contact, case.contact_id)


def audit(session: Session, context: Context, user_id: int | None, deed: str, case_id: int | None = None) -> None:
    """Append who did what to which case; no free text."""
    session.add(Audit(at=context.clock.now(), user_id=user_id, deed=deed, case_id=case_id))
