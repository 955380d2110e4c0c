"""Posts messages over many HTTP connections from one process: at a given pace, or each connection as fast as it is answered."""

import asyncio
import json
import time
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

ANSWER_WITHIN_S = 60.0


class NotAcknowledgedError(Exception):
    """A message was refused or not answered in time; a figure that leaves it out would flatter."""


@dataclass(frozen=True)
class Target:
    """Where messages are posted."""

    url: str
    path: str
    token: str = ""

    def request(self, body: Mapping[str, Any]) -> bytes:
        """A whole HTTP request."""
        content = json.dumps(body).encode()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {urlsplit(self.url).netloc}\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        return head.encode() + content


@dataclass(frozen=True)
class Load:
    """What was measured: seconds of each acknowledgement, and from the first message to the last of them."""

    times: tuple[float, ...]
    seconds: float

    @property
    def per_second(self) -> float:
        """Messages acknowledged in a second."""
        return len(self.times) / self.seconds

    def percentile(self, percent: int) -> float:
        """The time within which so many percent were acknowledged (nearest rank)."""
        rank = -(-len(self.times) * percent // 100)
        return sorted(self.times)[max(rank, 1) - 1]


class Connection:
    """One connection that stays open. Not `httpx`: its own work would be a good part of what is measured."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, request: bytes) -> None:
        """Post one message and wait for its acknowledgement.

        Raises:
            NotAcknowledgedError: there was none, or it was no 200.
        """
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                status = await self._exchange(request)
        except (TimeoutError, OSError, EOFError) as error:
            raise NotAcknowledgedError(f"a message was not acknowledged ({type(error).__name__})") from error
        if status != b"200":
            raise NotAcknowledgedError(f"a message was answered with {status.decode()}")

    async def _exchange(self, request: bytes) -> bytes:
        if self._streams is None:
            address = urlsplit(self._target.url)
            self._streams = await asyncio.open_connection(address.hostname, address.port)
        reader, writer = self._streams
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        [length] = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        await reader.readexactly(int(length))
        return head.split(b" ", 2)[1]

    async def close(self) -> None:
        """Close it."""
        if self._streams is not None:
            self._streams[1].close()
            with suppress(OSError):
                await self._streams[1].wait_closed()


def post_at_once(target: Target, lines: Sequence[Sequence[Mapping[str, Any]]]) -> Load:
    """One connection for each line; all begin together, each posts its messages one after the other.

    Raises:
        NotAcknowledgedError: one was not acknowledged.
    """
    return _run(_post_at_once(target, [[target.request(body) for body in line] for line in lines]))


def post_at_pace(target: Target, bodies: Sequence[Mapping[str, Any]], per_second: float) -> Load:
    """Post messages at this pace, whether or not those before are acknowledged: a slow moment delays no later one's clock.

    Raises:
        NotAcknowledgedError: one was not acknowledged.
    """
    return _run(_post_at_pace(target, [target.request(body) for body in bodies], per_second))


def _run(work: Coroutine[Any, Any, Load]) -> Load:
    try:
        return asyncio.run(work)
    except ExceptionGroup as errors:  # the group's first says what went wrong; the others are those it took along
        raise errors.exceptions[0] from errors


async def _post_at_once(target: Target, lines: list[list[bytes]]) -> Load:
    times: list[float] = []

    async def work(line: list[bytes]) -> None:
        connection = Connection(target)
        try:
            for request in line:
                began = time.perf_counter()
                await connection.post(request)
                times.append(time.perf_counter() - began)
        finally:
            await connection.close()

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for line in lines:
            group.create_task(work(line))
    return Load(tuple(times), time.perf_counter() - began)


async def _post_at_pace(target: Target, requests: list[bytes], per_second: float) -> Load:
    times: list[float] = []
    made: list[Connection] = []
    free: list[Connection] = []

    async def post(request: bytes, due: float) -> None:
        if not free:
            made.append(Connection(target))
        connection = free.pop() if free else made[-1]
        await connection.post(request)
        times.append(time.perf_counter() - due)
        free.append(connection)

    began = time.perf_counter()
    try:
        async with asyncio.TaskGroup() as group:
            for number, request in enumerate(requests):
                due = began + number / per_second
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                group.create_task(post(request, due))
        return Load(tuple(times), time.perf_counter() - began)
    finally:
        await asyncio.gather(*(connection.close() for connection in made))
