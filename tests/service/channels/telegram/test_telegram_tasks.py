"""Which loops the worker runs for Telegram."""

import dataclasses

import pytest

from bot.service.channels.telegram.tasks import telegram_tasks
from bot.service.settings import Settings

TOKEN = {"telegram_token": "110000000:invented"}
SECRET = {"telegram_secret": "invented-secret"}


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, []),
        (SECRET, []),
        (TOKEN, ["telegram-polling", "telegram-media"]),
        (TOKEN | SECRET, ["telegram-webhook", "telegram-media"]),
    ],
    ids=["off", "secret only", "polling", "webhook"],
)
def test_updates_are_fetched_unless_there_is_a_secret_for_the_webhook(
    settings: Settings, given: dict[str, str], names: list[str]
) -> None:
    tasks = telegram_tasks(dataclasses.replace(settings, **given))

    for task in tasks[:1]:  # they share one client
        task.run.keywords["client"].close()  # type: ignore[attr-defined]
    assert [task.name for task in tasks] == names
