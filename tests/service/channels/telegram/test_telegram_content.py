"""The tables of what a message can hold are whole, and nothing odd in them makes the reader stumble."""

from typing import Any

import pytest
from telegram import Message

from bot.service.channels.base import Attachment
from bot.service.channels.telegram.content import ENVELOPE, FILES, NOTICES, STICKERS, Content, read_content
from bot.service.models.words import InboundKind, MediaKind

# Said to us without a file, a sticker or a notice: words, a place, or something of which a human only learns that it came.
SAID = {"text", "contact", "venue", "location", "poll", "checklist", "web_app_data"}
SAID |= {"game", "giveaway", "giveaway_winners", "invoice", "paid_media", "passport_data", "story"}
OF_THE_LIBRARY = {"_effective_attachment", "from_user"}  # no fields of Telegram's; the second is `from` there


def test_every_field_that_the_library_knows_stands_in_one_table() -> None:
    """A new version of the library with a new kind of message fails here: somebody must say what it is to us."""
    tables = (STICKERS, FILES.keys(), NOTICES, ENVELOPE, SAID)
    known = set(Message.__slots__) - OF_THE_LIBRARY

    assert known - set().union(*tables) == set()
    assert sum(len(table) for table in tables) == len(set().union(*tables))


ODD: list[tuple[dict[str, Any], Content | None]] = [
    ({}, None),
    ({"message_id": 1, "caption": None}, None),
    ({"text": None, "voice": None}, Content(InboundKind.MEDIA)),
    ({"voice": []}, Content(InboundKind.MEDIA)),
    ({"voice": {"file_id": 7}}, Content(InboundKind.MEDIA)),
    ({"voice": {"file_id": "a", "file_size": -1}}, Content(InboundKind.MEDIA, "", (Attachment(MediaKind.VOICE, "a"),))),
    ({"voice": {"file_id": "a", "file_size": 2**40}}, Content(InboundKind.MEDIA, "", (Attachment(MediaKind.VOICE, "a"),))),
    ({"photo": [None, {"file_id": "a"}]}, Content(InboundKind.MEDIA, "", (Attachment(MediaKind.PHOTO, "a"),))),
    ({"photo": []}, Content(InboundKind.MEDIA)),
    ({"poll": {"question": "Hvad?", "options": "ja"}}, Content(InboundKind.MEDIA, "Hvad?")),
    ({"sticker": None}, Content(InboundKind.STICKER)),
    ({"contact": {"first_name": "Anna"}}, Content(InboundKind.MEDIA)),
]


@pytest.mark.parametrize(("message", "content"), ODD, ids=[str(number) for number in range(len(ODD))])
def test_odd_shapes_are_read_as_far_as_they_go(message: dict[str, Any], content: Content | None) -> None:
    assert read_content(message) == content
