"""Messages on disk while the database is away: one encrypted file each, fed back in order of arrival."""

import base64
import json
import logging
import os
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.service.channels.base import Attachment, Inbound
from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.errors import ConfigurationError, UnreadableValueError
from bot.service.models.words import InboundKind, MediaKind
from bot.shared.codebook import Channel

logger = logging.getLogger(__name__)

SUFFIX = ".msg"
ABANDONED_AFTER_S = 3600.0  # machine time: by then nobody is still writing a file


@dataclass(frozen=True)
class Spooled:
    """A message read back, with the two times of its arrival at the door (business and machine)."""

    message: Inbound
    received_at: datetime
    arrived_at: datetime


class Spool:
    """The folder `$GENKLANG_HOME/spool`; names are `<arrival>-<random>-<address hash>.msg` and carry nothing personal."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.folder = context.settings.home / "spool"

    def check(self) -> None:
        """Make sure that the spool can be written.

        Raises:
            ConfigurationError: the process must not start without it.
        """
        try:
            (self.folder / "broken").mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = self.folder / f"probe-{uuid.uuid4().hex}"
            probe.write_bytes(b"")
            probe.unlink()
            self._sweep()
        except OSError as error:
            raise ConfigurationError(
                f"the spool {self.folder} cannot be written ({error.strerror}); make it writable or set GENKLANG_HOME"
            ) from error

    def _sweep(self) -> None:
        """Take away what a crash left half-written: it was never acknowledged."""
        long_ago = machine_now().timestamp() - ABANDONED_AFTER_S
        for path in (*self.folder.glob(f"*{SUFFIX}.tmp"), *self.folder.glob("probe-*")):
            with suppress(FileNotFoundError):  # another process was quicker
                if path.stat().st_mtime < long_ago:
                    path.unlink()

    def put(self, message: Inbound, received_at: datetime, arrived_at: datetime) -> None:
        """Write one message so that it survives a crash: temporary name, fsync, rename, fsync of the folder.

        Raises:
            OSError: the disk does not take it.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        address_hash = self.context.address_hash(message.channel, message.address)
        name = f"{arrived_at.timestamp():020.6f}-{uuid.uuid4().hex}-{address_hash}{SUFFIX}"
        body = json.dumps(_as_json(message, received_at, arrived_at)).encode()
        unfinished = self.folder / f"{name}.tmp"
        try:
            with unfinished.open("wb") as file:
                file.write(self.context.keys.encrypt(body).encode())
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(self.folder / name)
        except OSError:  # a full disk must not be filled further by what nobody will read
            unfinished.unlink(missing_ok=True)
            raise
        _fsync_folder(self.folder)

    def files(self) -> list[Path]:
        """What waits, in order of arrival."""
        return sorted(self.folder.glob(f"*{SUFFIX}"))

    def waiting_addresses(self) -> set[str]:
        """Hashes of the addresses for which something waits: no turn of theirs may be worked yet."""
        return {path.stem.rpartition("-")[2] for path in self.files()}

    def read(self, path: Path) -> Spooled:
        """Read one file back.

        Raises:
            UnreadableValueError: it is damaged or its key is gone.
        """
        try:
            return _from_json(json.loads(self.context.keys.decrypt(path.read_text())))
        except (KeyError, TypeError, ValueError) as error:
            raise UnreadableValueError("a spool file does not hold a message") from error

    def set_aside(self, path: Path) -> None:
        """Keep an unreadable file in `broken/`, where a human finds it."""
        broken = self.folder / "broken"
        broken.mkdir(exist_ok=True, mode=0o700)
        path.rename(broken / path.name)


def _as_json(message: Inbound, received_at: datetime, arrived_at: datetime) -> dict[str, Any]:
    return {
        "channel": message.channel,
        "provider_id": message.provider_id,
        "address": message.address,
        "kind": message.kind,
        "text": base64.b64encode(message.text.encode("utf-8", "surrogatepass")).decode(),
        "sent_at": message.sent_at.isoformat() if message.sent_at else None,
        "edits": message.edits,
        "attachments": [asdict(attachment) for attachment in message.attachments],
        "received_at": received_at.isoformat(),
        "arrived_at": arrived_at.isoformat(),
    }


def _from_json(stored: dict[str, Any]) -> Spooled:
    message = Inbound(
        channel=Channel(stored["channel"]),
        provider_id=stored["provider_id"],
        address=stored["address"],
        kind=InboundKind(stored["kind"]),
        text=base64.b64decode(stored["text"]).decode("utf-8", "surrogatepass"),
        sent_at=datetime.fromisoformat(stored["sent_at"]) if stored["sent_at"] else None,
        edits=stored["edits"],
        attachments=tuple(_attachment(entry) for entry in stored.get("attachments", ())),  # files of before have none
    )
    times = datetime.fromisoformat(stored["received_at"]), datetime.fromisoformat(stored["arrived_at"])
    return Spooled(message, *times)


def _attachment(stored: dict[str, Any]) -> Attachment:
    attachment = Attachment(**stored)
    return replace(attachment, kind=MediaKind(attachment.kind))


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
