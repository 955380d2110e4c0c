"""The worker's loops: each leased by name, none stopped by what goes wrong in it."""

import socket
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.service import health, worker
from bot.service.channels.base import Sending
from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.models import Lease
from bot.service.schedule.base import Task
from bot.service.worker import HEARTBEAT, Loop, Worker, take_lease
from bot.shared.codebook import Channel
from tests.fakes import FakeBridge
from tests.service.driver import Citizen, ScriptedEngine


@pytest.fixture
def a_worker(context: Context, engine: ScriptedEngine) -> Worker:
    return Worker(context, engine, {})  # type: ignore[arg-type]


def take(context: Context, owner: str, name: str = "expiry", *, shared: bool = False) -> bool:
    with context.database.write() as session:
        return take_lease(session, name, owner, shared=shared)


def end_of_lease(context: Context) -> None:
    with context.database.write() as session:
        session.execute(update(Lease).values(until=machine_now() - timedelta(seconds=1)))


def test_a_loop_belongs_to_one_worker(context: Context) -> None:
    assert (take(context, "first"), take(context, "second"), take(context, "first")) == (True, False, True)


def test_a_dead_workers_loop_goes_to_another(context: Context) -> None:
    take(context, "first")
    end_of_lease(context)

    assert (take(context, "second"), take(context, "first")) == (True, False)


def test_other_loops_are_free(context: Context) -> None:
    assert (take(context, "first", "expiry"), take(context, "second", "spool")) == (True, True)


def test_of_workers_that_ask_at_once_one_gets_the_loop(context: Context) -> None:
    got: list[bool] = []
    threads = [threading.Thread(target=lambda n=n: got.append(take(context, f"worker {n}"))) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(got) == [False, False, False, True]


def test_every_worker_keeps_the_heart_beating(context: Context) -> None:
    assert (take(context, "first", HEARTBEAT, shared=True), take(context, "second", HEARTBEAT, shared=True)) == (True, True)


def test_a_task_is_run_by_who_holds_its_lease(context: Context, a_worker: Worker, engine: ScriptedEngine) -> None:
    runs: list[str] = []
    task = Task("a task", 1.0, lambda _: runs.append("run") or 1)
    other = Worker(context, engine, {})  # type: ignore[arg-type]
    a_worker._leased(task)()
    other._leased(task)()

    assert runs == ["run"]


def test_a_loop_survives_what_goes_wrong_in_it(a_worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []

    def step() -> bool:
        steps.append(len(steps))
        if len(steps) == 3:
            a_worker.stop()
        if len(steps) == 1:
            raise RuntimeError("a piece of work that fails")
        return True

    monkeypatch.setattr(worker, "AFTER_ERROR_S", 0.0)
    a_worker._run_loop(Loop("a loop", step))

    assert steps == [0, 1, 2]


def test_a_failed_loop_is_logged_by_name(
    a_worker: Worker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def step() -> bool:
        a_worker.stop()
        raise RuntimeError("+4500000042 has written")

    monkeypatch.setattr(worker, "AFTER_ERROR_S", 0.0)
    a_worker._run_loop(Loop("a loop", step))

    assert [(record.getMessage(), record.loop) for record in caplog.records] == [("a loop failed", "a loop")]  # type: ignore[attr-defined]


def test_every_loop_has_a_name_of_its_own(a_worker: Worker) -> None:
    names = [loop.name for loop in a_worker._loops()]

    assert len(names) == len(set(names))
    assert {"spool", "unread", "abandoned", "heartbeat", "invitations", "expiry", "receipts"} <= set(names)


def test_a_message_goes_all_the_way_and_the_worker_stops_when_told(context: Context, parent: Citizen) -> None:
    bridge = FakeBridge()
    running = Worker(context, parent.engine, {parent.channel: bridge})  # type: ignore[arg-type]
    thread = threading.Thread(target=running.run)
    thread.start()
    parent.receive("STOP")
    answered = wait_for(lambda: len(bridge.sent) == 1)
    beating = wait_for(lambda: health.look(context, parent.engine).worker == health.OK)  # type: ignore[arg-type]
    running.stop()
    thread.join(10)

    assert (answered, beating, thread.is_alive()) == (True, True, False)
    assert bridge.sent[0].text.startswith("Eksempel Kommune sender dig ikke flere")


class SilentBridge(FakeBridge):
    """A provider that takes a message and does not answer until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.let_go = threading.Event(), threading.Event()

    def send(self, sending: Sending) -> str | None:
        self.asked.set()
        self.let_go.wait(30)
        return super().send(sending)


def test_a_provider_that_does_not_answer_delays_no_other_channel(
    context: Context, parent: Citizen, child: Citizen
) -> None:
    silent, chat = SilentBridge(), FakeBridge(repeatable=True)
    running = Worker(context, parent.engine, {Channel.SMS: silent, Channel.WEBCHAT: chat})  # type: ignore[arg-type]
    parent.receive("STOP")
    thread = threading.Thread(target=running.run)
    thread.start()
    asked = silent.asked.wait(10)
    child.receive("STOP")
    answered = wait_for(lambda: len(chat.sent) == 1)
    unanswered = silent.sent == []
    silent.let_go.set()
    running.stop()
    thread.join(10)

    assert (asked, answered, unanswered) == (True, True, True)


def test_every_channel_has_a_loop_of_its_own(context: Context, engine: ScriptedEngine) -> None:
    senders = {channel: FakeBridge() for channel in Channel}
    names = [loop.name for loop in Worker(context, engine, senders)._loops()]  # type: ignore[arg-type]

    assert [name for name in names if name.startswith("outbox")] == [f"outbox-{channel}" for channel in Channel]


def test_without_a_heartbeat_the_worker_is_away(context: Context, engine: ScriptedEngine) -> None:
    engine.down = True

    assert health.look(context, engine).as_json() == {  # type: ignore[arg-type]
        "service": "ok",
        "database": "ok",
        "worker": "away",
        "engine": "away",
    }


def test_an_old_heartbeat_is_none(context: Context, engine: ScriptedEngine) -> None:
    take(context, "first", HEARTBEAT, shared=True)
    before = health.look(context, engine).worker  # type: ignore[arg-type]
    end_of_lease(context)

    assert (before, health.look(context, engine).worker) == ("ok", "away")  # type: ignore[arg-type]


def test_who_leases_a_citizen_fits_its_column(a_worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "h" * 64)
    owner = Worker(a_worker.context, a_worker.engine, {}).owner

    assert len(f"{owner}:turns-0") <= 80


def wait_for(happened: Callable[[], bool]) -> bool:
    """Whether it happens within ten seconds."""
    pause = threading.Event()
    return any(happened() or pause.wait(0.05) for _ in range(200))
