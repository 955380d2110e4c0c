"""The shared instance, made whole again after every fault."""

from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from bot.service.logic.question_sets import Catalogue
from bot.service.logic.texts import Texts
from tests.bot_api_fixtures import server, server_process
from tests.conversations.recognise import Recogniser
from tests.faults.load import Load, MakeLoad
from tools.dev_client import DevClient, Person

__all__ = ["server", "server_process"]


@pytest.fixture(scope="session")
def recogniser(texts: Texts, catalogue: Catalogue) -> Recogniser:
    return Recogniser(texts, catalogue)


@pytest.fixture
def make_load(recogniser: Recogniser) -> Iterator[MakeLoad]:
    """A load on an instance, by its seed."""
    with ExitStack() as stack:
        yield lambda client, seed: stack.enter_context(closing(Load(client, recogniser, seed)))


@pytest.fixture
def client(instance: DevClient) -> Iterator[DevClient]:
    """The instance; whatever a test stopped runs again afterwards."""
    yield instance
    for name in ("engine", "service", "worker"):
        instance.order(name, "start")
    instance.wait_until_healthy(90)
    instance.idle(90)


@pytest.fixture
def child(client: DevClient) -> Person:
    """A child of 13 at the first question."""
    person = client.person(role="barn", age=13)
    client.idle()
    person.press("Ja")
    return person
