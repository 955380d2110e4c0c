"""All that one deed needs to know: who wrote what to which open step, what the engine made of it, and a voice to answer with."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.logic import cases, conversations, interviews
from bot.service.logic.labels import Label, as_rows, find_labels
from bot.service.logic.questions import Question
from bot.service.logic.reading import Reading
from bot.service.logic.voice import Voice
from bot.service.models import Case, Conversation, Inbound, Interview, Outbound, Participant, Turn
from bot.service.models.words import READABLE, CaseKind, InboundKind, InterviewState
from bot.shared.codebook import Audience, AwaitedStep, Concern, Role

LARGEST_ID = 2**31 - 1  # of PostgreSQL's integer; a forged press must not become an error of the database
ARRIVAL = (Inbound.arrived_at, Inbound.id)  # a spooled message has a later id than what came after it


@dataclass
class Moment:
    """One turn inside the one transaction of its action."""

    session: Session
    context: Context
    turn: Turn
    conversation: Conversation
    inbounds: list[Inbound]
    interview: Interview | None  # the open one, else the one that ended last
    participant: Participant | None
    reading: Reading
    voice: Voice

    @classmethod
    def of(cls, session: Session, context: Context, turn: Turn, reading: Reading) -> "Moment":
        """Load everything about a claimed turn."""
        conversation = conversations.lock(session, turn.conversation_id)
        inbounds = list(session.scalars(select(Inbound).where(Inbound.turn_id == turn.id).order_by(*ARRIVAL)))
        interview = conversations.latest_interview(session, conversation)
        voice = Voice(
            session,
            context,
            conversation,
            audience=conversations.audience_of(session, conversation),
            interview=interview if interview and interview.state != InterviewState.AFSLUTTET else None,
            turn_id=turn.id,
            muted=any(inbound.net_replied for inbound in inbounds),
        )
        participant = session.get(Participant, conversation.participant_id) if conversation.participant_id else None
        return cls(session, context, turn, conversation, inbounds, interview, participant, reading, voice)

    @property
    def awaits(self) -> AwaitedStep:
        """The step that is awaited now."""
        return AwaitedStep(self.conversation.awaits)

    @property
    def open_interview(self) -> Interview | None:
        """The interview, if it is open."""
        return self.interview if self.interview and self.interview.state != InterviewState.AFSLUTTET else None

    @property
    def text(self) -> str:
        """What was written in this turn (redacted), pieces joined by a blank; empty for a press."""
        return " ".join(inbound.redacted for inbound in self.inbounds if inbound.kind in READABLE).strip()

    @property
    def original(self) -> str:
        """What was written in this turn, unredacted: only for reading a number that the citizen gives us."""
        return " ".join(inbound.original for inbound in self.inbounds if inbound.kind == InboundKind.TEXT).strip()

    @cached_property
    def pressed(self) -> dict[str, Any] | None:
        """The pressed button as it was stored ({id, text, act, value}); None where something was written."""
        press = next((inbound for inbound in self.inbounds if inbound.kind == InboundKind.PRESS), None)
        return find_button(self.session, self.conversation, press.original) if press else None

    @property
    def question(self) -> Question | None:
        """The question that is or was last open."""
        return interviews.question_of(self.context, self.interview)

    @property
    def is_child(self) -> bool:
        """Whether a child or young person writes."""
        return self.participant is not None and self.participant.role == Role.BARN

    @property
    def audience(self) -> Audience:
        """For whom our sentences are worded."""
        return self.voice.audience

    @property
    def band(self) -> Concern:
        """The higher band of engine and safety net."""
        nets = [Concern(inbound.net_danger) for inbound in self.inbounds]
        return max([self.reading.danger, *nets], key=lambda band: band.weight)

    @property
    def theme_rows(self) -> list[dict[str, Any]]:
        """The themes as a case keeps them."""
        return [
            {"id": str(f.theme), "polarity": str(f.polarity), "score": f.score, "clause": f.clause}
            for f in self.reading.themes
        ]

    @cached_property
    def labels(self) -> list[Label]:
        """The routes and wishes that engine and safety net found."""
        return find_labels(self.reading, self.inbounds)

    @property
    def label_rows(self) -> list[dict[str, Any]]:
        """The routes and wishes as a case keeps them."""
        return as_rows(self.labels)

    def open_case(self, kind: CaseKind, *, band: Concern = Concern.NEJ, language: str | None = None) -> Case:
        """The open case of this kind with this turn's messages on it."""
        matter = cases.Matter(
            kind,
            self.turn.received_at,
            band=band,
            language=language,
            turn_id=self.turn.id if kind is CaseKind.UBEHANDLET else None,
        )
        case = cases.open_or_attach(self.session, self.context, self.conversation, matter)
        question = interviews.question_words(self.context, self.interview)
        cases.attach(self.session, case, self.inbounds, question=question, themes=self.theme_rows, labels=self.label_rows)
        return case


def find_button(session: Session, conversation: Conversation, press: str) -> dict[str, Any] | None:
    """The stored button `<outbound id>:<option id>` if it stands under a message of this conversation."""
    outbound_id, _, option_id = press.partition(":")
    if not (outbound_id.isascii() and outbound_id.isdecimal()) or int(outbound_id) > LARGEST_ID:
        return None
    row = session.get(Outbound, int(outbound_id))
    if row is None or row.conversation_id != conversation.id:
        return None
    return next((button for button in row.buttons if button["id"] == option_id), None)


def is_open(session: Session, conversation: Conversation, interview: Interview | None, press: str) -> bool:
    """Whether a press still answers what is being asked: same step and, at a question, the same question.

    A press on the question that was open when an interview ended by itself is a late answer, and late answers are kept.
    """
    row = session.get(Outbound, int(press.partition(":")[0]))
    if row is None:
        return False
    same_question = interview is not None and (row.interview_id, row.question) == (interview.id, interview.question)
    if row.step != conversation.awaits:
        ended = interview is not None and interview.state == InterviewState.AFSLUTTET
        unanswered = ended and interview is not None and not interviews.is_answered(session, interview)
        return unanswered and same_question and conversation.awaits == AwaitedStep.INTET
    return row.step != AwaitedStep.SPOERGSMAAL or same_question
