"""The command lines and environments of the children. What the engine is started with stands here and nowhere else."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from bot.service.supervisor.home import SECRETS, Secrets
from bot.service.supervisor.instance import Instance
from bot.service.supervisor.processes import Program

# What answers at the door comes first when processor time is scarce: an acknowledgement waits for nobody.
NICENESS = {"engine": 10, "worker": 5}


@dataclass(frozen=True)
class Plan:
    """What a development run starts, in this order."""

    at_once: tuple[Program, ...]  # what loads slowly and needs none of the others
    steps: tuple[Program, ...]  # each must end well before the next begins
    then: tuple[Program, ...]


def plan(instance: Instance, secrets: Secrets, inherited: Mapping[str, str]) -> Plan:
    """The engine loads while the database is made ready; then come service and worker."""
    engine = engine_environment(instance, secrets, inherited)
    environment = service_environment(instance, secrets, inherited)
    python = (sys.executable, "-m", "bot.service")
    return Plan(
        at_once=(_program(instance, "engine", engine_command(instance), engine),),
        steps=tuple(_program(instance, name, (*python, name), environment) for name in ("migrate", "demo")),
        then=(
            _program(instance, "service", (*python, "serve"), environment),
            _program(instance, "worker", (*python, "worker"), environment),
        ),
    )


def engine_command(instance: Instance) -> tuple[str, ...]:
    """Rasa with our channel alone, in its own environment."""
    python = instance.root / ".venv-engine" / "bin" / "python"
    model, port = str(instance.model), str(instance.engine_port)
    return (str(python), "-m", "bot.engine", "run", "--model", model, "--port", port)


def engine_environment(instance: Instance, secrets: Secrets, inherited: Mapping[str, str]) -> dict[str, str]:
    """Of Genklang's settings only where the actions are and the two tokens, as values: its files expand them."""
    outside = {name: value for name, value in inherited.items() if not name.startswith("GENKLANG_")}
    return outside | _python_settings(instance) | {
        "GENKLANG_ACTION_URL": instance.address("service", "/actions/webhook"),
        "GENKLANG_ACTION_TOKEN": secrets.read("action_token"),
        "GENKLANG_ENGINE_TOKEN": secrets.read("engine_token"),
    }  # fmt: skip


def service_environment(instance: Instance, secrets: Secrets, inherited: Mapping[str, str]) -> dict[str, str]:
    """The caller's settings, with those that make the three processes find each other."""
    secret_settings = {f"GENKLANG_{name.upper()}": name for name in SECRETS}
    kept = {name: value for name, value in inherited.items() if name not in secret_settings}
    files = {f"{setting}_FILE": str(secrets.path(name)) for setting, name in secret_settings.items()}
    return {"GENKLANG_MUNICIPALITY": "Eksempel Kommune"} | kept | _python_settings(instance) | files | {
        "GENKLANG_MODE": "development",
        "GENKLANG_HOME": str(instance.home),
        "GENKLANG_PORT": str(instance.port),
        "GENKLANG_ENGINE_PORT": str(instance.engine_port),
        "GENKLANG_CONTROL_PORT": str(instance.control_port),
        "GENKLANG_ENGINE_URL": instance.address("engine"),
        "GENKLANG_ACTION_URL": instance.address("service", "/actions/webhook"),
        "GENKLANG_CONTROL_URL": instance.address("control"),
    }  # fmt: skip


def _python_settings(instance: Instance) -> dict[str, str]:
    return {"PYTHONPATH": str(instance.root), "PYTHONUNBUFFERED": "1"}


def _program(instance: Instance, name: str, command: tuple[str, ...], environment: Mapping[str, str]) -> Program:
    return Program(name, command, environment, instance.root, instance.log(name), NICENESS.get(name, 0))
