"""After seven days an interview ends by itself, in a named state."""

import pytest
from sqlalchemy import select

from bot.service.context import Context
from bot.service.logic import interviews
from bot.service.models import Conversation, Interview
from bot.service.models.words import Disposition, InterviewState
from bot.service.schedule.expiry import end_expired
from bot.shared.codebook import AwaitedStep
from tests.service.driver import Citizen

SEVEN_DAYS = 7 * 86_400  # seconds


def outcome(context: Context) -> tuple[str, str, str]:
    with context.database.read() as session:
        interview, conversation = session.scalars(select(Interview)).one(), session.scalars(select(Conversation)).one()
        return interview.state, interview.disposition, conversation.awaits


def test_a_second_before_nothing_ends(context: Context, parent: Citizen) -> None:
    context.clock.advance(SEVEN_DAYS - 1)

    assert end_expired(context) == 0
    assert outcome(context)[0] == InterviewState.INVITERET


def test_who_never_answered_is_no_answer(context: Context, parent: Citizen) -> None:
    context.clock.advance(SEVEN_DAYS)

    assert (end_expired(context), end_expired(context)) == (1, 0)
    assert outcome(context) == (InterviewState.AFSLUTTET, Disposition.INTET_SVAR, AwaitedStep.INTET)


def test_who_said_yes_and_no_more_has_broken_off(context: Context, parent: Citizen) -> None:
    parent.write("ja", act="bekraeft")
    context.clock.advance(SEVEN_DAYS)
    end_expired(context)

    assert outcome(context)[1] == Disposition.AFBRUDT


def test_one_answer_makes_it_partial(context: Context, parent: Citizen) -> None:
    parent.write("ja", act="bekraeft")
    parent.write("4")
    context.clock.advance(SEVEN_DAYS)
    end_expired(context)

    assert outcome(context)[1] == Disposition.DELVIS


def test_a_skipped_question_is_no_answer(context: Context, parent: Citizen) -> None:
    parent.write("ja", act="bekraeft")
    parent.write("spring over", act="spring_over")
    context.clock.advance(SEVEN_DAYS)
    end_expired(context)

    assert outcome(context)[1] == Disposition.AFBRUDT


def test_what_has_ended_is_left_as_it_ended(context: Context, parent: Citizen) -> None:
    parent.write("STOP", act="stop")
    context.clock.advance(SEVEN_DAYS)

    assert end_expired(context) == 0
    assert outcome(context)[1] == Disposition.STOPPET


def test_a_callback_dialogue_goes_on_after_the_end(context: Context, parent: Citizen) -> None:
    parent.write("ja", act="bekraeft")
    parent.write("jeg vil klage", act="klage")
    context.clock.advance(SEVEN_DAYS)
    end_expired(context)

    assert outcome(context) == (InterviewState.AFSLUTTET, Disposition.AFBRUDT, AwaitedStep.OPKALD_JA)


def test_a_late_answer_opens_no_question(context: Context, parent: Citizen) -> None:
    parent.write("ja", act="bekraeft")
    context.clock.advance(SEVEN_DAYS)
    end_expired(context)

    assert parent.write("4") == [context.texts.say("tak")]


def test_one_that_cannot_end_keeps_no_other_open(
    context: Context, parent: Citizen, child: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_off = interviews.break_off

    def fail_on_one(session: object, a_context: Context, interview: Interview, conversation: Conversation) -> None:
        if interview.id == 1:
            raise LookupError("its question set is gone")
        break_off(session, a_context, interview, conversation)  # type: ignore[arg-type]

    monkeypatch.setattr(interviews, "break_off", fail_on_one)
    context.clock.advance(SEVEN_DAYS)

    assert end_expired(context) == 1
