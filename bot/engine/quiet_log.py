"""Keeps what citizens write out of the engine's log.

Rasa logs messages at DEBUG, and a component or library that fails may put the text into its exception. While a
message is being worked on, no record of foreign code keeps its words: it is reduced to where it came from and which
kinds of error it carries. Our own loggers (`bot.`) keep their words, which name ids and counts only, but no exception
text either.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_OWN = "bot."
_text_in_hand: ContextVar[bool] = ContextVar("text_in_hand", default=False)
_plain_factory = logging.getLogRecordFactory()


@contextmanager
def text_in_hand() -> Iterator[None]:
    """Everything logged inside, also by tasks started inside, is reduced."""
    token = _text_in_hand.set(True)
    try:
        yield
    finally:
        _text_in_hand.reset(token)


def install() -> None:
    """Makes every logger of the process reduce its records, and warnings become records. May be called twice."""
    logging.setLogRecordFactory(_record)
    logging.captureWarnings(True)


def error_kinds(error: BaseException | None) -> str:
    """The error and its causes by type and place, without their words: "ValueError (themes.py:41) from KeyError"."""
    kinds: list[str] = []
    while error is not None and len(kinds) < 5:
        frames = traceback.extract_tb(error.__traceback__)
        place = f" ({frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno})" if frames else ""
        kinds.append(f"{type(error).__name__}{place}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " from ".join(kinds)


def _record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = _plain_factory(*args, **kwargs)
    if _text_in_hand.get():
        _reduce(record)
    return record


def _reduce(record: logging.LogRecord) -> None:
    kinds = error_kinds(record.exc_info[1]) if record.exc_info else ""
    if not record.name.startswith(_OWN):
        record.msg, record.args = f"{record.name}, {record.filename}:{record.lineno}: words withheld", ()
    if kinds:
        record.msg, record.args = f"{record.getMessage()}: {kinds}", ()
    record.exc_info = record.exc_text = record.stack_info = None
