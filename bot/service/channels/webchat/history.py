"""What the page shows: what was said since the visit began, and the prompt that is open."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.channels.webchat.inbound import page_id
from bot.service.channels.webchat.sessions import Visit
from bot.service.clock import machine_now
from bot.service.models import Conversation, Inbound, Outbound
from bot.service.models.words import InboundKind, OutboundKind, OutboundState
from bot.shared.codebook import AwaitedStep, DialogueAct

SHOWN = (OutboundState.HANDED_OVER, OutboundState.DELIVERED)
UNSETTLED = (OutboundState.WAITING, OutboundState.SENDING)
QUIET_ACTS = (DialogueAct.SPRING_OVER, DialogueAct.STOP)
TYPING_FOR = timedelta(seconds=30)  # machine time after the last message in which it is likely that an answer comes soon
_CURSOR = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


class Speaker(StrEnum):
    """Whose words a line is."""

    US = "os"
    THEM = "dig"
    HUMAN = "medarbejder"  # one of us who is no robot


class Answer(StrEnum):
    """Whether an answer of ours is on its way."""

    NONE = "none"
    TYPING = "typing"
    LATE = "late"  # on its way, but nobody should be told to wait for it


@dataclass(frozen=True)
class Cursor:
    """Up to which rows the page has everything."""

    outbound: int
    inbound: int

    @classmethod
    def read(cls, text: str, visit: Visit) -> Self:
        """The cursor that the page sent back; the visit's beginning where it has none or a broken one."""
        found = _CURSOR.fullmatch(text)
        outbound, inbound = (int(found[1]), int(found[2])) if found else (0, 0)
        return cls(max(outbound, visit.outbound_before), max(inbound, visit.inbound_before))

    def __str__(self) -> str:
        return f"{self.outbound}-{self.inbound}"


@dataclass(frozen=True)
class Line:
    """One message as the page shows it."""

    id: str
    speaker: Speaker
    text: str
    at: datetime  # business time
    buttons: tuple[dict[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As the page reads it."""
        return {
            "id": self.id,
            "from": self.speaker,
            "text": showable(self.text),
            "buttons": list(self.buttons),
            "at": self.at.isoformat(),
        }


def read_new(session: Session, visit: Visit, since: str) -> dict[str, Any]:
    """`{"messages", "cursor", "answer"}`: what is new after `since`, oldest first, and always the open prompt with its buttons.

    A message that overtook another on its way out may be told twice, never left out; ids let the page see it.
    """
    cursor = Cursor.read(since, visit)
    prompt = open_prompt(session, visit.conversation_id)
    outbound = _rows_after(session, visit.conversation_id, cursor.outbound)
    inbound = _written_after(session, visit.conversation_id, cursor.inbound)
    told = {row.id: row for row in outbound if row.state in SHOWN}
    if prompt is not None:
        told[prompt.id] = prompt
    lines = [_our_line(row, prompt) for row in told.values()] + _their_lines(session, inbound)
    # At one instant what was written comes before what answers it.
    lines.sort(key=lambda line: (line.at, line.speaker is not Speaker.THEM))
    new_cursor = Cursor(_settled(outbound, cursor.outbound), max([cursor.inbound, *(row.id for row in inbound)]))
    answer = _answer(session, visit.conversation_id, outbound)
    return {"messages": [line.as_json() for line in lines], "cursor": str(new_cursor), "answer": answer}


def open_prompt(session: Session, conversation_id: int) -> Outbound | None:
    """The last message that awaits an answer, if that answer is awaited now, and it is out and not pressed yet."""
    conversation = session.get(Conversation, conversation_id)
    prompt = session.scalar(
        select(Outbound)
        .where(Outbound.conversation_id == conversation_id, Outbound.step != AwaitedStep.INTET)
        .order_by(Outbound.id.desc())
        .limit(1)
    )
    if conversation is None or prompt is None or prompt.state not in SHOWN or prompt.step != conversation.awaits:
        return None
    return None if _is_pressed(session, prompt) else prompt


def _answer(session: Session, conversation_id: int, outbound: Sequence[Outbound]) -> Answer:
    conversation = session.get(Conversation, conversation_id)
    unanswered = conversation is not None and conversation.turn_due_at is not None
    if not unanswered and all(row.state not in UNSETTLED for row in outbound):
        return Answer.NONE
    latest = session.scalar(
        select(Inbound.arrived_at).where(Inbound.conversation_id == conversation_id).order_by(Inbound.id.desc()).limit(1)
    )
    return Answer.TYPING if latest is not None and latest > machine_now() - TYPING_FOR else Answer.LATE


def showable(text: str) -> str:
    """The text with halves of characters that no UTF-8 can carry replaced; what is stored keeps them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_pressed(session: Session, prompt: Outbound) -> bool:
    presses = session.scalars(
        select(Inbound.original).where(Inbound.conversation_id == prompt.conversation_id, Inbound.kind == InboundKind.PRESS)
    )
    return any(press.startswith(f"{prompt.id}:") for press in presses)


def _rows_after(session: Session, conversation_id: int, after: int) -> Sequence[Outbound]:
    return session.scalars(
        select(Outbound).where(Outbound.conversation_id == conversation_id, Outbound.id > after).order_by(Outbound.id)
    ).all()


def _written_after(session: Session, conversation_id: int, after: int) -> Sequence[Inbound]:
    return session.scalars(
        select(Inbound)
        .where(
            Inbound.conversation_id == conversation_id,
            Inbound.id > after,
            Inbound.kind.in_((InboundKind.TEXT, InboundKind.PRESS)),
        )
        .order_by(Inbound.id)
    ).all()


def _settled(rows: Sequence[Outbound], before: int) -> int:
    """The id up to which no row can still become visible."""
    last = before
    for row in rows:
        if row.state in UNSETTLED:
            break
        last = row.id
    return last


def _our_line(row: Outbound, prompt: Outbound | None) -> Line:
    is_open = prompt is not None and row.id == prompt.id
    speaker = Speaker.HUMAN if row.kind == OutboundKind.HANDLER else Speaker.US
    return Line(f"u{row.id}", speaker, text=row.text, at=row.created_at, buttons=_buttons(row) if is_open else ())


def _buttons(row: Outbound) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"text": stored["text"], "press": f"{row.id}:{stored['id']}", "quiet": stored["act"] in QUIET_ACTS}
        for stored in row.buttons
    )


def _their_lines(session: Session, rows: Sequence[Inbound]) -> list[Line]:
    words = _words_of_presses(session, [row for row in rows if row.kind == InboundKind.PRESS])
    lines = []
    for row in rows:
        text = words.get(row.original) if row.kind == InboundKind.PRESS else row.original
        if text is not None:
            lines.append(Line(page_id(row.provider_id), Speaker.THEM, text=text, at=row.received_at))
    return lines


def _words_of_presses(session: Session, rows: Sequence[Inbound]) -> dict[str, str]:
    """What stood on the buttons that were pressed, by press; a button that never was has no words."""
    if not rows:
        return {}
    pressed = select(Outbound).where(
        Outbound.conversation_id == rows[0].conversation_id,
        Outbound.id.in_([int(row.original.partition(":")[0]) for row in rows]),
    )
    return {button["press"]: button["text"] for row in session.scalars(pressed) for button in _buttons(row)}
