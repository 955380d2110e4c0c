"""Cases: what a human must act on, with their clocks, messages, calls and endings."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.service.models.base import Base, Encrypted, EncryptedRows, UtcDateTime


class Case(Base):
    """One person's one matter of one kind."""

    __tablename__ = "case"
    __table_args__ = (
        # One open case per person and kind: the insert decides, not a look before it.
        Index(
            "uq_case_open",
            "person",
            "kind",
            unique=True,
            sqlite_where=text("state != 'lukket' AND person IS NOT NULL"),
            postgresql_where=text("state != 'lukket' AND person IS NOT NULL"),
        ),
        Index("ix_case_state_ring_senest", "state", "ring_senest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))  # CaseKind
    band: Mapped[str | None] = mapped_column(String(4))  # akut | ja: danger's bands; only rises
    person: Mapped[str | None] = mapped_column(String(64))  # address hash; None where no address is known
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    role: Mapped[str | None] = mapped_column(String(12))  # Role of the person
    age: Mapped[int | None]
    language: Mapped[str | None] = mapped_column(String(8))
    way_in: Mapped[str] = mapped_column(String(12))  # WayIn: a channel, or telefon | mail | brev | fremmoede
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ring_senest: Mapped[datetime] = mapped_column(UtcDateTime)
    policy: Mapped[str] = mapped_column(String(20))  # version of the rule that made due_at
    state: Mapped[str] = mapped_column(String(10), default="ny")  # CaseState
    gaelder_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # whom the complaint is about
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    call_consent: Mapped[str] = mapped_column(String(10), default="uspurgt")  # CallConsent
    asked_again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # "may we ring?" for the second time
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    wished_time: Mapped[str | None] = mapped_column(String(120))  # in the citizen's words or a part of the day
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("turn.id"))  # the turn that an `ubehandlet` names
    ending: Mapped[str | None] = mapped_column(String(24))  # CaseEnding
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    concerns_decision: Mapped[bool | None]
    handed_to: Mapped[str | None] = mapped_column(Encrypted)
    journal_number: Mapped[str | None] = mapped_column(String(60))
    not_journalised_because: Mapped[str | None] = mapped_column(Encrypted)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - two handlers at once: the second is told


class CaseMessage(Base):
    """What the citizen wrote, copied (redacted) so that the case outlives the erasure of the interview."""

    __tablename__ = "case_message"
    __table_args__ = (UniqueConstraint("case_id", "inbound_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    question: Mapped[str | None] = mapped_column(Text)  # what had been asked, in words
    text: Mapped[str] = mapped_column(Encrypted)
    themes: Mapped[Any] = mapped_column(JSON, default=list)  # [{"id", "polarity", "score", "clause"}]
    # Routes and wishes that say something: [{"id", "value", "score", "clause", "source"}]; source is a LabelSource.
    labels: Mapped[Any] = mapped_column(EncryptedRows, nullable=True, default=list)


class CallAttempt(Base):
    """A call that was tried."""

    __tablename__ = "call_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(20))  # CallOutcome


class CaseNote(Base):
    """What a handler noted by the call guide or freely."""

    __tablename__ = "case_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    guide_step: Mapped[str | None] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Encrypted)


class CaseEvent(Base):
    """The case's log; append only, no free text from citizens."""

    __tablename__ = "case_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: the system
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    event: Mapped[str] = mapped_column(String(30))  # CaseEventKind
    detail: Mapped[str | None] = mapped_column(String(120))


class Lesson(Base):
    """What the administration can learn from a case."""

    __tablename__ = "lesson"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    area: Mapped[str] = mapped_column(String(20))  # kommunikation | inddragelse | klagebehandling
    text: Mapped[str] = mapped_column(Encrypted)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
