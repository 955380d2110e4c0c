"""What a recurring task is, and how it goes through its rows."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.service.context import Context

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task:
    """`run` does what is due now and returns the number of things done; it is called every `every_s` seconds of machine time."""

    name: str
    every_s: float
    run: Callable[[Context], int]


def each(context: Context, row_ids: Iterable[int], deed: Callable[[Context, int], bool]) -> int:
    """Do something for every row, each in a transaction of its own; the number of times it was truly done.

    A row that fails is logged and tried again next time: it must not keep all rows behind it waiting.
    """
    done = 0
    for row_id in row_ids:
        try:
            done += deed(context, row_id)
        except Exception:  # one citizen's trouble is not the others'
            logger.exception("a task failed on a row", extra={"task": deed.__module__, "row": row_id})
    return done
