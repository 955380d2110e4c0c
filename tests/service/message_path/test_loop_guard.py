"""The same text too often to the same address leaves no more."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from bot.service.context import Context
from bot.service.message_path import loop_guard
from bot.service.models import Case
from bot.service.models.words import CaseKind, CaseState, OutboundKind, OutboundState
from tests.fakes import FakeBridge
from tests.service.driver import Citizen
from tests.service.message_path.sending import Put, kinds_of_cases, send, states

OTHER = "+4500009902"
Say = Callable[..., int]


@pytest.fixture
def say(context: Context, bridge: FakeBridge, put: Put) -> Say:
    """Puts the same words so many times, each after a pause; how many left."""

    def repeat(times: int, *, every_s: float = 1, words: str = "hej", kind: OutboundKind = OutboundKind.REPLY) -> int:
        left = 0
        for _ in range(times):
            put(words, kind=kind)
            left += len(send(context, bridge))
            context.clock.advance(every_s)  # type: ignore[attr-defined]
        return left

    return repeat


@pytest.mark.parametrize("kind", [OutboundKind.REPLY, OutboundKind.SAFETY, OutboundKind.STOP])
def test_the_same_text_leaves_twenty_times_in_five_minutes(
    context: Context, stranger: Citizen, say: Say, kind: OutboundKind
) -> None:
    assert (say(20, kind=kind), kinds_of_cases(stranger)) == (20, [])
    assert (say(1, kind=kind), kinds_of_cases(stranger)) == (0, [CaseKind.UBEHANDLET])
    assert states(context) == [OutboundState.HANDED_OVER] * 20 + [OutboundState.CANCELLED]


def test_more_than_five_minutes_are_no_loop(say: Say) -> None:
    assert say(30, every_s=15) == 30


def test_other_addresses_read_the_same_text(context: Context, bridge: FakeBridge, put: Put, say: Say) -> None:
    say(21)
    put("hej", to=OTHER)

    assert send(context, bridge) == ["hej"]


def test_the_address_reads_other_texts(say: Say) -> None:
    assert (say(21), say(1, words="tak")) == (20, 1)


def test_what_waits_with_this_text_is_taken_back_and_nothing_else(
    context: Context, bridge: FakeBridge, put: Put, say: Say
) -> None:
    say(20)
    for words in ("hej", "hej", "tak", "hej"):
        put(words)

    assert send(context, bridge) == ["tak"]
    assert states(context)[20:] == ["cancelled", "cancelled", "handed_over", "cancelled"]


def test_it_stays_shut_while_the_machine_goes_on_and_opens_after_quiet(context: Context, say: Say) -> None:
    left = [say(20), say(30, every_s=14)]
    context.clock.advance(300)  # type: ignore[attr-defined]

    assert (left, say(1)) == ([20, 0], 1)


def test_of_one_loop_a_human_is_told_once(
    context: Context, stranger: Citizen, say: Say, caplog: pytest.LogCaptureFixture
) -> None:
    say(25)
    with context.database.write() as session:
        session.execute(update(Case).values(state=CaseState.LUKKET))
    say(25)

    lines = [record.getMessage() for record in caplog.records if record.name == loop_guard.__name__]
    assert (len(lines), kinds_of_cases(stranger)) == (1, [CaseKind.UBEHANDLET])
