"""Our Bot API server as fixtures; a conftest imports those that its folder needs."""

from collections.abc import Iterator

import pytest

from bot.service.channels.telegram.client import BotClient
from tests.bot_api_server import TOKEN, BotApiServer, bot_api_server


@pytest.fixture(scope="module")
def server_process() -> Iterator[BotApiServer]:
    """One process for all tests of a file."""
    with bot_api_server() as server:
        yield server


@pytest.fixture
def server(server_process: BotApiServer) -> BotApiServer:
    """The server, as if just started."""
    server_process.reset()
    return server_process


@pytest.fixture
def client(server: BotApiServer) -> Iterator[BotClient]:
    """The bot that speaks to it."""
    client = BotClient(TOKEN, server.url)
    yield client
    client.close()
