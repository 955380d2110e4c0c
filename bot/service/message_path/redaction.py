"""What the engine and the desk may see of a message: personal data replaced by marks, what was found kept encrypted."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.service.channels.base import Inbound as Incoming
from bot.service.models import Contact, Conversation, Participant
from bot.service.models.words import READABLE, InboundKind
from bot.shared.personal_data import redact


@dataclass(frozen=True)
class Redacted:
    """The text with marks, and what stood there as [[kind, value], …]."""

    text: str
    found: list[list[str]] | None


def redact_for(session: Session, conversation: Conversation, message: Incoming) -> Redacted:
    """Redact a message with the names that are known from its meeting. NUL bytes go: PostgreSQL takes none in text."""
    if message.kind not in (*READABLE, InboundKind.STICKER):  # a sticker is its emoji
        return Redacted("", None)
    done = redact(message.text, names=known_names(session, conversation))
    found = [[str(item.kind), item.value] for item in done.found]
    clean = done.text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    return Redacted(clean, found or None)


def known_names(session: Session, conversation: Conversation) -> tuple[str, ...]:
    """The person's own name and the adviser's, as registered with the meeting."""
    if conversation.participant_id is None:
        return ()
    participant = session.get(Participant, conversation.participant_id)
    contact = session.get(Contact, participant.contact_id) if participant else None
    names = (contact.name, contact.adviser) if contact else ()
    return tuple(name for name in names if name)
