"""What a phone would show: the SMS with one number, with what each would cost on the wire."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.channels.sms.gsm7 import encoding, replace_safely, segments
from bot.service.channels.webchat.history import SHOWN, showable
from bot.service.context import Context
from bot.service.models import Contact, Conversation, Inbound, Outbound, Participant
from bot.shared.codebook import Channel


def known_numbers(session: Session) -> list[str]:
    """Numbers that wrote, were written to or are registered for SMS; the latest first, each once."""
    written = session.scalars(
        select(Conversation.address).where(Conversation.channel == Channel.SMS).order_by(Conversation.id.desc())
    )
    registered = session.scalars(
        select(Contact.number)
        .join(Participant, Participant.contact_id == Contact.id)
        .where(Participant.channel == Channel.SMS, Contact.number.is_not(None))
        .order_by(Participant.id.desc())
    )
    return list(dict.fromkeys([*written, *(number for number in registered if number)]))


def thread_of(session: Session, context: Context, number: str) -> list[dict[str, Any]]:
    """Every SMS that reached this phone or came from it, oldest first."""
    conversation_id = session.scalar(
        select(Conversation.id).where(
            Conversation.channel == Channel.SMS,
            Conversation.address_hash == context.address_hash(Channel.SMS, number),
        )
    )
    if conversation_id is None:
        return []
    received = session.scalars(select(Outbound).where(Outbound.conversation_id == conversation_id, Outbound.state.in_(SHOWN)))
    written = session.scalars(select(Inbound).where(Inbound.conversation_id == conversation_id))
    # At one instant what was written comes before what answers it.
    rows = [(row.received_at, 0, row.id, _sms(f"i{row.id}", "dig", row.original)) for row in written]
    rows += [(row.created_at, 1, row.id, _sms(f"u{row.id}", "os", replace_safely(row.text))) for row in received]
    rows.sort(key=lambda row: row[:3])
    return [{**sms, "at": at.isoformat()} for at, _, _, sms in rows]


def _sms(message_id: str, sender: str, text: str) -> dict[str, Any]:
    return {
        "id": message_id,
        "from": sender,
        "text": showable(text),
        "encoding": encoding(text),
        "segments": segments(text),
    }
