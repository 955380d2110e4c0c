"""One message, one action, one transaction: all of it or nothing."""

import pytest
from sqlalchemy import select

from actions.deed import Deed, claim
from bot.service.context import Context
from bot.service.logic.dialogue.moment import Moment
from bot.service.models import Case, Outbound, Turn
from bot.service.models.words import CaseKind, TurnState
from tests.service.driver import Citizen


@pytest.fixture
def turn(context: Context, parent: Citizen) -> Turn:
    """A turn that is being asked about in its first attempt."""
    parent.engine.poison = True
    parent.receive("jeg har noget at sige")
    parent.work()
    with context.database.write() as session:
        turn = session.get_one(Turn, 1)
        turn.state = TurnState.ASKED
    return turn


def deed(context: Context, turn: Turn, handler: object, attempt: int = 1) -> list[str]:
    return Deed("action_x", handler, context)._perform(turn.id, attempt, {"intent": {"name": "svar"}})  # type: ignore[arg-type]


def state(context: Context) -> str:
    with context.database.read() as session:
        return session.get_one(Turn, 1).state


@pytest.mark.parametrize("now", [TurnState.WAITING, TurnState.DONE, TurnState.GIVEN_UP])
def test_only_a_turn_that_is_asked_can_be_claimed(context: Context, turn: Turn, now: TurnState) -> None:
    with context.database.write() as session:
        session.get_one(Turn, turn.id).state = now
    with context.database.write() as session:
        assert not claim(session, turn.id, 1)
    assert state(context) == now


def test_a_claim_is_taken_once(context: Context, turn: Turn) -> None:
    with context.database.write() as session:
        assert [claim(session, turn.id, 1), claim(session, turn.id, 1)] == [True, False]


def test_what_the_action_said_is_handed_to_the_dispatcher(context: Context, turn: Turn) -> None:
    assert deed(context, turn, lambda moment: moment.voice.put("tak for det")) == ["tak for det"]
    assert state(context) == TurnState.DONE


def test_an_action_that_fails_leaves_no_trace(context: Context, turn: Turn, caplog: pytest.LogCaptureFixture) -> None:
    def fail(moment: Moment) -> None:
        moment.open_case(CaseKind.KLAGE)
        moment.voice.put("tak for det")
        raise RuntimeError("after half of it")

    with context.database.read() as session:
        before = len(session.scalars(select(Outbound.id)).all())
    said = deed(context, turn, fail)

    with context.database.read() as session:
        assert (session.scalars(select(Case)).all(), len(session.scalars(select(Outbound.id)).all())) == ([], before)
    assert (said, state(context)) == ([], TurnState.ASKED)
    [record] = [record for record in caplog.records if record.name == "actions.deed"]
    assert (record.getMessage(), record.turn, record.attempt) == ("an action failed", 1, 1)  # type: ignore[attr-defined]


def test_an_action_that_failed_may_try_again(context: Context, turn: Turn) -> None:
    deed(context, turn, lambda moment: moment.no_such_word)

    assert deed(context, turn, lambda moment: moment.voice.put("tak")) == ["tak"]
