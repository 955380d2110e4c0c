"""One child process: started, watched, started again after a pause, stopped.

All methods are for the supervisor's main thread: to the kernel a child's parent is gone when the *thread* that forked
it ends.
"""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

logger = logging.getLogger(__name__)

GRACE = 10.0  # seconds between SIGTERM and SIGKILL
TIED = Path(__file__).with_name("tied.py")


@dataclass(frozen=True)
class Program:
    """What to start, and where its output goes."""

    name: str
    command: tuple[str, ...]  # the first is a path: nothing is searched
    environment: Mapping[str, str]  # all of it, nothing is inherited
    directory: Path
    log: Path  # appended to
    niceness: int = 0  # how far it stands back for others when processor time is scarce (nice(1))


@dataclass(frozen=True)
class RestartPolicy:
    """How long to wait before a dead child is started again. Deaths without a calm time between them make a streak."""

    pauses: tuple[float, ...] = (1, 2, 4, 8, 16, 30)  # seconds; the last one stays
    calm_after: float = 60  # seconds of life that end a streak

    def pause(self, deaths: int) -> float:
        """Return the pause after this many deaths (1 or more) in a streak."""
        return self.pauses[min(deaths, len(self.pauses)) - 1]


class State(StrEnum):
    """What the supervisor makes of a child at the moment."""

    RUNNING = "running"
    WAITING = "waiting"  # died, will be started again after its pause
    STOPPED = "stopped"  # was told to stop, stays down until told to start


@dataclass(frozen=True)
class ProcessView:
    """A child as the control shows it."""

    name: str
    state: State
    pid: int | None
    restarts: int  # times the supervisor has started it again by itself


def spawn(program: Program) -> subprocess.Popen[bytes]:
    """Start a program tied to this process, leader of a session of its own: Ctrl-C reaches the supervisor alone."""
    launcher = (sys.executable, "-I", "-S", str(TIED), str(os.getpid()), str(program.niceness))
    log = os.open(program.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(  # noqa: S603 (command lines of commands.py, no outside text)
            (*launcher, *program.command),
            cwd=program.directory,
            env=program.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    finally:
        os.close(log)


class Child:
    """A program that is kept running until it is told to stop."""

    def __init__(self, program: Program, policy: RestartPolicy) -> None:
        self.program = program
        self.state = State.STOPPED
        self.restarts = 0
        self.deaths = 0  # in the present streak
        self._policy = policy
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._restart_at = 0.0

    @property
    def name(self) -> str:
        """The program's name."""
        return self.program.name

    def view(self) -> ProcessView:
        """Return the child as the control shows it."""
        pid = self._process.pid if self._process else None
        return ProcessView(name=self.name, state=self.state, pid=pid, restarts=self.restarts)

    def start(self) -> None:
        """Start it now, if it does not run."""
        if self.state is State.RUNNING:
            return
        self._process = spawn(self.program)
        self._started_at = time.monotonic()
        self.state = State.RUNNING

    def watch(self) -> None:
        """Notice a death, end a streak, start again when the pause is over. To be called several times a second."""
        now = time.monotonic()
        if self.state is State.WAITING and now >= self._restart_at:
            self.restarts += 1
            self.start()
        elif self.state is State.RUNNING and self._has_ended():
            self._await_restart(now)
        elif self.state is State.RUNNING and now - self._started_at >= self._policy.calm_after:
            self.deaths = 0

    def kill(self) -> None:
        """End it as a crash would; `watch` then starts it again. No effect unless it runs."""
        if self.state is State.RUNNING:
            self._signal(signal.SIGKILL)
            self._reap(timeout=None)

    def ask_to_end(self) -> None:
        """Send SIGTERM if it runs; from here on it is not started again."""
        if self.state is State.RUNNING:
            self._signal(signal.SIGTERM)
        self.state = State.STOPPED

    def end_by(self, deadline: float) -> None:
        """Wait for the end of a child that was asked to end; kill what is left at the deadline (monotonic seconds)."""
        try:
            self._reap(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            logger.warning("%s did not end when asked to and was killed", self.name)
        self._signal(signal.SIGKILL)  # what it may have started itself
        self._reap(timeout=None)
        self._process = None

    def stop(self, grace: float = GRACE) -> None:
        """End it, with up to `grace` seconds to do so by itself; it stays down."""
        self.ask_to_end()
        self.end_by(time.monotonic() + grace)

    def _has_ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def _await_restart(self, now: float) -> None:
        status = self._process.returncode if self._process else None
        self._signal(signal.SIGKILL)  # what it may have started itself
        self._process = None
        self.deaths += 1
        self.state = State.WAITING
        self._restart_at = now + self._policy.pause(self.deaths)
        if self.deaths == 1:  # said once a streak
            log = self.program.log
            logger.warning("%s ended (status %s) and is started again; its log: %s", self.name, status, log)

    def _signal(self, number: signal.Signals) -> None:
        """To the child's whole group. An empty group is no error."""
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):  # macOS says the latter of a group that has ended
            return

    def _reap(self, timeout: float | None) -> None:
        if self._process is not None:
            self._process.wait(timeout)
