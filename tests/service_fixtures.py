"""What all service tests share: settings, a database of either kind, a context with a clock that stands still."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.crypto import KeyRing
from bot.service.database import Database
from bot.service.logic.question_sets import Catalogue
from bot.service.logic.texts import Texts
from bot.service.migrate import migrate
from bot.service.models import Base, install_keys
from bot.service.settings import Settings, read_settings
from tests.fakes import FakeClock
from tests.postgres import MissingServer, postgres_server
from tools.dev_client import DevClient
from tools.instance import free_ports, running_instance

TEST_KEY = base64.b64encode(bytes(range(32))).decode()
ENVIRONMENT = {
    "GENKLANG_MODE": "development",
    "GENKLANG_MUNICIPALITY": "Eksempel Kommune",
    "GENKLANG_KEY": TEST_KEY,
    "GENKLANG_HASH_KEY": TEST_KEY,
    "GENKLANG_ENGINE_TOKEN": "engine-token",
    "GENKLANG_ACTION_TOKEN": "action-token",
    "GENKLANG_DEV_TOKEN": "dev-token",
}
BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server with our tables, for the whole run."""
    try:
        with postgres_server() as url:
            migrate(read_settings(ENVIRONMENT | {"GENKLANG_DATABASE": url}))
            yield url
    except MissingServer as missing:
        pytest.skip(str(missing))


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database with our tables, on SQLite and on PostgreSQL."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        _empty(url)
        return url
    url = f"sqlite:///{tmp_path / 'genklang.db'}"
    database = Database(url)
    Base.metadata.create_all(database.engine)
    database.close()
    return url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Development settings with a home of their own."""
    return read_settings(ENVIRONMENT | {"GENKLANG_HOME": str(tmp_path), "GENKLANG_DATABASE": database_url})


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The question sets as they ship."""
    return Catalogue.load()


@pytest.fixture(scope="session")
def texts() -> Texts:
    """The texts as they ship."""
    return Texts.load()


@pytest.fixture
def context(settings: Settings, catalogue: Catalogue, texts: Texts) -> Iterator[Context]:
    """The tools of one process; `context.clock` is a FakeClock at Wednesday noon."""
    keys = KeyRing.read(TEST_KEY, TEST_KEY)
    install_keys(keys)
    database = Database(settings.database)
    yield Context(settings, FakeClock(), database, keys, texts, catalogue)
    database.close()


@pytest.fixture
def session(context: Context) -> Iterator[Session]:
    """A writing session that commits at the end of the test."""
    with context.database.write() as session:
        yield session


def _empty(url: str) -> None:
    database = Database(url)
    tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    with database.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    database.close()


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevClient]:
    """Engine, service and worker as real processes with the model that ships: one for the whole run."""
    home = tmp_path_factory.mktemp("instance")
    with running_instance(home, free_ports(), GENKLANG_DEMO="none") as client:
        yield client
