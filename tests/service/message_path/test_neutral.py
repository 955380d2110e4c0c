"""What stays on a phone names no family service and quotes nothing that was written: phones are shared."""

import pytest

from bot.service.context import Context
from bot.service.logic.plain_language import revealing
from bot.service.models.words import InboundKind
from bot.shared.codebook import Channel, DialogueAct, Role
from tests.factories import make_interview
from tests.service.driver import Citizen, ScriptedEngine

WRITTEN = "kanelsnegl"  # stands in everything that the citizen writes
CHAT = "700100200"
PLAIN_ACTS = [act for act in DialogueAct if act is not DialogueAct.STOP]
IN_SO_MANY_WORDS = ["han slår mig", "jeg vil klage", "jeg vil ikke leve mere", "RING", "hjælp", "I do not understand"]


@pytest.fixture
def on_telegram(context: Context, engine: ScriptedEngine) -> Citizen:
    """A parent who has opened the bot by their code."""
    with context.database.write() as session:
        _, participant, _ = make_interview(session, context, role=Role.FORAELDER, channel=Channel.TELEGRAM)
        code = participant.code
    citizen = Citizen(context, CHAT, Channel.TELEGRAM, engine)
    citizen.receive(code, kind=InboundKind.OPEN)
    citizen.work()
    return citizen


def talk(citizen: Citizen) -> list[str]:
    """Every kind of message, before and after the yes, and STOP at last; what was sent."""
    for _ in range(2):
        for act in PLAIN_ACTS:
            labels = {"routes": {"klage": {"value": "ja", "score": 0.9, "clause": WRITTEN}}} if act == "klage" else {}
            citizen.write(f"{WRITTEN} {act}", act=act, **labels)
        citizen.write("ja", act="bekraeft")
    for words in IN_SO_MANY_WORDS:
        citizen.write(f"{words} {WRITTEN}")
    for kind in (InboundKind.MEDIA, InboundKind.STICKER):
        citizen.receive(WRITTEN, kind=kind)
        citizen.work()
    citizen.write("STOP")
    return [sending.text for sending in citizen.bridge.sent]


def telling(texts: list[str]) -> list[str]:
    """The texts that quote what was written or say what it is about."""
    return [text for text in texts if WRITTEN in text.casefold() or revealing(text)]


def test_nothing_by_sms_tells_what_it_is_about(parent: Citizen) -> None:
    said = talk(parent)

    assert len(said) > len(PLAIN_ACTS)
    assert telling(said) == []


def test_nothing_on_telegram_tells_what_it_is_about(on_telegram: Citizen) -> None:
    said = talk(on_telegram)

    assert len(said) > len(PLAIN_ACTS)
    assert telling(said) == []


def test_a_text_that_tells_would_be_seen() -> None:
    assert telling([f"Tak for din {WRITTEN}", "Tak for din klage", "Tak"]) == [f"Tak for din {WRITTEN}", "Tak for din klage"]
