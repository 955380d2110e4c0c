"""Two processes that read and then write lose nothing, on either database."""

import multiprocessing

from sqlalchemy import select

from bot.service.context import Context
from bot.service.database import Database
from bot.service.models import Unit
from tests.factories import make_unit

ROUNDS = 60


def _increment(url: str, rounds: int) -> None:
    database = Database(url)
    for _ in range(rounds):
        with database.write() as session:
            unit = session.scalars(select(Unit).with_for_update()).one()
            unit.name = str(int(unit.name) + 1)
    database.close()


def test_two_processes_that_read_then_write_lose_no_increment(context: Context) -> None:
    with context.database.write() as session:
        make_unit(session, name="0")

    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_increment, args=(context.settings.database, ROUNDS)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    with context.database.read() as session:
        assert session.scalars(select(Unit.name)).one() == str(2 * ROUNDS)
    assert [process.exitcode for process in processes] == [0, 0]


def test_readers_do_not_wait_for_a_writer(context: Context) -> None:
    with context.database.write() as writer:
        make_unit(writer, name="skrives")
        with context.database.read() as reader:
            assert reader.scalars(select(Unit)).all() == []
