"""Whether an address may be written to. `kontakt` can be changed at any time, so it is asked again before each message."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.models import Contact, Conversation, Participant
from bot.service.models.words import ContactSafety
from bot.shared.codebook import Channel


def may_be_written_to(session: Session, conversation: Conversation) -> bool:
    """For what nobody has asked us for: False where the contact is unsafe, or on SMS where the phone may only be rung."""
    kontakt = _kontakt(session, conversation)
    if kontakt is ContactSafety.KUN_OPKALD:
        return conversation.channel != Channel.SMS
    return kontakt is ContactSafety.JA


def may_be_answered(session: Session, conversation: Conversation) -> bool:
    """For all else: False where the contact is unsafe.

    The web chat answers all the same: nothing rings or stays on a phone, and a child in danger who has opened it must read
    where help is.
    """
    return conversation.channel == Channel.WEBCHAT or _kontakt(session, conversation) is not ContactSafety.NEJ


def _kontakt(session: Session, conversation: Conversation) -> ContactSafety:
    of_participant = (
        select(Contact.kontakt)
        .join(Participant, Participant.contact_id == Contact.id)
        .where(Participant.id == conversation.participant_id)
    )
    return ContactSafety(session.scalar(of_participant) or ContactSafety.JA)
