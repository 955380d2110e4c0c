"""The database is away for a while in mid-load: what is written then is acknowledged, kept on disk, and fed back in order."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.service.migrate import migrate
from bot.service.settings import read_settings
from tests.faults.load import MakeLoad
from tests.faults.storm import rage, read_plan
from tests.postgres import Cluster, MissingServer, postgres_cluster
from tests.service_fixtures import ENVIRONMENT
from tools.dev_client import DevClient
from tools.instance import free_ports, running_instance

pytestmark = pytest.mark.faults

LOCKED_S = 5
AWAY_S = 4
ALL_DONE_S = 120
SHORT_FORM = 6  # kills; beyond it the storm rages on PostgreSQL as well
HOLD_LOCK = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
"""


@contextmanager
def locked(database: Path, seconds: float) -> Iterator[None]:
    """Another process holds the database until the seconds are over; the block begins once it does."""
    command = [sys.executable, "-c", HOLD_LOCK, str(database), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "locked\n"
        yield


def spooled(client: DevClient) -> int:
    """How many messages lie on disk."""
    assert client.home is not None
    return len(list((client.home / "spool").glob("*.msg")))


def most_spooled(client: DevClient, seconds: float) -> int:
    """The largest number of messages that lay on disk at once while the seconds passed."""
    until, most = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        most = max(most, spooled(client))
        time.sleep(0.1)
    return most


def test_a_locked_database_loses_and_doubles_nothing(client: DevClient, make_load: MakeLoad) -> None:
    assert client.home is not None
    load = make_load(client, 501)
    with load.running(people=3, bursts=3), locked(client.home / "genklang.db", LOCKED_S):
        most = most_spooled(client, LOCKED_S + 1)
    client.idle(ALL_DONE_S)

    assert most >= 3
    assert load.problems() == []
    assert (spooled(client), list((client.home / "spool" / "broken").iterdir())) == (0, [])


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    try:
        with postgres_cluster() as cluster:
            migrate(read_settings(ENVIRONMENT | {"GENKLANG_DATABASE": cluster.url}))
            yield cluster
    except MissingServer as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def on_postgres(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevClient]:
    """An instance of its own: its database is going to be taken away."""
    home = tmp_path_factory.mktemp("on-postgres")
    with running_instance(home, free_ports(), GENKLANG_DEMO="none", GENKLANG_DATABASE=cluster.url) as client:
        yield client


@pytest.mark.postgres
def test_a_postgresql_that_goes_and_comes_back_loses_and_doubles_nothing(
    on_postgres: DevClient, cluster: Cluster, make_load: MakeLoad
) -> None:
    load = make_load(on_postgres, 502)
    with load.running(people=3, bursts=3):
        time.sleep(2)
        cluster.stop()
        most = most_spooled(on_postgres, AWAY_S)
        cluster.start()
        time.sleep(2)
    on_postgres.idle(ALL_DONE_S)

    assert most >= 3
    assert load.problems() == []
    assert spooled(on_postgres) == 0


@pytest.mark.postgres
@pytest.mark.skipif(len(read_plan().kills) <= SHORT_FORM, reason="in the long form (`make test-faults`) alone")
def test_a_storm_of_kills_on_postgresql_loses_and_doubles_nothing(on_postgres: DevClient, make_load: MakeLoad) -> None:
    plan = read_plan()
    load = make_load(on_postgres, plan.seed)
    with load.running():
        rage(on_postgres, plan)
        on_postgres.wait_until_healthy(ALL_DONE_S)
    on_postgres.idle(ALL_DONE_S)

    assert load.problems() == []
