"""Nothing that the assistant can say is longer than Telegram takes: no message is ever cut or split."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from telegram.constants import InlineKeyboardButtonLimit, MessageLimit

import bot.service
from bot.service.logic.dialogue.moment import LARGEST_ID
from bot.service.logic.question_sets import Catalogue

SERVICE = Path(bot.service.__file__).parent
CONTENT = [*sorted((SERVICE / "texts").glob("*.yml")), *sorted((SERVICE / "question_sets").glob("*.yml"))]
LONGEST_VALUE = 300  # UTF-16 units that a name, a time or a number may fill a placeholder with


def strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from strings(key)
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2 + LONGEST_VALUE * len(re.findall(r"\{\w+\}", text))


def test_there_is_content() -> None:
    assert len(CONTENT) > 5


@pytest.mark.parametrize("path", CONTENT, ids=lambda path: path.name)
def test_no_text_is_longer_than_a_message(path: Path) -> None:
    texts = list(strings(yaml.safe_load(path.read_text("utf-8"))))

    assert [text[:60] for text in texts if units(text) > MessageLimit.MAX_TEXT_LENGTH] == []


def test_a_text_that_is_too_long_would_be_seen() -> None:
    assert units("🙂" * 2048 + "a") > MessageLimit.MAX_TEXT_LENGTH
    assert units("{kommune}" * 14) > MessageLimit.MAX_TEXT_LENGTH


def test_every_buttons_press_fits(catalogue: Catalogue) -> None:
    questions = [question for set_id in catalogue.ids() for question in catalogue.latest(set_id).questions]
    presses = [f"{LARGEST_ID}:{option.id}" for question in questions for option in question.options]

    assert presses != []
    assert [press for press in presses if len(press.encode()) > InlineKeyboardButtonLimit.MAX_CALLBACK_DATA] == []
