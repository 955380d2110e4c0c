import http.client
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.service.supervisor.control import serve_control
from bot.service.supervisor.processes import Child, RestartPolicy
from bot.service.supervisor.supervisor import Supervisor
from tests.service.supervisor.children import SLEEPER, is_alive, program

TOKEN = "development-token"
ALLOWED = {"Authorization": f"Bearer {TOKEN}"}


class Caller:
    """Sends requests from a thread of its own while the supervisor works in this one, as in a real run."""

    def __init__(self, supervisor: Supervisor, port: int, threads: ThreadPoolExecutor) -> None:
        self.supervisor, self.port, self.threads = supervisor, port, threads

    def send(self, method: str, body: bytes | None = None, headers: dict[str, str] = ALLOWED, path: str = "/processes"):
        answer = self.threads.submit(self._send, method, path, body, headers)
        self.supervisor.run_until(answer.done)
        return answer.result()

    def order(self, name: str, do: str):
        return self.send("POST", json.dumps({"name": name, "do": do}).encode())

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()


@pytest.fixture
def caller(tmp_path: Path) -> Iterator[Caller]:
    programs = [program(tmp_path, SLEEPER, name=name) for name in ("engine", "worker")]
    children = [Child(sleeper, RestartPolicy(pauses=(0.3,))) for sleeper in programs]
    supervisor = Supervisor(children)
    for child in children:
        child.start()
    with serve_control(0, TOKEN, supervisor) as port, ThreadPoolExecutor() as threads:
        yield Caller(supervisor, port, threads)
    supervisor.stop_all(grace=1)


def test_lists_the_processes(caller: Caller) -> None:
    pids = [child.view().pid for child in caller.supervisor.children.values()]

    status, processes = caller.send("GET")

    assert status == 200
    assert processes == [
        {"name": "engine", "state": "running", "pid": pids[0], "restarts": 0},
        {"name": "worker", "state": "running", "pid": pids[1], "restarts": 0},
    ]


def test_stops_one_process_and_starts_it_again(caller: Caller) -> None:
    engine = caller.supervisor.children["engine"]

    stopped = caller.order("engine", "stop")
    started = caller.order("engine", "start")

    assert stopped == (200, {"name": "engine", "state": "stopped", "pid": None, "restarts": 0})
    assert started == (200, {"name": "engine", "state": "running", "pid": engine.view().pid, "restarts": 0})
    assert is_alive(started[1]["pid"])
    assert caller.supervisor.children["worker"].view().state == "running"


def test_a_killed_process_is_started_again(caller: Caller) -> None:
    worker = caller.supervisor.children["worker"]

    killed = caller.order("worker", "kill")
    caller.supervisor.run_until(lambda: worker.view().state == "running")

    assert killed == (200, {"name": "worker", "state": "waiting", "pid": None, "restarts": 0})
    assert worker.view().restarts == 1


def test_a_program_that_cannot_be_spawned_is_an_error_of_the_request_only(caller: Caller, tmp_path: Path) -> None:
    caller.order("engine", "stop")
    (tmp_path / "engine.log").unlink()
    (tmp_path / "engine.log").mkdir()

    status, answer = caller.order("engine", "start")

    assert status == 500
    assert answer["error"].startswith("could not start engine: ")
    assert caller.send("GET")[0] == 200


NO_ACCESS = "the header 'Authorization: Bearer <development token>' is missing or wrong"
ORDER = b'{"name": "engine", "do": "stop"}'


@pytest.mark.parametrize(
    ("request_", "status", "error"),
    [
        ({"headers": {}}, 401, NO_ACCESS),
        ({"headers": {"Authorization": "Bearer wrong"}}, 401, NO_ACCESS),
        ({"path": "/"}, 404, "there is only /processes"),
        ({"body": b""}, 400, "the body is not JSON"),
        ({"body": b"\xff\x00"}, 400, "the body is not JSON"),
        ({"body": b"[" * 1000}, 400, "the body is not JSON"),
        ({"body": b"[]"}, 400, 'the body must be an object such as {"name": "engine", "do": "stop"}'),
        ({"body": b'{"name": "postgres", "do": "stop"}'}, 400, '"name" must be one of: engine, worker'),
        ({"body": b'{"name": ["engine"], "do": "stop"}'}, 400, '"name" must be one of: engine, worker'),
        ({"body": b'{"name": "engine"}'}, 400, '"do" must be one of: stop, start, kill'),
        ({"body": ORDER + b" " * 1024}, 413, "the body has 1056 bytes; at most 1024 are read"),
        ({"headers": {**ALLOWED, "Content-Length": "-1"}}, 400, "the header Content-Length is missing or not a number"),
    ],
)
def test_refuses_with_a_sentence_and_does_nothing(caller: Caller, request_: dict, status: int, error: str) -> None:
    answer = caller.send("POST", **{"body": ORDER, **request_})

    assert answer == (status, {"error": error})
    assert caller.supervisor.children["engine"].view().state == "running"
