"""Business time jumps an hour ahead and back under load: no lease is broken, nothing is doubled, no deadline moves."""

import time

import pytest

from tests.faults.load import MakeLoad
from tools.dev_client import DevClient

pytestmark = pytest.mark.faults

HOUR_S = 3600.0
BETWEEN_S = 1.5


def jump(client: DevClient, seconds: float) -> None:
    """Move business time for all processes; /dev/clock only moves it ahead."""
    assert client.home is not None
    file = client.home / "clock"
    offset = float(file.read_text()) if file.exists() else 0.0
    whole = file.with_suffix(".new")
    whole.write_text(repr(offset + seconds))
    whole.replace(file)


def deadlines(client: DevClient) -> dict[int, tuple[str, str]]:
    """When each case is due, and until when somebody should have rung."""
    return {case["id"]: (case["due_at"], case["ring_senest"]) for case in client.get("/dev/cases")}


def test_a_clock_that_jumps_breaks_no_lease_doubles_nothing_and_moves_no_deadline(
    client: DevClient, make_load: MakeLoad
) -> None:
    load = make_load(client, 601)
    with load.running(people=4, bursts=1):
        time.sleep(BETWEEN_S)
        before = deadlines(client)
        for seconds in (HOUR_S, -HOUR_S, HOUR_S):  # at last ahead: what was to leave in the hour taken back leaves now
            jump(client, seconds)
            time.sleep(BETWEEN_S)
    client.idle()
    after = deadlines(client)
    attempts = {turn["attempt"] for person in load.ledger.people for turn in _turns_of(client, person)}

    assert load.problems(in_order=False) == []
    assert before != {}
    assert {case: after[case] for case in before} == before
    assert attempts == {1}


def _turns_of(client: DevClient, person: str) -> list[dict[str, object]]:
    return [turn for turn in client.get("/dev/turns") if turn["person"] == person]
