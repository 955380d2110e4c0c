"""Voice and files through the real library, from Telegram's update to what stands at the desk's disposal."""

import dataclasses

import pytest
from sqlalchemy import select

from bot.service.channels.base import FetchError
from bot.service.channels.telegram.client import BotClient
from bot.service.channels.telegram.media import TelegramFetcher
from bot.service.channels.telegram.polling import poll_once
from bot.service.channels.telegram.tasks import telegram_tasks
from bot.service.context import Context
from bot.service.message_path.media import LARGEST, fetch_next
from bot.service.models import Media
from bot.shared.codebook import Channel
from tests.bot_api_server import TOKEN, BotApiServer, free_port

pytestmark = [pytest.mark.gateway, pytest.mark.timeout(60)]
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ANNA = 700100200
VOICE = b"OggS\x00\xff" + bytes(range(256)) * 40


def test_voice_message_is_fetched_and_kept(context: Context, server: BotApiServer, client: BotClient) -> None:
    server.send_voice(ANNA, VOICE)
    poll_once(context, client, wait_s=0)

    assert fetch_next(context, {Channel.TELEGRAM: TelegramFetcher(client)}) == 1
    with context.database.read() as session:
        assert session.execute(select(Media.kind, Media.state, Media.size, Media.content)).all() == [
            ("tale", "fetched", len(VOICE), VOICE)
        ]


def test_workers_loop_fetches_what_polling_brought(context: Context, server: BotApiServer) -> None:
    settings = dataclasses.replace(context.settings, telegram_token=TOKEN, telegram_api=server.url)
    polling, fetching = telegram_tasks(settings)
    server.send_voice(ANNA, VOICE)

    assert [polling.run(context), fetching.run(context), fetching.run(context)] == [1, 1, 0]
    polling.run.keywords["client"].close()  # type: ignore[attr-defined]
    with context.database.read() as session:
        assert session.scalars(select(Media.content)).all() == [VOICE]


@one_database
def test_largest_file_that_telegram_gives_is_fetched(context: Context, server: BotApiServer, client: BotClient) -> None:
    file_id = server.send_voice(ANNA, b"a" * LARGEST)

    assert len(TelegramFetcher(client).fetch(file_id)) == LARGEST


def test_file_larger_than_that_is_refused_by_telegram(server: BotApiServer, client: BotClient) -> None:
    file_id = server.send_voice(ANNA, b"a" * (LARGEST + 1))

    with pytest.raises(FetchError) as refused:
        TelegramFetcher(client).fetch(file_id)

    assert refused.value.too_large


@pytest.mark.parametrize("method", ["getFile", "download"])
@pytest.mark.parametrize("code", [400, 401, 404, 500, 502])
def test_bad_days_of_telegram_are_tried_again(server: BotApiServer, client: BotClient, method: str, code: int) -> None:
    file_id = server.send_voice(ANNA, VOICE)
    server.fail(method, code)

    with pytest.raises(FetchError) as failed:
        TelegramFetcher(client).fetch(file_id)

    assert (failed.value.too_large, failed.value.retry_after_s) == (False, None)
    assert TelegramFetcher(client).fetch(file_id) == VOICE


def test_pause_that_telegram_asks_for_is_passed_on(server: BotApiServer, client: BotClient) -> None:
    file_id = server.send_voice(ANNA, VOICE)
    server.fail("getFile", 429, retry_after=7)

    with pytest.raises(FetchError) as failed:
        TelegramFetcher(client).fetch(file_id)

    assert failed.value.retry_after_s == 7.0


def test_file_that_telegram_does_not_know_may_be_there_later(client: BotClient) -> None:
    with pytest.raises(FetchError) as failed:
        TelegramFetcher(client).fetch("never-heard-of")

    assert not failed.value.too_large


def test_download_that_takes_too_long_is_given_up(server: BotApiServer, client: BotClient) -> None:
    file_id = server.send_voice(ANNA, VOICE)
    server.fail("download", 502, pause_s=5)

    with pytest.raises(FetchError):
        TelegramFetcher(client, within_s=0.2).fetch(file_id)


def test_server_that_is_not_there_may_be_tried_again() -> None:
    client = BotClient(TOKEN, f"http://127.0.0.1:{free_port()}")

    with pytest.raises(FetchError) as failed:
        TelegramFetcher(client).fetch("AwAC")
    client.close()

    assert not failed.value.too_large


def test_neither_token_nor_file_stands_in_an_error(server: BotApiServer, client: BotClient) -> None:
    file_id = server.send_voice(ANNA, VOICE)
    server.fail("download", 404)

    with pytest.raises(FetchError) as failed:
        TelegramFetcher(client).fetch(file_id)

    assert not any(secret in str(failed.value) for secret in (TOKEN, file_id))
