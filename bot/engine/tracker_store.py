"""Rasa's memory of conversations, kept to the latest few.

Every attempt at a turn is a conversation of its own, so an older one is never asked for again: kept without a bound
they would only fill the memory.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

KEPT = 1000


class LatestTrackers(InMemoryTrackerStore):
    """Keeps the `keep` conversations that were saved last."""

    def __init__(self, domain: Domain, event_broker: EventBroker | None = None, keep: int = KEPT, **kwargs: Any) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self.store: OrderedDict[str, str] = OrderedDict()  # type: ignore[assignment]
        self._keep = int(keep)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Saves one conversation and lets go of the oldest."""
        await super().save(tracker)
        self.store.move_to_end(tracker.sender_id)
        while len(self.store) > self._keep:
            self.store.popitem(last=False)
