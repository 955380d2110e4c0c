"""A fake action webhook that remembers its calls, and the engine as a real process."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

REPO = Path(__file__).parents[2]
TOKEN = "test-token-for-the-engine"
ACTION_TOKEN = "test-token-for-the-actions"
START_SECONDS = 90


def model_path() -> Path:
    """The trained model that the tests read: $GENKLANG_TEST_MODEL or the one of `make train`."""
    return Path(os.environ.get("GENKLANG_TEST_MODEL") or REPO / "models" / "genklang.tar.gz")


@dataclass
class FakeActions:
    """An action webhook that answers nothing and remembers what it was asked; `status` makes it fail."""

    url: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    answer: Any = field(default_factory=lambda: {"events": [], "responses": []})

    def names(self) -> list[str]:
        """The actions called, in order."""
        return [call["next_action"] for call in self.calls]

    def latest(self) -> dict[str, Any]:
        """latest_message of the last call."""
        return dict(self.calls[-1]["tracker"]["latest_message"])


@dataclass(frozen=True)
class EngineClient:
    """The engine as the service sees it."""

    url: str
    token: str
    log: Path | None = None

    def post(self, body: Any, *, token: str | None = None) -> tuple[int, Any]:
        """Status and JSON of one message; `body` may be raw bytes."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        headers["Content-Type"] = "application/json"
        request = urllib.request.Request(f"{self.url}/webhooks/engine/message", data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")


def handler(actions: FakeActions) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            actions.calls.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            actions.tokens.append(self.headers.get("Authorization", ""))
            body = json.dumps(actions.answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def start_engine(port: int, log: Path, action_url: str, model: Path | None = None) -> "subprocess.Popen[bytes]":
    """Starts the engine as the supervisor does; what it prints goes to `log`."""
    names = {"ENGINE_TOKEN": TOKEN, "ACTION_URL": action_url, "ACTION_TOKEN": ACTION_TOKEN}
    environment = {**os.environ, **{f"GENKLANG_{k}": v for k, v in names.items()}, "PYTHONPATH": str(REPO)}
    command = [sys.executable, "-m", "bot.engine", "run", "--model", str(model or model_path()), "--port", str(port)]
    with log.open("wb") as output:
        return subprocess.Popen(command, cwd=REPO, env=environment, stdout=output, stderr=subprocess.STDOUT)


def wait_until_up(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Waits for Rasa's own health page."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"the engine did not start:\n{log.read_text()[-2000:]}")


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
