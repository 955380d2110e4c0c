"""Small real programs for the supervisor's tests, and ways to wait for what they do."""

import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bot.service.supervisor.processes import Program

SLEEPER = "import time; time.sleep(60)"
STUBBORN = "import signal; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); import time; time.sleep(60)"
MORTAL = "raise SystemExit(3)"
PARENT = (
    "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    " print(p.pid, flush=True); time.sleep(60)"
)
# A service whose /health is what the second argument says.
SERVICE = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Health(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(sys.argv[2].encode())

HTTPServer(("127.0.0.1", int(sys.argv[1])), Health).serve_forever()
"""


def program(folder: Path, code: str, *arguments: str, name: str = "engine") -> Program:
    """A program that runs this Python code."""
    command = (sys.executable, "-c", code, *arguments)
    log = folder / f"{name}.log"
    return Program(name=name, command=command, environment=dict(os.environ), directory=folder, log=log)


def wait_until(true: Callable[[], object], seconds: float = 8) -> None:
    """Fail if it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def three_free_ports() -> int:
    """The first of three free ports in a row."""
    for first in range(20000 + os.getpid() % 5000, 30000, 3):
        if all(_is_free(port) for port in range(first, first + 3)):
            return first
    raise AssertionError("no three free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
