import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bot.service.supervisor.commands import Plan
from bot.service.supervisor.home import home_of
from bot.service.supervisor.instance import ROOT, Instance
from bot.service.supervisor.processes import Program, RestartPolicy
from bot.service.supervisor.run import Ending, Patience, Run, StartFailedError, run
from tests.service.supervisor.children import (
    MORTAL,
    SERVICE,
    SLEEPER,
    is_alive,
    program,
    three_free_ports,
    wait_until,
)

HEALTHY = '{"service": "ok", "worker": "ok", "engine": "ok"}'
ENGINE_ILL = '{"service": "ok", "worker": "ok", "engine": "no answer"}'
IMPATIENT = Patience(start_limit=1.5, policy=RestartPolicy(pauses=(0.05,)))

# A whole run of small programs in a process of its own: argument 1 is the home, 2 the port, 3 what /health says.
SCRIPT = """
import logging, signal, sys
from pathlib import Path
from bot.service.supervisor.home import home_of
from bot.service.supervisor.instance import Instance
from bot.service.supervisor.run import Ending, Run, run
from tests.service.supervisor.test_run import small_plan

logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
ending = Ending()
signal.signal(signal.SIGTERM, ending.ask)
instance = Instance(Path(sys.argv[1]), int(sys.argv[2]))
with home_of(instance) as secrets:
    run(Run(instance, secrets, small_plan(instance), ending))
"""


def small_plan(instance: Instance, *, engine: str = SLEEPER, step: str = "", health: str = HEALTHY) -> Plan:
    """Engine and worker that sleep, a service that says how all are."""

    def child(name: str, code: str, *arguments: str) -> Program:
        return program(instance.home / "logs", code, *arguments, name=name)

    return Plan(
        at_once=(child("engine", engine),),
        steps=(child("migrate", step),),
        then=(child("service", SERVICE, str(instance.port), health), child("worker", SLEEPER)),
    )


def test_a_run_is_announced_when_healthy_and_leaves_nothing_behind(tmp_path: Path) -> None:
    port, ready = three_free_ports(), tmp_path / "ready.json"
    (tmp_path / "demo_logins.json").write_text('[{"user": "rikke", "password": "demo-1"}]')
    command = (sys.executable, "-c", SCRIPT, str(tmp_path), str(port))
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as supervisor:
        wait_until(ready.exists)
        announced = json.loads(ready.read_text())
        children = children_of(supervisor.pid)

        supervisor.send_signal(signal.SIGTERM)
        said = supervisor.communicate(timeout=15)[0].splitlines()

    assert supervisor.returncode == 0
    assert announced["logins"] == [{"user": "rikke", "password": "demo-1"}]
    assert said[0] == f"Starting engine, service, worker; logs in {tmp_path}/logs"
    assert said[2:] == [
        f"  Desk             http://127.0.0.1:{port}/desk",
        f"  Chat             http://127.0.0.1:{port}/chat",
        f"  Phone simulator  http://127.0.0.1:{port}/phone",
        "  Login            rikke  demo-1",
        "Stopping",
    ]
    assert len(children) == 3
    assert not any(is_alive(pid) for pid in children)
    assert not ready.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"step": "raise SystemExit('no column')"}, r"^migrate failed \(status 1\).*\n    no column\nIf this is"),
        ({"engine": MORTAL, "health": ENGINE_ILL}, r"^engine ended 3 times while starting.*\nIf the model will not"),
        ({"engine": "import time; print('no model', flush=True); time.sleep(60)", "health": ENGINE_ILL},
         r"^Not healthy in time: engine\..*engine\.log:\n    no model\nIf the model will not load"),
        ({"health": "[]"}, r"^Not healthy in time: service, worker, engine\."),
    ],
)  # fmt: skip
def test_a_start_that_fails_shows_the_log_and_what_to_do(wrong: dict[str, str], said: str, tmp_path: Path) -> None:
    instance = Instance(tmp_path, three_free_ports())
    others = children_of(os.getpid())  # a browser of another test

    with home_of(instance) as secrets, pytest.raises(StartFailedError, match=said):
        run(Run(instance, secrets, small_plan(instance, **wrong), Ending(), IMPATIENT))

    assert children_of(os.getpid()) == others
    assert not (tmp_path / "ready.json").exists()


def test_a_step_that_hangs_ends_with_the_run(tmp_path: Path) -> None:
    instance, ending = Instance(tmp_path, three_free_ports()), Ending()
    threading.Timer(0.5, ending.ask).start()
    others = children_of(os.getpid())

    with home_of(instance) as secrets:
        run(Run(instance, secrets, small_plan(instance, step=SLEEPER), ending))

    assert children_of(os.getpid()) == others


def test_the_log_of_the_run_before_is_kept(tmp_path: Path) -> None:
    instance = Instance(tmp_path, three_free_ports())
    ending = Ending()
    ending.ask()

    with home_of(instance) as secrets:
        (tmp_path / "logs" / "migrate.log").write_text("of the run before")
        run(Run(instance, secrets, small_plan(instance), ending))

    assert (tmp_path / "logs" / "migrate.log.old").read_text() == "of the run before"


def test_the_command_refuses_a_taken_port_with_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = min(other.getsockname()[1], 65533)
        environment = {"GENKLANG_HOME": str(tmp_path), "GENKLANG_PORT": str(port), "PATH": os.environ["PATH"]}
        command = (sys.executable, "-m", "bot.service.supervisor")

        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(f"Port {port} (for the service) cannot be used: ")
    assert len(done.stdout.splitlines()) == 1


def children_of(pid: int) -> list[int]:
    """The process ids of all living children."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for found in lists for child in found.read_text().split() if is_alive(int(child))]
