"""What came of a case: its calls, whether there was a way to call, whether the promise was kept."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.service.models import CallAttempt, Case, CaseMessage, Contact, Conversation, Inbound, OptOut, Outbound
from bot.service.models.words import CallConsent, CallOutcome, CaseEnding, CaseKind
from bot.shared.codebook import AwaitedStep

SILENCE = timedelta(hours=24)  # after the last asking, or the citizen's last word
ANSWERED = (CallOutcome.TRUFFET, CallOutcome.AFSLOG)


class Timeliness(StrEnum):
    """What a case counts as, judged from stored instants."""

    OPEN = "aaben"
    MET = "inden_fristen"
    MISSED = "efter_fristen"
    APART = "for_sig"  # there was no way to call


def calls_of(session: Session, case: Case) -> list[CallAttempt]:
    """The calls since the case's clock began (a reopened case has a new one), oldest first."""
    query = select(CallAttempt).where(CallAttempt.case_id == case.id, CallAttempt.at >= case.received_at)
    return list(session.scalars(query.order_by(CallAttempt.at, CallAttempt.id)))


def no_way_to_call(session: Session, case: Case, now: datetime) -> bool:
    """Whether nobody may ring or knows where.

    The citizen said no (STOP before a yes is one), was asked twice, or said yes but gave no number, and is silent for 24 hours.
    """
    silent = now - _last_word(session, case) >= SILENCE
    if case.call_consent == CallConsent.JA:
        return silent and not _has_number(session, case)
    if case.call_consent == CallConsent.NEJ or _opted_out(session, case):
        return True
    return silent and case.call_consent == CallConsent.SPURGT and case.asked_again_at is not None


def timeliness(case: Case, calls: list[CallAttempt]) -> Timeliness:
    """Whether the promise was kept, from stored instants: a call that reached, danger acknowledged, or the ending."""
    if case.ending == CaseEnding.INGEN_VEJ:
        return Timeliness.APART
    if case.ending == CaseEnding.IKKE_TRUFFET:
        return Timeliness.MISSED
    settled = settled_at(case, calls)
    if settled is None:
        return Timeliness.OPEN
    return Timeliness.MET if settled <= case.due_at else Timeliness.MISSED


def settled_at(case: Case, calls: list[CallAttempt]) -> datetime | None:
    """When the promise was kept, late or not; None while it is not."""
    if case.kind == CaseKind.BEKYMRING:
        return case.acknowledged_at
    answered = [call.at for call in calls if call.outcome in ANSWERED]
    return min(answered) if answered else case.ended_at


def _has_number(session: Session, case: Case) -> bool:
    contact = session.get(Contact, case.contact_id) if case.contact_id else None
    return contact is not None and bool(contact.number)


def _opted_out(session: Session, case: Case) -> bool:
    conversation = session.get(Conversation, case.conversation_id) if case.conversation_id else None
    if conversation is None:
        return False
    return session.get(OptOut, (conversation.channel, conversation.address_hash)) is not None


def _last_word(session: Session, case: Case) -> datetime:
    """The latest of: the case's arrival, our last asking for a call, the citizen's last message."""
    here = case.conversation_id
    asked = select(func.max(Outbound.created_at)).where(
        Outbound.conversation_id == here, Outbound.step.in_([AwaitedStep.OPKALD_JA, AwaitedStep.OPKALD_NUMMER])
    )
    wrote = select(func.max(Inbound.received_at)).where(Inbound.conversation_id == here)
    copied = select(func.max(CaseMessage.at)).where(CaseMessage.case_id == case.id)
    known = [session.scalar(query) for query in (asked, wrote, copied)]
    return max(at for at in [case.received_at, case.asked_again_at, *known] if at is not None)
