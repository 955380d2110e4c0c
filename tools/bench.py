"""Measures time per message through the whole path of an instance, against the engine alone. docs/bench.md says how to read it.

    .venv/bin/python tools/bench.py [--messages 30] [--writers 1 8]

It measures the instance in $GENKLANG_HOME if that is set (its database keeps the invented people), else one of its own in a
temporary folder. All traffic goes to 127.0.0.1. Exit 1: a message was not answered. Exit 2: nothing to measure.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a script, only tools/ is on the path

from tools.bench_memory import resident_mb
from tools.bench_rounds import Cycle, EngineWriter, NoReplyError, Parts, PathWriter, Round, measure, parts_of
from tools.dev_client import DevClient, NotIdleError
from tools.instance import free_ports, running_instance

MOST_MESSAGES = 500  # of one writer
MOST_WRITERS = 16
# Nothing waits for a next piece, and no provider has to be spared.
UNHINDERED = {"GENKLANG_JOIN_SECONDS": "0", "GENKLANG_SMS_PER_SECOND": "1000"}
HEADS = ("writers", "messages", "p50 ms", "p95 ms", "per s", "x engine", "waiting", "engine")


class NothingToMeasureError(Exception):
    """There is no instance; the message says what to do."""


@dataclass(frozen=True)
class Bench:
    """An instance to be measured."""

    client: DevClient
    engine_url: str
    engine_token: str
    startup_s: float | None  # None: it ran before


@contextmanager
def instance_to_measure(environment: Mapping[str, str]) -> Iterator[Bench]:
    """The running instance that GENKLANG_HOME names, or a new one that ends with the block.

    Raises:
        NothingToMeasureError: GENKLANG_HOME has no instance on this machine, or a new one does not start.
    """
    if environment.get("GENKLANG_HOME"):
        yield _running(Path(environment["GENKLANG_HOME"]))
        return
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="genklang-bench-")))
        began = time.monotonic()
        try:
            client = stack.enter_context(running_instance(home, free_ports(), **UNHINDERED))
        except RuntimeError as error:
            raise NothingToMeasureError(str(error)) from error
        yield _bench(client, home, time.monotonic() - began)


def _running(home: Path) -> Bench:
    try:
        client = DevClient.of_home(home)
        client.get("/dev/clock")
    except (FileNotFoundError, httpx.TransportError) as error:
        raise NothingToMeasureError(f"No instance runs in {home}. Start one with `make run`, or unset GENKLANG_HOME.") from error
    return _bench(client, home, None)


def _bench(client: DevClient, home: Path, startup_s: float | None) -> Bench:
    service = urlsplit(client.ready["service"])
    if service.hostname != "127.0.0.1" or service.port is None:
        raise NothingToMeasureError("only an instance on 127.0.0.1 is measured")
    token = (home / "secrets" / "engine_token").read_text().strip()
    return Bench(client, f"http://127.0.0.1:{service.port + 1}", token, startup_s)


def read_cycles() -> list[Cycle]:
    """The two cycles of bench.yml: presses, which the engine need not read, and texts, which it must."""
    rows = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return [Cycle(row["navn"], row["person"], tuple(row["siger"])) for row in rows.values()]


def run(bench: Bench, writers: list[int], messages: int) -> Iterator[str]:
    """The lines to print, each as soon as it is known."""
    yield f"{'':<20}" + "".join(f"{head:>10}" for head in HEADS)
    for cycle in read_cycles():
        measure("warm-up", _path_writers(bench, cycle, 1, len(cycle.lines)))
        for number in writers:
            engine = measure(f"{cycle.name}, engine", _engine_writers(bench, cycle, number, messages))
            path, parts = _measure_path(bench, cycle, number, messages)
            yield row(path, engine, parts)
            yield row(engine)
    yield ""
    yield f"memory (MB)         {'  '.join(f'{name} {used:.0f}' for name, used in memory(bench.client).items())}"
    if bench.startup_s is not None:
        yield f"start-up (s)        {bench.startup_s:.1f}"


def _engine_writers(bench: Bench, cycle: Cycle, writers: int, messages: int) -> list[EngineWriter]:
    return [EngineWriter(bench.engine_url, bench.engine_token, cycle, messages) for _ in range(writers)]


def _path_writers(bench: Bench, cycle: Cycle, writers: int, messages: int) -> list[PathWriter]:
    """Everybody is registered and has their first message before any clock runs."""
    made = [PathWriter(DevClient(bench.client.ready), cycle, messages) for _ in range(writers)]
    bench.client.idle()
    return made


def _measure_path(bench: Bench, cycle: Cycle, writers: int, messages: int) -> tuple[Round, Parts]:
    ready = _path_writers(bench, cycle, writers, messages)
    path = measure(f"{cycle.name}, whole path", ready)
    addresses = {person.address for writer in ready for person in writer.people}
    return path, parts_of(bench.client.get("/dev/turns"), addresses, bench.client.get("/dev/clock")["offset_s"])


def row(one: Round, peer: Round | None = None, parts: Parts | None = None) -> str:
    """One line of the table; times in milliseconds, the ratio of the medians."""
    figures = [str(one.writers), str(len(one.times)), _ms(one.percentile(50)), _ms(one.percentile(95)), f"{one.per_second:.1f}"]
    figures.append(f"{one.percentile(50) / peer.percentile(50):.1f}" if peer else "")
    figures += [_ms(parts.waiting), _ms(parts.engine)] if parts else []
    return (f"{one.name:<20}" + "".join(f"{figure:>10}" for figure in figures)).rstrip()


def memory(client: DevClient) -> dict[str, float]:
    """Megabytes by process, children included."""
    return {view["name"]: resident_mb(view["pid"]) for view in client.get("/dev/processes") if view["pid"]}


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=30, help="of each writer in each round")
    parser.add_argument("--writers", type=int, nargs="+", default=[1, 8], help="a round for each number")
    given = parser.parse_args()
    if not 1 <= given.messages <= MOST_MESSAGES or not all(1 <= number <= MOST_WRITERS for number in given.writers):
        parser.error(f"1 to {MOST_MESSAGES} messages, 1 to {MOST_WRITERS} writers")
    return given


def main() -> int:
    """Return the exit status for the shell."""
    given = _arguments()
    try:
        with instance_to_measure(os.environ) as bench:
            for line in run(bench, given.writers, given.messages):
                sys.stdout.write(f"{line}\n")
                sys.stdout.flush()
    except NothingToMeasureError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (NoReplyError, NotIdleError, httpx.HTTPError) as error:
        sys.stderr.write(f"Not measured to the end: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
