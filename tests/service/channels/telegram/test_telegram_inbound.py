"""Table tests of the reader with recorded shapes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from telegram.constants import UpdateType

from bot.service.channels.base import Attachment, Inbound
from bot.service.channels.telegram.inbound import Press, read_json
from bot.service.errors import UnreadableMessageError
from bot.service.models.words import InboundKind, MediaKind
from bot.shared.codebook import Channel
from bot.shared.keywords import is_stop
from tests.service.channels.telegram import recorded

ADDRESS = "700100200"
SENT = datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC)
FIRST, AMENDED = "message:700100200:41:0", "message:700100200:41:1795000060"


def message(kind: InboundKind, text: str = "", provider_id: str = FIRST, **more: Any) -> Inbound:
    return Inbound(Channel.TELEGRAM, provider_id, ADDRESS, kind, text=text, **{"sent_at": SENT, **more})


TEXTS = [
    ("a text", recorded.TEXT, "Hun lyttede til mig 🙂"),
    ("a reply to a message", recorded.TEXT_IN_REPLY, "ja"),
    ("a forwarded text", recorded.FORWARDED, "Se her"),
    ("half an emoji", recorded.LONE_SURROGATE, "\ud83d"),
    ("a text that was edited before we saw it", recorded.SEEN_AFTER_EDIT, "rettet"),
    ("a shared number", recorded.CONTACT, "+4500000012"),
    ("/stop", recorded.command("/stop"), "stop"),
    ("/stop with the bot's name", recorded.command("/STOP@genklang_proeve_bot "), "stop"),
    ("/hjaelp", recorded.command("/hjaelp"), "hjælp"),
    ("another command", recorded.command("/restart"), "/restart"),
    ("/stop with words", recorded.command("/stop hende"), "/stop hende"),
    ("/start with words, which must be read", recorded.command("/start jeg tør ikke gå hjem"), "/start jeg tør ikke gå hjem"),
    ("/start in the middle", recorded.update(message=recorded.message(text="skriv /start")), "skriv /start"),
]


@pytest.mark.parametrize(("update", "text"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS])
def test_text_is_read(update: dict[str, Any], text: str) -> None:
    assert read_json(update).message == message(InboundKind.TEXT, text)


OPENINGS = [
    ("/start abcdefghjk", "abcdefghjk"),
    ("/start ABCDE-FGHJK", "ABCDE-FGHJK"),
    ("/start@genklang_proeve_bot abcdefghjk", "abcdefghjk"),
    ("/start", ""),
    ("/START ", ""),
]


@pytest.mark.parametrize(("text", "code"), OPENINGS)
def test_start_opens_the_chat_with_its_code(text: str, code: str) -> None:
    assert read_json(recorded.command(text)).message == message(InboundKind.OPEN, code)


@pytest.mark.parametrize(("update", "emoji"), [(recorded.STICKER, "😀"), (recorded.DICE, "")], ids=["sticker", "dice"])
def test_sticker_is_read(update: dict[str, Any], emoji: str) -> None:
    assert read_json(update).message == message(InboundKind.STICKER, emoji)


def file(kind: MediaKind, mime: str | None = None, size: int = 1717) -> tuple[Attachment, ...]:
    return (Attachment(kind, "AgACAgQAAxkBAAIB", size, mime),)


def place(said: str) -> tuple[Attachment, ...]:
    return (Attachment(MediaKind.PLACE, said=said),)


MEDIA: dict[str, tuple[str, tuple[Attachment, ...]]] = {
    "VOICE": ("", file(MediaKind.VOICE, "audio/ogg")),
    "VIDEO": ("", file(MediaKind.VIDEO, "video/mp4")),
    "HUGE_VIDEO": ("", file(MediaKind.VIDEO, "video/mp4", 900_000_000)),
    "VIDEO_NOTE": ("", file(MediaKind.VIDEO_NOTE)),
    "ANIMATION": ("", file(MediaKind.ANIMATION)),
    "AUDIO": ("", file(MediaKind.AUDIO, "audio/mpeg")),
    "DOCUMENT": ("", file(MediaKind.DOCUMENT, "application/pdf")),
    "PHOTO": ("se mit brev", file(MediaKind.PHOTO)),
    "LIVE_PHOTO": ("", file(MediaKind.VIDEO, "video/mp4")),
    "ONE_OF_AN_ALBUM": ("", file(MediaKind.PHOTO)),
    "LOCATION": ("", place("55.0, 10.0")),
    "VENUE": ("", place("55.0, 10.0\nPrøvehuset\nPrøvevej 1")),
    "POLL": ("Hvad nu? Ja", ()),
    "CHECKLIST": ("Det skal I vide Ring til mig Ikke hjem", ()),
    "STORY": ("", ()),
    "PAID_MEDIA": ("", ()),
    "GAME": ("", ()),
    "INVOICE": ("", ()),
    "GIVEAWAY": ("", ()),
    "OF_A_LATER_CONTENT": ("", ()),
}


@pytest.mark.parametrize("name", MEDIA)
def test_what_comes_beside_words_is_read_and_words_in_it_too(name: str) -> None:
    words, attachments = MEDIA[name]

    assert read_json(getattr(recorded, name)).message == message(InboundKind.MEDIA, words, attachments=attachments)


def test_edit_names_the_version_that_it_amends() -> None:
    edited = SENT + timedelta(minutes=1)

    assert read_json(recorded.EDIT).message == message(InboundKind.TEXT, "Hun lyttede ikke", AMENDED, sent_at=edited, edits=FIRST)
    assert read_json(recorded.EDITED_CAPTION).message == message(
        InboundKind.MEDIA, "ny tekst", AMENDED, sent_at=edited, edits=FIRST, attachments=file(MediaKind.PHOTO)
    )


def test_press_is_read_with_the_message_under_which_it_stands() -> None:
    arrived = read_json(recorded.press("17:ja"))

    expected = Inbound(Channel.TELEGRAM, "press:4382bfdwdsb323b2d9", ADDRESS, InboundKind.PRESS, text="17:ja")
    assert (arrived.message, arrived.press) == (expected, Press("4382bfdwdsb323b2d9", 700100200, 40))


def test_blocked_bot_is_a_citizen_who_left() -> None:
    assert read_json(recorded.membership("kicked")).message == message(InboundKind.LEFT, provider_id="left:700100200:1795000000")


UNREAD = [
    "MOVED_LOCATION",
    "IN_A_GROUP",
    "PRESS_IN_A_GROUP",
    "BOT_JOINED_A_GROUP",
    "BOT_THROWN_OUT_OF_A_GROUP",
    "UNBLOCKED",
    "CHANNEL_POST",
    "EDITED_CHANNEL_POST",
    "FROM_A_BOT",
    "PINNED",
    "TIMER_CHANGED",
    "INLINE_PRESS",
    "GAME_PRESS",
    "INLINE_QUERY",
    "CHOSEN_RESULT",
    "POLL_ANSWER",
    "REACTION",
    "JOIN_REQUEST",
    "OTHER_MEMBER",
    "BUSINESS_CONNECTION",
    "BUSINESS_MESSAGE",
    "EDITED_BUSINESS_MESSAGE",
    "DELETED_BUSINESS_MESSAGES",
    "GUEST_MESSAGE",
    "REACTION_COUNT",
    "SHIPPING_QUERY",
    "PRE_CHECKOUT_QUERY",
    "PURCHASED_PAID_MEDIA",
    "POLL_STATE",
    "CHAT_BOOST",
    "REMOVED_CHAT_BOOST",
    "MANAGED_BOT",
    "GIFT",
    "WRITE_ACCESS",
    "JOINED_TELEGRAM",
    "BOOST_ADDED",
    "NOTHING",
    "OF_A_LATER_KIND",
    "ODD_NOTICE",
]


@pytest.mark.parametrize("name", UNREAD)
def test_what_no_citizen_said_to_us_is_left_alone(name: str) -> None:
    arrived = read_json(getattr(recorded, name))

    assert (arrived.update_id, arrived.message) == (500_000_017, None)


def recorded_updates() -> list[dict[str, Any]]:
    return [value for value in vars(recorded).values() if isinstance(value, dict) and "update_id" in value]


def test_every_kind_of_update_that_the_library_knows_is_recorded() -> None:
    kinds = {kind for update in recorded_updates() for kind in update} - {"update_id"}

    assert set(UpdateType) - kinds == set()


def test_what_is_left_alone_is_left_alone_for_what_it_is(caplog: pytest.LogCaptureFixture) -> None:
    """A shape that the library refuses would be left alone for another reason."""
    for name in set(UNREAD) - {"ODD_NOTICE"}:
        read_json(getattr(recorded, name))

    assert caplog.messages == []


@pytest.mark.parametrize("name", ["ODD_TEXT", "ODD_MEDIA", "ODD_PHOTO", "ODD_EDIT"])
def test_message_in_a_shape_that_the_library_refuses_is_kept(name: str, caplog: pytest.LogCaptureFixture) -> None:
    expected = {
        "ODD_TEXT": message(InboundKind.TEXT, "Jeg vil gerne svare", sent_at=None),
        "ODD_MEDIA": message(InboundKind.MEDIA, sent_at=None),
        "ODD_PHOTO": message(
            InboundKind.MEDIA, "se her", sent_at=None, attachments=(Attachment(MediaKind.PHOTO, "AgACAgQAAxkBAAIA", 900),)
        ),
        "ODD_EDIT": message(InboundKind.TEXT, "rettet", "message:700100200:41:500000017", sent_at=None),
    }

    assert read_json(getattr(recorded, name)).message == expected[name]
    assert "an update has a shape that is not known" in caplog.messages


@pytest.mark.parametrize("content", [None, [], "hej", {}, {"update_id": "1"}, {"message": {}}])
def test_what_is_no_update_is_refused(content: Any) -> None:
    with pytest.raises(UnreadableMessageError):
        read_json(content)


def test_stop_command_is_stop() -> None:
    arrived = read_json(recorded.command("/stop"))

    assert arrived.message is not None
    assert is_stop(arrived.message.text)
