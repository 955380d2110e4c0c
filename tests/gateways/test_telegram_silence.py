"""Telegram when no readable answer comes: the real library against a port that takes a request and keeps silent."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.service.channels.base import SendError, Sending
from bot.service.channels.telegram import client as client_module
from bot.service.channels.telegram.client import BotClient
from bot.service.channels.telegram.outbound import TelegramSender
from tests.bot_api_server import TOKEN, free_port

pytestmark = [pytest.mark.gateway, pytest.mark.timeout(60)]

NONSENSE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<ok>"


@contextmanager
def port(answer: bytes | None) -> Iterator[int]:
    """A port that reads a request, answers with these bytes (None: never) and hangs up."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                if answer is None:
                    done.wait(30)
                else:
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        done.set()
        thread.join(10)


def refusal(number: int, monkeypatch: pytest.MonkeyPatch) -> SendError:
    """What sending to this port ends in."""
    monkeypatch.setattr(client_module, "READ_S", 0.3)
    client = BotClient(TOKEN, f"http://127.0.0.1:{number}")
    with pytest.raises(SendError) as refused:
        TelegramSender(client).send(Sending("1", "700100200", "Hej"))
    client.close()
    return refused.value


@pytest.mark.parametrize("answer", [None, b"", NONSENSE], ids=["silence", "hangs up", "nonsense"])
def test_a_request_without_a_readable_answer_may_have_arrived(monkeypatch: pytest.MonkeyPatch, answer: bytes | None) -> None:
    with port(answer) as number:
        error = refusal(number, monkeypatch)

    assert (error.unknown, error.permanent) == (True, False)


def test_a_request_that_never_left_has_not_arrived(monkeypatch: pytest.MonkeyPatch) -> None:
    error = refusal(free_port(), monkeypatch)

    assert (error.unknown, error.permanent) == (False, False)
