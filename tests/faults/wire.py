"""A bad line to a provider: an HTTP proxy that takes requests through and then loses, delays or garbles what is answered.

What it takes through has reached the citizen; only we do not know. The next `sendMessage` calls meet the faults in `faults`.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


class Fault(StrEnum):
    """What becomes of one call."""

    LOST = "lost"  # it arrives, the connection breaks before the answer
    LATE = "late"  # it arrives, the answer comes when nobody waits for it any more
    NONSENSE = "nonsense"  # it arrives, a proxy answers 200 with a page of its own
    SERVER_ERROR = "server error"  # it does not arrive: 500
    BAD_GATEWAY = "bad gateway"  # it does not arrive: 502 with a page
    TOO_MANY = "too many"  # it does not arrive: 429 with a pause


ARRIVES = (Fault.LOST, Fault.LATE, Fault.NONSENSE)
PAGE = b"<html><body>Welcome</body></html>"


class Wire(ThreadingHTTPServer):
    """The line to one upstream server."""

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = upstream
        self.faults: list[Fault] = []
        self.holding = threading.Event()  # a call has arrived whose answer is held back
        self.release = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Wire
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.server.faults.pop(0) if "sendMessage" in self.path and self.server.faults else None
        if fault is None or fault in ARRIVES:
            headers = {"Content-Type": self.headers.get("Content-Type", "")}
            answer = httpx.post(
                f"{self.server.upstream}{self.path}", content=body, headers=headers, timeout=60, trust_env=False
            )
        if fault is None:
            self._answer(answer.status_code, answer.content)
        elif fault in (Fault.LOST, Fault.LATE):
            self._hold_back(fault)
        else:
            self._answer(*_ANSWERS[fault])

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def _hold_back(self, fault: Fault) -> None:
        self.close_connection = True
        if fault is Fault.LATE:
            self.server.holding.set()
            self.server.release.wait(60)
            with suppress(OSError):  # nobody listens any more
                self._answer(200, PAGE)

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


_PAUSE = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 1}}
_ANSWERS = {
    Fault.NONSENSE: (200, PAGE),
    Fault.SERVER_ERROR: (500, json.dumps({"ok": False, "error_code": 500, "description": "oops"}).encode()),
    Fault.BAD_GATEWAY: (502, PAGE),
    Fault.TOO_MANY: (429, json.dumps(_PAUSE).encode()),
}


@contextmanager
def wire_to(upstream: str) -> Iterator[Wire]:
    """A line that is open while the block lasts."""
    wire = Wire(upstream)
    thread = threading.Thread(target=wire.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield wire
    finally:
        wire.release.set()
        wire.shutdown()
        thread.join()
        wire.server_close()
