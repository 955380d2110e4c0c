"""The instance that all dialogues share; they differ in their people."""

from collections.abc import Iterator

import pytest

from bot.service.logic.question_sets import Catalogue
from bot.service.logic.texts import Texts
from tests.conversations.recognise import Recogniser
from tools.dev_client import DevClient


@pytest.fixture(scope="session")
def recogniser(texts: Texts, catalogue: Catalogue) -> Recogniser:
    return Recogniser(texts, catalogue)


@pytest.fixture
def client(instance: DevClient) -> Iterator[DevClient]:
    yield instance
    instance.idle()
