"""The door: every message is durably stored before it is acknowledged, and the safety net reads it in the same transaction."""

import logging
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.service.channels.base import Inbound as Incoming
from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.errors import UnknownCodeError
from bot.service.logic import conversations
from bot.service.logic.participants import tidy_code
from bot.service.message_path import redaction, safety_net
from bot.service.message_path.door_replies import answer_at_the_door
from bot.service.message_path.media import note_media
from bot.service.message_path.spool import Spool
from bot.service.message_path.urgency import can_be_used_at_once
from bot.service.models import Conversation, Inbound
from bot.service.models.words import InboundKind
from bot.shared.codebook import Channel

logger = logging.getLogger(__name__)

LEADING_SLASH = re.compile(r"\A\s*/[\s/]*")
LONGEST_JOIN = timedelta(seconds=60)  # pieces are never joined over more than this


@dataclass(frozen=True)
class Receipt:
    """What became of a message. `spooled`: it waits on disk until the database is back."""

    duplicate: bool = False
    spooled: bool = False
    inbound_id: int | None = None


def receive(context: Context, message: Incoming) -> Receipt:
    """Store a message; when this returns, it is committed or lies in the spool.

    Raises:
        UnknownCodeError: for a chat code that nobody has (nothing is stored).
        OSError: neither database nor spool takes it; the channel must not acknowledge.
    """
    received_at, arrived_at = context.clock.now(), machine_now()
    try:
        with context.database.door() as session:
            return store(session, context, message, received_at, arrived_at)
    except UnknownCodeError:
        raise
    except Exception:  # the database is away, or we are wrong: the message must not be lost either way
        logger.exception("a message could not be stored; it goes to the spool")
        Spool(context).put(message, received_at, arrived_at)
        return Receipt(spooled=True)


def store(
    session: Session, context: Context, message: Incoming, received_at: datetime, arrived_at: datetime
) -> Receipt:
    """Everything the door does, inside one transaction; also used to feed the spool back.

    `received_at` is business time, `arrived_at` machine time, both of the moment the message reached the door.
    """
    message = _in_our_form(message)
    conversation = conversations.find_or_start(session, context, message.channel, message.address, locked=True)
    inbound = _insert(session, conversation, message, received_at, arrived_at)
    if inbound is None:
        return Receipt(duplicate=True)
    note_media(session, inbound, message.attachments)
    safety_net.read(session, context, conversation, inbound)
    if answer_at_the_door(session, context, conversation, inbound):
        inbound.needs_turn = False
    else:
        _make_due(session, context, conversation, inbound)
    session.flush()
    return Receipt(inbound_id=inbound.id)


def _in_our_form(message: Incoming) -> Incoming:
    """A chat code as it is stored, and no slash before a text: `/intent` must never reach Rasa from a citizen."""
    if message.channel is Channel.WEBCHAT:
        message = replace(message, address=tidy_code(message.address))
    if message.kind is InboundKind.TEXT:
        message = replace(message, text=LEADING_SLASH.sub("", message.text))
    return message


def _insert(
    session: Session,
    conversation: Conversation,
    message: Incoming,
    received_at: datetime,
    arrived_at: datetime,
) -> Inbound | None:
    """The new row; None where this event was stored before."""
    redacted = redaction.redact_for(session, conversation, message)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    return session.scalar(
        insert(Inbound)
        .values(
            conversation_id=conversation.id,
            channel=message.channel,
            provider_id=message.provider_id,
            kind=message.kind,
            original=message.text,
            redacted=redacted.text,
            found=redacted.found,
            edits=message.edits,
            sent_at=message.sent_at,
            received_at=received_at,
            arrived_at=arrived_at,
            net_danger="nej",
            net_stop=False,
            net_complaint=False,
            net_replied=False,
            needs_turn=True,
        )
        .on_conflict_do_nothing(index_elements=["channel", "provider_id"])
        .returning(Inbound)
    )


def _make_due(session: Session, context: Context, conversation: Conversation, inbound: Inbound) -> None:
    """When a worker should make a turn of this: at once, or once no further piece has come for some seconds."""
    now = inbound.arrived_at
    hit = inbound.net_danger != "nej" or inbound.net_stop or inbound.net_complaint
    if hit or inbound.kind == InboundKind.PRESS or can_be_used_at_once(session, context, conversation, inbound):
        conversation.turn_due_at = now
        return
    first = session.scalar(
        select(Inbound.arrived_at)
        .where(Inbound.conversation_id == conversation.id, Inbound.turn_id.is_(None), Inbound.needs_turn)
        .order_by(Inbound.arrived_at, Inbound.id)
        .limit(1)
    )
    latest = (first or now) + LONGEST_JOIN
    conversation.turn_due_at = min(now + timedelta(seconds=context.settings.join_seconds), latest)
