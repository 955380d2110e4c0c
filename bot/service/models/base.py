"""What all tables share: names of constraints, times in UTC, encrypted columns."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, LargeBinary, MetaData, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from bot.service.crypto import KeyRing

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The root of all tables."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC; SQLite keeps none, so it is put back on the way out. Naive times are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC on the way in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC).replace(tzinfo=None) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Aware on the way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_ring: KeyRing | None = None


def install_keys(ring: KeyRing) -> None:
    """Set the keys of every encrypted column of this process; called once, where the process is wired."""
    global _ring  # SQLAlchemy builds column types at import, before any setting is read
    _ring = ring


def _keys() -> KeyRing:
    if _ring is None:
        raise RuntimeError("install_keys was not called")
    return _ring


class Encrypted(TypeDecorator[str]):
    """Text that stands encrypted in the database (AES-GCM, key id in the value)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Encrypt on the way in."""
        # NUL is legal in a message, but not in PostgreSQL text; encrypted, it is only bytes.
        return None if value is None else _keys().encrypt(value.encode("utf-8", "surrogatepass"))

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        """Decrypt on the way out."""
        return None if value is None else _keys().decrypt(value).decode("utf-8", "surrogatepass")


class EncryptedBytes(TypeDecorator[bytes]):
    """Bytes that stand encrypted in the database (AES-GCM, key id in the value), without base64."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, _dialect: Dialect) -> bytes | None:
        """Encrypt on the way in."""
        return None if value is None else _keys().encrypt_bytes(value)

    def process_result_value(self, value: bytes | None, _dialect: Dialect) -> bytes | None:
        """Decrypt on the way out."""
        return None if value is None else _keys().decrypt_bytes(value)


class EncryptedJson(TypeDecorator[Any]):
    """A JSON value that stands encrypted in the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, _dialect: Dialect) -> str | None:
        """Encrypt on the way in."""
        return None if value is None else _keys().encrypt(json.dumps(value).encode())

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any | None:
        """Decrypt on the way out."""
        return None if value is None else json.loads(_keys().decrypt(value))


class EncryptedRows(EncryptedJson):
    """A list of JSON objects that stands encrypted; the empty one is NULL, so that a migration can add it without the keys."""

    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:
        """Encrypt on the way in."""
        return super().process_bind_param(value or None, dialect)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Decrypt on the way out."""
        return super().process_result_value(value, dialect) or []
