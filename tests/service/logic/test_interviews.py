"""One interview's life and the dispositions it can end in."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service.context import Context
from bot.service.logic import interviews
from bot.service.logic.conversations import find_or_start
from bot.service.logic.voice import Voice
from bot.service.models import Answer, Consent, Conversation, Interview, Turn
from bot.service.models.words import AnswerKind, Disposition, InterviewState
from bot.shared.codebook import AwaitedStep, Channel, Expects
from tests.factories import make_interview


@pytest.fixture
def conversation(session: Session, context: Context) -> Conversation:
    return find_or_start(session, context, Channel.SMS, make_interview(session, context)[2])


@pytest.fixture
def interview(session: Session, context: Context, conversation: Conversation) -> Interview:
    """In progress, at the first question."""
    interview = session.scalars(select(Interview)).one()
    interview.conversation_id = conversation.id
    interviews.begin(session, context, interview, Voice(session, context, conversation, interview=interview))
    return interview


def answer(
    session: Session, context: Context, interview: Interview, kind: AnswerKind, *, question: str | None = None, **columns: object
) -> None:
    now = context.clock.now()
    turn = Turn(conversation_id=interview.conversation_id, received_at=now, created_at=now)
    session.add(turn)
    session.flush()
    row = Answer(interview_id=interview.id, turn_id=turn.id, question=question or interview.question, kind=kind, at=now)
    for name, value in columns.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()


def test_a_yes_is_noted_with_the_text_it_was_said_to(session: Session, interview: Interview) -> None:
    consent = session.scalars(select(Consent)).one()

    assert (consent.interview_id, consent.given, len(consent.text_hash)) == (interview.id, True, 64)


def test_it_begins_at_the_first_question(context: Context, interview: Interview, conversation: Conversation) -> None:
    question = interviews.question_of(context, interview)

    assert (interview.state, interview.disposition) == (InterviewState.I_GANG, Disposition.AFBRUDT)
    assert question is not None
    assert question.id == interviews.set_of(context, interview).first(interview.audience).id  # type: ignore[arg-type]
    assert conversation.awaits == AwaitedStep.SPOERGSMAAL


def test_asking_another_question_starts_its_re_asks_anew(
    session: Session, context: Context, interview: Interview, conversation: Conversation
) -> None:
    interview.reasks = 2
    voice = Voice(session, context, conversation, interview=interview)
    interviews.ask_again(context, interview, voice)
    same = interview.reasks
    following = interviews.next_question(session, context, interview)
    assert following is not None
    interviews.ask(context, interview, voice, following)

    assert (same, interview.reasks) == (2, 0)


EXPECTED = [
    (AwaitedStep.SAMTYKKE, Expects.JA_NEJ),
    (AwaitedStep.OPKALD_JA, Expects.JA_NEJ),
    (AwaitedStep.FORTSAET, Expects.JA_NEJ),
    (AwaitedStep.OPKALD_NUMMER, Expects.NUMMER),
    (AwaitedStep.OPKALD_TID, Expects.TID),
    (AwaitedStep.SPOERGSMAAL, Expects.SKALA),
    (AwaitedStep.INTET, Expects.INTET),
]


@pytest.mark.parametrize(("step", "expects"), EXPECTED)
def test_what_each_step_expects(
    context: Context, interview: Interview, conversation: Conversation, step: AwaitedStep, expects: Expects
) -> None:
    conversation.awaits = step

    assert interviews.expected_at(context, conversation, interview) is expects


def test_without_an_interview_no_question_is_expected(context: Context, conversation: Conversation) -> None:
    conversation.awaits = AwaitedStep.SPOERGSMAAL

    assert interviews.expected_at(context, conversation, None) is Expects.INTET


@pytest.mark.parametrize(
    ("kind", "disposition"),
    [
        (AnswerKind.VALUE, Disposition.FULDFOERT),
        (AnswerKind.TEXT, Disposition.FULDFOERT),
        (AnswerKind.SKIPPED, Disposition.AFBRUDT),
        (AnswerKind.DONT_KNOW, Disposition.AFBRUDT),
        (AnswerKind.UNUSABLE, Disposition.AFBRUDT),
        (AnswerKind.COMMENT, Disposition.AFBRUDT),
    ],
)
def test_an_interview_is_complete_if_anything_usable_was_said(
    session: Session,
    context: Context,
    interview: Interview,
    conversation: Conversation,
    kind: AnswerKind,
    disposition: Disposition,
) -> None:
    answer(session, context, interview, kind, value="4")
    interviews.finish(session, context, interview, conversation)

    assert (interview.state, interview.disposition) == (InterviewState.AFSLUTTET, disposition)


def test_a_comment_leaves_the_question_open(session: Session, context: Context, interview: Interview) -> None:
    answer(session, context, interview, AnswerKind.COMMENT, text="det kommer an på")
    before = interviews.is_answered(session, interview)
    answer(session, context, interview, AnswerKind.SKIPPED)

    assert (before, interviews.is_answered(session, interview)) == (False, True)


def test_answers_so_far_are_numbers_ids_words_or_nothing(session: Session, context: Context, interview: Interview) -> None:
    answer(session, context, interview, AnswerKind.VALUE, question="a", value="4")
    answer(session, context, interview, AnswerKind.VALUE, question="b", value="ja")
    answer(session, context, interview, AnswerKind.TEXT, question="c", text="4")
    answer(session, context, interview, AnswerKind.SKIPPED, question="d")
    answer(session, context, interview, AnswerKind.COMMENT, question="e", text="nej")

    assert interviews.answers_so_far(session, interview) == {"a": 4, "b": "ja", "c": "4", "d": None}


def test_an_end_awaits_nothing(context: Context, interview: Interview, conversation: Conversation) -> None:
    interviews.end(context, interview, conversation, Disposition.AFVIST)

    assert (conversation.awaits, interview.ended_at) == (AwaitedStep.INTET, context.clock.now())


def test_an_end_leaves_a_callback_dialogue_running(context: Context, interview: Interview, conversation: Conversation) -> None:
    conversation.awaits, conversation.callback_case_id = AwaitedStep.OPKALD_TID, 1
    interviews.end(context, interview, conversation, Disposition.DELVIS)

    assert conversation.awaits == AwaitedStep.OPKALD_TID
