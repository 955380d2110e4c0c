"""Citizens as the service meets them: a phone on the SMS simulator and a browser in the web chat. They see what is shown.

They send as gateways do: the same id again until it is acknowledged, and sometimes once more after that.
"""

import random
import time
import uuid
from collections.abc import Callable
from typing import Any, Protocol

import httpx

from bot.shared.codebook import Channel

GIVE_UP_AFTER_S = 600.0  # a storm starves the engine, the more so on a busy machine
PAUSE_S = 0.2
SENT_AGAIN = 0.3  # share of messages that a gateway delivers once more though they were taken
REQUEST_S = 20.0  # patience with one request


class NotTakenError(Exception):
    """A message or question was not taken before the time was up."""


class Citizen(Protocol):
    """One person at one address."""

    address: str
    channel: Channel

    def send(self, words: str, *, press: bool = False) -> None:
        """Send until it is acknowledged.

        Raises:
            NotTakenError: it never was.
        """

    def written(self) -> list[str]:
        """Their own messages as they are shown to them."""

    def heard(self) -> list[str]:
        """Ours, oldest first."""

    def close(self) -> None:
        """Give the connection back."""


def insist(call: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer to a call that is repeated while nobody answers, or with 429 or 5xx.

    Raises:
        NotTakenError: the time is up.
    """
    until, last = time.monotonic() + GIVE_UP_AFTER_S, "nothing"
    while time.monotonic() < until:
        try:
            answer = call()
        except httpx.TransportError as error:
            last = type(error).__name__
        else:
            if answer.status_code < 500 and answer.status_code != 429:
                return answer
            last = str(answer.status_code)
        time.sleep(PAUSE_S)
    raise NotTakenError(f"not taken in {GIVE_UP_AFTER_S:.0f} s, at last {last}")


class Phone:
    """A phone, as the page of the SMS simulator has it."""

    channel = Channel.SMS

    def __init__(self, service: str, address: str, rng: random.Random) -> None:
        self.address = address
        self._rng = rng
        self._http = httpx.Client(base_url=service, headers={"Origin": service}, timeout=REQUEST_S, trust_env=False)

    def send(self, words: str, *, press: bool = False) -> None:
        """Write an SMS; there are no buttons."""
        body = {"id": uuid.UUID(int=self._rng.getrandbits(128)).hex, "from": self.address, "text": words}
        for _ in range(2 if self._rng.random() < SENT_AGAIN else 1):
            answer = insist(lambda: self._http.post("/phone/api/beskeder", json=body))
            answer.raise_for_status()

    def written(self) -> list[str]:
        """What was sent from this phone."""
        return [message["text"] for message in self._thread() if message["from"] == "dig"]

    def heard(self) -> list[str]:
        """What this phone got."""
        return [message["text"] for message in self._thread() if message["from"] == "os"]

    def close(self) -> None:
        """Give the connection back."""
        self._http.close()

    def _thread(self) -> list[dict[str, Any]]:
        answer = insist(lambda: self._http.get("/phone/api/beskeder", params={"nummer": self.address}))
        return list(answer.raise_for_status().json()["messages"])


class Browser:
    """The chat page: opened by link, asking for news with its cursor, telling messages apart by their ids."""

    channel = Channel.WEBCHAT

    def __init__(self, service: str, address: str, rng: random.Random) -> None:
        self.address = address
        self._rng = rng
        headers = {"Origin": service, "X-Chat": "1"}
        self._http = httpx.Client(base_url=service, headers=headers, timeout=REQUEST_S, trust_env=False)
        self._lines: dict[str, dict[str, Any]] = {}
        self._cursor = ""
        insist(lambda: self._http.get(f"/chat/{address}"))

    def send(self, words: str, *, press: bool = False) -> None:
        """Write a line, or press the button with these words."""
        said = {"press": self._find_button(words)} if press else {"text": words}
        body = {"id": str(uuid.UUID(int=self._rng.getrandbits(128)))} | said
        for _ in range(2 if self._rng.random() < SENT_AGAIN else 1):
            answer = insist(lambda: self._http.post("/chat/api/beskeder", json=body))
            answer.raise_for_status()

    def written(self) -> list[str]:
        """What was sent from this page."""
        return [line["text"] for line in self._look() if line["from"] == "dig"]

    def heard(self) -> list[str]:
        """What this page shows of ours."""
        return [line["text"] for line in self._look() if line["from"] == "os"]

    def close(self) -> None:
        """Give the connection back."""
        self._http.close()

    def _find_button(self, words: str) -> str:
        until = time.monotonic() + GIVE_UP_AFTER_S
        while time.monotonic() < until:
            for line in self._look():
                for button in line["buttons"]:
                    if button["text"] == words:
                        return str(button["press"])
            time.sleep(PAUSE_S)
        raise NotTakenError(f"the button {words!r} did not come")

    def _look(self) -> list[dict[str, Any]]:
        answer = insist(lambda: self._http.get("/chat/api/beskeder", params={"efter": self._cursor}))
        news = answer.raise_for_status().json()
        for line in self._lines.values():
            line["buttons"] = []  # only the open prompt has any, and it is told each time
        for line in news["messages"]:
            self._lines[line["id"]] = line
        self._cursor = news["cursor"]
        # As the page sorts: at one instant what was written comes before what answers it.
        return sorted(self._lines.values(), key=lambda line: (line["at"], line["from"] == "os", _number(line["id"])))


def _number(line_id: str) -> int:
    return int(line_id[1:]) if line_id[1:].isdecimal() else 0
