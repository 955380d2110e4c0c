"""First come, first served."""

import threading
from contextlib import suppress
from pathlib import Path

import pytest

from bot.service.database import Database
from bot.service.waiting_line import WaitingLine


def queue_up(line: WaitingLine, names: str, *, within_s: float = 10) -> tuple[list[str], list[threading.Thread]]:
    """Threads that wait in this order; each notes its name when it is served."""
    served: list[str] = []

    def wait(name: str) -> None:
        with suppress(TimeoutError), line.turn(within_s):
            served.append(name)

    threads = []
    for number, name in enumerate(names, 1):
        threads.append(threading.Thread(target=wait, args=(name,)))
        threads[-1].start()
        while len(line._waiting) < number:
            pass
    return served, threads


def test_all_are_served_in_the_order_in_which_they_came() -> None:
    line = WaitingLine()
    with line.turn(1):
        served, threads = queue_up(line, "abcdefgh")

    for thread in threads:
        thread.join()
    assert "".join(served) == "abcdefgh"


def test_only_one_has_its_turn() -> None:
    line = WaitingLine()

    with line.turn(1), pytest.raises(TimeoutError), line.turn(0.01):
        pass


def test_who_gave_up_is_passed_over() -> None:
    line = WaitingLine()
    with line.turn(1):
        impatient, first = queue_up(line, "a", within_s=0.01)
        first[0].join()
        served, threads = queue_up(line, "b")

    threads[0].join()
    assert (impatient, served) == ([], ["b"])


def test_failure_gives_the_turn_on() -> None:
    line = WaitingLine()
    with suppress(ZeroDivisionError), line.turn(1):
        raise ZeroDivisionError

    with line.turn(0):
        pass


def test_only_sqlite_lets_the_door_stand_in_line(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url)

    with database.door():
        if database.engine.dialect.name == "sqlite":
            assert database._door_line is not None
            with pytest.raises(TimeoutError), database._door_line.turn(0.01):
                pass
        else:
            with database.door():
                pass
    database.close()
