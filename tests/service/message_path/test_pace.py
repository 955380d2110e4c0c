"""How fast a channel sends, and whom a provider's pause holds up."""

import dataclasses

import pytest

from bot.service.channels.base import Rate, SendError
from bot.service.context import Context
from bot.service.message_path.pace import Pace, pace_of
from bot.service.models.words import OutboundKind, OutboundState
from bot.shared.codebook import Channel
from tests.fakes import FakeBridge
from tests.service.message_path.conftest import STRANGER, MachineClock
from tests.service.message_path.sending import Put, send, states

ANNA, BO, CLARA = 1, 2, 3
SLOW_DOWN = SendError("slow down", retry_after_s=30)


def tries(pace: Pace, most: int = 100) -> int:
    """How many messages to one conversation are let out at once."""
    done = 0
    while done < most and pace.is_open():
        pace.note_try(ANNA)
        done += 1
    return done


@pytest.mark.parametrize("per_second", [1, 10, 30])
def test_a_second_lets_out_so_many(machine: MachineClock, per_second: int) -> None:
    pace = Pace(Rate(per_second))
    at_once = tries(pace)
    machine.advance(1)

    assert (at_once, tries(pace)) == (per_second, per_second)


def test_a_part_of_a_second_lets_out_its_part(machine: MachineClock) -> None:
    pace = Pace(Rate(10))
    tries(pace)
    machine.advance(0.35)

    assert tries(pace) == 3


def test_an_idle_hour_saves_up_one_second(machine: MachineClock) -> None:
    pace = Pace(Rate(10))
    machine.advance(3600)

    assert tries(pace) == 10


def test_without_a_rate_nothing_waits(machine: MachineClock) -> None:
    assert tries(Pace(None)) == 100


def test_an_address_rests_after_each_message_and_no_other_does(machine: MachineClock) -> None:
    pace = Pace(Rate(30, each=1))
    pace.note_try(ANNA)
    resting = pace.resting()
    machine.advance(1)

    assert (resting, pace.resting(), pace.is_open()) == ([ANNA], [], True)


def test_a_pause_of_one_address_holds_up_no_other(machine: MachineClock) -> None:
    pace = Pace()
    for _ in range(3):
        pace.note_pause(ANNA, 30)

    assert pace.is_open()


def test_a_second_address_that_meets_the_pause_holds_up_the_channel(machine: MachineClock) -> None:
    pace = Pace()
    pace.note_pause(ANNA, 30)
    machine.advance(10)
    pace.note_pause(BO, 10)
    looks = []
    for seconds in (0, 19.9, 0.1):
        machine.advance(seconds)
        looks.append(pace.is_open())

    assert looks == [False, False, True]


def test_a_pause_that_is_over_counts_no_more(machine: MachineClock) -> None:
    pace = Pace()
    pace.note_pause(ANNA, 30)
    machine.advance(30)
    pace.note_pause(BO, 30)

    assert pace.is_open()


def test_a_clock_that_is_set_back_holds_up_nothing(machine: MachineClock) -> None:
    pace = Pace(Rate(10, each=1))
    pace.note_pause(ANNA, 30)
    pace.note_pause(BO, 30)
    pace.note_try(CLARA)
    machine.advance(-3600)

    assert (pace.is_open(), pace.resting()) == (True, [])
    tries(pace)
    machine.advance(1)
    assert pace.is_open()


def test_the_outbox_keeps_the_rate(context: Context, machine: MachineClock, bridge: FakeBridge, put: Put) -> None:
    for number in range(12):
        put(f"nr. {number}", to=f"+45000000{number:02}")
    pace = Pace(Rate(10))
    at_once = len(send(context, bridge, pace=pace))
    machine.advance(0.2)

    assert (at_once, len(send(context, bridge, pace=pace))) == (10, 2)


def test_while_one_address_rests_the_others_are_served(
    context: Context, machine: MachineClock, bridge: FakeBridge, put: Put
) -> None:
    put("en")
    put("to")
    put("til en anden", to="+4500009902")
    pace = Pace(Rate(30, each=1))
    at_once = send(context, bridge, pace=pace)
    machine.advance(1)

    assert (at_once, send(context, bridge, pace=pace)) == (["en", "til en anden"], ["to"])


def test_a_429_for_one_address_blocks_no_other(context: Context, machine: MachineClock, bridge: FakeBridge, put: Put) -> None:
    for to in (STRANGER, "+4500009902", "+4500009903"):
        put(f"til {to}", to=to)

    assert send(context, bridge, SLOW_DOWN, pace=Pace()) == ["til +4500009902", "til +4500009903"]


def test_a_429_for_all_is_met_twice_and_then_waited_out(
    context: Context, machine: MachineClock, bridge: FakeBridge, put: Put
) -> None:
    for number in range(5):
        put(f"nr. {number}", to=f"+45000000{number:02}", kind=OutboundKind.INVITATION)
    pace = Pace()
    during = send(context, bridge, *[SLOW_DOWN] * 5, pace=pace)
    met = 5 - len(bridge.errors)
    bridge.errors.clear()
    machine.advance(30)
    context.clock.advance(30)  # type: ignore[attr-defined]

    assert (during, met) == ([], 2)
    assert len(send(context, bridge, pace=pace)) == 5
    assert set(states(context)) == {OutboundState.HANDED_OVER}


def test_a_pause_of_no_time_is_a_second(context: Context, machine: MachineClock, bridge: FakeBridge, put: Put) -> None:
    put("hej")
    at_once = send(context, bridge, SendError("slow down", retry_after_s=0), pace=Pace())
    context.clock.advance(1)  # type: ignore[attr-defined]

    assert (at_once, send(context, bridge)) == ([], ["hej"])


@pytest.mark.parametrize(("bridge_name", "rate"), [("kannel", Rate(25)), ("gatewayapi", Rate(25)), ("simulator", None)])
def test_an_sms_bridge_has_the_rate_of_the_setting(context: Context, bridge_name: str, rate: Rate | None) -> None:
    settings = dataclasses.replace(context.settings, sms_bridge=bridge_name, sms_per_second=25)

    assert pace_of(settings, Channel.SMS, FakeBridge()).rate == rate


def test_another_channel_has_the_rate_of_its_sender(context: Context) -> None:
    assert pace_of(context.settings, Channel.TELEGRAM, FakeBridge(rate=Rate(30, each=1))).rate == Rate(30, each=1)
