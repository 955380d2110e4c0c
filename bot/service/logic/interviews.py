"""One interview's life: planned, invited, consented to, asked question by question, ended with a disposition."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.errors import ConfigurationError
from bot.service.logic.question_sets import UnknownQuestionSet
from bot.service.logic.questions import Question, QuestionKind, QuestionSet
from bot.service.logic.voice import Voice
from bot.service.models import Answer, Consent, Conversation, Interview, Meeting, Participant, QuestionSetVersion
from bot.service.models.words import AnswerKind, Disposition, InterviewState
from bot.shared.codebook import Audience, AwaitedStep, Channel, Expects

EXPIRES_AFTER = timedelta(days=7)
MAX_REASKS = 2  # of an unusable answer to a closed question; then on
USABLE = (AnswerKind.VALUE, AnswerKind.TEXT)
EXPECTED_AT = {
    AwaitedStep.SAMTYKKE: Expects.JA_NEJ,
    AwaitedStep.OPKALD_JA: Expects.JA_NEJ,
    AwaitedStep.FORTSAET: Expects.JA_NEJ,
    AwaitedStep.OPKALD_NUMMER: Expects.NUMMER,
    AwaitedStep.OPKALD_TID: Expects.TID,
}


def plan(
    session: Session, context: Context, participant: Participant, meeting: Meeting, *, on_the_spot: bool
) -> Interview:
    """Plan the interview of a participant by the latest version of the meeting's question set."""
    question_set = context.catalogue.latest(meeting.question_set)
    interview = Interview(
        participant_id=participant.id,
        set_id=question_set.id,
        set_version=question_set.version,
        audience=participant.audience,
        on_the_spot=on_the_spot,
        due_at=meeting.held_at + timedelta(days=question_set.delay_days),
    )
    session.add(interview)
    session.flush()
    return interview


def set_of(context: Context, interview: Interview) -> QuestionSet:
    """The question set, in the version that this interview was begun with."""
    return context.catalogue.get(interview.set_id, interview.set_version)


def question_of(context: Context, interview: Interview | None) -> Question | None:
    """The question that is or was last open."""
    if interview is None or interview.question is None:
        return None
    return set_of(context, interview).question(interview.question)


def question_words(context: Context, interview: Interview | None) -> str | None:
    """The open question as it is worded for this audience; None where its set's version is gone, for it is only shown."""
    try:
        question = question_of(context, interview)
    except UnknownQuestionSet:  # must not keep a message, its danger or its complaint from a human
        return None
    if question is None or interview is None:
        return None
    return set_of(context, interview).text(question.id, Audience(interview.audience), Channel.WEBCHAT)


def expected_at(context: Context, conversation: Conversation, interview: Interview | None) -> Expects:
    """What kind of answer the awaited step takes."""
    awaits = AwaitedStep(conversation.awaits)
    question = question_of(context, interview)
    if awaits is AwaitedStep.SPOERGSMAAL and question is not None:
        return question.kind.expects
    return EXPECTED_AT.get(awaits, Expects.INTET)


def freeze(session: Session, question_set: QuestionSet, now: datetime) -> None:
    """Note that this version is asked from now on.

    Raises:
        ConfigurationError: where it was asked before with other words: a version that was asked cannot change.
    """
    asked = session.get(QuestionSetVersion, (question_set.id, question_set.version))
    if asked is None:
        session.add(
            QuestionSetVersion(
                set_id=question_set.id,
                version=question_set.version,
                content_hash=question_set.content_hash,
                first_asked_at=now,
            )
        )
    elif asked.content_hash != question_set.content_hash:
        raise ConfigurationError(
            f"question set {question_set.id} version {question_set.version} has been asked and cannot change: "
            f"restore the file and give the new wording `version: {question_set.version + 1}`"
        )


def begin(session: Session, context: Context, interview: Interview, voice: Voice) -> None:
    """The citizen's yes: note it and ask the first question."""
    now = context.clock.now()
    information = "sms_information" if voice.channel is Channel.SMS else "velkomst"
    words = voice.words(information, kommune=context.settings.municipality)
    text_hash = hashlib.sha256(words.encode()).hexdigest()
    session.add(Consent(interview_id=interview.id, given=True, text_hash=text_hash, at=now))
    if voice.channel is Channel.SMS:
        voice.put(words)
    interview.state, interview.disposition = InterviewState.I_GANG, Disposition.AFBRUDT
    question_set = set_of(context, interview)
    ask(context, interview, voice, question_set.first(Audience(interview.audience)))


def ask(context: Context, interview: Interview, voice: Voice, question: Question) -> None:
    """Put a question and wait for its answer."""
    if interview.question != question.id:
        interview.question, interview.reasks = question.id, 0
    voice.conversation.awaits = AwaitedStep.SPOERGSMAAL
    text = set_of(context, interview).text(question.id, Audience(interview.audience), voice.channel)
    voice.put(text, choices=voice.choices_of(question), question=question.id)


def ask_again(context: Context, interview: Interview, voice: Voice) -> None:
    """Put the open question once more, after something else was said."""
    question = question_of(context, interview)
    assert question is not None, "an interview in progress always has a question"
    ask(context, interview, voice, question)


def next_question(session: Session, context: Context, interview: Interview) -> Question | None:
    """What comes after the open question, given the answers so far; None after the last."""
    assert interview.question is not None
    return set_of(context, interview).next_after(
        interview.question, Audience(interview.audience), answers_so_far(session, interview)
    )


def answers_so_far(session: Session, interview: Interview) -> dict[str, int | str | None]:
    """Answers by question id: a scale's number, an option's id, free text, or None where none was usable."""
    answers: dict[str, int | str | None] = {}
    kept = select(Answer).where(Answer.interview_id == interview.id, Answer.kind != AnswerKind.COMMENT)
    for answer in session.scalars(kept.order_by(Answer.id)):
        value = answer.value if answer.value is not None else answer.text
        if answer.kind == AnswerKind.VALUE and value is not None and value.lstrip("-").isdigit():
            answers[answer.question] = int(value)
        else:
            answers[answer.question] = value if answer.kind in USABLE else None
    return answers


def is_answered(session: Session, interview: Interview) -> bool:
    """Whether the open question has got its answer (or was skipped or given up)."""
    found = session.scalar(
        select(Answer.id)
        .where(
            Answer.interview_id == interview.id,
            Answer.question == interview.question,
            Answer.kind != AnswerKind.COMMENT,
        )
        .limit(1)
    )
    return found is not None


def go_on(session: Session, context: Context, interview: Interview, voice: Voice) -> None:
    """Ask the next question, or thank and end after the last."""
    question = next_question(session, context, interview)
    if question is not None:
        ask(context, interview, voice, question)
        return
    finish(session, context, interview, voice.conversation)
    voice.say("tak")


def finish(session: Session, context: Context, interview: Interview, conversation: Conversation) -> None:
    """End after the last question: `fuldfoert` where anything was answered, else `afbrudt`."""
    end(context, interview, conversation, disposition_after(session, interview, Disposition.FULDFOERT))


def break_off(session: Session, context: Context, interview: Interview, conversation: Conversation) -> None:
    """End before the last question: `delvis` where anything was answered."""
    end(context, interview, conversation, disposition_after(session, interview, Disposition.DELVIS))


def disposition_after(session: Session, interview: Interview, with_answers: Disposition) -> Disposition:
    """`with_answers` if at least one answer is usable, else what the interview is without any."""
    usable = session.scalar(
        select(Answer.id).where(Answer.interview_id == interview.id, Answer.kind.in_(USABLE)).limit(1)
    )
    if usable is not None:
        return with_answers
    return Disposition.INTET_SVAR if interview.state == InterviewState.INVITERET else Disposition.AFBRUDT


def end(context: Context, interview: Interview, conversation: Conversation | None, disposition: Disposition) -> None:
    """Close the interview; nothing is awaited from now on but a running callback dialogue."""
    interview.state, interview.disposition = InterviewState.AFSLUTTET, disposition
    interview.ended_at = context.clock.now()
    if conversation is not None and conversation.callback_case_id is None:
        conversation.awaits = AwaitedStep.INTET


def allows_text(question: Question) -> bool:
    """Whether words of one's own are a full answer."""
    return question.kind is QuestionKind.TEKST
