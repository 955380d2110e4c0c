"""Plays what citizens did in the past: through the door, the safety net and the dialogue, as if the engine had read it so."""

import itertools
from collections.abc import Callable, Iterator

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.service.channels.base import Inbound as Incoming
from bot.service.context import Context
from bot.service.demo.script import Row
from bot.service.logic import conversations, invitations
from bot.service.logic.dialogue import answers, callbacks, consent, requests, small_talk
from bot.service.logic.dialogue.moment import Moment, find_button
from bot.service.logic.reading import NOTHING, FoundRoute, FoundTheme, FoundWish, Reading
from bot.service.logic.voice import buttons_of
from bot.service.message_path import door
from bot.service.models import Conversation, Inbound, Interview, Outbound, Participant, Turn
from bot.service.models.words import InboundKind, LabelSource, OutboundState, TurnState
from bot.shared.codebook import ANSWERING_ACTS, AwaitedStep, Channel, DialogueAct, Polarity, Theme, Wish

# The rules of stories/rules.yml; tests/service/test_demo_town.py holds the two together.
_ROUTES: dict[DialogueAct, Callable[[Moment], None]] = {
    DialogueAct.BEKYMRING: requests.bekymring,
    DialogueAct.STOP: requests.stop,
    DialogueAct.KLAGE: requests.klage,
    DialogueAct.OPKALD: requests.opkald,
    DialogueAct.TOLK: requests.tolk,
    DialogueAct.SPOERGSMAAL: requests.spoergsmaal,
}
_STEPS: dict[AwaitedStep, Callable[[Moment], None]] = {
    AwaitedStep.SAMTYKKE: consent.samtykke,
    AwaitedStep.SPOERGSMAAL: answers.svar,
    AwaitedStep.OPKALD_JA: callbacks.opkald_ja,
    AwaitedStep.OPKALD_NUMMER: callbacks.opkald_nummer,
    AwaitedStep.OPKALD_TID: callbacks.opkald_tid,
    AwaitedStep.FORTSAET: callbacks.fortsaet,
    AwaitedStep.INTET: requests.loes_besked,
}


def handler_for(act: DialogueAct, step: AwaitedStep) -> Callable[[Moment], None]:
    """What the rules call for after this act at this step."""
    if act in _ROUTES:
        return _ROUTES[act]
    return _STEPS[step] if act in ANSWERING_ACTS else small_talk.smaasnak


def first_contact(
    session: Session, past: Context, participant: Participant, interview: Interview, address: str
) -> Conversation:
    """Invite at the moment of `past`, whatever the hour and the number's safety would say (an unsafe one opened a chat)."""
    conversation = conversations.find_or_start(session, past, Channel(participant.channel), address)
    conversation.participant_id = participant.id
    invitations.first_contact(session, past, interview, conversation)
    _hand_over(session, past, conversation)
    return conversation


class Citizens:
    """Says lines at addresses; `past.clock` stands at the moment of the line."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ids: Iterator[str] = (f"demo-{number}" for number in itertools.count(1))

    def play(self, past: Context, channel: Channel, address: str, entry: Row) -> None:
        """One line of somebody's script."""
        conversation = conversations.find_or_start(self._session, past, channel, address)
        now = past.clock.now()
        message = self._message(conversation, entry)
        receipt = door.store(self._session, past, message, now, now)
        inbound = self._session.get_one(Inbound, receipt.inbound_id)
        if inbound.needs_turn:
            self._take_turn(past, conversation, inbound, entry)
        conversation.turn_due_at = None  # it has been done
        _hand_over(self._session, past, conversation)

    def _message(self, conversation: Conversation, entry: Row) -> Incoming:
        kind, text = InboundKind.TEXT, str(entry.get("skriver") or entry.get("nummer") or "")
        if "trykker" in entry:
            kind, text = InboundKind.PRESS, self._press(conversation, entry["trykker"])
        elif "foto" in entry:
            kind = InboundKind.MEDIA
        return Incoming(Channel(conversation.channel), next(self._ids), conversation.address, kind, text=text)

    def _press(self, conversation: Conversation, words: str) -> str:
        """The newest button with these words; a script that presses what is not there is a mistake of ours."""
        rows = select(Outbound).where(Outbound.conversation_id == conversation.id).order_by(Outbound.id.desc())
        buttons = (button for row in self._session.scalars(rows) for button in buttons_of(row))
        return next(button.press for button in buttons if button.text == words)

    def _take_turn(self, past: Context, conversation: Conversation, inbound: Inbound, entry: Row) -> None:
        now = past.clock.now()
        turn = Turn(
            conversation_id=conversation.id,
            state=TurnState.DONE,
            attempt=1,
            received_at=now,
            created_at=now,
            asked_at=now,
            done_at=now,
        )
        self._session.add(turn)
        self._session.flush()
        inbound.turn_id = turn.id
        self._session.flush()
        button = find_button(self._session, conversation, inbound.original) if "trykker" in entry else None
        reading = Reading(DialogueAct(button["act"])) if button else reading_of(entry.get("laest", {}))
        moment = Moment.of(self._session, past, turn, reading)
        handler_for(reading.act, moment.awaits)(moment)
        self._session.flush()


def reading_of(read: Row) -> Reading:
    """What the script says that the engine made of a text."""
    return Reading(
        act=DialogueAct(read.get("akt", DialogueAct.SVAR)),
        language=read.get("sprog", "da"),
        themes=tuple(_theme(*found) for found in read.get("temaer", ())),
        klage=_route(*read["klage"]) if "klage" in read else NOTHING,
        bekymring=_route(*read["bekymring"]) if "bekymring" in read else NOTHING,
        wishes=tuple(_wish(*found) for found in read.get("oensker", ())),
    )


def _theme(theme: str, polarity: str, score: float, clause: str) -> FoundTheme:
    return FoundTheme(Theme(theme), Polarity(polarity), score, clause)


def _route(value: str, score: float, clause: str) -> FoundRoute:
    return FoundRoute(value, score, clause)


def _wish(wish: str, score: float = 1.0, clause: str | None = None) -> FoundWish:
    """Without score and clause it was a rule that found it."""
    return FoundWish(Wish(wish), score, clause, LabelSource.MODEL if clause else LabelSource.RULE)


def _hand_over(session: Session, past: Context, conversation: Conversation) -> None:
    """All that was said then has long arrived."""
    session.flush()
    session.execute(
        update(Outbound)
        .where(Outbound.conversation_id == conversation.id, Outbound.state == OutboundState.WAITING)
        .values(state=OutboundState.HANDED_OVER, attempts=1, handed_over_at=past.clock.now())
    )
