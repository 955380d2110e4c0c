"""What the simulated phone may send."""

from typing import Any

import pytest

from bot.service.channels.base import Sending
from bot.service.channels.sms.simulator import MAX_TEXT_BYTES, SimulatorSender, read
from bot.service.errors import UnreadableMessageError
from bot.service.models.words import InboundKind
from bot.shared.codebook import Channel


def test_an_sms_is_read() -> None:
    message = read({"id": "s-1", "from": "+45 00 00 00 11", "text": "JA"})

    assert (message.channel, message.address, message.kind, message.text) == (
        Channel.SMS,
        "+4500000011",
        InboundKind.TEXT,
        "JA",
    )


@pytest.mark.parametrize("text", ["", "\x00", "😢", "a" * MAX_TEXT_BYTES])
def test_odd_texts_are_messages(text: str) -> None:
    assert read({"id": "s-1", "from": "00000011", "text": text}).text == text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"from": "00000011", "text": "JA"}, "`id` must be"),
        ({"id": "", "from": "00000011", "text": "JA"}, "`id` must be"),
        ({"id": "s-1", "from": "00000011"}, "`text` must be a string"),
        ({"id": "s-1", "from": "00000011", "text": "a" * (MAX_TEXT_BYTES + 1)}, "`text` is longer"),
        ({"id": "s-1", "text": "JA"}, "`from` must be"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(body: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnreadableMessageError, match=reason):
        read(body)


def test_sending_is_handing_over() -> None:
    assert SimulatorSender().send(Sending("1", "+4500000011", "Hej")) is None
