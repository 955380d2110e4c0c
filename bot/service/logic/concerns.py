"""Danger: the case, what becomes of the questions, and a reply that betrays nothing on a shared phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.logic import cases, conversations, interviews
from bot.service.logic.deadlines import deadline_for
from bot.service.logic.question_sets import UnknownQuestionSet
from bot.service.logic.voice import Voice, has_opted_out
from bot.service.models import Case, Conversation, Inbound, Interview
from bot.service.models.words import CaseKind, Disposition, InterviewState, OutboundKind
from bot.shared.codebook import AwaitedStep, Channel, Concern


@dataclass(frozen=True)
class Alarm:
    """What may mean danger, and where it was said."""

    band: Concern
    received_at: datetime
    inbounds: Sequence[Inbound]
    themes: list[dict[str, Any]] | None = None
    labels: list[dict[str, Any]] | None = None


def open_concern(
    session: Session, context: Context, conversation: Conversation, interview: Interview | None, alarm: Alarm
) -> Case:
    """The case on top of the queue, with contact details: danger needs no consent."""
    matter = cases.Matter(CaseKind.BEKYMRING, alarm.received_at, band=alarm.band)
    case = cases.open_or_attach(session, context, conversation, matter)
    question = interviews.question_words(context, interview)
    cases.attach(session, case, alarm.inbounds, question=question, themes=alarm.themes, labels=alarm.labels)
    return case


def answer(session: Session, context: Context, interview: Interview | None, alarm: Alarm, voice: Voice) -> None:
    """End (alarm) or pause (read first) the questions and say the ordinary words; on the web chat the plain words first."""
    conversation = voice.conversation
    goes_on = alarm.band is not Concern.AKUT and _has_more(session, context, interview, conversation)
    if alarm.band is Concern.AKUT:
        conversation.callback_case_id = None
        conversation.awaits = AwaitedStep.INTET
    if interview is not None and not goes_on and interview.state != InterviewState.AFSLUTTET:
        _end(context, interview, conversation, alarm.band)
    if has_opted_out(session, conversation):
        return  # silence must not tell danger from harmless, and nothing may be awaited from now on
    if voice.channel is Channel.WEBCHAT:
        who, when = plain_words(context, voice, alarm)
        voice.say("fare_webchat", kind=OutboundKind.SAFETY, hvem=who, hvornaar=when)
    if goes_on:
        conversation.awaits = AwaitedStep.FORTSAET
        voice.say("tak_fortsaet", kind=OutboundKind.SAFETY, choices=voice.yes_no())
    else:
        voice.say("tak", kind=OutboundKind.SAFETY)


def plain_words(context: Context, voice: Voice, alarm: Alarm) -> tuple[str, str]:
    """Who reads it and when, for the web chat."""
    from_municipality = voice.words("fare_hvem_default", kommune=context.settings.municipality)
    if alarm.band is Concern.AKUT:
        return from_municipality, voice.words("fare_hvornaar_akut")
    deadline = deadline_for(CaseKind.BEKYMRING, alarm.band, None, alarm.received_at, context.settings)
    frist = context.texts.say_deadline(context.clock.now(), deadline.due_at)
    return from_municipality, voice.words("fare_hvornaar_laes", frist=frist)


def _has_more(session: Session, context: Context, interview: Interview | None, conversation: Conversation) -> bool:
    """Whether *Vil du svare på et par spørgsmål mere?* can be kept: a question or a callback step is left."""
    if conversations.callback_case(session, conversation) is not None:
        return True
    if interview is None or interview.state == InterviewState.AFSLUTTET:
        return False
    if interview.state == InterviewState.INVITERET:
        return True
    try:
        question = interviews.question_of(context, interview)
    except UnknownQuestionSet:
        return False  # nothing more can be asked
    assert question is not None
    if interviews.allows_text(question) or interviews.is_answered(session, interview):
        return interviews.next_question(session, context, interview) is not None
    return True


def _end(context: Context, interview: Interview, conversation: Conversation, band: Concern) -> None:
    if band is Concern.AKUT:
        interviews.end(context, interview, conversation, Disposition.AFSLUTTET_AF_OS)
        return
    # The last question's text is being read as its answer by the turn that follows.
    interviews.end(context, interview, conversation, Disposition.FULDFOERT)
