"""The instance's folder: its lock, its secrets, its logs and ready.json. Readable by its owner alone."""

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.service.errors import ConfigurationError
from bot.service.supervisor.instance import Instance


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _new_token() -> str:
    return secrets.token_urlsafe(32)


# File name -> what makes it. The setting is GENKLANG_<NAME>_FILE.
SECRETS: dict[str, Callable[[], str]] = {
    "key": _new_key,
    "hash_key": _new_key,
    "engine_token": _new_token,
    "action_token": _new_token,
    "dev_token": _new_token,
}


@dataclass(frozen=True)
class Secrets:
    """The secrets of a demo instance, one file each, made at its first start and kept."""

    folder: Path

    def path(self, name: str) -> Path:
        """Return the file that holds the secret."""
        return self.folder / name

    def read(self, name: str) -> str:
        """Return the secret itself."""
        return self.path(name).read_text().strip()


@contextmanager
def home_of(instance: Instance) -> Iterator[Secrets]:
    """Make the folder and its secrets, and hold it alone while the block runs. Before and after there is no ready.json.

    Raises:
        ConfigurationError: the folder cannot be written, or another supervisor holds it.
    """
    try:
        for folder in (instance.home, instance.home / "secrets", instance.home / "logs"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (instance.home / "supervisor.lock").open("w")
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename} cannot be made ({error.strerror}); choose another GENKLANG_HOME"
        ) from error
    with lock:
        _take(lock.fileno(), instance.home)
        _withdraw_ready(instance)
        try:
            yield _make_secrets(instance.home / "secrets")
        finally:
            _withdraw_ready(instance)


def announce_ready(instance: Instance, secrets_: Secrets, logins: object) -> None:
    """Write ready.json in one step: whoever finds it finds it whole, and the instance healthy."""
    ready = {
        "service": instance.address("service"),
        "desk": instance.address("service", "/desk"),
        "chat": instance.address("service", "/chat"),
        "phone": instance.address("service", "/phone"),
        "control": instance.address("control"),
        "token": secrets_.read("dev_token"),
        "logins": logins,
    }
    _write_private(_ready_file(instance), json.dumps(ready, ensure_ascii=False, indent=2) + "\n")


def read_logins(instance: Instance) -> object:
    """Return the demo logins as the loading of the demo municipality left them; none if it left none."""
    file = instance.home / "demo_logins.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else []


def _make_secrets(folder: Path) -> Secrets:
    for name, make in SECRETS.items():
        if not (folder / name).exists():
            _write_private(folder / name, make() + "\n")
    return Secrets(folder)


def _write_private(path: Path, text: str) -> None:
    """Write whole or not at all, readable by the owner only."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)  # left by a crash
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _take(lock: int, home: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ConfigurationError(
            f"An instance runs in {home} already. Stop it, or choose another folder and port: "
            "GENKLANG_HOME=var2 GENKLANG_PORT=8100 make run"
        ) from error


def _ready_file(instance: Instance) -> Path:
    return instance.home / "ready.json"


def _withdraw_ready(instance: Instance) -> None:
    _ready_file(instance).unlink(missing_ok=True)
