"""A card carries the ways in that this person has, and Telegram only for who may use it."""

import dataclasses
import re

import pytest

from bot.service.channels.telegram.content import read_content
from bot.service.logic.cards import card_of
from bot.service.logic.participants import new_code
from bot.service.models import Participant
from bot.service.settings import Settings, read_settings
from bot.shared.codebook import Channel, Role
from tests.service_fixtures import ENVIRONMENT

BOT = {"GENKLANG_TELEGRAM_TOKEN": "110000000:invented", "GENKLANG_TELEGRAM_BOT": "@proeve_bot"}
SETTINGS = read_settings(ENVIRONMENT | BOT | {"GENKLANG_PUBLIC_URL": "https://svar.example.dk/"})
CODE = "abcdefghjk"


def person(
    role: Role = Role.FORAELDER, age: int | None = None, channel: Channel = Channel.TELEGRAM, code: str = CODE
) -> Participant:
    return Participant(role=role, age=age, channel=channel, code=code)


def test_card_has_the_web_chat_and_telegram() -> None:
    card = card_of(SETTINGS, person())

    assert (card.code, card.chat) == (CODE, f"https://svar.example.dk/chat/{CODE}")
    assert card.telegram == f"https://t.me/proeve_bot?start={CODE}"


@pytest.mark.parametrize(
    ("given", "minimum", "has_telegram"),
    [
        (person(Role.BARN, 18), 18, True),
        (person(Role.BARN, 17), 18, False),
        (person(Role.BARN, None), 18, False),
        (person(Role.BARN, 13), 13, True),
        (person(Role.BARN, 12), 13, False),
        (person(Role.FORAELDER, None), 18, True),
        (person(Role.FAGPERSON, None), 18, True),
        (person(channel=Channel.WEBCHAT), 18, False),
        (person(channel=Channel.SMS), 18, False),
    ],
)
def test_who_is_too_young_or_asked_elsewhere_gets_the_web_chat_only(
    given: Participant, minimum: int, *, has_telegram: bool
) -> None:
    card = card_of(dataclasses.replace(SETTINGS, telegram_minimum_age=minimum), given)

    assert (card.telegram is not None) == has_telegram
    assert card.chat.endswith(CODE)


@pytest.mark.parametrize("missing", ["telegram_token", "telegram_bot"])
def test_there_is_no_link_to_a_bot_that_is_not_set_up(missing: str) -> None:
    settings: Settings = dataclasses.replace(SETTINGS, **{missing: None})  # type: ignore[arg-type]

    assert card_of(settings, person()).telegram is None


def test_telegram_takes_every_code_as_a_deep_links_parameter_and_brings_it_back() -> None:
    for code in (new_code() for _ in range(200)):
        parameter = (card_of(SETTINGS, person(code=code)).telegram or "").partition("?start=")[2]

        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", parameter)
        found = read_content({"text": f"/start {parameter}"})
        assert found is not None
        assert found.text == code
