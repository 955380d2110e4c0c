"""What comes beside words: noted with its message, fetched with patience, kept encrypted, never lost in silence."""

import itertools
import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.service.channels.base import Attachment, FetchError, Inbound
from bot.service.context import Context
from bot.service.logic.case_media import try_again
from bot.service.message_path import door, media
from bot.service.message_path.feed_back import feed_spool
from bot.service.message_path.media import LARGEST, MOST_A_DAY, fetch_next
from bot.service.message_path.spool import Spool
from bot.service.models import Case, CaseMedia, CaseMessage, Media, Outbound
from bot.service.models.words import InboundKind, MediaKind, MediaState
from bot.shared.codebook import Channel

ANNA, KARLA = "700100200", "700100300"
VOICE = Attachment(MediaKind.VOICE, "AwACAgQAAxkBAAIC", 1717, "audio/ogg")
CONTENT = b"OggS\x00 en stemme, der siger noget"
_numbers = itertools.count(1)


class FakeTelegram:
    """Gives every file the same content; `errors` are raised in turn before."""

    def __init__(self, *errors: Exception, content: bytes = CONTENT) -> None:
        self.errors = list(errors)
        self.content = content
        self.asked: list[str] = []

    def fetch(self, remote_id: str) -> bytes:
        self.asked.append(remote_id)
        if self.errors:
            raise self.errors.pop(0)
        return self.content


def receive(context: Context, *attachments: Attachment, chat_id: str = ANNA, words: str = "") -> None:
    provider_id = f"message:{chat_id}:{next(_numbers)}:0"
    door.receive(context, Inbound(Channel.TELEGRAM, provider_id, chat_id, InboundKind.MEDIA, words, attachments=attachments))


def fetch(context: Context, telegram: FakeTelegram) -> int:
    return fetch_next(context, {Channel.TELEGRAM: telegram})


def rows(context: Context) -> list[Media]:
    with context.database.read() as session:
        return list(session.scalars(select(Media).order_by(Media.id)))


def states(context: Context) -> list[str]:
    return [row.state for row in rows(context)]


def contents(context: Context) -> list[bytes | None]:
    with context.database.read() as session:
        return list(session.scalars(select(Media.content).order_by(Media.id)))


def later(context: Context, **span: float) -> None:
    context.clock.advance(timedelta(**span).total_seconds())  # type: ignore[attr-defined]


def test_voice_is_noted_with_its_message_and_belongs_to_the_case(context: Context) -> None:
    receive(context, VOICE)

    [row] = rows(context)
    assert (row.kind, row.remote_id, row.mime, row.size, row.state) == ("tale", VOICE.remote_id, "audio/ogg", 1717, "waiting")
    linked = select(CaseMedia.media_id, Case.kind).select_from(CaseMedia).join(CaseMessage).join(Case)
    with context.database.read() as session:
        assert session.execute(linked).all() == [(row.id, "ubehandlet")]


def test_a_caption_that_means_danger_brings_the_picture_to_both_cases(context: Context) -> None:
    receive(context, Attachment(MediaKind.PHOTO, "AgAC", 900), words="min far slår mig hver dag")

    with context.database.read() as session:
        kinds = session.scalars(select(Case.kind).join(CaseMessage, CaseMessage.case_id == Case.id).join(CaseMedia)).all()
    assert sorted(kinds) == ["bekymring", "ubehandlet"]


def test_what_is_fetched_is_kept_and_its_key_forgotten(context: Context) -> None:
    receive(context, VOICE)
    telegram = FakeTelegram()

    assert [fetch(context, telegram), fetch(context, telegram)] == [1, 0]
    assert (telegram.asked, contents(context)) == ([VOICE.remote_id], [CONTENT])
    assert [(row.state, row.size, row.remote_id) for row in rows(context)] == [("fetched", len(CONTENT), None)]


def test_neither_content_nor_key_stands_readable_in_the_database(context: Context) -> None:
    receive(context, VOICE)
    receive(context, VOICE)
    fetch(context, FakeTelegram())

    with context.database.read() as session:
        fetched, waiting = session.execute(text("SELECT content, remote_id FROM media ORDER BY id")).all()
    assert bytes(fetched.content).startswith(b"1:")
    assert CONTENT[:8] not in bytes(fetched.content)
    assert VOICE.remote_id not in waiting.remote_id
    assert len(fetched.content) < len(CONTENT) + 40  # no base64


def test_a_place_is_there_at_once(context: Context) -> None:
    receive(context, Attachment(MediaKind.PLACE, said="55.0, 10.0"))

    assert (states(context), contents(context), fetch(context, FakeTelegram())) == (["fetched"], [b"55.0, 10.0"], 0)


def test_it_is_tried_after_five_and_ten_minutes_and_then_given_up(context: Context) -> None:
    receive(context, VOICE)
    telegram = FakeTelegram(*[FetchError("away")] * 3)

    tries = []
    for minutes in (0, 4.9, 0.2, 9.9, 0.2, 600):
        later(context, minutes=minutes)
        tries.append(fetch(context, telegram))

    assert (tries, states(context)) == ([1, 0, 1, 0, 1, 0], ["failed"])


def test_a_handler_may_have_it_tried_again(context: Context) -> None:
    receive(context, VOICE)
    telegram = FakeTelegram(*[FetchError("away")] * 3)
    for _ in range(3):
        fetch(context, telegram)
        later(context, minutes=15)
    with context.database.write() as session:
        try_again(session.scalars(select(Media)).one(), context.clock.now())

    assert (fetch(context, telegram), contents(context)) == (1, [CONTENT])


@pytest.mark.parametrize("state", [state for state in MediaState if state is not MediaState.FAILED])
def test_nothing_else_is_tried_again(context: Context, state: MediaState) -> None:
    row = Media(state=state, attempts=2, next_try_at=context.clock.now())

    try_again(row, context.clock.now() + timedelta(hours=1))

    assert (row.state, row.attempts, row.next_try_at) == (state, 2, context.clock.now())


def test_telegrams_own_pause_counts_as_no_try(context: Context) -> None:
    receive(context, VOICE)
    telegram = FakeTelegram(*[FetchError("pause", retry_after_s=30)] * 5)

    for _ in range(6):
        fetch(context, telegram)
        later(context, seconds=31)

    assert (len(telegram.asked), states(context)) == (6, ["fetched"])


@pytest.mark.parametrize(
    ("size", "error", "content"),
    [
        (LARGEST + 1, None, CONTENT),
        (None, FetchError("too big", too_large=True), CONTENT),
        (None, None, b"a" * (LARGEST + 1)),
    ],
    ids=["said at once", "said when asked", "seen afterwards"],
)
def test_what_is_too_large_is_refused_and_not_kept(
    context: Context, size: int | None, error: FetchError | None, content: bytes
) -> None:
    receive(context, Attachment(MediaKind.VIDEO, "BAAC", size))
    telegram = FakeTelegram(*[error] if error else [], content=content)
    fetch(context, telegram)
    later(context, hours=1)

    assert (fetch(context, telegram), states(context), contents(context)) == (0, ["refused"], [None])


def test_what_is_exactly_as_large_as_can_be_is_kept(context: Context) -> None:
    receive(context, Attachment(MediaKind.VIDEO, "BAAC", LARGEST))
    fetch(context, FakeTelegram(content=b"a" * LARGEST))

    assert states(context) == ["fetched"]


def test_one_chat_cannot_fill_the_disk(context: Context) -> None:
    for _ in range(MOST_A_DAY // LARGEST):
        receive(context, Attachment(MediaKind.VIDEO, "BAAC", LARGEST))
    with context.database.write() as session:
        for row in session.scalars(select(Media)):
            row.state = MediaState.FETCHED
    receive(context, VOICE)
    receive(context, VOICE, chat_id=KARLA)

    for _ in range(2):
        fetch(context, FakeTelegram())
    assert states(context)[-2:] == ["refused", "fetched"]

    later(context, days=1, seconds=1)
    receive(context, VOICE)
    fetch(context, FakeTelegram())
    assert states(context)[-1] == "fetched"


def test_a_worker_that_dies_while_fetching_leaves_it_to_the_next_try(context: Context) -> None:
    receive(context, VOICE)
    with pytest.raises(KeyboardInterrupt):
        fetch(context, FakeTelegram(KeyboardInterrupt()))  # type: ignore[arg-type]

    assert (fetch(context, FakeTelegram()), states(context)) == (0, ["waiting"])
    later(context, minutes=5)
    assert (fetch(context, FakeTelegram()), states(context)) == (1, ["fetched"])


def test_what_kills_every_worker_is_given_up(context: Context) -> None:
    receive(context, VOICE)
    receive(context, VOICE, chat_id=KARLA)
    poison = FakeTelegram(*[KeyboardInterrupt()] * 3)  # type: ignore[list-item]
    with context.database.write() as session:
        session.scalars(select(Media).order_by(Media.id)).all()[1].next_try_at += timedelta(hours=2)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            fetch(context, poison)
        later(context, minutes=10)

    fetch(context, poison)
    later(context, hours=3)
    fetch(context, poison)

    assert states(context) == ["failed", "fetched"]


def test_who_was_thought_dead_settles_nothing(context: Context) -> None:
    receive(context, VOICE)

    class Slow(FakeTelegram):
        def fetch(self, remote_id: str) -> bytes:
            later(context, minutes=6)
            fetch(context, FakeTelegram(content=b"the second worker's"))
            return super().fetch(remote_id)

    fetch(context, Slow())

    assert contents(context) == [b"the second worker's"]


def test_a_channel_without_a_fetcher_waits(context: Context) -> None:
    receive(context, VOICE)

    assert (fetch_next(context, {}), states(context)) == (0, ["waiting"])


def test_it_goes_through_the_spool(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OSError("the database is away")

    with monkeypatch.context() as outage:
        outage.setattr(door, "store", away)
        receive(context, VOICE, Attachment(MediaKind.PLACE, said="55.0, 10.0"))
    assert (rows(context), len(Spool(context).files())) == ([], 1)

    feed_spool(context)

    assert [(row.kind, row.remote_id, row.state) for row in rows(context)] == [
        ("tale", VOICE.remote_id, "waiting"),
        ("sted", None, "fetched"),
    ]


def test_the_same_message_again_brings_nothing_twice(context: Context) -> None:
    message = Inbound(Channel.TELEGRAM, "message:1:2:0", ANNA, InboundKind.MEDIA, attachments=(VOICE,))
    for _ in range(2):
        door.receive(context, message)

    assert len(rows(context)) == 1


@pytest.mark.parametrize("mime", ["text/html; charset=x", "</script>", "x" * 120, "audio", "", None])
def test_what_is_no_type_is_not_kept_as_one(context: Context, mime: str | None) -> None:
    receive(context, Attachment(MediaKind.AUDIO, "CQAC", 5, mime))

    assert [row.mime for row in rows(context)] == [None]


def test_the_log_tells_neither_key_nor_address(context: Context, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    receive(context, VOICE)
    fetch(context, FakeTelegram(FetchError("Telegram did not give a file (NetworkError)")))

    lines = [str(record.__dict__) for record in caplog.records if record.name == media.__name__]
    assert len(lines) == 1
    assert not any(secret in line for line in lines for secret in (VOICE.remote_id, ANNA))


def test_an_album_is_thanked_for_once(context: Context, machine: Callable[[], object]) -> None:
    for _ in range(3):
        receive(context, Attachment(MediaKind.PHOTO, "AgAC", 900))
    machine.advance(61)  # type: ignore[attr-defined]
    receive(context, Attachment(MediaKind.PHOTO, "AgAC", 900))

    with context.database.read() as session:
        assert len(session.scalars(select(Outbound)).all()) == 2
        assert len(session.scalars(select(CaseMedia)).all()) == 4
