"""Rate limits, on both sides of their borders."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.service.channels.webchat import limits
from bot.service.channels.webchat.limits import RateLimit, network_of


class Watch:
    """A machine clock that a test sets."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


def test_the_limit_is_reached_at_the_last_event_and_no_sooner() -> None:
    limit = RateLimit(most=2, window=timedelta(minutes=1), now=Watch())

    assert [limit.take("a"), limit.take("a"), limit.take("a")] == [True, True, False]
    assert limit.take("b")


def test_an_event_counts_until_its_window_is_over() -> None:
    watch = Watch()
    limit = RateLimit(most=1, window=timedelta(minutes=15), now=watch)
    limit.count("a")

    watch.time += timedelta(minutes=14, seconds=59)
    assert limit.is_reached("a")
    watch.time += timedelta(seconds=1)
    assert not limit.is_reached("a")


def test_calm_keys_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_KEYS", 3)
    watch = Watch()
    limit = RateLimit(most=1, window=timedelta(minutes=1), now=watch)
    for key in ("a", "b", "c"):
        limit.count(key)

    watch.time += timedelta(minutes=2)
    limit.count("d")

    assert list(limit._events) == ["d"]


@pytest.mark.parametrize(
    ("client", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_ipv6_is_counted_by_subscriber(client: str, network: str) -> None:
    assert network_of(client) == network
