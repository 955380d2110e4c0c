"""How often something may happen within a stretch of machine time; kept in memory, per process."""

import ipaddress
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from bot.service.clock import machine_now

MAX_KEYS = 20_000  # beyond it, keys that have calmed down are forgotten


class RateLimit:
    """At most `most` counted events per key within `window`. Safe for several threads."""

    def __init__(self, *, most: int, window: timedelta, now: Callable[[], datetime] = machine_now) -> None:
        self.window = window
        self._most = most
        self._now = now
        self._events: dict[str, deque[datetime]] = {}
        self._lock = Lock()

    def is_reached(self, key: str) -> bool:
        """Whether this key has had all its events; counts nothing."""
        with self._lock:
            return len(self._recent(key)) >= self._most

    def count(self, key: str) -> None:
        """Count one event."""
        with self._lock:
            if len(self._events) >= MAX_KEYS:
                self._forget_calm()
            self._events.setdefault(key, deque()).append(self._now())

    def take(self, key: str) -> bool:
        """Count one event if there is room for it; False, uncounted, if there is none."""
        if self.is_reached(key):
            return False
        self.count(key)
        return True

    def _recent(self, key: str) -> deque[datetime]:
        events = self._events.get(key, deque())
        oldest = self._now() - self.window
        while events and events[0] <= oldest:
            events.popleft()
        return events

    def _forget_calm(self) -> None:
        for key in [key for key in self._events if not self._recent(key)]:
            del self._events[key]


def network_of(client: str) -> str:
    """Whose wrong codes are counted together: an IPv4 address, or the /64 that one IPv6 subscriber has to himself."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if address.version == 4:
        return client
    return str(ipaddress.ip_network(f"{address}/64", strict=False))
