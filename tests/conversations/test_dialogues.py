"""Whole dialogues as data: what a citizen writes, what is answered, and what is true afterwards; through the real engine."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.service.logic.participants import audience_for
from bot.shared.codebook import Audience, Channel, Role
from tests.conversations.recognise import Recogniser
from tools.dev_client import DevClient, Person

FILES = sorted(Path(__file__).parent.glob("*.yml"))
VIEWS = {"sager": "cases", "svar": "answers", "interview": "interviews"}

pytestmark = pytest.mark.engine


def test_there_are_at_least_fifteen_dialogues() -> None:
    assert len(FILES) >= 15


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_dialogue(client: DevClient, recogniser: Recogniser, file: Path) -> None:
    dialogue = yaml.safe_load(file.read_text(encoding="utf-8"))
    person, audience = _start(client, dialogue)

    for number, step in enumerate(dialogue["forloeb"], start=1):
        answered = _take(person, step)
        names = [recogniser.name(message["text"], audience, Channel(person.channel)) for message in answered]
        assert names == step["faar"], f"step {number}: {step}"

    for view, expected in dialogue["til_sidst"].items():
        rows = person.rows(VIEWS[view])
        assert len(rows) == len(expected), f"{view}: {rows}"
        for row, wanted in zip(rows, expected, strict=True):
            assert {key: row[key] for key in wanted} == wanted


def _start(client: DevClient, dialogue: dict[str, Any]) -> tuple[Person, Audience]:
    if "fremmed" in dialogue:
        return client.stranger(dialogue["fremmed"]), Audience.FORAELDER
    person = client.person(**dialogue["person"])
    client.idle()
    return person, audience_for(Role(dialogue["person"]["role"]), dialogue["person"].get("age"))


def _take(person: Person, step: dict[str, Any]) -> list[dict[str, Any]]:
    if "skriver" in step:
        pieces = step["skriver"] if isinstance(step["skriver"], list) else [step["skriver"]]
        for piece in pieces:
            person.post(text=piece)
    if "trykker" in step:
        person.post(press=step["trykker"])
    if "ur" in step:
        person.client.post("/dev/clock", {"advance_s": step["ur"]})
    person.client.idle()
    return person.news()
