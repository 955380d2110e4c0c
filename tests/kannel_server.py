"""Kannel as Debian packs it, and behind it an SMS centre of our own (tests/smpp), each as its own process.

Kannel runs docs/examples/kannel.conf, the very file that the documentation gives, with ports, secrets and folders filled in.
"""

import itertools
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from tests.bot_api_server import free_port
from tests.postgres import MissingServer

ROOT = Path(__file__).parents[1]
SMSC = ROOT / "tests/smpp/smsc.js"
EXAMPLE = ROOT / "docs/examples/kannel.conf"
START_WITHIN_S = 20
OUR_NUMBER = "4500001212"
USER, PASSWORD, SECRET = "genklang", "invented-kannel-password", "invented-kannel-secret"
BINARY, UCS2 = 4, 8  # SMPP data_coding; GSM-7 is 0
ALPHANUMERIC = 5  # SMPP type of number
QUIET = ("-v", "4")  # else all that passes through is printed


class Kannel:
    """A test's hand on bearerbox, smsbox and the SMS centre. `changed` replaces lines of the configuration."""

    def __init__(self, folder: Path, changed: Mapping[str, str]) -> None:
        self.folder = folder
        self._changed = changed
        self.ports = {name: free_port() for name in ("smpp", "control", "admin", "smsbox", "sendsms", "service")}
        self.url = f"http://127.0.0.1:{self.ports['sendsms']}/cgi-bin/sendsms"
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{self.ports['control']}", trust_env=False, timeout=20)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._references = itertools.count(1)

    @property
    def service_port(self) -> int:
        """Where Kannel looks for us."""
        return self.ports["service"]

    # --- The phones and the provider

    def taken(self) -> list[dict[str, Any]]:
        """The parts that were handed to the SMS centre, in order."""
        return list(self._http.get("/taken").json())

    def write(self, sender: str, text: str | bytes, **fields: Any) -> None:
        """A citizen writes one SMS. `coding` UCS2 for what GSM-7 lacks; `udh` makes it a part; bytes go as they are."""
        content = {"text": text} if isinstance(text, str) else {"hex": text.hex()}
        self._post("/deliver", **{"from": sender, "to": OUR_NUMBER} | content | fields)

    def write_in_parts(self, sender: str, pieces: Sequence[str | bytes], order: Sequence[int], **fields: Any) -> None:
        """A citizen writes a long SMS, whose pieces arrive in this order; a number left out is a piece that never comes."""
        reference = next(self._references) % 256
        for number in order:
            self.write(sender, pieces[number], udh=[5, 0, 3, reference, len(pieces), number + 1], **fields)

    def receipt(self, part_id: str, stat: str) -> None:
        """The phone's network tells what became of a part: DELIVRD, EXPIRED, UNDELIV, REJECTD, ACCEPTD, ENROUTE."""
        self._post("/receipt", id=part_id, stat=stat)

    def refuse(self, *statuses: int) -> None:
        """Refuse the next parts with these SMPP statuses."""
        self._post("/refuse", statuses=statuses)

    def reset(self) -> None:
        self._post("/reset")

    def _post(self, path: str, **fields: Any) -> None:
        answer = self._http.post(path, json=fields)
        assert answer.status_code == 200, f"the SMS centre: {answer.json()}"

    # --- The processes

    def start(self) -> None:
        """Start all three and wait until Kannel is bound to the SMS centre and smsbox to bearerbox."""
        self._write_configuration()
        self._run("smsc", [_program("node"), str(SMSC), str(self.ports["smpp"]), str(self.ports["control"])])
        self.start_bearerbox()
        self.start_smsbox()

    def start_bearerbox(self) -> None:
        self._run("bearerbox", [_program("bearerbox"), *QUIET, str(self.folder / "kannel.conf")])
        self._wait(lambda: self._http.get("/bound").json() == 1)

    def kill_bearerbox(self) -> None:
        """End bearerbox at once; smsbox is down."""
        self._end("bearerbox")
        self._wait(lambda: self._http.get("/bound").json() == 0)

    def start_smsbox(self) -> None:
        self._run("smsbox", [_program("smsbox"), *QUIET, str(self.folder / "kannel.conf")])
        self._wait(lambda: "smsbox:" in self.status() and httpx.get(self.url, trust_env=False).status_code == 403)

    def kill_smsbox(self) -> None:
        """End smsbox at once."""
        self._end("smsbox")
        self._wait(lambda: "smsbox:" not in self.status())

    def close(self) -> None:
        for name in list(self._processes):
            self._end(name)
        self._http.close()

    def status(self) -> str:
        """What bearerbox says of itself."""
        return self._ask("status.txt")

    def said(self) -> str:
        """All that Kannel has logged or printed."""
        files = [file for pattern in ("*.log", "bearerbox.out", "smsbox.out") for file in self.folder.glob(pattern)]
        return "".join(file.read_text(errors="replace") for file in files)

    def stored_ids(self) -> list[str]:
        """The ids of the messages that bearerbox keeps on disk."""
        return re.findall(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", self._ask("store-status.txt"))

    def _ask(self, page: str) -> str:
        url = f"http://127.0.0.1:{self.ports['admin']}/{page}"
        return httpx.get(url, params={"password": PASSWORD}, trust_env=False).text

    def _run(self, name: str, command: list[str]) -> None:
        with (self.folder / f"{name}.out").open("ab") as output:
            self._processes[name] = subprocess.Popen(command, cwd=self.folder, stdout=output, stderr=output)

    def _end(self, name: str) -> None:
        process = self._processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait(10)

    def _wait(self, found: Callable[[], bool]) -> None:
        until = time.monotonic() + START_WITHIN_S
        while time.monotonic() < until:
            with suppress(httpx.TransportError):
                if found():
                    return
            time.sleep(0.05)
        said = {path.name: path.read_text(errors="replace")[-400:] for path in self.folder.glob("*.out")}
        raise RuntimeError(f"Kannel did not start: {said}")

    def _write_configuration(self) -> None:
        for name in ("store", "dlr"):
            (self.folder / name).mkdir()
        ports = self.ports
        filled_in = {
            "admin-port = 13000": f"admin-port = {ports['admin']}",
            "ADMIN-PASSWORD": PASSWORD,
            "smsbox-port = 13001": f"smsbox-port = {ports['smsbox']}",
            "bearerbox-port = 13001": f"bearerbox-port = {ports['smsbox']}",
            "sendsms-port = 13013": f"sendsms-port = {ports['sendsms']}",
            "port = 2775": f"port = {ports['smpp']}",
            "127.0.0.1:8000": f"127.0.0.1:{ports['service']}",
            "KANNEL-USER": USER,
            "KANNEL-PASSWORD": PASSWORD,
            "KANNEL-SECRET": SECRET,
            "SMPP-USER": "smpp-user",
            "SMPP-PASSWORD": "smpp-pw",
            "/var/log/kannel": str(self.folder),
            "/var/spool/kannel": str(self.folder),
            # Pauses, so that a test need not wait for them.
            "sms-combine-concatenated-mo-timeout = 60": "sms-combine-concatenated-mo-timeout = 2",
            "sms-resend-freq = 20": "sms-resend-freq = 1",
            **self._changed,
        }
        text = EXAMPLE.read_text("utf-8")
        for given, ours in filled_in.items():
            assert given in text, f"{EXAMPLE.name} has no {given!r}"
            text = text.replace(given, ours)
        (self.folder / "kannel.conf").write_text(text, "utf-8")


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None or not (SMSC.parent / "node_modules/smpp").exists():
        raise MissingServer(f"missing: {name if found is None else 'tests/smpp/node_modules'}; run `make test-deps`")
    return found


@contextmanager
def kannel_server(folder: Path, changed: Mapping[str, str] | None = None) -> Iterator[Kannel]:
    """Kannel and the SMS centre, up and bound; `changed` replaces lines of the configuration.

    Raises:
        MissingServer: a program is not installed.
    """
    kannel = Kannel(folder, changed or {})
    try:
        kannel.start()
        yield kannel
    finally:
        kannel.close()
