"""The way of a message: conversation, inbound, turn, outbound, and what the worker leases."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.service.models.base import Base, Encrypted, EncryptedJson, UtcDateTime
from bot.service.models.words import RANKS, OutboundKind


class Conversation(Base):
    """One address on one channel: what is awaited from it, and the lease of the worker that serves it."""

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("channel", "address_hash"),
        Index("ix_conversation_turn_due_at", "turn_due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(12))  # Channel
    address: Mapped[str] = mapped_column(Encrypted)
    address_hash: Mapped[str] = mapped_column(String(64))
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"))
    awaits: Mapped[str] = mapped_column(String(16), default="intet")  # AwaitedStep
    # Whose callback dialogue is running. No foreign key: the case points here, and a ring of keys cannot be created on SQLite.
    callback_case_id: Mapped[int | None]
    asked_again: Mapped[int] = mapped_column(default=0)  # unusable answers in the callback dialogue
    outage_said_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Machine time: when the worker should look here; None while nothing is left to do.
    turn_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Inbound(Base):
    """A message as it came; committed before it is acknowledged."""

    __tablename__ = "inbound"
    __table_args__ = (
        UniqueConstraint("channel", "provider_id"),
        Index("ix_inbound_conversation_id_turn_id", "conversation_id", "turn_id"),
        Index("ix_inbound_unread", "id", sqlite_where=text("net_read_at IS NULL"), postgresql_where=text("net_read_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    channel: Mapped[str] = mapped_column(String(12))
    provider_id: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))  # InboundKind
    original: Mapped[str] = mapped_column(Encrypted)  # the whole text, or the press
    redacted: Mapped[str] = mapped_column(Text)
    found: Mapped[Any | None] = mapped_column(EncryptedJson)  # [[kind, value], …] that redaction took out
    edits: Mapped[str | None] = mapped_column(String(200))  # provider id of the message that this one amends
    net_danger: Mapped[str] = mapped_column(String(8), default="nej")  # Concern
    net_rule: Mapped[str | None] = mapped_column(String(60))
    net_stop: Mapped[bool] = mapped_column(default=False)
    net_complaint: Mapped[bool] = mapped_column(default=False)
    net_read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: unread by the safety net
    net_replied: Mapped[bool] = mapped_column(default=False)  # the net has answered; the turn must not
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)  # business time at the door
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime)  # machine time at the door
    needs_turn: Mapped[bool] = mapped_column(default=True)  # False: the door has answered it for good
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("turn.id"))


class Turn(Base):
    """What goes to the engine in one piece; its inbound rows are fixed at birth. Times are machine time but `received_at`."""

    __tablename__ = "turn"
    __table_args__ = (Index("ix_turn_conversation_id_state", "conversation_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    state: Mapped[str] = mapped_column(String(10), default="waiting")  # TurnState
    attempt: Mapped[int] = mapped_column(default=0)
    counted: Mapped[int] = mapped_column(default=0)  # attempts with a healthy engine before and after
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)  # business time of its first message
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def _channel_of(insert: Any) -> str:
    """The channel of a row that was made without one; `insert` is SQLAlchemy's context of the default."""
    of_row = select(Conversation.channel).where(Conversation.id == insert.get_current_parameters()["conversation_id"])
    channel: str = insert.connection.execute(of_row).scalar_one()
    return channel


def _rank_of(insert: Any) -> int:
    return RANKS[OutboundKind(insert.get_current_parameters()["kind"])]


class Outbound(Base):
    """A message to a citizen. Rows are unique on turn and number, so no turn can speak twice."""

    __tablename__ = "outbound"
    __table_args__ = (
        UniqueConstraint("turn_id", "number"),
        UniqueConstraint("once_key"),
        Index("ix_outbound_state_sending_since", "state", "sending_since"),
        Index("ix_outbound_conversation_id_state", "conversation_id", "state"),
        Index("ix_outbound_channel_state_rank_id", "channel", "state", "rank", "id"),
        Index("ix_outbound_channel_provider_id", "channel", "provider_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    channel: Mapped[str] = mapped_column(String(12), default=_channel_of)  # the conversation's; here for the index
    interview_id: Mapped[int | None] = mapped_column(ForeignKey("interview.id"))
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("turn.id"))
    number: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(20))  # OutboundKind
    rank: Mapped[int] = mapped_column(default=_rank_of)  # RANKS of its kind; here for the index
    once_key: Mapped[str | None] = mapped_column(String(80))  # at most one such message ever
    text: Mapped[str] = mapped_column(Encrypted)
    buttons: Mapped[Any] = mapped_column(JSON, default=list)  # [{"id", "text", "act", "value"}]
    step: Mapped[str] = mapped_column(String(16), default="intet")  # AwaitedStep that its buttons answer
    question: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12), default="waiting")  # OutboundState
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)  # business time
    sending_since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # machine time
    provider_id: Mapped[str | None] = mapped_column(String(200))
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Delivery(Base):
    """What providers have told of a message, in the order in which we heard it. Rows are only added."""

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_outbound_id", "outbound_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    outbound_id: Mapped[int] = mapped_column(ForeignKey("outbound.id"))
    state: Mapped[str] = mapped_column(String(12))  # ReceiptState
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # by the provider's clock; None where it did not tell
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)  # business time


class OptOut(Base):
    """STOP, for one address on one channel; only the keyed hash, so it outlives the erasure of the number."""

    __tablename__ = "opt_out"

    channel: Mapped[str] = mapped_column(String(12), primary_key=True)
    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChatSession(Base):
    """A browser that opened a chat code; it sees what was said from then on. Machine time."""

    __tablename__ = "chat_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Lease(Base):
    """A loop that only one worker may run, and the heartbeat of those that run. Machine time."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
