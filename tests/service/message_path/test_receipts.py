"""Receipts: in any order, doubled, early, late, and of messages that nobody knows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations, product

import pytest
from sqlalchemy import select

from bot.service.channels.base import Receipt, Receipts, ReceiptState
from bot.service.context import Context
from bot.service.logic.voice import Voice
from bot.service.message_path import outbox, receipts
from bot.service.models import Conversation, Delivery, Interview, Outbound
from bot.service.models.words import TERMINAL_OUTBOUND, CaseKind, Disposition, OutboundKind, OutboundState
from bot.service.schedule.receipts import receipt_tasks
from bot.shared.codebook import Channel
from tests.fakes import FakeBridge
from tests.service.driver import Citizen
from tests.service.message_path.conftest import STRANGER
from tests.service.message_path.sending import Put, kinds_of_cases, opt_out, send, states

ACCEPTED, DELIVERED, FAILED, EXPIRED = ReceiptState
TOLD_AT = datetime(2026, 11, 18, 11, 0, 7, tzinfo=UTC)


@pytest.fixture
def sent(context: Context, bridge: FakeBridge, put: Put) -> str:
    """The reference of a message that is handed over."""
    reference = str(put("hej"))
    send(context, bridge)
    return reference


def note(context: Context, state: ReceiptState, reference: str | None, **others: object) -> bool:
    return receipts.note(context, Receipt(Channel.SMS, state, reference=reference, **others))  # type: ignore[arg-type]


def logged(context: Context) -> list[str]:
    with context.database.read() as session:
        return list(session.scalars(select(Delivery.state).order_by(Delivery.id)))


def row_of(context: Context, reference: str) -> Outbound:
    with context.database.read() as session:
        return session.get_one(Outbound, int(reference))


MOVES = [
    (OutboundState.HANDED_OVER, ACCEPTED, OutboundState.HANDED_OVER),
    (OutboundState.HANDED_OVER, DELIVERED, OutboundState.DELIVERED),
    (OutboundState.HANDED_OVER, FAILED, OutboundState.FAILED),
    (OutboundState.HANDED_OVER, EXPIRED, OutboundState.FAILED),
    (OutboundState.SENDING, ACCEPTED, OutboundState.HANDED_OVER),
    (OutboundState.SENDING, DELIVERED, OutboundState.DELIVERED),
    (OutboundState.SENDING, FAILED, OutboundState.FAILED),
    (OutboundState.SENDING, EXPIRED, OutboundState.FAILED),
    (OutboundState.WAITING, ACCEPTED, OutboundState.HANDED_OVER),
    (OutboundState.WAITING, DELIVERED, OutboundState.DELIVERED),
    (OutboundState.WAITING, FAILED, OutboundState.WAITING),
    (OutboundState.WAITING, EXPIRED, OutboundState.WAITING),
    *((state, receipt, state) for state, receipt in product(sorted(TERMINAL_OUTBOUND), ReceiptState)),
]


@pytest.mark.parametrize(("state", "receipt", "after"), MOVES, ids=[f"{state}+{receipt}" for state, receipt, _ in MOVES])
def test_a_receipt_moves_a_state(state: OutboundState, receipt: ReceiptState, after: OutboundState) -> None:
    assert receipts.next_state(state, receipt) == after


def test_every_state_and_receipt_is_in_the_table() -> None:
    assert {(state, receipt) for state, receipt, _ in MOVES} == set(product(OutboundState, ReceiptState))


def test_a_receipt_is_logged_with_both_times(context: Context, sent: str) -> None:
    context.clock.advance(60)  # type: ignore[attr-defined]
    known = note(context, DELIVERED, sent, at=TOLD_AT)

    with context.database.read() as session:
        entry = session.scalars(select(Delivery)).one()
    assert (known, entry.outbound_id, entry.state) == (True, int(sent), DELIVERED)
    assert (entry.at, entry.noted_at) == (TOLD_AT, context.clock.now())


@pytest.mark.parametrize("order", list(permutations((ACCEPTED, DELIVERED, FAILED))))
def test_the_first_final_word_stays_in_whatever_order(
    context: Context, sent: str, order: tuple[ReceiptState, ...]
) -> None:
    for state in order:
        note(context, state, sent)

    final = next(state for state in order if state is not ACCEPTED)
    assert states(context) == [receipts.MOVES[final]]
    assert logged(context) == list(order)


def test_a_receipt_that_comes_twice_stands_once(context: Context, stranger: Citizen, sent: str) -> None:
    told = [note(context, FAILED, sent, at=TOLD_AT) for _ in range(2)]

    assert (told, logged(context), kinds_of_cases(stranger)) == ([True, True], [FAILED], [CaseKind.UBEHANDLET])


@pytest.mark.parametrize("state", [DELIVERED, FAILED])
def test_a_receipt_that_overtakes_the_handing_over_is_not_lost(
    context: Context, bridge: FakeBridge, put: Put, state: ReceiptState
) -> None:
    reference = str(put("hej"))
    claimed = outbox.claim_next(context, {Channel.SMS: bridge})
    note(context, state, reference)
    assert claimed is not None
    outbox.send(context, {Channel.SMS: bridge}, claimed)

    row = row_of(context, reference)
    assert (row.state, row.provider_id, row.handed_over_at) == (receipts.MOVES[state], "provider-1", context.clock.now())


def test_a_receipt_in_mid_send_lets_the_next_row_go(context: Context, bridge: FakeBridge, put: Put) -> None:
    reference = str(put("en"))
    put("to")
    outbox.claim_next(context, {Channel.SMS: bridge})
    note(context, ACCEPTED, reference)

    assert send(context, bridge) == ["to"]


def test_a_receipt_by_the_providers_id_finds_its_message(context: Context, sent: str) -> None:
    assert note(context, DELIVERED, None, provider_id="provider-1")
    assert states(context) == [OutboundState.DELIVERED]


def test_where_both_ids_are_told_ours_counts(context: Context, bridge: FakeBridge, put: Put, sent: str) -> None:
    other = str(put("hej igen"))
    send(context, bridge)
    note(context, DELIVERED, other, provider_id="provider-1")

    assert states(context) == [OutboundState.HANDED_OVER, OutboundState.DELIVERED]


@pytest.mark.parametrize("reference", ["", "0", "4711", "-1", "1e3", "²", "٣", "2147483648", "9" * 400, "1; DROP TABLE outbound"])
def test_a_receipt_of_a_message_that_nobody_knows_does_nothing(context: Context, sent: str, reference: str) -> None:
    assert not note(context, DELIVERED, reference)
    assert (states(context), logged(context)) == ([OutboundState.HANDED_OVER], [])


@pytest.mark.parametrize(
    "receipt",
    [
        Receipt(Channel.TELEGRAM, DELIVERED, reference="1"),
        Receipt(Channel.TELEGRAM, DELIVERED, provider_id="provider-1"),
        Receipt(Channel.SMS, DELIVERED, provider_id="another"),
        Receipt(Channel.SMS, DELIVERED),
    ],
)
def test_a_receipt_of_another_channel_or_id_does_nothing(context: Context, sent: str, receipt: Receipt) -> None:
    assert not receipts.note(context, receipt)
    assert states(context) == [OutboundState.HANDED_OVER]


def test_a_message_that_was_never_tried_has_no_receipt(context: Context, put: Put) -> None:
    assert not note(context, DELIVERED, str(put("hej")))
    assert states(context) == [OutboundState.WAITING]


@pytest.mark.parametrize("kind", [OutboundKind.REPLY, OutboundKind.SAFETY, OutboundKind.STOP, OutboundKind.HANDLER])
@pytest.mark.parametrize("told", [FAILED, EXPIRED])
def test_what_did_not_arrive_goes_to_a_human(
    context: Context, bridge: FakeBridge, stranger: Citizen, put: Put, kind: OutboundKind, told: ReceiptState
) -> None:
    reference = str(put("hej", kind=kind))
    send(context, bridge)
    note(context, told, reference)

    assert (states(context), kinds_of_cases(stranger)) == ([OutboundState.FAILED], [CaseKind.UBEHANDLET])


def test_after_stop_nobody_needs_to_know_what_did_not_arrive(context: Context, stranger: Citizen, sent: str) -> None:
    opt_out(context)
    note(context, FAILED, sent)

    assert (states(context), kinds_of_cases(stranger)) == ([OutboundState.FAILED], [])


def test_an_invitation_that_did_not_arrive_ends_as_not_delivered(context: Context, parent: Citizen) -> None:
    note(context, EXPIRED, parent.bridge.sent[0].reference)

    with context.database.read() as session:
        assert session.scalars(select(Interview.disposition)).one() == Disposition.IKKE_LEVERET
    assert kinds_of_cases(parent) == []


def test_a_reminder_that_did_not_arrive_ends_nothing(context: Context, parent: Citizen) -> None:
    with context.database.write() as session:
        interview, conversation = session.scalars(select(Interview)).one(), session.scalars(select(Conversation)).one()
        voice = Voice(session, context, conversation, interview=interview)
        voice.put("hej igen", kind=OutboundKind.REMINDER, choices=voice.yes_no())
    parent.send_outbox()
    note(context, FAILED, parent.bridge.sent[-1].reference)

    with context.database.read() as session:
        assert session.scalars(select(Interview.disposition)).one() == Disposition.INTET_SVAR
    assert (states(context)[-1], kinds_of_cases(parent)) == (OutboundState.FAILED, [])


def test_what_did_not_arrive_is_logged_without_words_or_number(
    context: Context, sent: str, caplog: pytest.LogCaptureFixture
) -> None:
    note(context, FAILED, sent)

    [record] = caplog.records
    assert (record.getMessage(), record.outbound) == ("a message was not delivered", int(sent))  # type: ignore[attr-defined]
    assert STRANGER not in str(record.__dict__)


Wait = Callable[[timedelta], int]


@pytest.fixture
def wait(context: Context) -> Wait:
    """Lets business time pass and looks for time-outs on a channel with receipts."""

    def look(passed: timedelta) -> int:
        context.clock.advance(passed.total_seconds())  # type: ignore[attr-defined]
        [task] = receipt_tasks({Channel.SMS: FakeBridge(receipts=Receipts.BY_ID), Channel.WEBCHAT: FakeBridge()})
        return task.run(context)

    return look


def test_after_72_hours_without_a_receipt_nobody_waits_any_more(context: Context, sent: str, wait: Wait) -> None:
    looks = [wait(passed) for passed in (timedelta(hours=72) - timedelta(seconds=1), timedelta(seconds=1), timedelta(hours=1))]

    assert (looks, states(context)) == ([0, 1, 0], [OutboundState.TIMED_OUT])


def test_a_message_on_its_way_times_out_too(context: Context, sent: str, wait: Wait) -> None:
    note(context, ACCEPTED, sent)

    assert wait(timedelta(hours=72)) == 1


def test_what_is_delivered_or_failed_does_not_time_out(context: Context, sent: str, wait: Wait) -> None:
    note(context, DELIVERED, sent)

    assert (wait(timedelta(hours=72)), states(context)) == (0, [OutboundState.DELIVERED])


def test_a_late_receipt_is_logged_and_changes_nothing(context: Context, stranger: Citizen, sent: str, wait: Wait) -> None:
    wait(timedelta(hours=72))
    known = note(context, FAILED, sent)

    assert (known, states(context), logged(context)) == (True, [OutboundState.TIMED_OUT], [FAILED])
    assert kinds_of_cases(stranger) == []


def test_a_channel_without_receipts_never_times_out(context: Context, child: Citizen, wait: Wait) -> None:
    assert wait(timedelta(days=30)) == 0
    assert set(states(context)) == {OutboundState.HANDED_OVER}


def test_who_has_written_is_not_ended_by_a_receipt_that_comes_late(context: Context, parent: Citizen) -> None:
    parent.write("hvem er I?", act="spoergsmaal")
    note(context, EXPIRED, parent.bridge.sent[0].reference)

    with context.database.read() as session:
        assert session.scalars(select(Interview.disposition)).one() != Disposition.IKKE_LEVERET
