"""Talks to a running development instance through /dev and nothing else (docs/development.md)."""

import itertools
import json
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

Row = dict[str, Any]


class NotIdleError(Exception):
    """The instance had something left to do when the time was up."""


@dataclass
class DevClient:
    """One instance, by what its ready.json says."""

    ready: Row
    home: Path | None = None  # the instance's folder, where it is known
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.ready['token']}"}
        self.http = httpx.Client(base_url=self.ready["service"], headers=headers, timeout=130, trust_env=False)

    @classmethod
    def of_home(cls, home: Path) -> "DevClient":
        """The instance whose home this is.

        Raises:
            FileNotFoundError: it is not running (there is no ready.json).
        """
        return cls(json.loads((home / "ready.json").read_text()), home)

    def post(self, path: str, body: Row) -> Any:
        """Post JSON and return the answer's; an error status raises."""
        answer = self.http.post(path, json=body)
        if answer.is_error:
            raise httpx.HTTPStatusError(f"{path}: {answer.status_code} {answer.text}", request=answer.request, response=answer)
        return answer.json()

    def get(self, path: str, **query: Any) -> Any:
        """Get JSON; an error status raises."""
        return self.http.get(path, params=query).raise_for_status().json()

    def idle(self, wait_s: float = 60) -> None:
        """Wait until nothing is left to do.

        Raises:
            NotIdleError: naming what is left.
        """
        answer = self.http.get("/dev/idle", params={"wait_s": wait_s})
        if answer.status_code != httpx.codes.OK:
            raise NotIdleError(answer.text)

    def person(self, **participant: Any) -> "Person":
        """Register a meeting with one participant and return them, already invited."""
        meeting = self.post("/dev/meetings", {"participants": [participant]})
        return Person(self, meeting["participants"][0])

    def stranger(self, number: str) -> "Person":
        """Somebody who writes an SMS without being registered."""
        return Person(self, {"channel": "sms", "address": number})

    def order(self, name: str, do: str) -> Row:
        """Stop, start or kill a process; asked of the supervisor itself, since the service may be the one that is down."""
        answer = httpx.post(
            f"{self.ready['control']}/processes",
            json={"name": name, "do": do},
            headers={"Authorization": f"Bearer {self.ready['token']}"},
            timeout=60,
            trust_env=False,
        )
        return dict(answer.raise_for_status().json())

    def pid(self, name: str) -> int:
        """The process id of a running process."""
        answer = httpx.get(
            f"{self.ready['control']}/processes",
            headers={"Authorization": f"Bearer {self.ready['token']}"},
            timeout=60,
            trust_env=False,
        )
        return next(int(view["pid"]) for view in answer.raise_for_status().json() if view["name"] == name)

    def ailing(self) -> set[str]:
        """Which of service, database, worker and engine do not answer; all of them while the service does not."""
        try:
            report = self.http.get("/health").json()
        except (httpx.HTTPError, ValueError):
            return {"service", "database", "worker", "engine"}
        return {part for part, state in report.items() if state != "ok"}

    def wait_until_healthy(self, seconds: float = 60) -> None:
        """Wait until service, worker and engine all answer.

        Raises:
            TimeoutError: one of them does not.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not self.ailing():
                return
            time.sleep(0.3)
        raise TimeoutError("the instance did not become healthy")


def _message_id(number: int) -> str:
    return f"{uuid.uuid4().hex[:12]}-{number}"


@dataclass
class Person:
    """A participant as /dev sees them."""

    client: DevClient
    participant: Row
    seen: int = 0
    ids: Any = field(default_factory=lambda: map(_message_id, itertools.count(1)))  # unlike a generator, safe for threads

    @property
    def address(self) -> str:
        """Number or chat code."""
        return str(self.participant["address"])

    @property
    def channel(self) -> str:
        """How they write."""
        return str(self.participant["channel"])

    def post(self, *, message_id: str | None = None, **said: str) -> Row:
        """Only post a text or a press."""
        body = {"channel": self.channel, "address": self.address, "id": message_id or next(self.ids), **said}
        return dict(self.client.post("/dev/messages", body))

    def messages(self) -> list[Row]:
        """All that they were sent."""
        return list(self.client.get("/dev/messages", address=self.address))

    def news(self) -> list[Row]:
        """What they were sent since the last look."""
        everything = self.messages()
        new, self.seen = everything[self.seen :], len(everything)
        return new

    def say(self, text: str) -> list[Row]:
        """Write, wait until all is done, and return what was answered."""
        self.post(text=text)
        self.client.idle()
        return self.news()

    def press(self, words: str) -> list[Row]:
        """Press the newest button with these words, wait, and return what was answered."""
        self.post(press=words)
        self.client.idle()
        return self.news()

    def rows(self, view: str) -> list[Row]:
        """The rows of cases, turns, answers or interviews that are this person's."""
        return [row for row in self.client.get(f"/dev/{view}") if row["person"] == self.address]
