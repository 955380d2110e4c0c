"""What logic is handed: everything that is made once per process. Wired in bootstrap.py alone."""

from dataclasses import dataclass

from bot.service.clock import Clock
from bot.service.crypto import KeyRing
from bot.service.database import Database
from bot.service.logic.question_sets import Catalogue
from bot.service.logic.texts import Texts
from bot.service.settings import Settings


@dataclass(frozen=True)
class Context:
    """The tools of one process."""

    settings: Settings
    clock: Clock
    database: Database
    keys: KeyRing
    texts: Texts
    catalogue: Catalogue

    def address_hash(self, channel: str, address: str) -> str:
        """The keyed hash by which an address on a channel is found again."""
        return self.keys.hash(f"{channel}:{address}")
