"""kill -9 of engine, service and worker at random points. The seed is all there is to chance: it repeats a storm."""

import os
import random
import time
from dataclasses import dataclass

from tools.dev_client import DevClient

NAMES = ("engine", "service", "worker")
LONGEST_PAUSE_S = 2.0
ALIVE_WITHIN_S = 180.0
DEFAULT_KILLS = 6
DEFAULT_SEED = 4242


@dataclass(frozen=True)
class Plan:
    """What a storm does: whom it kills, and after which pause (seconds)."""

    seed: int
    kills: tuple[tuple[str, float], ...]


def read_plan() -> Plan:
    """GENKLANG_FAULT_KILLS processes are killed, each kind equally often, by the chance of GENKLANG_FAULT_SEED."""
    seed = int(os.environ.get("GENKLANG_FAULT_SEED") or DEFAULT_SEED)
    return make_plan(seed, int(os.environ.get("GENKLANG_FAULT_KILLS") or DEFAULT_KILLS))


def make_plan(seed: int, kills: int) -> Plan:
    """The same plan for the same seed and number."""
    rng = random.Random(seed)
    names = [NAMES[number % len(NAMES)] for number in range(kills)]
    rng.shuffle(names)
    return Plan(seed, tuple((name, rng.uniform(0, LONGEST_PAUSE_S)) for name in names))


def rage(client: DevClient, plan: Plan) -> None:
    """Kill by plan. A process is killed once it has come back to life, and started at once: the supervisor's pauses grow."""
    for name, pause_s in plan.kills:
        wait_until_alive(client, name)
        time.sleep(pause_s)
        client.order(name, "kill")
        client.order(name, "start")


def wait_until_alive(client: DevClient, name: str) -> None:
    """Wait until a process answers; what else is away does not matter.

    Raises:
        TimeoutError: it does not.
    """
    until = time.monotonic() + ALIVE_WITHIN_S
    while name in client.ailing():
        if time.monotonic() > until:
            raise TimeoutError(f"{name} did not come back")
        time.sleep(0.2)
