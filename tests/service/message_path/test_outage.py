"""The engine is down: nothing counts, nothing is lost, after 15 minutes both citizen and handler know, once."""

import pytest
from sqlalchemy import select, update

from bot.service.context import Context
from bot.service.message_path import turns, undelivered
from bot.service.models import Case, Conversation, Outbound, Turn
from bot.service.models.words import CaseEnding, CaseKind, CaseState, InboundKind, OutboundKind, TurnState
from bot.shared.codebook import Channel, DialogueAct
from tests.service.driver import Citizen
from tests.service.message_path.conftest import MachineClock

QUARTER = 15 * 60  # seconds


@pytest.fixture
def cut_off(parent: Citizen) -> Citizen:
    """A parent who has written *ja* to an engine that is down."""
    parent.engine.down = True
    parent.receive("ja")
    parent.work()
    return parent


def wait(citizen: Citizen, seconds: float) -> list[str]:
    """Let business time pass and the worker try once; what is said."""
    citizen.context.clock.advance(seconds)
    return citizen.work()


def turn_of(citizen: Citizen) -> Turn:
    with citizen.context.database.read() as session:
        return session.scalars(select(Turn).order_by(Turn.id)).first() or pytest.fail("no turn")


def the_case(citizen: Citizen) -> tuple[str, str, str | None]:
    [case] = citizen.cases()
    return case.kind, case.state, case.ending


def test_nothing_counts_while_the_engine_is_down(cut_off: Citizen) -> None:
    for _ in range(12):
        cut_off.work()

    assert (turn_of(cut_off).state, turn_of(cut_off).counted) == (TurnState.WAITING, 0)
    assert cut_off.engine.asked == []


def test_an_engine_that_goes_down_while_it_is_asked_does_not_count(parent: Citizen) -> None:
    healths = iter([True, False])
    parent.engine.is_healthy = lambda: next(healths)  # type: ignore[method-assign]
    parent.engine.poison = True
    parent.receive("ja")
    parent.work()

    assert (len(parent.engine.asked), turn_of(parent).counted) == (1, 0)


def test_nobody_is_told_before_fifteen_minutes(cut_off: Citizen) -> None:
    assert wait(cut_off, QUARTER - 1) == []
    assert cut_off.cases() == []


def test_after_fifteen_minutes_citizen_and_handler_are_told_once(cut_off: Citizen) -> None:
    said = wait(cut_off, QUARTER)

    assert said == [cut_off.context.texts.say("nede", channel=Channel.SMS)]
    assert [(case.kind, case.turn_id, case.received_at) for case in cut_off.cases()] == [
        (CaseKind.UBEHANDLET, turn_of(cut_off).id, turn_of(cut_off).received_at)
    ]
    assert (wait(cut_off, QUARTER), len(cut_off.cases())) == ([], 1)


def test_who_said_stop_is_not_told(parent: Citizen) -> None:
    parent.receive("STOP")
    parent.engine.down = True
    parent.receive("jeg har et spørgsmål mere")
    before = len(parent.rows())
    wait(parent, QUARTER)

    assert len(parent.rows()) == before


def test_the_case_closes_itself_when_the_turn_is_worked(cut_off: Citizen) -> None:
    wait(cut_off, QUARTER)
    cut_off.engine.down = False
    said = cut_off.work()

    assert len(said) == 2  # the information and the first question
    assert the_case(cut_off) == (CaseKind.UBEHANDLET, CaseState.LUKKET, CaseEnding.AF_SIG_SELV)


def test_a_case_that_somebody_has_taken_stays_open(cut_off: Citizen) -> None:
    wait(cut_off, QUARTER)
    with cut_off.context.database.write() as session:
        session.execute(update(Case).values(state=CaseState.TAGET))
    cut_off.engine.down = False
    cut_off.work()

    assert the_case(cut_off) == (CaseKind.UBEHANDLET, CaseState.TAGET, None)


def test_a_case_on_which_a_voice_message_was_put_stays_open(cut_off: Citizen) -> None:
    wait(cut_off, QUARTER)
    cut_off.receive("", kind=InboundKind.MEDIA)
    cut_off.engine.down = False
    cut_off.work()

    assert the_case(cut_off) == (CaseKind.UBEHANDLET, CaseState.NY, None)


def test_a_case_that_also_stands_for_an_undelivered_reply_stays_open(cut_off: Citizen) -> None:
    wait(cut_off, QUARTER)
    with cut_off.context.database.write() as session:
        undelivered.put_before_a_human(session, cut_off.context, session.scalars(select(Conversation)).one())
    cut_off.engine.down = False
    cut_off.work()

    assert the_case(cut_off) == (CaseKind.UBEHANDLET, CaseState.NY, None)


def test_a_turn_that_is_given_up_after_the_outage_keeps_its_case(cut_off: Citizen) -> None:
    wait(cut_off, QUARTER)
    cut_off.engine.down, cut_off.engine.poison = False, True
    for _ in range(turns.MAX_COUNTED):
        cut_off.work()

    assert (turn_of(cut_off).state, the_case(cut_off)) == (TurnState.GIVEN_UP, (CaseKind.UBEHANDLET, CaseState.NY, None))


@pytest.mark.parametrize("poison", [False, True])
def test_the_next_outage_is_told_again(cut_off: Citizen, poison: bool) -> None:
    wait(cut_off, QUARTER)
    cut_off.engine.down, cut_off.engine.poison = False, poison
    for _ in range(turns.MAX_COUNTED):
        cut_off.work()
    cut_off.engine.down, cut_off.engine.poison = True, False
    cut_off.receive("er I der?")
    cut_off.work()

    assert wait(cut_off, QUARTER) == [cut_off.context.texts.say("nede", channel=Channel.SMS)]


def test_the_case_closes_though_the_worker_died_between_the_action_and_its_own_look(cut_off: Citizen) -> None:
    wait(cut_off, QUARTER)
    cut_off.engine.down = False
    cut_off.hurry()
    leased = turns.lease_next(cut_off.context, "dies")
    with cut_off.context.database.write() as session:
        question = turns._prepare(session, cut_off.context, leased)  # type: ignore[arg-type]
    cut_off.engine.ask(question)  # type: ignore[arg-type]
    with cut_off.context.database.write() as session:
        session.execute(update(Conversation).values(lease_owner=None, lease_until=None))
    cut_off.work()

    assert the_case(cut_off) == (CaseKind.UBEHANDLET, CaseState.LUKKET, CaseEnding.AF_SIG_SELV)


def test_all_that_was_written_meanwhile_is_answered_in_order_once(
    context: Context, machine: MachineClock, cut_off: Citizen
) -> None:
    for words in ("4", "5", "ja"):
        cut_off.receive(words)
        machine.advance(70)
    cut_off.engine.down = False
    cut_off.work()
    before = len(cut_off.rows())
    cut_off.work()

    assert [question.text for question in cut_off.engine.asked] == ["ja", "4", "5", "ja"]
    assert len(cut_off.rows()) == before
    assert said_per_turn(context) == [2, 1, 1, 1]


def test_clocks_run_from_the_moment_of_writing(context: Context, parent: Citizen) -> None:
    parent.engine.down = True
    written = context.clock.now()
    parent.receive("vores sagsbehandler har løjet om os")
    wait(parent, 3600)
    parent.engine.down = False
    context.clock.advance(60)
    parent.engine.act = DialogueAct.KLAGE
    parent.work()

    assert [case.received_at for case in parent.cases() if case.kind == CaseKind.KLAGE] == [written]


def said_per_turn(context: Context) -> list[int]:
    with context.database.read() as session:
        rows = session.scalars(select(Outbound.turn_id).where(Outbound.kind == OutboundKind.REPLY).order_by(Outbound.id)).all()
    return [rows.count(turn_id) for turn_id in sorted({turn_id for turn_id in rows if turn_id is not None})]


def test_what_the_turn_itself_puts_before_a_human_stays_there(stranger: Citizen) -> None:
    stranger.engine.down = True
    stranger.receive("er det jer, der har skrevet til min søn?")
    stranger.work()
    wait(stranger, QUARTER)
    stranger.engine.down = False
    stranger.work()  # a stranger's words go to a human (`ubehandlet`)

    assert the_case(stranger) == (CaseKind.UBEHANDLET, CaseState.NY, None)


def test_a_try_does_not_count_while_only_the_service_is_away(parent: Citizen) -> None:
    """The engine answers, its action finds nobody: that is an outage, not a poisoned message."""
    parent.engine.can_act = lambda: False  # type: ignore[method-assign]
    parent.engine.poison = True
    parent.receive("ja")
    for _ in range(turns.MAX_COUNTED + 1):
        parent.work()
    turn = turn_of(parent)

    assert parent.engine.is_healthy()
    assert (turn.state, turn.counted, parent.engine.asked, parent.cases()) == (TurnState.WAITING, 0, [], [])


def test_a_service_that_goes_away_while_the_engine_is_asked_does_not_count(parent: Citizen) -> None:
    acts = iter([True, False])
    parent.engine.can_act = lambda: next(acts)  # type: ignore[method-assign]
    parent.engine.poison = True
    parent.receive("ja")
    parent.work()

    assert (len(parent.engine.asked), turn_of(parent).counted) == (1, 0)
