"""kill -9 in the middle of many conversations: 0 lost, 0 cases missing, 0 doubled, nothing said twice, everybody in order."""

import sys

import pytest

from tests.faults.load import MakeLoad
from tests.faults.storm import NAMES, make_plan, rage, read_plan
from tools.dev_client import DevClient

ALL_DONE_S = 120  # a dead worker's lease ends after 20 seconds, what it was sending is settled after 30


@pytest.mark.faults
def test_a_storm_of_kills_loses_and_doubles_nothing(
    client: DevClient, make_load: MakeLoad, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = read_plan()
    with capsys.disabled():
        sys.stdout.write(f"\nGENKLANG_FAULT_SEED={plan.seed} GENKLANG_FAULT_KILLS={len(plan.kills)} ")
    load = make_load(client, plan.seed)

    with load.running():
        rage(client, plan)
        client.wait_until_healthy(ALL_DONE_S)
    client.idle(ALL_DONE_S)

    with capsys.disabled():
        sys.stdout.write(f"{len(load.ledger.people)} people sent {load.ledger.messages} messages ")
    assert load.ledger.messages > 5 * len(plan.kills)
    assert load.problems() == []


def test_a_seed_repeats_its_storm_and_another_does_not() -> None:
    assert make_plan(7, 12) == make_plan(7, 12)
    assert make_plan(7, 12) != make_plan(8, 12)


def test_every_process_is_killed_equally_often() -> None:
    names = [name for name, _ in make_plan(7, 12).kills]

    assert {name: names.count(name) for name in NAMES} == dict.fromkeys(NAMES, 4)
