"""The stream, over a real connection to the whole service: what it tells, to whom, how often it looks, and when it ends."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import Request
from sqlalchemy import event, text

from bot.service.app import make_app
from bot.service.channels.webchat import sessions, watch
from bot.service.channels.webchat.sessions import Visit
from bot.service.channels.webchat.stream import ChatStream
from bot.service.channels.webchat.watch import Listener, Watch
from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.models import ChatSession
from bot.service.settings import Settings

# What is told over a connection does not depend on the database; what is looked for does.
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
STREAM = "/chat/api/stroem"
Say = Callable[..., int]


@pytest.fixture
def url(settings: Settings) -> Iterator[str]:
    """The whole service, with its guard, on a free port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(make_app(settings), log_level="critical", ws="none", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        time.sleep(watch.LOOK_EVERY_S)  # the look that goes on ends by itself, and gives its connection back
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def visitor(url: str, code: str, say: Say, context: Context) -> Iterator[httpx.Client]:
    """The child's browser, with the chat open and its welcome taken back."""
    with open_chat(url, code) as client:
        with context.database.write() as session:
            session.execute(text("UPDATE outbound SET state = 'cancelled'"))
        yield client


@contextmanager
def open_chat(url: str, code: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, headers={"X-Chat": "1", "Origin": url}, timeout=10) as client:
        assert client.get(f"/chat/{code}").status_code == 303
        yield client


@contextmanager
def events(client: httpx.Client, since: str = "") -> Iterator[Iterator[dict[str, Any]]]:
    """The events of a stream, as the page reads them."""
    with client.stream("GET", STREAM, params={"efter": since}) as answer:
        assert answer.status_code == 200
        yield (json.loads(line.removeprefix("data: ")) for line in answer.iter_lines() if line.startswith("data: "))


def texts(told: dict[str, Any]) -> list[tuple[str, str]]:
    return [(message["from"], message["text"]) for message in told["messages"]]


def test_what_was_said_comes_at_once_and_what_is_said_then_comes_live(visitor: httpx.Client, say: Say) -> None:
    say("Hej!")
    with events(visitor) as told:
        first = next(told)
        say("Jeg læser med.", kind="medarbejder")
        later = next(news for news in told if news["messages"])

    assert texts(first) == [("os", "Hej!")]
    assert texts(later) == [("medarbejder", "Jeg læser med.")]


@one_database
def test_a_stream_goes_on_where_the_last_one_broke_off(visitor: httpx.Client, say: Say) -> None:
    say("Hej!")
    with events(visitor) as told:
        cursor = next(told)["cursor"]
    say("Mens du var væk")

    with events(visitor, cursor) as told:
        assert texts(next(told)) == [("os", "Mens du var væk")]


@one_database
def test_it_is_kept_nowhere_and_held_back_by_no_proxy(visitor: httpx.Client) -> None:
    with visitor.stream("GET", STREAM) as answer:
        headers = {name: answer.headers[name] for name in ("content-type", "cache-control", "x-accel-buffering")}

    assert headers == {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
    }


@one_database
def test_nobody_hears_another_chat(visitor: httpx.Client, url: str, other_code: str, say: Say) -> None:
    with open_chat(url, other_code) as other, events(other) as told:
        next(told)
        say("hemmeligt")
        with events(visitor) as own:
            assert texts(next(own)) == [("os", "hemmeligt")]
        other.post("/chat/api/luk")
        heard = list(told)

    assert "hemmeligt" not in str(heard)


@one_database
def test_without_header_or_visit_there_is_no_stream(visitor: httpx.Client, url: str) -> None:
    with httpx.Client(base_url=url) as stranger:
        assert stranger.get(STREAM, headers={"X-Chat": "1"}).status_code == 401
    del visitor.headers["X-Chat"]  # as a foreign page that has the browser load the address

    assert visitor.get(STREAM).status_code == 403


@one_database
def test_a_stream_ends_with_its_visit(visitor: httpx.Client) -> None:
    with events(visitor) as told:
        next(told)
        token = visitor.cookies[sessions.COOKIE]
        visitor.post("/chat/api/luk")
        rest = list(told)  # ends, or this would wait for the client's time-out

    assert [news["messages"] for news in rest if news["messages"]] == []
    visitor.cookies.set(sessions.COOKIE, token, domain="127.0.0.1", path="/chat")
    assert visitor.get(STREAM).status_code == 401


@one_database
def test_one_visit_has_three_streams_and_gets_them_back_once_they_are_closed(visitor: httpx.Client) -> None:
    for _ in range(2):
        with ExitStack() as stack:
            streams = [stack.enter_context(events(visitor)) for _ in range(watch.MOST_PER_VISIT)]
            assert [len(next(told)["messages"]) for told in streams] == [0] * watch.MOST_PER_VISIT
            assert visitor.get(STREAM).status_code == 429
        wait_until(lambda: opens(visitor))


def opens(client: httpx.Client) -> bool:
    with client.stream("GET", STREAM) as answer:
        return answer.status_code == 200


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(100):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("it never came to that")


def test_without_a_database_the_stream_ends_and_a_new_one_is_refused(visitor: httpx.Client, context: Context) -> None:
    with events(visitor) as told:
        next(told)
        with context.database.write() as session:
            session.execute(text("ALTER TABLE chat_session RENAME TO elsewhere"))
        try:
            rest = list(told)
            refused = visitor.get(STREAM).status_code
        finally:
            with context.database.write() as session:
                session.execute(text("ALTER TABLE elsewhere RENAME TO chat_session"))

    assert (len(rest) <= 1, refused) == (True, 503)


@one_database
def test_openings_are_counted(context: Context, three_hundred: list[Visit]) -> None:
    stream = ChatStream(context)
    headers = [(b"x-chat", b"1"), (b"cookie", f"{sessions.COOKIE}=token-0.0.0".encode())]

    async def open_once() -> int:
        return (await stream.tell(Request({"type": "http", "headers": headers}))).status_code

    answers = [asyncio.run(open_once()) for _ in range(61)]

    assert answers == [200] * 60 + [429]


@pytest.fixture
def three_hundred(context: Context, code: str, say: Say) -> list[Visit]:
    """As many visits as a whole town may have open at once, all to one chat, as far as the look can tell."""
    say("Hej!")
    with context.database.write() as session:
        conversation = sessions.find_conversation(session, context, code)
        assert conversation is not None
        numbers = count()
        visits = []
        for _ in range(300):
            token = f"token-{next(numbers)}.0.0"
            now = machine_now()  # not by `start`, which ends every other visit of the chat
            row = ChatSession(token_hash=sessions.hash_of(token), conversation_id=conversation.id, created_at=now, seen_at=now)
            session.add(row)
            visits.append(Visit(sessions.hash_of(token), conversation.id, 0, 0))
        return visits


def test_three_hundred_streams_cost_four_queries_a_look_and_no_thread(
    context: Context, three_hundred: list[Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "LOOK_EVERY_S", 0.01)
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    async def listen() -> int:
        over_all = Watch(context)
        with ExitStack() as stack:
            listeners = [stack.enter_context(over_all.listening(visit)) for visit in three_hundred]
            await asyncio.gather(*(listener.wait(10) for listener in listeners))  # the first look wakes all
            before = threading.active_count()
            asked.clear()
            waiting = [asyncio.create_task(listener.wait(30)) for listener in listeners]
            while len(asked) < 40:
                await asyncio.sleep(0.01)
            assert [task for task in waiting if task.done()] == []  # no news, so nobody was woken
            for task in waiting:
                task.cancel()
            return threading.active_count() - before

    event.listen(context.database.engine, "before_cursor_execute", note)
    new_threads = asyncio.run(listen())
    event.remove(context.database.engine, "before_cursor_execute", note)

    assert new_threads <= 1
    assert len({statement for statement in asked if "chat_session" in statement}) == 1
    assert max(asked.count(statement) for statement in set(asked)) <= len(asked) / 4 + 1


def test_only_the_chat_with_news_is_woken(
    context: Context, code: str, other_code: str, say: Say, three_hundred: list[Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "LOOK_EVERY_S", 0.01)

    async def woken(listener: Listener, seconds: float) -> bool:
        task = asyncio.create_task(listener._woken.wait())
        done, _ = await asyncio.wait([task], timeout=seconds)
        task.cancel()
        return bool(done)

    async def listen() -> tuple[bool, bool]:
        over_all, mine = Watch(context), three_hundred[0]
        silent = Visit(three_hundred[1].token_hash, mine.conversation_id + 1000, 0, 0)
        with over_all.listening(mine) as first, over_all.listening(silent) as second:
            await first.wait(10)
            await second.wait(10)
            await asyncio.to_thread(say, "Nyt")
            return await woken(first, 10), await woken(second, 0.2)

    assert asyncio.run(listen()) == (True, False)


@one_database
def test_a_stream_that_nobody_listens_to_any_more_leaves_the_watch(context: Context, three_hundred: list[Visit]) -> None:
    async def break_off() -> tuple[int, int]:
        stream = ChatStream(context)
        told = stream._events(three_hundred[0], "")
        await anext(told)
        during = stream.watch.listeners
        await told.aclose()  # type: ignore[attr-defined]
        return during, stream.watch.listeners

    assert asyncio.run(break_off()) == (1, 0)
