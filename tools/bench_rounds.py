"""The rounds of the benchmark: so many writers at once, each saying its lines one after the other and timing each."""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from tools.dev_client import DevClient, Person, Row

LOOK_EVERY_S = 0.02  # the resolution of a time through the whole path
FIRST_LOOK = 0.8  # of what the last message took: looking is work for the instance too
REPLY_WITHIN_S = 30.0
ROUND_WITHIN_S = 120.0

Line = Mapping[str, Any]


class NoReplyError(Exception):
    """A message was not answered in time; a figure that leaves it out would flatter."""


@dataclass(frozen=True)
class Cycle:
    """What a writer says as one person: only closed answers, so that nothing waits to be joined."""

    name: str
    person: Mapping[str, Any]  # as /dev/meetings takes it
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Round:
    """What one round measured. `times`: seconds of each message."""

    name: str
    writers: int
    times: tuple[float, ...]
    seconds: float  # from the first message to the last reply

    @property
    def per_second(self) -> float:
        """Messages answered in a second, all writers together."""
        return len(self.times) / self.seconds

    def percentile(self, percent: int) -> float:
        """The time within which so many percent of the messages were answered (nearest rank)."""
        rank = -(-len(self.times) * percent // 100)
        return sorted(self.times)[max(rank, 1) - 1]


@dataclass(frozen=True)
class Parts:
    """Where the time went, in seconds, the medians of all turns of a round."""

    waiting: float  # from the door to the worker's question to the engine
    engine: float  # from that question to the turn's end: engine, action, commit


class PathWriter:
    """Says lines as one person after the other, from the POST to the reply being handed over.

    Everybody is registered when it is made; call it when they have got their first message.
    """

    def __init__(self, client: DevClient, cycle: Cycle, messages: int) -> None:
        needed = -(-messages // len(cycle.lines))
        self.people = [client.person(**cycle.person) for _ in range(needed)]
        self._script = [(person, line) for person in self.people for line in cycle.lines][:messages]
        self._sent: dict[str, list[Row]] = {}  # what each was sent so far, by address
        self._usual = 0.0  # seconds that the last message took

    def __call__(self) -> list[float]:
        """The seconds of every message."""
        self._sent = {person.address: person.messages() for person in self.people}
        until = time.monotonic() + ROUND_WITHIN_S
        return [self._say(person, line) for person, line in self._script if time.monotonic() < until]

    def _say(self, person: Person, line: Line) -> float:
        sent = self._sent[person.address]
        said = {"text": line["skriver"]} if "skriver" in line else {"press": button(sent, line["trykker"])}
        began = time.monotonic()
        person.post(**said)
        self._sent[person.address] = self._await(person, len(sent) + line.get("faar", 1), began)
        self._usual = time.monotonic() - began
        return self._usual

    def _await(self, person: Person, count: int, began: float) -> list[Row]:
        time.sleep(max(0.0, FIRST_LOOK * self._usual - (time.monotonic() - began)))
        while len(sent := person.messages()) < count:
            if time.monotonic() - began > REPLY_WITHIN_S:
                raise NoReplyError(f"a message was not answered within {REPLY_WITHIN_S:.0f} s")
            time.sleep(LOOK_EVERY_S)
        return sent


class EngineWriter:
    """Says the same lines to the engine alone: it reads them, follows its rules and calls an action that writes nothing."""

    def __init__(self, url: str, token: str, cycle: Cycle, messages: int) -> None:
        self._http = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=REPLY_WITHIN_S, trust_env=False
        )
        lines = [cycle.lines[number % len(cycle.lines)] for number in range(messages)]
        self._bodies = [engine_body(line) for line in lines]

    def __call__(self) -> list[float]:
        """The seconds of every message."""
        until = time.monotonic() + ROUND_WITHIN_S
        return [self._say(body) for body in self._bodies if time.monotonic() < until]

    def _say(self, body: dict[str, Any]) -> float:
        began = time.monotonic()
        self._http.post("/webhooks/engine/message", json=body).raise_for_status()
        return time.monotonic() - began


def engine_body(line: Line) -> dict[str, Any]:
    """The line as the service would put it to the engine, but without a turn: so no action touches the database."""
    sender = uuid.uuid4().hex  # the engine takes one sender's messages one at a time
    said = {"act": line["akt"]} if "akt" in line else {"text": line["skriver"]}
    metadata = {"venter_paa": line["trin"], "forventer": line["forventer"]}
    return {"sender": sender, "message_id": sender, "channel": "bench", **said, "metadata": metadata}


def measure(name: str, writers: Sequence[Callable[[], list[float]]]) -> Round:
    """Let all writers write at once.

    Raises:
        NoReplyError, httpx.HTTPError: as soon as one of them fails.
    """
    with ThreadPoolExecutor(len(writers)) as pool:
        began = time.monotonic()
        times = [seconds for found in pool.map(lambda write: write(), writers) for seconds in found]
        return Round(name, len(writers), tuple(times), time.monotonic() - began)


def parts_of(turns: Sequence[Row], addresses: set[str], offset_s: float) -> Parts:
    """Where the time of these people's turns went; `offset_s` is what the business clock is ahead of the machine's."""
    waiting, engine = [], []
    for turn in turns:
        if turn["person"] in addresses and turn["done_at"]:
            received, asked, done = (datetime.fromisoformat(turn[key]) for key in ("received_at", "asked_at", "done_at"))
            waiting.append((asked - (received - timedelta(seconds=offset_s))).total_seconds())
            engine.append((done - asked).total_seconds())
    return Parts(_median(waiting), _median(engine))


def _median(values: Sequence[float]) -> float:
    return sorted(values)[(len(values) - 1) // 2] if values else 0.0


def button(sent: Sequence[Row], words: str) -> str:
    """The newest button with these words, by what comes back when it is pressed.

    Raises:
        NoReplyError: there is none: the answer was another than bench.yml expects.
    """
    for message in reversed(sent):
        for one in message["buttons"]:
            if one["text"] == words:
                return str(one["press"])
    raise NoReplyError(f"no button says {words!r}")
