"""Opening cases and adding to them from the message path. What handlers do to a case stands in case_work.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.logic.deadlines import deadline_for
from bot.service.logic.labels import as_rows, labels_of_net, rows_of_message
from bot.service.models import (
    Case,
    CaseEvent,
    CaseMedia,
    CaseMessage,
    Contact,
    Conversation,
    Inbound,
    Media,
    Meeting,
    Participant,
)
from bot.service.models.words import CallConsent, CaseEventKind, CaseKind, CaseState, InboundKind
from bot.shared.codebook import Channel, Concern, Role


@dataclass(frozen=True)
class Matter:
    """What a case is opened for."""

    kind: CaseKind
    received_at: datetime  # when the message reached our door
    band: Concern = Concern.NEJ
    turn_id: int | None = None  # the turn that an `ubehandlet` names
    language: str | None = None


def open_or_attach(session: Session, context: Context, conversation: Conversation, matter: Matter) -> Case:
    """The open case of this person and kind, made now if there is none.

    The partial unique index decides between two that open at once. The band only rises; a new danger message takes back an
    acknowledgement; no deadline moves, but that a risen band brings its own, earlier one.
    """
    known = find_open(session, conversation, matter.kind, lock=True)
    case = known or _insert(session, context, conversation, matter)
    if case is None:
        case = known = find_open(session, conversation, matter.kind, lock=True)
        assert case is not None, "the unique index refused a case that nobody has"
    if known is not None:
        known.turn_id = None  # it holds more than one outage's turn now, so it must not close itself (outage.py)
    if matter.band is not Concern.NEJ:
        _heed_danger(session, context, case, matter)
    if matter.kind is CaseKind.BEKYMRING:
        give_contact(session, case, conversation)  # danger needs no consent: a human must be able to find the child
    return case


def find_open(session: Session, conversation: Conversation, kind: CaseKind, *, lock: bool = False) -> Case | None:
    """The open case of this kind that the person has; `lock` it where it is going to change."""
    found = select(Case).where(
        Case.person == conversation.address_hash, Case.kind == kind, Case.state != CaseState.LUKKET
    )
    return session.scalar(found.with_for_update() if lock else found)


def attach(
    session: Session,
    case: Case,
    inbounds: Iterable[Inbound],
    *,
    question: str | None,
    themes: list[dict[str, Any]] | None = None,
    labels: list[dict[str, Any]] | None = None,
) -> None:
    """Copy messages onto the case, each once; labels that come later are filled in, until then those of the safety net stand.

    `themes` and `labels` are those of the whole turn; each message keeps what it carried itself.
    """
    inbounds = list(inbounds)
    known = {m.inbound_id: m for m in session.scalars(select(CaseMessage).where(CaseMessage.case_id == case.id))}
    for inbound in inbounds:
        message = known.get(inbound.id)
        if message is None:
            message = _copy_message(case, inbound, question)
            session.add(message)
            _link_media(session, message, inbound)
        if themes:
            message.themes = rows_of_message(themes, inbound, inbounds)
        if labels:
            message.labels = rows_of_message(labels, inbound, inbounds)
        if question and not message.question:
            message.question = question
    session.flush()


def _copy_message(case: Case, inbound: Inbound, question: str | None) -> CaseMessage:
    return CaseMessage(
        case_id=case.id,
        inbound_id=inbound.id,
        at=inbound.received_at,
        question=question,
        text=inbound.redacted,
        labels=as_rows(labels_of_net([inbound])),
    )


def _link_media(session: Session, message: CaseMessage, inbound: Inbound) -> None:
    """The case keeps what came with the message, also once the message itself is erased."""
    if inbound.kind != InboundKind.MEDIA:
        return
    session.flush()
    media_ids = session.scalars(select(Media.id).where(Media.inbound_id == inbound.id))
    session.add_all(CaseMedia(case_message_id=message.id, media_id=media_id) for media_id in media_ids)


def _may_be_a_complaint(matter: Matter) -> bool:
    """What nobody has read yet may be one; but where a child may be in danger, the adviser may be the only one on duty."""
    return matter.kind is CaseKind.KLAGE or (matter.kind is CaseKind.UBEHANDLET and matter.band is Concern.NEJ)


def agree_to_call(session: Session, context: Context, case: Case, conversation: Conversation) -> None:
    """The citizen's yes: contact details may go to the desk, with the number they write from."""
    if case.call_consent == CallConsent.JA:
        return
    case.call_consent = CallConsent.JA
    give_contact(session, case, conversation)
    log(session, case, context.clock.now(), CaseEventKind.CONSENT, CallConsent.JA)


def decline_call(session: Session, context: Context, case: Case) -> None:
    """The citizen's no: the case stays, read and learnt from, without contact."""
    case.call_consent = CallConsent.NEJ
    case.contact_id = None
    log(session, case, context.clock.now(), CaseEventKind.CONSENT, CallConsent.NEJ)


def give_contact(session: Session, case: Case, conversation: Conversation) -> Contact:
    """Give the case a copy of what is known of the person; on SMS at least the number they write from."""
    if case.contact_id is not None:
        contact = session.get(Contact, case.contact_id)
        assert contact is not None
        return contact
    known = _known_contact(session, conversation)
    contact = _copy(known) if known else Contact()
    if contact.number is None and conversation.channel == Channel.SMS:
        contact.number = conversation.address
    session.add(contact)
    session.flush()
    case.contact_id = contact.id
    return contact


def set_number(session: Session, context: Context, case: Case, conversation: Conversation, number: str) -> None:
    """Replace the number by the one the citizen gave, which they called safe to talk on."""
    contact = give_contact(session, case, conversation)
    contact.number, contact.number_hash, contact.kontakt = number, None, "ja"
    log(session, case, context.clock.now(), CaseEventKind.NUMBER)


def log(
    session: Session,
    case: Case,
    at: datetime,
    event: CaseEventKind,
    detail: str | None = None,
    *,
    user_id: int | None = None,
) -> None:
    """Append to the case's log; `detail` is never a citizen's words."""
    session.add(CaseEvent(case_id=case.id, at=at, event=event, detail=detail, user_id=user_id))


def _insert(session: Session, context: Context, conversation: Conversation, matter: Matter) -> Case | None:
    """The new case; None where somebody else opened one in the same moment."""
    participant = session.get(Participant, conversation.participant_id) if conversation.participant_id else None
    meeting = session.get(Meeting, participant.meeting_id) if participant else None
    role = Role(participant.role) if participant else None
    deadline = deadline_for(matter.kind, matter.band, role, matter.received_at, context.settings)
    case = Case(
        kind=matter.kind,
        band=None if matter.band is Concern.NEJ else matter.band,
        person=conversation.address_hash,
        conversation_id=conversation.id,
        unit_id=meeting.unit_id if meeting else None,
        role=role,
        age=participant.age if participant else None,
        language=matter.language or (participant.language if participant else None),
        way_in=conversation.channel,
        received_at=matter.received_at,
        due_at=deadline.due_at,
        ring_senest=deadline.ring_senest,
        policy=deadline.policy,
        gaelder_id=meeting.adviser_id if meeting and _may_be_a_complaint(matter) else None,
        turn_id=matter.turn_id,
    )
    try:
        with session.begin_nested():
            session.add(case)
    except IntegrityError:
        return None
    log(session, case, context.clock.now(), CaseEventKind.OPENED, str(matter.kind))
    if matter.band is Concern.AKUT:
        log(session, case, context.clock.now(), CaseEventKind.ALARM)
    return case


def _heed_danger(session: Session, context: Context, case: Case, matter: Matter) -> None:
    now = context.clock.now()
    risen = matter.band.weight > Concern(case.band or Concern.NEJ).weight
    if risen:
        deadline = deadline_for(CaseKind(case.kind), matter.band, None, matter.received_at, context.settings)
        case.band = matter.band
        case.due_at = min(case.due_at, deadline.due_at)
        case.ring_senest = min(case.ring_senest, deadline.ring_senest)
        log(session, case, now, CaseEventKind.BAND_RAISED, str(matter.band))
    if case.acknowledged_at is not None and matter.received_at > case.acknowledged_at:
        case.acknowledged_at = None
        risen = True
    if risen and matter.band is Concern.AKUT:
        log(session, case, now, CaseEventKind.ALARM)


def _known_contact(session: Session, conversation: Conversation) -> Contact | None:
    if conversation.participant_id is None:
        return None
    participant = session.get(Participant, conversation.participant_id)
    return session.get(Contact, participant.contact_id) if participant else None


def _copy(known: Contact) -> Contact:
    names = [column.key for column in Contact.__table__.columns if column.key != "id"]
    return Contact(**{name: getattr(known, name) for name in names})
