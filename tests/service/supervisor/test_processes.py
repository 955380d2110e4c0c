import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.service.supervisor.processes import Child, RestartPolicy, State
from tests.service.supervisor.children import MORTAL, PARENT, SLEEPER, STUBBORN, is_alive, program, wait_until

QUICK = RestartPolicy(pauses=(0.05, 0.1), calm_after=60)


@pytest.fixture
def children() -> Iterator[list[Child]]:
    """Ends what a test has put into it."""
    made: list[Child] = []
    yield made
    for child in made:
        child.stop(grace=0)


def test_pauses_double_up_to_half_a_minute() -> None:
    pauses = [RestartPolicy().pause(deaths) for deaths in range(1, 9)]

    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]


def test_a_dead_child_is_started_again(tmp_path: Path, children: list[Child]) -> None:
    child = started(children, tmp_path, SLEEPER)
    first = child.view().pid

    child.kill()
    child.watch()
    after_death = child.view()
    wait_until(lambda: watched(child).state is State.RUNNING)

    assert (after_death.state, after_death.pid) == (State.WAITING, None)
    assert child.view().restarts == 1
    assert child.view().pid not in (first, None)


def test_a_child_that_ends_well_is_started_again_too(tmp_path: Path, children: list[Child]) -> None:
    child = started(children, tmp_path, "")

    wait_until(lambda: watched(child).restarts == 1)


def test_a_streak_of_deaths_is_said_once(
    tmp_path: Path, children: list[Child], caplog: pytest.LogCaptureFixture
) -> None:
    child = started(children, tmp_path, MORTAL)

    wait_until(lambda: watched(child).deaths == 3)

    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert said == [f"engine ended (status 3) and is started again; its log: {tmp_path}/engine.log"]


def test_a_calm_time_ends_the_streak(tmp_path: Path, children: list[Child]) -> None:
    child = started(children, tmp_path, MORTAL, RestartPolicy(pauses=(0.05, 60), calm_after=0.1))
    wait_until(lambda: watched(child).state is State.WAITING)
    child.program = program(tmp_path, SLEEPER)

    wait_until(lambda: watched(child).state is State.RUNNING)
    deaths_at_first = child.deaths
    wait_until(lambda: watched(child).deaths == 0)

    assert deaths_at_first == 1


def test_a_stopped_child_stays_down_until_started(tmp_path: Path, children: list[Child]) -> None:
    child = started(children, tmp_path, SLEEPER)
    pid = child.view().pid

    child.stop()
    for _ in range(10):
        child.watch()
        time.sleep(0.02)
    down = child.view()
    child.start()

    assert (down.state, down.pid, down.restarts) == (State.STOPPED, None, 0)
    assert pid is not None
    assert not is_alive(pid)
    assert child.view().state is State.RUNNING


def test_a_child_waiting_for_its_restart_can_be_stopped(tmp_path: Path, children: list[Child]) -> None:
    child = started(children, tmp_path, MORTAL)
    wait_until(lambda: watched(child).state is State.WAITING)

    child.stop()
    time.sleep(0.1)
    child.watch()

    assert child.view().state is State.STOPPED


def test_starting_a_running_child_leaves_it_alone(tmp_path: Path, children: list[Child]) -> None:
    child = started(children, tmp_path, SLEEPER)
    before = child.view()

    child.start()

    assert child.view() == before


def test_a_child_deaf_to_sigterm_is_killed_after_the_grace(tmp_path: Path, children: list[Child]) -> None:
    child = started(children, tmp_path, STUBBORN)
    pid = child.view().pid
    wait_until(child.program.log.read_text)

    child.stop(grace=0.2)

    assert pid is not None
    assert not is_alive(pid)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_what_a_child_has_started_ends_with_it(end: str, tmp_path: Path, children: list[Child]) -> None:
    child = started(children, tmp_path, PARENT)
    wait_until(child.program.log.read_text)
    grandchild = int(child.program.log.read_text())
    alive_before = is_alive(grandchild)

    getattr(child, end)()
    child.watch()

    assert alive_before
    wait_until(lambda: not is_alive(grandchild))


def started(children: list[Child], folder: Path, code: str, policy: RestartPolicy = QUICK) -> Child:
    child = Child(program(folder, code), policy)
    children.append(child)
    child.start()
    return child


def watched(child: Child) -> Child:
    child.watch()
    return child
