"""The outbox: order, errors, crashes, and what is never sent twice."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, update
from sqlalchemy.exc import IntegrityError

from bot.service.channels.base import SendError
from bot.service.context import Context
from bot.service.database import Database
from bot.service.logic.voice import Choice, Voice
from bot.service.message_path import outbox
from bot.service.models import Base, Conversation, Interview, OptOut, Outbound
from bot.service.models.words import CaseKind, Disposition, InterviewState, OutboundKind, OutboundState
from bot.shared.codebook import Channel, DialogueAct
from tests.fakes import FakeBridge
from tests.service.driver import Citizen
from tests.service.message_path.conftest import STRANGER, MachineClock
from tests.service.message_path.sending import BROKEN, Put, crash, kinds_of_cases, opt_out, send, states

OTHER = "+4500009902"


@pytest.fixture
def invited(context: Context, invite: Callable[..., Citizen], monkeypatch: pytest.MonkeyPatch) -> Citizen:
    """A parent whose invitation lies in the outbox."""
    with monkeypatch.context() as patch:
        patch.setattr(Citizen, "send_outbox", lambda _: None)
        return invite()


def disposition(context: Context) -> str:
    with context.database.read() as session:
        return session.scalars(select(Interview.disposition)).one()


def test_a_row_is_handed_over_with_reference_address_and_buttons(context: Context, bridge: FakeBridge, put: Put) -> None:
    row_id = put("hej")
    send(context, bridge)

    assert [(s.reference, s.address, s.text, s.buttons) for s in bridge.sent] == [(str(row_id), STRANGER, "hej", ())]
    with context.database.read() as session:
        row = session.get_one(Outbound, row_id)
    assert (row.state, row.provider_id, row.handed_over_at) == (OutboundState.HANDED_OVER, "provider-1", context.clock.now())


def test_buttons_come_back_as_row_and_option(context: Context, child: Citizen) -> None:
    with context.database.write() as session:
        voice = Voice(session, context, session.scalars(select(Conversation)).one())
        voice.put("vil du?", choices=[Choice("ja", "Ja", DialogueAct.BEKRAEFT)])
        row_id = voice.said[0].id
    child.send_outbox()

    assert [(button.text, button.press) for button in child.bridge.sent[-1].buttons] == [("Ja", f"{row_id}:ja")]


def test_rows_to_one_address_leave_in_order(context: Context, bridge: FakeBridge, put: Put) -> None:
    for words in ("en", "to", "tre"):
        put(words)

    assert send(context, bridge) == ["en", "to", "tre"]


def test_a_row_waits_for_the_earlier_one_and_others_do_not(context: Context, bridge: FakeBridge, put: Put) -> None:
    put("en")
    put("to")
    put("til en anden", to=OTHER)

    assert send(context, bridge, BROKEN) == ["til en anden"]
    context.clock.advance(300)
    assert send(context, bridge) == ["en", "to"]


def test_a_row_waits_while_the_earlier_one_is_being_sent(context: Context, bridge: FakeBridge, put: Put) -> None:
    put("en")
    put("to")
    outbox.claim_next(context, {Channel.SMS: bridge})

    assert outbox.claim_next(context, {Channel.SMS: bridge}) is None


@pytest.mark.parametrize("kind", [OutboundKind.SAFETY, OutboundKind.STOP])
def test_thanks_for_danger_and_confirmation_of_stop_pass_by(
    context: Context, bridge: FakeBridge, put: Put, kind: OutboundKind
) -> None:
    put("venter")
    send(context, bridge, BROKEN)
    put("går forbi", kind=kind)

    assert send(context, bridge) == ["går forbi"]


def test_safety_leaves_before_replies_and_replies_before_bulk(context: Context, bridge: FakeBridge, put: Put) -> None:
    put("påmindelse", to="+4500009903", kind=OutboundKind.REMINDER)
    put("invitation", to="+4500009904", kind=OutboundKind.INVITATION)
    put("svar", to=OTHER)
    put("fra en medarbejder", to="+4500009905", kind=OutboundKind.HANDLER)
    put("tak", kind=OutboundKind.SAFETY)

    assert send(context, bridge) == ["tak", "svar", "fra en medarbejder", "påmindelse", "invitation"]


def test_a_temporary_error_is_tried_again_after_five_and_ten_minutes(context: Context, bridge: FakeBridge, put: Put) -> None:
    put("hej")
    send(context, bridge, BROKEN)
    waits = []
    for pause in (299, 1, 599, 1):
        context.clock.advance(pause)
        waits.append(outbox.claim_next(context, {Channel.SMS: bridge}))
        if waits[-1] is not None:
            bridge.errors.append(BROKEN)
            outbox.send(context, {Channel.SMS: bridge}, waits[-1])

    assert [wait is not None for wait in waits] == [False, True, False, True]
    assert states(context) == [OutboundState.FAILED]


def test_a_reply_that_failed_goes_to_a_human(context: Context, parent: Citizen) -> None:
    parent.bridge.errors = [SendError("no such number", permanent=True)]
    parent.write("", act="svar")

    assert kinds_of_cases(parent) == [CaseKind.UBEHANDLET]
    assert states(context)[-1] == OutboundState.FAILED


def test_a_permanent_error_is_not_tried_again(context: Context, bridge: FakeBridge, put: Put) -> None:
    put("hej")
    send(context, bridge, SendError("no such number", permanent=True))
    context.clock.advance(86_400)

    assert (send(context, bridge), states(context)) == ([], [OutboundState.FAILED])


def test_an_invitation_that_failed_ends_as_not_delivered(context: Context, bridge: FakeBridge, invited: Citizen) -> None:
    send(context, bridge, SendError("no such number", permanent=True))

    assert disposition(context) == Disposition.IKKE_LEVERET
    assert kinds_of_cases(invited) == []


def test_a_reminder_that_failed_ends_nothing(context: Context, bridge: FakeBridge, parent: Citizen) -> None:
    with context.database.write() as session:
        interview, conversation = session.scalars(select(Interview)).one(), session.scalars(select(Conversation)).one()
        voice = Voice(session, context, conversation, interview=interview)
        voice.put("hej igen", kind=OutboundKind.REMINDER, choices=voice.yes_no())
    send(context, bridge, SendError("the phone is off", permanent=True))

    assert states(context)[-1] == OutboundState.FAILED
    assert disposition(context) == Disposition.INTET_SVAR
    assert kinds_of_cases(parent) == []


def test_an_invitation_that_failed_ends_no_interview_in_progress(
    context: Context, bridge: FakeBridge, invited: Citizen
) -> None:
    with context.database.write() as session:
        session.execute(update(Interview).values(state=InterviewState.I_GANG, disposition=Disposition.AFBRUDT))
    send(context, bridge, SendError("no such number", permanent=True))

    assert disposition(context) == Disposition.AFBRUDT


def test_who_has_blocked_us_counts_as_stopped(context: Context, bridge: FakeBridge, invited: Citizen) -> None:
    send(context, bridge, SendError("blocked", blocked=True))

    assert disposition(context) == Disposition.STOPPET
    assert states(context) == [OutboundState.FAILED, OutboundState.CANCELLED]  # the confirmation would not arrive either
    with context.database.read() as session:
        assert session.scalars(select(OptOut.channel)).all() == [Channel.SMS]


def test_a_pause_that_the_provider_asks_for_counts_as_no_try(context: Context, bridge: FakeBridge, put: Put) -> None:
    put("hej")
    send(context, bridge, SendError("slow down", retry_after_s=7))
    context.clock.advance(6.9)
    early = send(context, bridge)
    context.clock.advance(0.1)

    assert (early, send(context, bridge)) == ([], ["hej"])
    with context.database.read() as session:
        assert session.scalars(select(Outbound.attempts)).one() == 1


def test_stop_while_a_row_is_on_its_way_is_the_end_of_it(context: Context, bridge: FakeBridge, put: Put) -> None:
    put("hej")
    claimed = outbox.claim_next(context, {Channel.SMS: bridge})
    opt_out(context)
    bridge.errors = [BROKEN]
    outbox.send(context, {Channel.SMS: bridge}, claimed)  # type: ignore[arg-type]
    context.clock.advance(86_400)

    assert (send(context, bridge), states(context)) == ([], [OutboundState.CANCELLED])


def test_the_confirmation_of_stop_is_tried_again(context: Context, bridge: FakeBridge, put: Put) -> None:
    put("farvel", kind=OutboundKind.STOP)
    opt_out(context)
    send(context, bridge, BROKEN)
    context.clock.advance(300)

    assert send(context, bridge) == ["farvel"]


def test_an_abandoned_row_leaves_again_where_twice_reaches_the_citizen_once(
    context: Context, machine: MachineClock, put: Put
) -> None:
    bridge = FakeBridge(repeatable=True)
    put("hej")

    assert (crash(context, machine, bridge), send(context, bridge)) == (1, ["hej"])


def test_an_abandoned_row_whose_outcome_nobody_knows_goes_to_a_human(
    context: Context, machine: MachineClock, bridge: FakeBridge, stranger: Citizen, put: Put
) -> None:
    put("hej")
    crash(context, machine, bridge, hand_over=True)

    assert (send(context, bridge), states(context)) == ([], [OutboundState.UNKNOWN])
    assert kinds_of_cases(stranger) == [CaseKind.UBEHANDLET]


@pytest.mark.parametrize("kind", [OutboundKind.SAFETY, OutboundKind.STOP])
def test_an_abandoned_thanks_or_confirmation_is_sent_once_more(
    context: Context, machine: MachineClock, bridge: FakeBridge, put: Put, kind: OutboundKind
) -> None:
    put("tak", kind=kind)
    crash(context, machine, bridge, hand_over=True)
    crash(context, machine, bridge, hand_over=True)

    assert (len(bridge.sent), send(context, bridge)) == (2, [])
    assert states(context) == [OutboundState.UNKNOWN]


def test_an_abandoned_row_is_not_sent_after_stop(context: Context, machine: MachineClock, put: Put) -> None:
    bridge = FakeBridge(repeatable=True)
    put("hej")
    outbox.claim_next(context, {Channel.SMS: bridge})
    opt_out(context)
    machine.advance(31)
    outbox.settle_abandoned(context, {Channel.SMS: bridge})

    assert states(context) == [OutboundState.CANCELLED]


def test_an_abandoned_row_of_a_channel_that_is_switched_off_holds_up_no_other(
    context: Context, machine: MachineClock, bridge: FakeBridge, stranger: Citizen, put: Put
) -> None:
    put("hej")
    outbox.claim_next(context, {Channel.SMS: bridge})
    machine.advance(31)

    assert outbox.settle_abandoned(context, {}) == 1
    assert states(context) == [OutboundState.UNKNOWN]


def test_a_row_that_is_being_sent_is_not_abandoned_yet(
    context: Context, machine: MachineClock, bridge: FakeBridge, put: Put
) -> None:
    put("hej")
    outbox.claim_next(context, {Channel.SMS: bridge})
    machine.advance(30)

    assert outbox.settle_abandoned(context, {Channel.SMS: bridge}) == 0


@pytest.mark.parametrize("error", [None, BROKEN])
def test_who_was_thought_dead_changes_no_terminal_state(
    context: Context, machine: MachineClock, bridge: FakeBridge, put: Put, error: SendError | None
) -> None:
    put("hej")
    claimed = outbox.claim_next(context, {Channel.SMS: bridge})
    machine.advance(31)
    outbox.settle_abandoned(context, {Channel.SMS: bridge})
    bridge.errors = [error] if error else []
    outbox.send(context, {Channel.SMS: bridge}, claimed)  # type: ignore[arg-type]

    assert states(context) == [OutboundState.UNKNOWN]


def test_who_was_thought_dead_does_not_settle_another_workers_try(
    context: Context, machine: MachineClock, put: Put
) -> None:
    bridge = FakeBridge(repeatable=True)
    put("hej")
    asleep = outbox.claim_next(context, {Channel.SMS: bridge})
    machine.advance(31)
    outbox.settle_abandoned(context, {Channel.SMS: bridge})
    outbox.claim_next(context, {Channel.SMS: bridge})
    bridge.errors = [SendError("too late", permanent=True)]
    outbox.send(context, {Channel.SMS: bridge}, asleep)  # type: ignore[arg-type]

    assert states(context) == [OutboundState.SENDING]


def test_a_channel_without_a_sender_keeps_its_rows(context: Context, put: Put) -> None:
    put("hej")

    assert outbox.claim_next(context, {Channel.WEBCHAT: FakeBridge()}) is None
    assert states(context) == [OutboundState.WAITING]


def test_what_may_be_said_once_cannot_be_put_twice(put: Put) -> None:
    put("hej", once_key="invitation:1")

    with pytest.raises(IntegrityError):
        put("hej", to=OTHER, once_key="invitation:1")


def test_the_second_try_is_due_five_minutes_after_the_first(context: Context, bridge: FakeBridge, put: Put) -> None:
    put("hej")
    send(context, bridge, BROKEN)

    with context.database.read() as session:
        row = session.scalars(select(Outbound)).one()
    assert row.next_try_at - context.clock.now() == timedelta(minutes=5)


def test_bulk_that_waits_delays_no_reply(context: Context, bridge: FakeBridge, put: Put) -> None:
    for number in range(30):
        put("invitation", to=f"+45000000{number:02}", kind=OutboundKind.INVITATION)
    put("svar", to=OTHER)

    assert send(context, bridge)[0] == "svar"


@pytest.mark.parametrize("waiting", [1, 30])
def test_the_next_row_is_found_in_one_look_however_many_wait(
    context: Context, bridge: FakeBridge, put: Put, waiting: int
) -> None:
    for number in range(waiting):
        put("invitation", to=f"+45000000{number:02}", kind=OutboundKind.INVITATION)
    looks: list[str] = []
    event.listen(context.database.engine, "before_cursor_execute", lambda *args: looks.append(args[2]))
    outbox.claim_next(context, {Channel.SMS: bridge})

    assert len([look for look in looks if "FROM outbound" in look and "ORDER BY outbound.rank" in look]) == 2


def test_the_next_row_is_found_by_the_index_without_sorting(context: Context, tmp_path: Path) -> None:
    """On SQLite alone: PostgreSQL plans by what stands in the table."""
    database = Database(f"sqlite:///{tmp_path / 'plan.db'}")
    Base.metadata.create_all(database.engine)
    plan: list[str] = []

    def explain(connection: Connection, _cursor: Any, look: str, values: Any, *_: Any) -> None:
        if not look.startswith("EXPLAIN"):
            plan.extend(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {look}", values))

    event.listen(database.engine, "before_cursor_execute", explain)
    with database.read() as session:
        session.scalar(outbox.NEXT, {"channels": ["sms"], "now": context.clock.now(), "resting": [outbox.NOBODY]})
    database.close()

    assert plan[0].startswith("SEARCH outbound USING INDEX ix_outbound_channel_state_rank_id (channel=? AND state=?")
    assert [step for step in plan if "SCAN" in step or "TEMP" in step] == []
