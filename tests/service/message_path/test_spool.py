"""Messages on disk while the database is away: encrypted, in order, readable again to the last character."""

import base64
import errno
import json
import os
import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.service.channels.base import Attachment, Inbound
from bot.service.context import Context
from bot.service.errors import ConfigurationError, UnreadableValueError
from bot.service.message_path.engine_client import EngineClient
from bot.service.message_path.spool import Spool
from bot.service.models.words import InboundKind, MediaKind
from bot.service.worker import Worker
from bot.shared.codebook import Channel

NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
MESSAGE = Inbound(Channel.SMS, "m1", "+4500009901", InboundKind.TEXT, text="mit nummer er 00 00 00 42")


@pytest.fixture
def spool(context: Context) -> Spool:
    spool = Spool(context)
    spool.check()
    return spool


@pytest.mark.parametrize(
    "message",
    [
        MESSAGE,
        Inbound(Channel.SMS, "m2", "+4500009901", InboundKind.TEXT, text=""),
        Inbound(Channel.SMS, "m3", "+4500009901", InboundKind.TEXT, text="nul \x00, halv \ud83d, هنا, 😡", sent_at=NOON),
        Inbound(Channel.TELEGRAM, "message:1:2:3", "77", InboundKind.TEXT, text="rettet", edits="message:1:2:0"),
        Inbound(Channel.WEBCHAT, "m4", "abcdefghjk", InboundKind.PRESS, text="12:ja"),
        Inbound(
            Channel.TELEGRAM,
            "message:1:2:0",
            "77",
            InboundKind.MEDIA,
            attachments=(
                Attachment(MediaKind.VOICE, "AwAC", 1717, "audio/ogg"),
                Attachment(MediaKind.PLACE, said="55.0, 10.0\nPrøvehuset"),
            ),
        ),
    ],
    ids=["text", "empty", "odd characters", "edit", "press", "media"],
)
def test_a_message_comes_back_as_it_was(spool: Spool, message: Inbound) -> None:
    spool.put(message, NOON, NOON + timedelta(seconds=1))

    spooled = spool.read(spool.files()[0])
    assert (spooled.message, spooled.received_at, spooled.arrived_at) == (message, NOON, NOON + timedelta(seconds=1))


def test_a_file_from_before_there_were_attachments_is_read(context: Context, spool: Spool) -> None:
    body = {
        "channel": "sms",
        "provider_id": "m1",
        "address": "+4500009901",
        "kind": "tekst",
        "text": base64.b64encode(MESSAGE.text.encode()).decode(),
        "sent_at": None,
        "edits": None,
        "received_at": NOON.isoformat(),
        "arrived_at": NOON.isoformat(),
    }
    path = spool.folder / "00000000001.000000-abc-def.msg"
    path.write_text(context.keys.encrypt(json.dumps(body).encode()))

    assert spool.read(path).message == MESSAGE


def test_neither_name_nor_content_tells_who_wrote_what(spool: Spool) -> None:
    spool.put(MESSAGE, NOON, NOON)

    [path] = spool.files()
    assert not any(secret in path.name + path.read_text() for secret in ("00009901", "nummer", "00 00 00 42"))


def test_files_are_in_order_of_arrival(spool: Spool) -> None:
    for seconds in (10, 9, 100, 9.5):
        spool.put(MESSAGE, NOON, datetime.fromtimestamp(seconds, UTC))

    assert [spool.read(path).arrived_at.timestamp() for path in spool.files()] == [9, 9.5, 10, 100]


def test_the_addresses_of_waiting_messages_are_known_without_reading_them(context: Context, spool: Spool) -> None:
    spool.put(MESSAGE, NOON, NOON)

    assert spool.waiting_addresses() == {context.address_hash(Channel.SMS, MESSAGE.address)}


def test_a_half_written_file_is_no_message(spool: Spool) -> None:
    (spool.folder / "00000000001.000000-abc-def.msg.tmp").write_text("half")

    assert (spool.files(), spool.waiting_addresses()) == ([], set())


@pytest.mark.parametrize("content", [b"", b"1:", b"no key", b"1:AAAA", b"7:" + b"A" * 64, b"\xff\xfe"], ids=repr)
def test_a_damaged_file_is_named_as_such(spool: Spool, content: bytes) -> None:
    path = spool.folder / "00000000001.000000-abc-def.msg"
    path.write_bytes(content)

    with pytest.raises(UnreadableValueError):
        spool.read(path)


@pytest.mark.parametrize("body", [b"[]", b"{}", b"not json", b'{"channel": "brevdue"}'])
def test_an_encrypted_file_that_holds_no_message_is_named_as_such(context: Context, spool: Spool, body: bytes) -> None:
    path = spool.folder / "00000000001.000000-abc-def.msg"
    path.write_text(context.keys.encrypt(body))

    with pytest.raises(UnreadableValueError):
        spool.read(path)


def test_a_spool_that_cannot_be_written_fails_the_check(context: Context) -> None:
    (context.settings.home / "spool").write_text("a file where the folder should be")

    with pytest.raises(ConfigurationError, match=r"the spool .* cannot be written .*; make it writable or set GENKLANG_HOME"):
        Spool(context).check()


def test_a_worker_without_a_spool_does_not_start(context: Context) -> None:
    (context.settings.home / "spool").write_text("a file where the folder should be")

    with pytest.raises(ConfigurationError):
        Worker(context, EngineClient("http://127.0.0.1:9", "token"), {}).run()


def test_the_check_leaves_nothing_behind(spool: Spool) -> None:
    assert [path.name for path in spool.folder.iterdir()] == ["broken"]


def test_set_aside_makes_its_folder(spool: Spool) -> None:
    spool.put(MESSAGE, NOON, NOON)
    (spool.folder / "broken").rmdir()
    [path] = spool.files()
    spool.set_aside(path)

    assert [kept.name for kept in (spool.folder / "broken").iterdir()] == [path.name]


def test_a_full_disk_leaves_nothing_half_written(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        spool.put(MESSAGE, NOON, NOON)

    assert [path.name for path in spool.folder.iterdir()] == ["broken"]


def test_what_a_crash_left_half_written_is_swept_away_in_time(spool: Spool) -> None:
    for name, age_s in (("old.msg.tmp", 7200), ("new.msg.tmp", 0), ("probe-old", 7200), ("old.msg", 7200)):
        path = spool.folder / name
        path.write_text("half")
        os.utime(path, (time.time() - age_s, time.time() - age_s))
    spool.check()

    assert {path.name for path in spool.folder.iterdir()} == {"broken", "new.msg.tmp", "old.msg"}
