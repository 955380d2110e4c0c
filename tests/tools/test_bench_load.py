import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import yaml

from bot.shared import safety_net
from bot.shared.codebook import Concern
from tools import bench_door
from tools.bench_door import NotAnsweredError, check_order, dealt
from tools.bench_load import Load, NotAcknowledgedError, Target, post_at_once, post_at_pace


@contextmanager
def listening(status: int = 200) -> Iterator[tuple[Target, list[dict[str, Any]]]]:
    """A server that answers every message with this status and keeps what it got."""
    got: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # connections stay open

        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Target(f"http://127.0.0.1:{server.server_port}", "/messages", "token"), got
        server.shutdown()
        thread.join()


def turn(number: int, received: int, asked: int, done: int, state: str = "done") -> dict[str, Any]:
    return {"id": number, "state": state, "received_at": f"{received:03}", "asked_at": f"{asked:03}", "done_at": f"{done:03}"}


def test_every_message_is_posted_and_timed() -> None:
    with listening() as (target, got):
        load = post_at_once(target, [[{"id": f"{line}-{number}"} for number in range(3)] for line in range(4)])

    assert sorted(body["id"] for body in got) == [f"{line}-{number}" for line in range(4) for number in range(3)]
    assert len(load.times) == 12


def test_one_connection_keeps_the_order() -> None:
    with listening() as (target, got):
        post_at_once(target, [[{"id": number} for number in range(20)]])

    assert [body["id"] for body in got] == list(range(20))


def test_pace_is_kept() -> None:
    with listening() as (target, got):
        load = post_at_pace(target, [{"id": number} for number in range(10)], per_second=100)

    assert (len(got), len(load.times)) == (10, 10)
    assert load.seconds >= 0.09


@pytest.mark.parametrize("status", [503, 422])
def test_refused_message_ends_the_run(status: int) -> None:
    with listening(status) as (target, _), pytest.raises(NotAcknowledgedError, match=str(status)):
        post_at_once(target, [[{"id": 1}]])


def test_percentiles_are_of_the_nearest_rank() -> None:
    load = Load(tuple(number / 100 for number in range(100, 0, -1)), 2.0)

    assert (load.percentile(50), load.percentile(99), load.per_second) == (0.5, 0.99, 50.0)


def test_turns_one_after_the_other_are_in_order() -> None:
    check_order([turn(1, 1, 2, 3), turn(2, 1, 3, 4), turn(3, 5, 6, 7)])


@pytest.mark.parametrize(
    "turns",
    [
        [turn(1, 1, 2, 5), turn(2, 1, 4, 6)],
        [turn(1, 2, 3, 4), turn(2, 1, 5, 6)],
        [turn(1, 1, 2, 3, state="given_up")],
        [turn(1, 1, 2, 3, state="asked")],
    ],
)
def test_turns_out_of_order_end_the_run(turns: list[dict[str, Any]]) -> None:
    with pytest.raises(NotAnsweredError):
        check_order(turns)


def test_one_persons_messages_stay_on_one_connection() -> None:
    bodies = [{"address": f"p{number % 40}", "n": number} for number in range(200)]

    lines = dealt(bodies)

    assert sum(len({body["address"] for body in line}) for line in lines) == 40
    assert all([body["n"] for body in line] == sorted(body["n"] for body in line) for line in lines)


def test_nothing_that_the_crowd_says_calls_for_more_than_an_answer() -> None:
    lines = yaml.safe_load((bench_door.Path(bench_door.__file__).with_suffix(".yml")).read_text("utf-8"))["siger"]
    read = [safety_net.read(line, " ".join(lines)) for line in lines]

    assert [(found.danger, found.stop, found.complaint) for found in read] == [(Concern.NEJ, False, False)] * len(lines)
