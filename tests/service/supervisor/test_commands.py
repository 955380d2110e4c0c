import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.service.supervisor.commands import Plan, plan
from bot.service.supervisor.home import Secrets, home_of
from bot.service.supervisor.instance import Instance

INHERITED = {
    "PATH": "/usr/bin",
    "GENKLANG_DATABASE": "postgresql+psycopg:///genklang",
    "GENKLANG_MUNICIPALITY": "Prøve Kommune",
    "GENKLANG_ENGINE_TOKEN": "from outside",
    "GENKLANG_KEY": "from outside",
    "GENKLANG_KEY_FILE": "/from/outside",
}


@pytest.fixture
def secrets(tmp_path: Path) -> Iterator[Secrets]:
    with home_of(Instance(tmp_path, 8100)) as made:
        yield made


def planned(secrets: Secrets, inherited: dict[str, str]) -> Plan:
    return plan(Instance(secrets.folder.parent, 8100), secrets, inherited)


def test_the_engine_gets_two_tokens_and_nothing_else_of_genklang(secrets: Secrets) -> None:
    (engine,) = planned(secrets, INHERITED).at_once

    assert {name: value for name, value in engine.environment.items() if name.startswith("GENKLANG_")} == {
        "GENKLANG_ACTION_URL": "http://127.0.0.1:8100/actions/webhook",
        "GENKLANG_ACTION_TOKEN": secrets.read("action_token"),
        "GENKLANG_ENGINE_TOKEN": secrets.read("engine_token"),
    }
    assert engine.environment["PATH"] == "/usr/bin"


def test_no_command_line_carries_a_secret(secrets: Secrets) -> None:
    made = planned(secrets, INHERITED)

    words = {word for program in (*made.at_once, *made.steps, *made.then) for word in program.command}

    assert not words & {secrets.read(name) for name in ("key", "hash_key", "engine_token", "action_token", "dev_token")}


def test_the_service_gets_its_secrets_as_files_of_this_home(secrets: Secrets) -> None:
    service, worker = planned(secrets, INHERITED).then

    environment = service.environment
    assert {name: value for name, value in environment.items() if name.startswith("GENKLANG_")} == {
        "GENKLANG_MODE": "development",
        "GENKLANG_HOME": str(secrets.folder.parent),
        "GENKLANG_PORT": "8100",
        "GENKLANG_ENGINE_PORT": "8101",
        "GENKLANG_CONTROL_PORT": "8102",
        "GENKLANG_ENGINE_URL": "http://127.0.0.1:8101",
        "GENKLANG_ACTION_URL": "http://127.0.0.1:8100/actions/webhook",
        "GENKLANG_CONTROL_URL": "http://127.0.0.1:8102",
        "GENKLANG_KEY_FILE": str(secrets.folder / "key"),
        "GENKLANG_HASH_KEY_FILE": str(secrets.folder / "hash_key"),
        "GENKLANG_ENGINE_TOKEN_FILE": str(secrets.folder / "engine_token"),
        "GENKLANG_ACTION_TOKEN_FILE": str(secrets.folder / "action_token"),
        "GENKLANG_DEV_TOKEN_FILE": str(secrets.folder / "dev_token"),
        "GENKLANG_DATABASE": "postgresql+psycopg:///genklang",
        "GENKLANG_MUNICIPALITY": "Prøve Kommune",
    }
    assert worker.environment == environment


def test_the_demo_municipality_has_a_name_of_its_own(secrets: Secrets) -> None:
    service, _ = planned(secrets, {}).then

    assert service.environment["GENKLANG_MUNICIPALITY"] == "Eksempel Kommune"


def test_the_database_is_made_ready_before_service_and_worker_start(secrets: Secrets) -> None:
    made = planned(secrets, {})

    service = (sys.executable, "-m", "bot.service")
    assert [program.name for program in made.at_once] == ["engine"]
    assert [program.command for program in made.steps] == [(*service, "migrate"), (*service, "demo")]
    assert [program.command for program in made.then] == [(*service, "serve"), (*service, "worker")]
