"""What Kannel is told, and what its answers ask of the outbox."""

import ipaddress
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from bot.service.channels.base import SendError, Sending
from bot.service.channels.sms.kannel import outbound
from bot.service.channels.sms.kannel.outbound import KannelSender, check_answer
from bot.service.channels.sms.kannel.settings import KannelSettings

ADDRESS = "+4500000012"
ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 24\r\n\r\n0: Accepted for delivery"


@contextmanager
def far_end(answer: Callable[[socket.socket], None]) -> Iterator[tuple[int, list[bytes]]]:
    """A socket that stands for Kannel: reads one request a connection, then does what it is told. Its port, and what it read."""
    listening = socket.create_server(("127.0.0.1", 0))
    requests: list[bytes] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                with connection:
                    requests.append(read_request(connection))
                    answer(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listening.getsockname()[1], requests
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def read_request(connection: socket.socket) -> bytes:
    read = b""
    while b"\r\n\r\n" not in read:
        read += connection.recv(65536)
    head, _, _ = read.partition(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    while len(read) < len(head) + 4 + length:
        read += connection.recv(65536)
    return read


def sender(port: int) -> KannelSender:
    url = f"http://127.0.0.1:{port}/cgi-bin/sendsms"
    networks = (ipaddress.ip_network("127.0.0.1/32"),)
    settings = KannelSettings(url, "genklang", "invented-password", "invented-kannel-secret", networks)
    return KannelSender(settings, "4500001212", "http://127.0.0.1:8000")


def send(port: int, text: str = "Hej", address: str = ADDRESS) -> None:
    bridge = sender(port)
    try:
        bridge.send(Sending("17", address, text))
    finally:
        bridge.close()


def outcome(error: SendError) -> tuple[bool, bool, float | None]:
    return error.permanent, error.unknown, error.retry_after_s


def test_all_is_told_in_headers_and_body() -> None:
    with far_end(lambda connection: connection.sendall(ACCEPTED)) as (port, requests):
        send(port, "på – ét €")

    head, _, body = requests[0].partition(b"\r\n\r\n")
    line, *headers = head.decode().split("\r\n")
    told = {name.lower(): value for name, _, value in (header.partition(": ") for header in headers)}
    assert (line, body.decode()) == ("POST /cgi-bin/sendsms HTTP/1.1", "på - ét €")
    assert {name: value for name, value in told.items() if name.startswith("x-kannel")} == {
        "x-kannel-username": "genklang",
        "x-kannel-password": "invented-password",
        "x-kannel-from": "4500001212",
        "x-kannel-to": ADDRESS,
        "x-kannel-coding": "0",
        "x-kannel-validity": "2880",
        "x-kannel-dlr-mask": "31",
        "x-kannel-dlr-url": "http://kannel:invented-kannel-secret@127.0.0.1:8000/sms/kannel/receipt?ref=17&type=%d&ts=%T",
    }


@pytest.mark.parametrize(("text", "coding"), [("æøå€", b"0"), ("ó", b"2"), ("😢", b"2")])
def test_coding_follows_the_text(text: str, coding: bytes) -> None:
    with far_end(lambda connection: connection.sendall(ACCEPTED)) as (port, requests):
        send(port, text)

    assert b"x-kannel-coding: " + coding in requests[0].lower()


@pytest.mark.parametrize(("status", "said"), [(202, "0: Accepted for delivery"), (202, "3: Queued for later delivery")])
def test_kannel_has_taken_it(status: int, said: str) -> None:
    check_answer(status, said)


@pytest.mark.parametrize(
    ("status", "said", "permanent", "unknown"),
    [
        (503, "Temporal failure, try again later.", False, False),
        (429, "", False, False),
        (403, "Authorization failed for sendsms", False, False),  # not the citizen's fault: tried again, then a human hears
        (401, "", False, False),
        (404, "Unknown request.", False, False),
        (403, "Not routable. Do not try again.", True, False),
        (400, "Empty receiver number not allowed, rejected", True, False),
        (415, "Unsupported content-type, rejected", True, False),
        # Nothing that Kannel says: whoever said it may have passed the message on.
        (202, "Hello", False, True),
        (202, "", False, True),
        (200, "0: Accepted for delivery", False, True),
        (302, "", False, True),
        (500, "<html>", False, True),
        (502, "<html>", False, True),
        (504, "<html>", False, True),
    ],
)
def test_what_an_answer_asks_of_the_outbox(status: int, said: str, *, permanent: bool, unknown: bool) -> None:
    with pytest.raises(SendError) as refused:
        check_answer(status, said)

    assert outcome(refused.value) == (permanent, unknown, None)


def test_refusal_of_our_password_is_loud(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SendError):
        check_answer(403, "Authorization failed for sendsms")

    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, "Kannel refuses us: look at GENKLANG_KANNEL_URL, _USER and _PASSWORD")
    ]


def test_sentences_of_kannel_are_not_kept() -> None:
    with pytest.raises(SendError) as refused:
        check_answer(400, f"Number {ADDRESS} is denied")

    assert str(refused.value) == "Kannel refuses the message (400)"


def test_refused_connection_may_be_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(SendError) as refused:
        send(port)

    assert outcome(refused.value) == (False, False, None)


def test_answer_that_never_comes_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "TIMEOUT", 0.3)
    given_up = threading.Event()

    with far_end(lambda _: bool(given_up.wait(10)) or None) as (port, requests):
        with pytest.raises(SendError) as refused:
            send(port)
        given_up.set()

    assert (outcome(refused.value), len(requests)) == ((False, True, None), 1)


def test_connection_that_breaks_before_the_answer_is_unknown() -> None:
    with far_end(lambda connection: connection.close()) as (port, _), pytest.raises(SendError) as refused:
        send(port)

    assert outcome(refused.value) == (False, True, None)


def test_answer_that_is_no_http_is_unknown() -> None:
    with far_end(lambda connection: connection.sendall(b"SMPP?\r\n")) as (port, _), pytest.raises(SendError) as refused:
        send(port)

    assert outcome(refused.value) == (False, True, None)


def test_every_message_has_a_connection_of_its_own() -> None:
    """One that is kept may be closed just as we write, and nobody could tell what became of the message."""
    with far_end(lambda connection: connection.sendall(ACCEPTED)) as (port, requests):
        bridge = sender(port)
        for reference in ("17", "18"):
            bridge.send(Sending(reference, ADDRESS, "Hej"))
        bridge.close()

    assert len(requests) == 2


@pytest.mark.parametrize("address", ["1212", "BANKEN", "?", "", "+45", "4500000012"])
def test_nothing_is_sent_to_what_is_no_number(address: str) -> None:
    with pytest.raises(SendError, match="no phone number") as refused:
        send(9, address=address)

    assert outcome(refused.value) == (True, False, None)


@pytest.mark.parametrize(("text", "count"), [("", 0), ("a" * 1531, 11), ("ж" * 671, 11)])
def test_text_that_kannel_would_cut_goes_to_a_human_whole(text: str, count: int) -> None:
    with pytest.raises(SendError, match=f"takes {count} SMS") as refused:
        send(9, text)

    assert outcome(refused.value) == (True, False, None)


@pytest.mark.parametrize(("text", "lines"), [("a" * 306, 0), ("a" * 307, 1), ("a" * 1530, 1)])
def test_longer_text_than_two_sms_is_sent_and_noted(caplog: pytest.LogCaptureFixture, text: str, lines: int) -> None:
    with far_end(lambda connection: connection.sendall(ACCEPTED)) as (port, requests):
        send(port, text)

    assert len(requests) == 1
    assert [record.getMessage() for record in caplog.records] == ["a text is longer than two SMS"] * lines
