"""One whole instance (supervisor, engine, service, worker) for the run, as `make run` starts it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.dev_client import DevClient

ROOT = Path(__file__).parents[1]
START_WITHIN_S = 120
JOIN_SECONDS = "0.4"  # instead of 4: the pieces of the joining dialogue are posted at once


@contextmanager
def running_instance(home: Path, port: int, **settings: str) -> Iterator[DevClient]:
    """Start an instance and yield a client once it is healthy; its logs stay in `home`/logs."""
    environment = os.environ | {
        "GENKLANG_HOME": str(home),
        "GENKLANG_PORT": str(port),
        "GENKLANG_JOIN_SECONDS": JOIN_SECONDS,
        **settings,
    }
    output = (home / "supervisor.out").open("w")
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "bot.service.supervisor"], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
    )
    client = None
    try:
        client = _wait(home, supervisor)
        yield client
    finally:
        if client is not None:
            client.http.close()
        supervisor.send_signal(signal.SIGINT)
        supervisor.wait(30)
        output.close()


def _wait(home: Path, supervisor: "subprocess.Popen[bytes]") -> DevClient:
    until = time.monotonic() + START_WITHIN_S
    while time.monotonic() < until and supervisor.poll() is None:
        if (home / "ready.json").exists():
            return DevClient.of_home(home)
        time.sleep(0.2)
    raise RuntimeError(f"the instance did not start:\n{(home / 'supervisor.out').read_text()[-2000:]}")


def free_ports() -> int:
    """The first of three ports in a row that nobody listens on."""
    for port in range(18200, 18900, 10):
        if all(_is_free(port + offset) for offset in range(3)):
            return port
    raise RuntimeError("no three free ports in a row from 18200 to 18900")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0
