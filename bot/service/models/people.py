"""Units, staff, families' contact details."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.service.models.base import Base, Encrypted, UtcDateTime


class Unit(Base):
    """An area, or a team within one (`parent_id`)."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))


class User(Base):
    """A member of staff who can log in at the desk."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))  # StaffRole
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))  # None: the whole municipality
    active: Mapped[bool] = mapped_column(default=True)


class DeskSession(Base):
    """A login at the desk; the browser holds the token, we hold its hash. Machine time."""

    __tablename__ = "desk_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Audit(Base):
    """Who looked at or changed what; append only, without free text."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    deed: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))


class Contact(Base):
    """The only place with a name, number or chat id. A case has a row of its own, a copy of what it may use."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_number_hash", "number_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(Encrypted)  # a child: first name only
    number: Mapped[str | None] = mapped_column(Encrypted)  # E.164
    number_hash: Mapped[str | None] = mapped_column(String(64))
    kontakt: Mapped[str] = mapped_column(String(12), default="ja")  # ContactSafety
    safe_hours: Mapped[str | None] = mapped_column(String(40))
    birth_year: Mapped[int | None]
    lives: Mapped[str | None] = mapped_column(Encrypted)  # where the child lives, in words
    family_ref: Mapped[str | None] = mapped_column(Encrypted)
    adviser: Mapped[str | None] = mapped_column(Encrypted)
    adviser_phone: Mapped[str | None] = mapped_column(Encrypted)
