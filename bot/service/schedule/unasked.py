"""Whether somebody may be written to who has not just written to us: a reminder, *may we ring?* for the second time."""

from sqlalchemy.orm import Session

from bot.service.models import Contact, Conversation, Participant
from bot.service.models.words import ContactSafety
from bot.shared.codebook import Channel


def may_be_written_to(session: Session, conversation: Conversation) -> bool:
    """False where the contact is unsafe (`kontakt: nej`), or on SMS where the phone may only be rung (`kun_opkald`)."""
    participant = session.get(Participant, conversation.participant_id) if conversation.participant_id else None
    contact = session.get(Contact, participant.contact_id) if participant else None
    if contact is None or contact.kontakt == ContactSafety.JA:
        return True
    return contact.kontakt == ContactSafety.KUN_OPKALD and conversation.channel != Channel.SMS
