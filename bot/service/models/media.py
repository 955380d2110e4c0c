"""What came beside words: voice, photos, videos, files."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.service.models.base import Base, Encrypted, EncryptedBytes, UtcDateTime


class Media(Base):
    """One attachment of a message; noted with the message, fetched by the worker."""

    __tablename__ = "media"
    __table_args__ = (
        UniqueConstraint("inbound_id", "number"),
        Index("ix_media_state_next_try_at", "state", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound.id"))  # None: erased, only the case's copy is left
    number: Mapped[int]  # its place in the message, from 0
    channel: Mapped[str] = mapped_column(String(12))  # where it is fetched
    kind: Mapped[str] = mapped_column(String(12))  # MediaKind
    remote_id: Mapped[str | None] = mapped_column(Encrypted)  # the channel's key to it; None once it is fetched
    mime: Mapped[str | None] = mapped_column(String(100))  # as the sender's app says: nothing may rely on it
    size: Mapped[int | None]  # bytes
    state: Mapped[str] = mapped_column(String(10), default="waiting")  # MediaState
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)  # business time
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)  # business time at the door
    content: Mapped[bytes | None] = mapped_column(EncryptedBytes, deferred=True)  # up to 20 MB: read only where it is shown


class CaseMedia(Base):
    """Which message of a case a medium belongs to; the case keeps it when the message itself is erased."""

    __tablename__ = "case_media"

    case_message_id: Mapped[int] = mapped_column(ForeignKey("case_message.id"), primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), primary_key=True, index=True)
