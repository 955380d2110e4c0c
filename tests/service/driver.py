"""Drives the message path without Rasa: what a citizen writes goes through door, turn and action.

The test says what the engine makes of it.

The rules that Rasa would follow stand in `action_for`; tests/engine proves that Rasa follows them.
"""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update

from actions.deed import Deed
from actions.registry import HANDLERS
from bot.service.channels.base import Inbound
from bot.service.context import Context
from bot.service.message_path import door, outbox, turns
from bot.service.message_path.engine_client import Question
from bot.service.models import Case, Conversation, Outbound, Turn
from bot.service.models.words import InboundKind, OutboundState, TurnState
from bot.shared.codebook import ANSWERING_ACTS, ROUTE_ACTS, AwaitedStep, Channel, DialogueAct
from tests.fakes import FakeBridge

STEP_ACTIONS = {
    AwaitedStep.SAMTYKKE: "action_samtykke",
    AwaitedStep.SPOERGSMAAL: "action_svar",
    AwaitedStep.OPKALD_JA: "action_opkald_ja",
    AwaitedStep.OPKALD_NUMMER: "action_opkald_nummer",
    AwaitedStep.OPKALD_TID: "action_opkald_tid",
    AwaitedStep.FORTSAET: "action_fortsaet",
    AwaitedStep.INTET: "action_loes_besked",
}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_ids = itertools.count(1)


def action_for(act: DialogueAct, step: AwaitedStep) -> str:
    """The rules of stories/rules.yml."""
    if act in ROUTE_ACTS:
        return f"action_{act}"
    return STEP_ACTIONS[step] if act in ANSWERING_ACTS else "action_smaasnak"


@dataclass
class ScriptedEngine:
    """Answers each turn as the test scripted it; `down` and `poison` play the faults."""

    context: Context
    act: DialogueAct = DialogueAct.SVAR
    labels: dict[str, Any] = field(default_factory=dict)
    down: bool = False
    poison: bool = False
    asked: list[Question] = field(default_factory=list)

    def is_healthy(self) -> bool:
        return not self.down

    def can_act(self) -> bool:
        return self.is_healthy()

    def ask(self, question: Question) -> None:
        self.asked.append(question)
        if self.down or self.poison:
            return
        act = DialogueAct(question.act) if question.act else self.act
        name = action_for(act, AwaitedStep(question.awaits))
        message = {"intent": {"name": str(act)}} | ({} if question.act else self.labels)
        Deed(name, HANDLERS[name], self.context)._perform(question.turn_id, question.attempt, message)


@dataclass
class Citizen:
    """Somebody at an address, seen from their side."""

    context: Context
    address: str
    channel: Channel
    engine: ScriptedEngine
    bridge: FakeBridge = field(default_factory=lambda: FakeBridge(repeatable=True))

    def write(self, text: str, act: str = "svar", **labels: Any) -> list[str]:
        """Write something that the engine takes for `act` with these labels; what is answered."""
        self.engine.act, self.engine.labels = DialogueAct(act), labels
        before = len(self.rows())
        self.receive(text)
        return self.work(since=before)

    def press(self, words: str) -> list[str]:
        """Press the newest button with these words; what is answered."""
        row, button = next(
            (row, button) for row in reversed(self.rows()) for button in row.buttons if button["text"] == words
        )
        before = len(self.rows())
        self.receive(f"{row.id}:{button['id']}", kind=InboundKind.PRESS)
        return self.work(since=before)

    def receive(self, text: str, *, kind: InboundKind = InboundKind.TEXT, provider_id: str | None = None) -> door.Receipt:
        """Only let the message come in."""
        message = Inbound(self.channel, provider_id or f"m{next(_ids)}", self.address, kind, text=text)
        return door.receive(self.context, message)

    def work(self, since: int | None = None) -> list[str]:
        """Work all turns and the outbox; what was said since there were `since` rows (default: now)."""
        before = len(self.rows()) if since is None else since
        self.hurry()
        while (leased := turns.lease_next(self.context, "test")) is not None:
            turns.work(self.context, self.engine, leased)  # type: ignore[arg-type]
            if self.engine.down or self.engine.poison:
                break
        self.send_outbox()
        return [row.text for row in self.rows()[before:]]

    def hurry(self) -> None:
        """Nobody waits for further pieces: machine time does not move in tests."""
        with self.context.database.write() as session:
            session.execute(update(Conversation).where(Conversation.turn_due_at.is_not(None)).values(turn_due_at=LONG_AGO))

    def send_outbox(self) -> None:
        senders = {self.channel: self.bridge}
        while (claimed := outbox.claim_next(self.context, senders)) is not None:
            outbox.send(self.context, senders, claimed)

    def rows(self) -> list[Outbound]:
        """What this address was or will be sent, oldest first."""
        with self.context.database.read() as session:
            return list(
                session.scalars(
                    select(Outbound)
                    .join(Conversation, Conversation.id == Outbound.conversation_id)
                    .where(
                        Conversation.address_hash == self.context.address_hash(self.channel, self.address),
                        Outbound.state != OutboundState.CANCELLED,
                    )
                    .order_by(Outbound.id)
                )
            )

    def cases(self) -> list[Case]:
        with self.context.database.read() as session:
            return list(session.scalars(select(Case).order_by(Case.id)))

    def open_turns(self) -> list[Turn]:
        with self.context.database.read() as session:
            return list(session.scalars(select(Turn).where(Turn.state.in_((TurnState.WAITING, TurnState.ASKED)))))
