"""Turns: what belongs together, one at a time, each done once, whoever dies when."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions.deed import Deed
from actions.registry import HANDLERS
from bot.service.channels.base import Inbound as Incoming
from bot.service.clock import machine_now
from bot.service.context import Context
from bot.service.logic.dialogue.moment import Moment
from bot.service.message_path import door, feed_back, turns
from bot.service.message_path.engine_client import Question
from bot.service.message_path.spool import Spool
from bot.service.models import Conversation, Inbound, Interview, Outbound, Turn
from bot.service.models.words import CaseKind, InboundKind, TurnState
from bot.shared.codebook import Channel
from tests.service.driver import Citizen, ScriptedEngine
from tests.service.message_path.conftest import MachineClock

READS = {"intent": {"name": "svar"}}


def asked(citizen: Citizen) -> list[str]:
    return [question.text for question in citizen.engine.asked]


def all_turns(context: Context) -> list[Turn]:
    with context.database.read() as session:
        return list(session.scalars(select(Turn).order_by(Turn.id)))


def due_at(context: Context) -> object:
    with context.database.read() as session:
        return session.scalars(select(Conversation.turn_due_at)).one()


def lease(context: Context, owner: str = "first") -> turns.Leased:
    leased = turns.lease_next(context, owner)
    assert leased is not None
    return leased


def work(context: Context, engine: object, leased: turns.Leased) -> None:
    turns.work(context, engine, leased)  # type: ignore[arg-type]


def lease_in(session: Session) -> turns.Leased:
    """Lease the only conversation inside a transaction of the test's own."""
    conversation = session.scalars(select(Conversation)).one()
    conversation.lease_owner = "first"
    session.flush()
    return turns.Leased(conversation.id, "first")


class Engine(ScriptedEngine):
    """A scripted engine during whose asking something else happens."""

    meanwhile: Callable[[Question], None]

    def ask(self, question: Question) -> None:
        self.meanwhile(question)
        super().ask(question)


@pytest.fixture
def busy_engine(context: Context) -> Engine:
    engine = Engine(context)
    engine.meanwhile = lambda _: None
    return engine


def test_pieces_are_joined_in_one_turn_in_order(parent: Citizen) -> None:
    for piece in ("det var", "et godt", "møde"):
        parent.receive(piece)
    parent.work()

    assert asked(parent) == ["det var et godt møde"]
    assert parent.engine.asked[0].act is None


def test_nothing_is_joined_over_more_than_a_minute(parent: Citizen, machine: MachineClock) -> None:
    parent.receive("først")
    machine.advance(60)
    parent.receive("så")
    machine.advance(0.1)
    parent.receive("sidst")
    parent.work()

    assert asked(parent) == ["først så", "sidst"]


def test_a_press_stays_alone(child: Citizen) -> None:
    child.receive("hej med jer")
    child.receive(f"{child.rows()[-1].id}:ja", kind=InboundKind.PRESS)
    child.receive("mødet var langt")
    child.work()

    assert [(question.text, question.act) for question in child.engine.asked] == [
        ("hej med jer", None),
        ("", "bekraeft"),
        ("mødet var langt", None),
    ]


def test_what_is_written_after_the_reply_to_danger_is_answered_too(child: Citizen) -> None:
    """The engine is slow or away: both wait, and the reply to the first must not silence that to the second."""
    child.receive("jeg vil ikke leve mere, jeg gør det i aften")
    child.receive("er der nogen")
    said = child.work()

    assert asked(child) == ["jeg vil ikke leve mere, jeg gør det i aften", "er der nogen"]
    assert len(said) == 1


def test_pieces_that_are_danger_only_together_are_one_turn(child: Citizen) -> None:
    child.receive("min far")
    child.receive("slår mig")
    child.work()

    assert asked(child) == ["min far slår mig"]


def test_an_edit_stays_alone(context: Context, parent: Citizen) -> None:
    parent.receive("mødet var langt", provider_id="message:1")
    edit = Incoming(Channel.SMS, "message:1:edited", parent.address, InboundKind.TEXT, text="mødet var kort", edits="message:1")
    door.receive(context, edit)
    parent.receive("og godt")
    parent.work()

    assert asked(parent) == ["mødet var langt", "mødet var kort", "og godt"]


def test_what_was_spooled_is_older_than_what_was_stored_before_it(context: Context, parent: Citizen) -> None:
    parent.receive("så det her")
    with context.database.write() as session:
        later = session.scalars(select(Inbound)).one()
        message = Incoming(Channel.SMS, "spooled", parent.address, InboundKind.TEXT, text="først det her")
        before = later.arrived_at - timedelta(seconds=3)
        door.store(session, context, message, later.received_at - timedelta(seconds=3), before)
    parent.work()

    assert asked(parent) == ["først det her så det her"]


def test_a_turn_waits_four_seconds_after_the_last_piece(context: Context, parent: Citizen, machine: MachineClock) -> None:
    parent.receive("det var")
    machine.advance(3.9)
    parent.receive("et møde")
    machine.advance(3.9)
    early = turns.lease_next(context, "first")
    machine.advance(0.1)

    assert early is None
    assert turns.lease_next(context, "first") is not None


def test_a_usable_closed_answer_does_not_wait(context: Context, parent: Citizen, machine: MachineClock) -> None:
    parent.write("ja", act="bekraeft")
    parent.receive("4")

    assert turns.lease_next(context, "first") is not None


def test_a_leased_citizen_is_left_to_the_first_worker(context: Context, parent: Citizen, machine: MachineClock) -> None:
    parent.receive("ja")
    lease(context, "first")
    machine.advance(turns.LEASE.total_seconds())

    assert turns.lease_next(context, "second") is None


def test_another_worker_takes_over_when_the_lease_has_ended(context: Context, parent: Citizen, machine: MachineClock) -> None:
    parent.receive("ja")
    dead = lease(context, "first")
    machine.advance(turns.LEASE.total_seconds() + 0.1)
    work(context, parent.engine, lease(context, "second"))
    said = len(parent.rows())
    work(context, parent.engine, dead)  # it was only asleep

    assert len(parent.rows()) == said
    assert [(turn.state, turn.attempt) for turn in all_turns(context)] == [(TurnState.DONE, 1)]


def test_of_two_workers_at_once_one_gets_the_citizen(context: Context, parent: Citizen) -> None:
    parent.receive("ja")
    got: list[turns.Leased | None] = []
    threads = [threading.Thread(target=lambda n=n: got.append(turns.lease_next(context, f"worker {n}"))) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([leased for leased in got if leased is not None]) == 1


def test_two_citizens_are_served_at_once_whoever_waited_longest_first(
    context: Context, parent: Citizen, child: Citizen, machine: MachineClock
) -> None:
    child.receive("RING")
    machine.advance(1)
    parent.receive("ja")
    first, second = lease(context, "first"), lease(context, "second")

    with context.database.read() as session:
        channels = [session.get_one(Conversation, leased.conversation_id).channel for leased in (first, second)]
    assert channels == [Channel.WEBCHAT, Channel.SMS]


def test_the_same_attempt_twice_does_its_deed_once(context: Context, parent: Citizen) -> None:
    parent.write("ja", act="bekraeft")
    said = len(parent.rows())
    question = parent.engine.asked[0]
    again = Deed("action_samtykke", HANDLERS["action_samtykke"], context)._perform(question.turn_id, question.attempt, READS)

    assert (again, len(parent.rows())) == ([], said)


def test_an_old_attempt_after_a_new_one_does_nothing(context: Context, parent: Citizen) -> None:
    parent.engine.poison = True
    parent.receive("ja")
    parent.work()  # attempt 1 asked, and no answer came
    parent.hurry()
    leased = lease(context)
    with context.database.write() as session:
        new = turns._prepare(session, context, leased)
    old = Deed("action_samtykke", HANDLERS["action_samtykke"], context)._perform(1, 1, READS)

    assert (new.attempt if new else None, old) == (2, [])
    assert [(turn.state, turn.attempt) for turn in all_turns(context)] == [(TurnState.ASKED, 2)]


def test_an_attempt_that_was_settled_as_lost_does_nothing_when_it_comes_after_all(context: Context, parent: Citizen) -> None:
    parent.engine.poison = True
    parent.receive("ja")
    parent.work()
    late = Deed("action_samtykke", HANDLERS["action_samtykke"], context)._perform(1, 1, READS)

    assert late == []
    assert [turn.state for turn in all_turns(context)] == [TurnState.WAITING]


def test_an_action_that_dies_before_its_commit_is_tried_again(
    context: Context, parent: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    consents = HANDLERS["action_samtykke"]

    def die(moment: Moment) -> None:
        consents(moment)
        raise RuntimeError("killed")

    before = len(parent.rows())
    monkeypatch.setitem(HANDLERS, "action_samtykke", die)
    parent.receive("ja")
    parent.hurry()
    work(context, parent.engine, lease(context))
    after_death = len(parent.rows())
    monkeypatch.undo()
    parent.work()

    assert (after_death - before, len(parent.rows()) - before) == (0, 2)
    assert [(turn.state, turn.attempt, turn.counted) for turn in all_turns(context)] == [(TurnState.DONE, 2, 1)]


def test_an_action_that_dies_after_its_commit_is_not_repeated(context: Context, parent: Citizen) -> None:
    class DiesAfter(ScriptedEngine):
        def ask(self, question: Question) -> None:
            super().ask(question)
            self.down = True

    parent.engine = DiesAfter(context)
    said = parent.write("ja", act="bekraeft")
    parent.engine.down = False

    assert (len(said), parent.work()) == (2, [])
    assert [(turn.state, turn.attempt) for turn in all_turns(context)] == [(TurnState.DONE, 1)]


def test_a_worker_that_dies_after_the_action_leaves_nothing_to_repeat(
    context: Context, parent: Citizen, machine: MachineClock
) -> None:
    parent.receive("ja")
    with context.database.write() as session:
        question = turns._prepare(session, context, lease_in(session))
    assert question is not None
    parent.engine.ask(question)
    said = len(parent.rows())
    machine.advance(turns.LEASE.total_seconds() + 1)
    parent.work()

    assert (len(parent.rows()), len(parent.engine.asked), due_at(context)) == (said, 1, None)


def test_a_message_that_comes_while_its_turn_is_worked_is_not_forgotten(
    context: Context, parent: Citizen, busy_engine: Engine
) -> None:
    parent.receive("ja")
    busy_engine.meanwhile = lambda _: parent.receive("4", provider_id="comes once") and None
    work(context, busy_engine, lease(context))
    waiting = due_at(context)
    parent.hurry()
    work(context, busy_engine, lease(context))

    assert waiting is not None
    assert [question.text for question in busy_engine.asked] == ["ja", "4"]
    assert due_at(context) is None


def test_a_message_that_comes_while_its_turn_is_worked_keeps_its_time_to_be_joined(
    context: Context, parent: Citizen, busy_engine: Engine, machine: MachineClock
) -> None:
    parent.receive("ja")
    busy_engine.meanwhile = lambda _: parent.receive("det var") and None
    work(context, busy_engine, lease(context))

    assert due_at(context) == machine.now + timedelta(seconds=4)


def test_the_next_turn_waits_while_the_first_is_open(context: Context, parent: Citizen) -> None:
    parent.engine.poison = True
    parent.receive("ja")
    parent.work()
    parent.receive("4")
    parent.hurry()
    work(context, parent.engine, lease(context))

    assert asked(parent) == ["ja", "ja"]


def test_no_turn_is_leased_of_an_address_with_spooled_messages(context: Context, parent: Citizen, child: Citizen) -> None:
    parent.receive("ja")
    child.receive("RING")
    spooled = {context.address_hash(Channel.SMS, parent.address)}
    leased = turns.lease_next(context, "first", spooled=spooled)

    assert leased is not None
    assert turns.lease_next(context, "second", spooled=spooled) is None


def test_the_engine_is_asked_with_what_was_awaited_and_redacted(context: Context, child: Citizen) -> None:
    child.press("Ja")
    child.write("min mor har nummer 00 00 00 42")

    question = child.engine.asked[-1]
    assert question.text == "min mor har nummer [telefon]"
    assert (question.awaits, question.expects, question.role, question.age) == ("spoergsmaal", "skala", "barn", 12)
    assert question.question is not None


def test_what_the_net_found_goes_with_the_turn(parent: Citizen) -> None:
    parent.write("min far slår mig, og jeg vil klage", act="bekymring")

    question = parent.engine.asked[0]
    assert (question.net_danger, question.net_complaint, question.net_stop) == ("ja", True, False)


def test_without_anything_due_nothing_is_leased(context: Context, parent: Citizen) -> None:
    assert turns.lease_next(context, "first") is None


def test_a_conversation_with_nothing_to_do_is_given_back(context: Context, parent: Citizen) -> None:
    with context.database.write() as session:
        session.execute(update(Conversation).values(turn_due_at=context.clock.now() - timedelta(days=1)))
    work(context, parent.engine, lease(context))

    assert (due_at(context), parent.engine.asked, all_turns(context)) == (None, [], [])


def test_five_counted_attempts_end_with_a_human_and_the_next_message_goes_on(context: Context, parent: Citizen) -> None:
    parent.engine.poison = True
    parent.receive("noget helt umuligt")
    for _ in range(5):
        parent.work()
    parent.engine.poison = False
    parent.write("ja", act="bekraeft")

    assert [(turn.state, turn.attempt) for turn in all_turns(context)] == [(TurnState.GIVEN_UP, 5), (TurnState.DONE, 1)]
    assert [(case.kind, case.turn_id) for case in parent.cases()] == [(CaseKind.UBEHANDLET, 1)]


def test_four_attempts_are_not_enough(context: Context, parent: Citizen) -> None:
    parent.engine.poison = True
    parent.receive("noget helt umuligt")
    for _ in range(4):
        parent.work()

    assert [(turn.state, turn.counted) for turn in all_turns(context)] == [(TurnState.WAITING, 4)]
    assert parent.cases() == []


def test_replies_are_numbered_within_their_turn(context: Context, parent: Citizen) -> None:
    parent.write("ja", act="bekraeft")

    with context.database.read() as session:
        numbers = session.execute(select(Outbound.turn_id, Outbound.number).order_by(Outbound.id)).all()
    assert [tuple(row) for row in numbers] == [(None, None), (1, 0), (1, 1)]


def test_what_was_spooled_since_the_lease_goes_before_what_was_stored_since(context: Context, parent: Citizen) -> None:
    """A worker that waited for the database must not go by what lay on disk before it waited."""
    parent.receive("en hilsen")
    parent.hurry()
    leased = lease(context)
    message = Incoming(Channel.SMS, "spooled", parent.address, InboundKind.TEXT, text="først det her")
    earlier = machine_now() - timedelta(seconds=2)
    Spool(context).put(message, earlier, earlier)
    work(context, parent.engine, leased)
    while_it_lay_there = asked(parent)
    feed_back.feed_spool(context)
    parent.work()

    assert (while_it_lay_there, asked(parent)) == ([], ["først det her en hilsen"])


def test_a_turn_whose_question_set_is_gone_ends_before_a_human_and_the_next_message_goes_on(
    context: Context, parent: Citizen
) -> None:
    parent.write("ja", act="bekraeft")
    with context.database.write() as session:
        session.execute(update(Interview).values(set_version=99))
    receipt = parent.receive("mødet var langt")
    for _ in range(turns.MAX_COUNTED):
        parent.work()
    [case] = parent.cases()

    assert (receipt.spooled, Spool(context).files()) == (False, [])
    assert [(turn.state, turn.counted) for turn in all_turns(context)] == [(TurnState.DONE, 0), (TurnState.GIVEN_UP, 5)]
    assert (case.kind, parent.rows()[-1].text) == (CaseKind.UBEHANDLET, context.texts.say("undskyld", channel=Channel.SMS))


@pytest.mark.parametrize(
    ("text", "kinds"), [("jeg vil klage", [CaseKind.KLAGE]), ("min far slår mig", [CaseKind.BEKYMRING]), ("STOP", [])]
)
def test_the_safety_net_needs_no_question_set(context: Context, parent: Citizen, text: str, kinds: list[CaseKind]) -> None:
    parent.write("ja", act="bekraeft")
    with context.database.write() as session:
        session.execute(update(Interview).values(set_version=99))
    parent.receive(text)

    assert [case.kind for case in parent.cases()] == kinds
    with context.database.read() as session:
        assert session.scalars(select(Inbound).order_by(Inbound.id.desc())).first().net_read_at is not None  # type: ignore[union-attr]
