"""What must hold before anything is started; each refusal is a sentence that says what to do."""

import shutil
import socket
import tarfile
from pathlib import Path

from bot.service.errors import ConfigurationError
from bot.service.supervisor.instance import Instance

NEEDED_DISK = 200  # MB: database, logs and spool of a demo


def check(instance: Instance) -> None:
    """Check ports, disk and model.

    Raises:
        ConfigurationError: with the first thing that stands in the way.
    """
    for name, port in instance.ports.items():
        check_port(name, port)
    check_disk(instance.home, NEEDED_DISK)
    check_model(instance.model)


def check_port(name: str, port: int) -> None:
    """Refuse a port that somebody listens on or that this user may not use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do: what is only closing is free
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ConfigurationError(
                f"Port {port} (for the {name}) cannot be used: {error.strerror}. "
                "Stop what uses it, or choose the first of three free ports in a row: GENKLANG_PORT=8100 make run"
            ) from error


def check_disk(folder: Path, megabytes: int) -> None:
    """Refuse to begin with a disk that will be full soon."""
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        raise ConfigurationError(
            f"Only {free} MB are free in {folder}; {megabytes} MB are needed. "
            "Free some, or set GENKLANG_HOME to another disk."
        )


def check_model(model: Path) -> None:
    """Refuse a model that is missing or plainly damaged; whether the engine can load it shows at its start."""
    if not model.is_file():
        raise ConfigurationError(f"There is no model at {model}: `make train` makes it.")
    try:
        with tarfile.open(model) as archive:
            archive.next()
    except (tarfile.TarError, OSError, EOFError) as error:
        raise ConfigurationError(f"The model {model} is damaged: delete it and run `make train`.") from error
