"""Measures how fast messages are acknowledged while the engine works through them. docs/bench.md says how to read it.

    .venv/bin/python tools/bench_door.py [--pace 200] [--seconds 15] [--people 300]

It measures the instance in $GENKLANG_HOME if that is set (its database keeps the invented people), else one of its own in a
temporary folder. All traffic goes to 127.0.0.1. Exit 1: a message was not acknowledged, not answered or answered out of order.
Exit 2: nothing to measure.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import httpx
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a script, only tools/ is on the path

from tools.bench import Bench, NothingToMeasureError, instance_to_measure, memory
from tools.bench_door_peer import PATH as PEER_PATH
from tools.bench_load import Load, NotAcknowledgedError, Target, post_at_once, post_at_pace
from tools.dev_client import DevClient, Person, Row
from tools.instance import free_ports

CONNECTIONS = 16  # of the round in which every connection writes as fast as it is answered
LOOK_EVERY_S = 1.0  # looking is work for the instance too
WORKED_WITHIN_S = 1800.0
HEADS = ("messages", "per s", "p50 ms", "p99 ms", "p50 x peer", "p99 x peer")


class NotAnsweredError(Exception):
    """What was acknowledged was not answered, or not in order."""


class Crowd:
    """Invented parents who write SMS."""

    def __init__(self, client: DevClient, number: int) -> None:
        self._client = client
        self._lines: list[str] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))["siger"]
        self.people = [client.person(role="foraelder") for _ in range(number)]
        wait_until_worked(client)

    def scripts(self) -> list[list[Row]]:
        """Every line of everybody, as /dev/messages takes it."""
        return [[self._body(person, line) for line in self._lines] for person in self.people]

    def stream(self, count: int) -> list[Row]:
        """So many messages, everybody's first line first."""
        rounds = [self._body(person, line) for line in self._lines for person in self.people]
        if count > len(rounds):
            raise NothingToMeasureError(f"{len(self.people)} people have {len(rounds)} messages to say, not {count}")
        return rounds[:count]

    def check(self, sent: int) -> None:
        """Make sure that everything was answered, in order.

        Raises:
            NotAnsweredError: saying what is missing.
        """
        turns = turns_of(self._client, self.people)
        worked = sum(turn["messages"] for rows in turns.values() for turn in rows)
        if worked != sent:
            raise NotAnsweredError(f"{sent} messages were acknowledged, {worked} were worked")
        for person in self.people:
            check_order(turns[person.address])
            replies = len(person.messages())
            if replies < len(turns[person.address]):
                raise NotAnsweredError(f"{len(turns[person.address])} turns of one person had {replies} replies")

    def _body(self, person: Person, text: str) -> Row:
        return {"channel": person.channel, "address": person.address, "id": uuid.uuid4().hex, "text": text}


def turns_of(client: DevClient, people: Sequence[Person]) -> dict[str, list[Row]]:
    """Everybody's turns, oldest first."""
    found: dict[str, list[Row]] = defaultdict(list)
    addresses = {person.address for person in people}
    for turn in client.get("/dev/turns"):
        if turn["person"] in addresses:
            found[turn["person"]].append(turn)
    return found


def check_order(turns: Sequence[Row]) -> None:
    """Make sure that one person's turns were worked one after the other, as they came.

    Raises:
        NotAnsweredError: they were not.
    """
    if any(turn["state"] != "done" for turn in turns):
        raise NotAnsweredError("a turn was given up")
    for earlier, later in pairwise(turns):
        if later["received_at"] < earlier["received_at"] or later["asked_at"] < earlier["done_at"]:
            raise NotAnsweredError(f"turn {later['id']} was worked before turn {earlier['id']} was done")


def wait_until_worked(client: DevClient) -> float:
    """Wait until nothing is left to do; the seconds that it took.

    Raises:
        NotAnsweredError: it took too long.
    """
    began = time.monotonic()
    while client.http.get("/dev/idle").status_code != httpx.codes.OK:
        if time.monotonic() - began > WORKED_WITHIN_S:
            raise NotAnsweredError(f"messages were left after {WORKED_WITHIN_S:.0f} s")
        time.sleep(LOOK_EVERY_S)
    return time.monotonic() - began


@contextmanager
def running_peer() -> Iterator[Target]:
    """The bare route as a process of its own."""
    with tempfile.TemporaryDirectory(prefix="genklang-peer-") as folder:
        port = free_ports()
        command = [sys.executable, "-m", "tools.bench_door_peer", str(port), folder]
        process = subprocess.Popen(command, cwd=Path(__file__).parents[1])  # noqa: S603 - our own module
        target = Target(f"http://127.0.0.1:{port}", PEER_PATH)
        try:
            _wait_for(target)
            yield target
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(target: Target) -> None:
    for _ in range(200):
        try:
            httpx.get(target.url + target.path, trust_env=False).raise_for_status()
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise NothingToMeasureError("the peer did not start")


def run(bench: Bench, given: argparse.Namespace) -> Iterator[str]:
    """The lines to print, each as soon as it is known."""
    door = Target(bench.client.ready["service"], "/dev/messages", bench.client.ready["token"])
    yield f"{'':<28}" + "".join(f"{head:>12}" for head in HEADS)
    crowd, count = Crowd(bench.client, given.people), int(given.pace * given.seconds)
    with running_peer() as peer:
        for name, post in (
            (f"at {given.pace} a second", lambda target, bodies: post_at_pace(target, bodies, given.pace)),
            (f"{CONNECTIONS} connections", lambda target, bodies: post_at_once(target, dealt(bodies))),
        ):
            bodies = crowd.stream(count)
            bare = post(peer, bodies)
            yield row(f"peer, {name}", bare)
            yield row(f"door, {name}", post(door, crowd.stream(count)), bare)
            yield f"{'':<28}  worked through {wait_until_worked(bench.client):.0f} s later"
    crowd.check(2 * count)
    yield from run_burst(bench, door, given.people)


def run_burst(bench: Bench, door: Target, people: int) -> Iterator[str]:
    """Everybody writes all lines, all begin together."""
    crowd = Crowd(bench.client, people)
    scripts = crowd.scripts()
    before = memory(bench.client)
    yield ""
    load = post_at_once(door, scripts)
    yield row(f"burst of {people} people", load)
    during = memory(bench.client)
    seconds = load.seconds + wait_until_worked(bench.client)
    crowd.check(len(load.times))
    yield f"{'':<28}  all {len(load.times)} answered in order, {seconds:.0f} s after the first"
    after = memory(bench.client)
    for name, used in before.items():
        yield f"memory of {name:<18}  {used:.0f} MB before, {during[name]:.0f} at its end, {after[name]:.0f} once answered"


def dealt(bodies: Sequence[Row]) -> list[list[Row]]:
    """The messages dealt out to the connections; one person's stay on one, and so in order."""
    lines: list[list[Row]] = [[] for _ in range(CONNECTIONS)]
    place: dict[str, int] = {}
    for body in bodies:
        lines[place.setdefault(body["address"], len(place) % CONNECTIONS)].append(body)
    return [line for line in lines if line]


def row(name: str, load: Load, peer: Load | None = None) -> str:
    """One line of the table."""
    times = [load.percentile(percent) for percent in (50, 99)]
    figures = [str(len(load.times)), f"{load.per_second:.0f}", *(f"{1000 * seconds:.1f}" for seconds in times)]
    if peer is not None:
        figures += [f"{seconds / peer.percentile(percent):.1f}" for seconds, percent in zip(times, (50, 99), strict=True)]
    return (f"{name:<28}" + "".join(f"{figure:>12}" for figure in figures)).rstrip()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pace", type=float, default=200, help="messages a second")
    parser.add_argument("--seconds", type=float, default=15, help="of the round at that pace")
    parser.add_argument("--people", type=int, default=300, help="who write; each has ten messages to say")
    given = parser.parse_args()
    if not (0 < given.pace <= 5000 and 0 < given.seconds <= 600 and CONNECTIONS <= given.people <= 2000):
        parser.error(f"up to 5000 a second, up to 600 seconds, {CONNECTIONS} to 2000 people")
    return given


def main() -> int:
    """Return the exit status for the shell."""
    given = _arguments()
    try:
        with instance_to_measure(os.environ) as bench:
            for line in run(bench, given):
                sys.stdout.write(f"{line}\n")
                sys.stdout.flush()
    except NothingToMeasureError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (NotAcknowledgedError, NotAnsweredError, httpx.HTTPError) as error:
        sys.stderr.write(f"Not measured to the end: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
