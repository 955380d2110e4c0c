"""What the page posts, and what is refused."""

from typing import Any

import pytest

from bot.service.channels.base import Inbound
from bot.service.channels.webchat.inbound import MAX_TEXT_BYTES, page_id, read, read_opening
from bot.service.errors import UnreadableMessageError
from bot.service.models.words import InboundKind
from bot.shared.codebook import Channel

ADDRESS = "abcdefghjk"


def test_text_is_read() -> None:
    message = read({"id": "m-1", "text": "hun lyttede"}, ADDRESS)

    assert (message.channel, message.address, message.kind, message.text) == (
        Channel.WEBCHAT,
        ADDRESS,
        InboundKind.TEXT,
        "hun lyttede",
    )
    assert page_id(message.provider_id) == "m-1"


def test_two_chats_may_use_the_same_id() -> None:
    first, second = (read({"id": "m-1", "text": "hej"}, address) for address in (ADDRESS, "zzzzzzzzzz"))

    assert first.provider_id != second.provider_id
    assert ADDRESS not in first.provider_id


def test_press_is_read() -> None:
    message = read({"id": "m-1", "press": "12:spring_over"}, ADDRESS)

    assert (message.kind, message.text) == (InboundKind.PRESS, "12:spring_over")


@pytest.mark.parametrize("text", ["", "   ", "\x00", "\u202e\u05e9\u05dc", "😢😢", "\ud83d", "a" * MAX_TEXT_BYTES])
def test_odd_texts_are_messages_and_kept_as_they_are(text: str) -> None:
    assert read({"id": "m-1", "text": text}, ADDRESS).text == text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"text": "hej"}, "`id` must be 1 to 100"),
        ({"id": "", "text": "hej"}, "`id` must be 1 to 100"),
        ({"id": 7, "text": "hej"}, "`id` must be 1 to 100"),
        ({"id": "m 1", "text": "hej"}, "`id` must be 1 to 100"),
        ({"id": "m" * 101, "text": "hej"}, "`id` must be 1 to 100"),
        ({"id": "open:1", "text": "hej"}, "`id` must not begin with 'open:'"),
        ({"id": "m-1"}, "either `text` or `press`"),
        ({"id": "m-1", "text": "hej", "press": "1:ja"}, "either `text` or `press`"),
        ({"id": "m-1", "text": 7}, "`text` must be a string"),
        ({"id": "m-1", "text": "a" * (MAX_TEXT_BYTES + 1)}, f"`text` is longer than {MAX_TEXT_BYTES} bytes"),
        ({"id": "m-1", "text": "å" * (MAX_TEXT_BYTES // 2 + 1)}, f"`text` is longer than {MAX_TEXT_BYTES} bytes"),
        ({"id": "m-1", "press": "ja"}, "`press` must be"),
        ({"id": "m-1", "press": ":ja"}, "`press` must be"),
        ({"id": "m-1", "press": 12}, "`press` must be"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(body: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnreadableMessageError, match=reason.replace("?", r"\?")):
        read(body, ADDRESS)


def test_an_opening_is_named_after_its_session() -> None:
    assert read_opening("f" * 64, ADDRESS) == Inbound(Channel.WEBCHAT, "open:" + "f" * 32, ADDRESS, InboundKind.OPEN)
