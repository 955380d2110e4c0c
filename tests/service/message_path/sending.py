"""Sends what lies in the outbox, with the faults that a test asks for."""

from collections.abc import Callable

from sqlalchemy import select

from bot.service.channels.base import SendError
from bot.service.context import Context
from bot.service.message_path import outbox
from bot.service.message_path.pace import Pace
from bot.service.models import Conversation, OptOut, Outbound
from bot.shared.codebook import Channel
from tests.fakes import FakeBridge
from tests.service.driver import Citizen
from tests.service.message_path.conftest import MachineClock

BROKEN = SendError("the bridge is away")
UNSURE = SendError("the bridge did not answer", unknown=True)
Put = Callable[..., int]


def send(context: Context, bridge: FakeBridge, *errors: SendError, pace: Pace | None = None) -> list[str]:
    """Send all that may leave now; what was taken. The first tries meet `errors`."""
    bridge.errors += errors
    before = len(bridge.sent)
    while (claimed := outbox.claim_next(context, {Channel.SMS: bridge}, pace)) is not None:
        outbox.send(context, {Channel.SMS: bridge}, claimed, pace)
    return [sending.text for sending in bridge.sent[before:]]


def crash(context: Context, machine: MachineClock, bridge: FakeBridge, *, hand_over: bool = False) -> int:
    """A worker claims a row, perhaps hands it over, and dies; another one looks 30 s later."""
    claimed = outbox.claim_next(context, {Channel.SMS: bridge})
    assert claimed is not None
    if hand_over:
        bridge.send(claimed.sending)
    machine.advance(outbox.SENDING_FOR.total_seconds() + 1)
    return outbox.settle_abandoned(context, {Channel.SMS: bridge})


def states(context: Context) -> list[str]:
    with context.database.read() as session:
        return list(session.scalars(select(Outbound.state).order_by(Outbound.id)))


def kinds_of_cases(citizen: Citizen) -> list[str]:
    return [case.kind for case in citizen.cases()]


def opt_out(context: Context) -> None:
    with context.database.write() as session:
        conversation = session.scalars(select(Conversation)).one()
        session.add(OptOut(channel=Channel.SMS, address_hash=conversation.address_hash, at=context.clock.now()))
