import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.service.supervisor.processes import TIED, spawn
from tests.service.supervisor.children import is_alive, program, wait_until

ROOT = TIED.parents[3]

# A supervisor with two children, one of which ignores SIGTERM; prints their process ids, then watches.
SUPERVISOR = """
import sys
from dataclasses import replace
from pathlib import Path
from bot.service.supervisor.processes import Child, RestartPolicy
from bot.service.supervisor.supervisor import Supervisor
from tests.service.supervisor.children import SLEEPER, STUBBORN, program

folder = Path(sys.argv[1])
children = [
    Child(program(folder, SLEEPER, name="engine"), RestartPolicy()),
    Child(program(folder, STUBBORN, name="worker"), RestartPolicy()),
]
for child in children:
    child.start()
print(*(child.view().pid for child in children), flush=True)
Supervisor(children).run_until(lambda: False)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its killed parent")
def test_no_child_survives_a_killed_supervisor(tmp_path: Path) -> None:
    command = (sys.executable, "-c", SUPERVISOR, str(tmp_path))
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        pids = [int(pid) for pid in supervisor.stdout.readline().split()]
        wait_until((tmp_path / "worker.log").read_text)  # it says that it is deaf to SIGTERM
        alive_before = [is_alive(pid) for pid in pids]

        supervisor.send_signal(signal.SIGKILL)

        wait_until(lambda: not any(is_alive(pid) for pid in pids))
        assert alive_before == [True, True]


def test_a_program_is_not_started_when_its_parent_is_gone_already(tmp_path: Path) -> None:
    not_the_parent = os.getppid()
    command = (sys.executable, str(TIED), str(not_the_parent), "0", sys.executable, "-c", "print('started')")

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (1, "", "the parent has ended\n")


def test_a_program_that_is_missing_says_so_in_its_log(tmp_path: Path) -> None:
    missing = replace(program(tmp_path, ""), command=(str(tmp_path / "rasa"),))

    status = spawn(missing).wait()

    assert (status, missing.log.read_text()) == (1, f"{tmp_path}/rasa does not start: No such file or directory\n")


def test_a_program_stands_back_as_far_as_it_should(tmp_path: Path) -> None:
    shy = replace(program(tmp_path, "import os; print(os.nice(0))"), niceness=7)

    spawn(shy).wait(timeout=10)

    assert shy.log.read_text() == f"{os.nice(0) + 7}\n"
