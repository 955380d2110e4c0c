"""Sessions on SQLite or PostgreSQL.

Synchronous on purpose, never in the event loop. SQLite gets WAL, full sync and `BEGIN IMMEDIATE` for writers: with the
driver's defaults two processes that read and then write lost 455 of 6,758 increments without an error (measured;
tests/service/test_database.py).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

from bot.service.waiting_line import WaitingLine

DOOR_TIMEOUT_S = 1  # then the message goes to the spool
USUAL_TIMEOUT_S = 10
PATIENCE_S = 2.0  # with those who hold a connection when all are closed
READING = {"genklang_reading": True}


class Database:
    """One database, with a pool for the door (which gives up early) and one for everything else."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _make_engine(url, timeout_s=USUAL_TIMEOUT_S)
        self._door_engine = _make_engine(url, timeout_s=DOOR_TIMEOUT_S)
        self._write = sessionmaker(self.engine, expire_on_commit=False)
        self._door = sessionmaker(self._door_engine, expire_on_commit=False)
        self._read = sessionmaker(self.engine.execution_options(**READING), expire_on_commit=False)
        # SQLite's waiting is sleep and try again, up to a tenth of a second and in no order: the door's own threads queue here.
        self._door_line = WaitingLine() if self.engine.dialect.name == "sqlite" else None

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A short transaction that commits at the end; never hold one over an HTTP call."""
        with self._write.begin() as session:
            yield session

    @contextmanager
    def door(self) -> Iterator[Session]:
        """As `write`, but it gives up after one second of waiting for a lock or a connection.

        Raises:
            TimeoutError: the messages before this one took too long.
        """
        turn = self._door_line.turn(DOOR_TIMEOUT_S) if self._door_line else nullcontext()
        with turn, self._door.begin() as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads and never waits for writers."""
        with self._read() as session:
            yield session

    def close(self) -> None:
        """Give all connections back. A thread at work may finish first: what it gave back later would be closed by nobody."""
        until = time.monotonic() + PATIENCE_S
        for engine in (self.engine, self._door_engine):
            while isinstance(engine.pool, QueuePool) and engine.pool.checkedout() and time.monotonic() < until:
                time.sleep(0.01)
            engine.dispose()


def _make_engine(url: str, *, timeout_s: int) -> Engine:
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": timeout_s, "isolation_level": None})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = f"-c lock_timeout={timeout_s * 1000} -c timezone=UTC"
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=10,
        pool_timeout=timeout_s,
        connect_args={"connect_timeout": max(2, timeout_s), "options": options},
    )


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("genklang_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
