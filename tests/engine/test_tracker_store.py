import asyncio

import pytest
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain

from bot.engine.tracker_store import LatestTrackers


def test_only_the_latest_conversations_are_kept() -> None:
    store = LatestTrackers(Domain.empty(), keep=2)

    async def converse() -> list[str]:
        first = await store.create_tracker("1-1")
        await store.create_tracker("2-1")
        await store.save(first)
        await store.create_tracker("3-1")
        return list(await store.keys())

    assert asyncio.run(converse()) == ["1-1", "3-1"]


def test_endpoints_yml_names_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENKLANG_ACTION_URL", "http://127.0.0.1:9/webhook")
    monkeypatch.setenv("GENKLANG_ACTION_TOKEN", "unused")

    endpoints = AvailableEndpoints.read_endpoints("bot/engine/endpoints.yml")

    assert isinstance(TrackerStore.create(endpoints.tracker_store), LatestTrackers)
