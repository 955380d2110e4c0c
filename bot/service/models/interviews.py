"""Meetings, who took part, what they were asked and what they answered."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.service.models.base import Base, Encrypted, UtcDateTime


class Meeting(Base):
    """A meeting of a family with the municipality's advisers."""

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    question_set: Mapped[str] = mapped_column(String(60))
    held_at: Mapped[datetime] = mapped_column(UtcDateTime)
    external_ref: Mapped[str | None] = mapped_column(String(80), unique=True)
    adviser_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Participant(Base):
    """Somebody who took part in a meeting and may be asked."""

    __tablename__ = "participant"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    role: Mapped[str] = mapped_column(String(12))  # Role
    age: Mapped[int | None]
    audience: Mapped[str] = mapped_column(String(12))  # Audience
    channel: Mapped[str] = mapped_column(String(12))  # Channel
    language: Mapped[str] = mapped_column(String(8), default="da")
    code: Mapped[str] = mapped_column(Encrypted)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class QuestionSetVersion(Base):
    """A question set as it was when it was first asked; from then on it cannot change (checked by its hash)."""

    __tablename__ = "question_set_version"

    set_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    first_asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Interview(Base):
    """One participant's run through one question set."""

    __tablename__ = "interview"
    __table_args__ = (
        # One open interview per address: the next one waits.
        Index(
            "uq_interview_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("state IN ('inviteret', 'i_gang')"),
            postgresql_where=text("state IN ('inviteret', 'i_gang')"),
        ),
        Index("ix_interview_state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), index=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    set_id: Mapped[str] = mapped_column(String(60))
    set_version: Mapped[int]
    audience: Mapped[str] = mapped_column(String(12))
    on_the_spot: Mapped[bool] = mapped_column(default=False)  # no sending window; counted apart
    state: Mapped[str] = mapped_column(String(12), default="planlagt")  # InterviewState
    disposition: Mapped[str] = mapped_column(String(20), default="ikke_kontaktet")  # Disposition
    question: Mapped[str | None] = mapped_column(String(40))  # the question that is open
    reasks: Mapped[int] = mapped_column(default=0)
    offered_call: Mapped[bool] = mapped_column(default=False)  # the offer to a dissatisfied citizen is made once
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    invited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Consent(Base):
    """A citizen's yes or no to something, with the version of the text it was said to."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"), index=True)
    given: Mapped[bool]
    text_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Answer(Base):
    """What was answered to one question; `text` is redacted."""

    __tablename__ = "answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("interview.id"), index=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("turn.id"), index=True)
    question: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))  # AnswerKind
    value: Mapped[str | None] = mapped_column(String(60))
    text: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(8))
    late: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AnswerLabel(Base):
    """A theme, route or wish found in an answer."""

    __tablename__ = "answer_label"

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id"), index=True)
    label: Mapped[str] = mapped_column(String(30))  # Theme, `klage`, `bekymring` or Wish
    value: Mapped[str] = mapped_column(String(8))  # polarity, route value, or `ja` of a wish
    score: Mapped[float]
    clause: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(8))  # LabelSource | human


class AnswerRevision(Base):
    """An answer's earlier wording (redacted): an edited message amends, it never replaces without trace."""

    __tablename__ = "answer_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id"), index=True)
    text: Mapped[str | None] = mapped_column(Text)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)
