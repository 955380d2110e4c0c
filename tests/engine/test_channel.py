import asyncio
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.shared.exceptions import RasaException

from bot.engine import quiet_log
from bot.engine.channel import BadMessage, Engine, answer, read_body, to_user_message

TOKEN = "a-token-of-enough-letters"


@pytest.mark.parametrize("token", [None, "", "short", "${GENKLANG_ENGINE_TOKEN}"])
def test_a_channel_without_a_usable_token_is_refused(token: str | None) -> None:
    with pytest.raises(RasaException, match="GENKLANG_ENGINE_TOKEN"):
        Engine.from_credentials({"token": token})


@pytest.mark.parametrize(
    ("header", "authorized"),
    [
        (f"Bearer {TOKEN}", True),
        (f"bearer {TOKEN}", False),
        (TOKEN, False),
        ("", False),
        (f"Bearer {TOKEN} ", False),
        ("Bearer æøå", False),
        ("Bearer \udcff", False),
    ],
)
def test_only_the_exact_token_is_authorized(header: str, authorized: bool) -> None:
    assert Engine(TOKEN).is_authorized(header) is authorized


def test_a_text_keeps_its_words_and_metadata() -> None:
    metadata = {"turn": 3, "venter_paa": "samtykke"}
    body = read_body({"sender": "3-1", "message_id": 3, "channel": "sms", "text": " ja ", "metadata": metadata})

    message = to_user_message(body, CollectingOutputChannel())

    assert (message.text, message.sender_id, message.message_id, message.input_channel) == ("ja", "3-1", "3", "sms")
    assert message.metadata == metadata
    assert message.parse_data is None


def test_an_act_comes_parsed() -> None:
    body = read_body({"sender": "3-1", "act": "afvis", "metadata": {"venter_paa": "opkald_ja"}})

    message = to_user_message(body, CollectingOutputChannel())

    assert message.text == '/afvis{"venter_paa": "opkald_ja"}'
    assert message.parse_data is not None
    assert message.parse_data["intent"] == {"name": "afvis", "confidence": 1.0}
    assert [(e["entity"], e["value"]) for e in message.parse_data["entities"]] == [("venter_paa", "opkald_ja")]


def test_an_error_never_repeats_what_was_sent() -> None:
    with pytest.raises(BadMessage) as refused:
        read_body({"sender": "3-1", "text": "hej", "metadata": {"forventer": "kanariefugl"}})

    assert "kanariefugl" not in str(refused.value)


class FakeRequest:
    """As much of Sanic's request as the channel reads."""

    def __init__(self, body: Any) -> None:
        self.load_json = lambda: body


@pytest.fixture
def _quiet() -> Iterator[None]:
    quiet_log.install()
    yield
    logging.setLogRecordFactory(logging.LogRecord)
    logging.captureWarnings(False)


@pytest.mark.usefixtures("_quiet")
def test_a_failing_component_is_told_to_the_service_and_its_words_to_nobody(caplog: pytest.LogCaptureFixture) -> None:
    async def component(message: Any) -> None:
        logging.getLogger("rasa.core.processor").error("cannot read %s", message.text)
        raise ValueError(f"cannot read {message.text}")

    request: Any = FakeRequest({"sender": "3-1", "text": "min kanariefugl"})
    with caplog.at_level(logging.DEBUG), quiet_log.text_in_hand():
        response = asyncio.run(answer(request, component))

    assert (response.status, json.loads(response.body or b"")) == (500, {"error": "ValueError"})
    assert "kanariefugl" not in caplog.text
    assert "message of 3-1 failed: ValueError (test_channel.py:" in caplog.text
