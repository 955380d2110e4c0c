"""What Kannel posts, read into our messages and receipts."""

import logging
from datetime import UTC, datetime

import pytest

from bot.service.channels.base import Inbound, Receipt, ReceiptState
from bot.service.channels.sms.kannel.inbound import Call, read_message, read_receipt
from bot.service.errors import UnreadableMessageError
from bot.service.models.words import InboundKind
from bot.shared.codebook import Channel

UTF8 = 'text/plain; charset="UTF-8"'
UTF16 = 'text/plain; charset="UTF-16BE"'
ID = "3e7d1af0-7fb3-4d77-b62e-940ec5d6aa5e"


def message(body: bytes = b"JA", content_type: str = UTF8, sender: str = "+4500000012", **query: str) -> Inbound:
    return read_message(Call({"id": ID, "ts": "1795337202"} | query, sender, content_type, body))


def test_message_is_read() -> None:
    expected = Inbound(
        Channel.SMS,
        ID,
        "+4500000012",
        InboundKind.TEXT,
        text="Hej æøå €",
        sent_at=datetime(2026, 11, 22, 8, 46, 42, tzinfo=UTC),
    )

    assert message("Hej æøå €".encode()) == expected


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("ÆØÅ 😢".encode(), UTF8, "ÆØÅ 😢"),
        ("ÆØÅ 😢 ж".encode("utf-16-be"), UTF16, "ÆØÅ 😢 ж"),
        ("æøå".encode("latin-1"), "text/plain; charset=ISO-8859-1", "æøå"),
        ("€uro".encode("cp1252"), "text/plain; charset=WINDOWS-1252", "€uro"),
        ("uden tegnsæt".encode(), "text/plain", "uden tegnsæt"),
        (b"uden type", "", "uden type"),
        (b"", UTF8, ""),
        (b"a\x00b", UTF8, "ab"),
    ],
)
def test_text_in_every_charset(body: bytes, content_type: str, text: str) -> None:
    found = message(body, content_type)

    assert (found.text, found.kind) == (text, InboundKind.TEXT)


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (b"hj\xe6lp", UTF8, "hj\ufffdlp"),
        ("hjælp".encode("utf-16-be") + b"\xd8", UTF16, "hjælp\ufffd"),
        (b"\xd8\x3d\x00!", UTF16, "\ufffd!"),  # half an emoji
        ("hjælp".encode(), 'text/plain; charset="GSM"', "hjælp"),
        ("hjælp".encode(), "application/octet-stream", "hjælp"),
        (b"\x01\xff", "application/octet-stream", "\x01\ufffd"),
    ],
)
def test_bytes_that_are_no_text_are_kept_for_a_human(body: bytes, content_type: str, text: str) -> None:
    found = message(body, content_type)

    assert (found.text, found.kind) == (text, InboundKind.MEDIA)


def test_log_tells_nothing_of_what_was_written(caplog: pytest.LogCaptureFixture) -> None:
    message(b"hj\xe6lp")

    assert [record.getMessage() for record in caplog.records] == ["an SMS holds what is no text; a human looks at it"]
    assert "lp" not in str(caplog.records[0].__dict__).replace("/help", "")


def test_sender_that_kannel_does_not_name_is_kept_and_complained_of(caplog: pytest.LogCaptureFixture) -> None:
    assert message(sender="").address == "?"
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.parametrize("odd", ["", "a b", "%I", "x" * 101, "æ"])
def test_message_without_an_id_is_refused(odd: str) -> None:
    with pytest.raises(UnreadableMessageError, match="`id` is missing"):
        message(id=odd)


@pytest.mark.parametrize("odd", ["", "i går", "-1", "1" * 12, "1.5"])
def test_odd_time_is_no_time(odd: str) -> None:
    assert message(ts=odd).sent_at is None


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("1", ReceiptState.DELIVERED),
        ("2", ReceiptState.FAILED),
        ("4", ReceiptState.ACCEPTED),
        ("8", ReceiptState.ACCEPTED),
        ("16", ReceiptState.FAILED),
    ],
)
def test_receipt_is_read(kind: str, state: ReceiptState) -> None:
    at = datetime(2026, 11, 22, 8, 46, 42, tzinfo=UTC)

    assert read_receipt({"ref": "17", "type": kind, "ts": "1795337202"}) == Receipt(Channel.SMS, state, reference="17", at=at)


@pytest.mark.parametrize(
    "query",
    [{}, {"ref": "17"}, {"type": "1"}, {"ref": "17", "type": "3"}, {"ref": "a", "type": "1"}, {"ref": "17", "type": "%d"}],
)
def test_receipt_that_names_nothing_of_ours_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(UnreadableMessageError, match="`ref` and `type`"):
        read_receipt(query)
