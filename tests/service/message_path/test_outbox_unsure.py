"""Rows of which nobody knows whether they went out: the provider never answered, or the worker died."""

import pytest

from bot.service.channels.base import Receipt, Receipts, ReceiptState
from bot.service.context import Context
from bot.service.message_path import outbox, receipts
from bot.service.models.words import CaseKind, OutboundKind, OutboundState
from bot.shared.codebook import Channel
from tests.fakes import FakeBridge
from tests.service.driver import Citizen
from tests.service.message_path.conftest import MachineClock
from tests.service.message_path.sending import BROKEN, UNSURE, Put, crash, kinds_of_cases, opt_out, send, states


@pytest.fixture
def telling() -> FakeBridge:
    """A bridge whose receipts name our reference."""
    return FakeBridge(receipts=Receipts.BY_REFERENCE)


def settle(context: Context, machine: MachineClock, bridge: FakeBridge, *, after_s: float = 31) -> int:
    machine.advance(after_s)
    return outbox.settle_abandoned(context, {Channel.SMS: bridge})


def test_no_answer_is_no_failure_yet(context: Context, machine: MachineClock, bridge: FakeBridge, put: Put) -> None:
    put("hej")
    send(context, bridge, UNSURE)

    assert (settle(context, machine, bridge, after_s=30), states(context)) == (0, [OutboundState.SENDING])


def test_what_nobody_answered_goes_to_a_human_and_never_out_again(
    context: Context, machine: MachineClock, bridge: FakeBridge, stranger: Citizen, put: Put
) -> None:
    put("hej")
    send(context, bridge, UNSURE)
    settle(context, machine, bridge)
    context.clock.advance(86_400)  # type: ignore[attr-defined]

    assert (send(context, bridge), states(context)) == ([], [OutboundState.UNKNOWN])
    assert kinds_of_cases(stranger) == [CaseKind.UBEHANDLET]


def test_where_twice_reaches_the_citizen_once_it_is_tried_as_after_an_error(
    context: Context, machine: MachineClock, stranger: Citizen, put: Put
) -> None:
    bridge = FakeBridge(repeatable=True)
    put("hej")
    tries = []
    for pause in (0, 299, 1, 599, 1, 86_400):
        context.clock.advance(pause)  # type: ignore[attr-defined]
        bridge.errors = [UNSURE]
        send(context, bridge)
        tries.append(bridge.errors == [])
        settle(context, machine, bridge)

    assert tries == [True, False, True, False, True, False]
    assert states(context) == [OutboundState.UNKNOWN]
    assert kinds_of_cases(stranger) == [CaseKind.UBEHANDLET]


@pytest.mark.parametrize("kind", [OutboundKind.SAFETY, OutboundKind.STOP])
def test_thanks_for_danger_and_confirmation_of_stop_go_out_once_more(
    context: Context, machine: MachineClock, telling: FakeBridge, stranger: Citizen, put: Put, kind: OutboundKind
) -> None:
    put("tak", kind=kind)
    send(context, telling, UNSURE)
    settle(context, machine, telling)

    assert (send(context, telling), states(context)) == (["tak"], [OutboundState.HANDED_OVER])
    assert kinds_of_cases(stranger) == []


def test_nothing_goes_out_once_more_after_stop(context: Context, machine: MachineClock, put: Put) -> None:
    bridge = FakeBridge(repeatable=True)
    put("hej")
    send(context, bridge, UNSURE)
    opt_out(context)
    settle(context, machine, bridge)

    assert states(context) == [OutboundState.CANCELLED]


def test_a_receipt_may_still_come_for_three_minutes(
    context: Context, machine: MachineClock, telling: FakeBridge, stranger: Citizen, put: Put
) -> None:
    put("hej")
    send(context, telling, UNSURE)
    settled = [settle(context, machine, telling, after_s=seconds) for seconds in (31, 148.9, 0.1)]

    assert (settled, states(context)) == ([0, 0, 1], [OutboundState.UNKNOWN])
    assert kinds_of_cases(stranger) == [CaseKind.UBEHANDLET]


@pytest.mark.parametrize(
    ("told", "state"),
    [(ReceiptState.ACCEPTED, OutboundState.HANDED_OVER), (ReceiptState.DELIVERED, OutboundState.DELIVERED)],
)
def test_a_receipt_settles_what_nobody_answered(
    context: Context,
    machine: MachineClock,
    telling: FakeBridge,
    stranger: Citizen,
    put: Put,
    told: ReceiptState,
    state: OutboundState,
) -> None:
    reference = str(put("hej"))
    put("det næste")
    send(context, telling, UNSURE)
    settle(context, machine, telling)
    receipts.note(context, Receipt(Channel.SMS, told, reference=reference))
    settle(context, machine, telling, after_s=600)

    assert (send(context, telling), states(context)) == (["det næste"], [state, OutboundState.HANDED_OVER])
    assert kinds_of_cases(stranger) == []


def test_a_receipt_settles_what_a_dead_worker_left(
    context: Context, machine: MachineClock, telling: FakeBridge, put: Put
) -> None:
    reference = str(put("hej"))
    settled = crash(context, machine, telling, hand_over=True)
    receipts.note(context, Receipt(Channel.SMS, ReceiptState.DELIVERED, reference=reference))

    assert (settled, states(context)) == (0, [OutboundState.DELIVERED])


def test_a_receipt_for_the_first_try_spares_the_second(context: Context, machine: MachineClock, put: Put) -> None:
    bridge = FakeBridge(repeatable=True, receipts=Receipts.BY_REFERENCE)
    reference = str(put("hej"))
    send(context, bridge, UNSURE)
    settle(context, machine, bridge)
    receipts.note(context, Receipt(Channel.SMS, ReceiptState.ACCEPTED, reference=reference))
    context.clock.advance(86_400)  # type: ignore[attr-defined]

    assert (send(context, bridge), states(context)) == ([], [OutboundState.HANDED_OVER])


def test_who_was_thought_dead_spares_the_second_try(context: Context, machine: MachineClock, put: Put) -> None:
    bridge = FakeBridge(repeatable=True)
    put("hej")
    slow = outbox.claim_next(context, {Channel.SMS: bridge})
    settle(context, machine, bridge)
    assert slow is not None
    outbox.send(context, {Channel.SMS: bridge}, slow)

    assert (send(context, bridge), states(context)) == ([], [OutboundState.HANDED_OVER])


def test_an_error_with_an_answer_is_none_of_these(context: Context, machine: MachineClock, telling: FakeBridge, put: Put) -> None:
    put("hej")
    send(context, telling, BROKEN)

    assert states(context) == [OutboundState.WAITING]
