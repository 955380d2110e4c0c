"""The supervisor's HTTP control, development only: lets checks stop, start and kill the processes.

    GET  /processes                                      -> 200 [{"name", "state", "pid", "restarts"}, ...]
    POST /processes {"name": "engine", "do": "stop"}     -> 200 {"name", "state", "pid", "restarts"}

Each with `Authorization: Bearer <development token>`. Errors are {"error": "<sentence>"}: 400 what was sent cannot be
used, 401 no or a wrong token, 404 another path, 413 more than 1 kB, 500 the process could not be started.
"""

import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bot.service.supervisor.supervisor import Deed, Supervisor

MAX_BODY = 1024  # bytes


class _RefusedError(Exception):
    """The answer is an error: status and sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class _ControlServer(ThreadingHTTPServer):
    daemon_threads = True  # a request in hand must not keep the supervisor from ending

    def __init__(self, port: int, token: str, supervisor: Supervisor) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.token = token
        self.supervisor = supervisor


class _Handler(BaseHTTPRequestHandler):
    server: _ControlServer
    timeout = 5  # seconds for a client that sends slowly

    def do_GET(self) -> None:
        self._answer(lambda: [asdict(view) for view in self.server.supervisor.views()])

    def do_POST(self) -> None:
        self._answer(self._act)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal for the supervisor's own sentences."""

    def _answer(self, produce: Callable[[], object]) -> None:
        try:
            self._require_access()
            status, body = 200, produce()
        except _RefusedError as refusal:
            status, body = refusal.status, {"error": str(refusal)}
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _require_access(self) -> None:
        given = self.headers.get("Authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, f"Bearer {self.server.token}".encode()):
            raise _RefusedError(401, "the header 'Authorization: Bearer <development token>' is missing or wrong")
        if self.path != "/processes":
            raise _RefusedError(404, "there is only /processes")

    def _act(self) -> object:
        name, deed = read_order(self._body(), tuple(self.server.supervisor.children))
        try:
            return asdict(self.server.supervisor.ask(name, deed))
        except (OSError, TimeoutError) as error:
            raise _RefusedError(500, f"could not {deed} {name}: {error}") from error

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            raise _RefusedError(400, "the header Content-Length is missing or not a number")
        if int(length) > MAX_BODY:
            raise _RefusedError(413, f"the body has {length} bytes; at most {MAX_BODY} are read")
        return self.rfile.read(int(length))


def read_order(body: bytes, names: tuple[str, ...]) -> tuple[str, Deed]:
    """Read the name of a process and what to do to it from a request's body; refuse anything else with a sentence."""
    try:
        order = json.loads(body)
    except (ValueError, RecursionError) as error:  # the latter: a thousand brackets
        raise _RefusedError(400, "the body is not JSON") from error
    if not isinstance(order, dict):
        raise _RefusedError(400, 'the body must be an object such as {"name": "engine", "do": "stop"}')
    return _choice(order, "name", names), Deed(_choice(order, "do", tuple(Deed)))


def _choice(order: dict[str, object], field: str, allowed: tuple[str, ...]) -> str:
    value = order.get(field)
    if not isinstance(value, str) or value not in allowed:
        raise _RefusedError(400, f'"{field}" must be one of: {", ".join(allowed)}')
    return value


@contextmanager
def serve_control(port: int, token: str, supervisor: Supervisor) -> Iterator[int]:
    """Serve on loopback while the block runs; yields the port (of use where 0 was asked for)."""
    server = _ControlServer(port, token, supervisor)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
