"""What the assistant says: outbox rows, in the transaction that decides to say them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.channels.base import Button
from bot.service.channels.sms.gsm7 import replace_safely
from bot.service.context import Context
from bot.service.logic.questions import Question, QuestionKind
from bot.service.models import Conversation, Interview, OptOut, Outbound
from bot.service.models.words import OutboundKind
from bot.shared.codebook import Audience, AwaitedStep, Channel, DialogueAct

BUTTONLESS = frozenset({Channel.SMS})  # an SMS is answered by digits and words


@dataclass(frozen=True)
class Choice:
    """A button to be: its id within the message, its words, and the act and value that a press of it means."""

    id: str
    text: str
    act: DialogueAct
    value: str | None = None


@dataclass
class Voice:
    """Speaks to one conversation inside one transaction; rows are numbered within the turn."""

    session: Session
    context: Context
    conversation: Conversation
    audience: Audience = Audience.FORAELDER
    interview: Interview | None = None
    turn_id: int | None = None
    muted: bool = False  # the safety net has answered already
    said: list[Outbound] = field(default_factory=list)

    @property
    def channel(self) -> Channel:
        """The channel that is spoken on."""
        return Channel(self.conversation.channel)

    def words(self, key: str, **values: str | int) -> str:
        """The text of a key as this citizen would read it."""
        return self.context.texts.say(key, audience=self.audience, channel=self.channel, **values)

    def say(
        self,
        key: str,
        *,
        choices: Sequence[Choice] = (),
        kind: OutboundKind = OutboundKind.REPLY,
        once_key: str | None = None,
        **values: str | int,
    ) -> None:
        """Put a text of texts/da.yml into the outbox."""
        self.put(self.words(key, **values), choices=choices, kind=kind, once_key=once_key)

    def put(
        self,
        text: str,
        *,
        choices: Sequence[Choice] = (),
        kind: OutboundKind = OutboundKind.REPLY,
        once_key: str | None = None,
        question: str | None = None,
    ) -> None:
        """Put words into the outbox; nothing is said to who has opted out (but the one confirmation) or while muted."""
        if kind is not OutboundKind.STOP and (self.muted or has_opted_out(self.session, self.conversation)):
            return
        now = self.context.clock.now()
        row = Outbound(
            conversation_id=self.conversation.id,
            channel=self.conversation.channel,
            interview_id=self.interview.id if self.interview else None,
            turn_id=self.turn_id,
            number=len(self.said) if self.turn_id is not None else None,
            kind=kind,
            once_key=once_key,
            text=replace_safely(text) if self.channel is Channel.SMS else text,
            buttons=[] if self.channel in BUTTONLESS else [_stored(choice) for choice in choices],
            step=self.conversation.awaits if choices or question else AwaitedStep.INTET,
            question=question,
            created_at=now,
            next_try_at=now,
        )
        self.session.add(row)
        self.session.flush()
        self.said.append(row)

    def mark_question(self, question: str) -> None:
        """Bind the buttons of what was said last to a question."""
        if self.said:
            self.said[-1].question = question

    def yes_no(self) -> tuple[Choice, Choice]:
        """The buttons *ja* and *nej*."""
        return (
            Choice("ja", self.words("knap_ja"), DialogueAct.BEKRAEFT),
            Choice("nej", self.words("knap_nej"), DialogueAct.AFVIS),
        )

    def stop_choice(self) -> Choice:
        """The button that ends everything."""
        return Choice("stop", self.words("knap_stop"), DialogueAct.STOP)

    def choices_of(self, question: Question) -> list[Choice]:
        """A question's options, then *spring over* and *stop*, which are always there."""
        options = [Choice(o.id, o.label, o.act, str(o.value)) for o in question.options]
        skip = Choice("spring_over", self.words("knap_spring_over"), DialogueAct.SPRING_OVER)
        return [*options, skip, self.stop_choice()]


def expects_text(question: Question) -> bool:
    """Whether a question is answered in words of one's own."""
    return question.kind is QuestionKind.TEKST


def buttons_of(row: Outbound) -> tuple[Button, ...]:
    """A row's buttons as a channel shows them."""
    return tuple(Button(text=stored["text"], press=f"{row.id}:{stored['id']}") for stored in row.buttons)


def has_opted_out(session: Session, conversation: Conversation) -> bool:
    """Whether STOP was said from this address on this channel."""
    key = (conversation.channel, conversation.address_hash)
    return session.scalar(select(OptOut.at).where(OptOut.channel == key[0], OptOut.address_hash == key[1])) is not None


def _stored(choice: Choice) -> dict[str, str | None]:
    return {"id": choice.id, "text": choice.text, "act": str(choice.act), "value": choice.value}
