"""One development run, from the first child to the clean end."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.service.errors import GenklangError
from bot.service.supervisor.commands import Plan
from bot.service.supervisor.control import serve_control
from bot.service.supervisor.health import ailing_parts
from bot.service.supervisor.home import Secrets, announce_ready, read_logins
from bot.service.supervisor.instance import Instance
from bot.service.supervisor.processes import Child, Program, RestartPolicy, spawn
from bot.service.supervisor.supervisor import Supervisor

logger = logging.getLogger(__name__)

HEALTH_EVERY = 0.3  # seconds between two questions while starting
HOPELESS_DEATHS = 3  # in a row while starting
LOG_TAIL = 12  # lines shown of a log

ADVICE = {
    "engine": "If the model will not load, delete models/ and run `make train`.",
    "migrate": "If this is the database of an older demo, delete the folder or choose another GENKLANG_HOME.",
}


class StartFailedError(GenklangError):
    """A child does not come up; the message shows the end of its log and says what to do."""


class Ending:
    """Whether the run is to end. A signal handler sets it.

    No threading.Event: the handler would wait for a lock that the thread it interrupts may be holding.
    """

    def __init__(self) -> None:
        self.asked = False

    def ask(self, *_: object) -> None:
        """End the run at the next look."""
        self.asked = True


@dataclass(frozen=True)
class Patience:
    """The times of a run; tests have less of it."""

    start_limit: float = 180  # seconds until healthy; a first start from a cold disk took 40
    policy: RestartPolicy = field(default_factory=RestartPolicy)


@dataclass(frozen=True)
class Run:
    """What one run is made of."""

    instance: Instance
    secrets: Secrets
    plan: Plan
    ending: Ending
    patience: Patience = field(default_factory=Patience)


def run(this: Run) -> None:
    """Start everything, say when it is ready, watch until asked to end, stop everything.

    Raises:
        StartFailedError: a child does not come up. All children are stopped then too.
    """
    plan, instance = this.plan, this.instance
    for program in (*plan.at_once, *plan.steps, *plan.then):
        _put_old_log_aside(program)
    supervisor = Supervisor([Child(program, this.patience.policy) for program in (*plan.at_once, *plan.then)])
    try:
        with serve_control(instance.control_port, this.secrets.read("dev_token"), supervisor):
            began = time.monotonic()
            _start(this, supervisor)
            _await_health(this, supervisor, began + this.patience.start_limit)
            if not this.ending.asked:
                announce_ready(instance, this.secrets, read_logins(instance))
                _print_addresses(instance, time.monotonic() - began)
            supervisor.run_until(lambda: this.ending.asked)
    finally:
        logger.info("Stopping")
        supervisor.stop_all()


def _start(this: Run, supervisor: Supervisor) -> None:
    logger.info("Starting %s; logs in %s", ", ".join(supervisor.children), this.instance.home / "logs")
    for program in this.plan.at_once:
        supervisor.children[program.name].start()
    for program in this.plan.steps:
        _run_step(program, this.ending)
    for program in this.plan.then if not this.ending.asked else ():
        supervisor.children[program.name].start()


def _run_step(program: Program, ending: Ending) -> None:
    """Run to its end, or kill it when the run is to end."""
    if ending.asked:
        return
    process = spawn(program)
    while process.poll() is None and not ending.asked:
        time.sleep(0.05)
    if ending.asked:
        process.kill()
        process.wait()
    elif process.returncode != 0:
        raise StartFailedError(_obituary(program, f"{program.name} failed (status {process.returncode})"))


def _await_health(this: Run, supervisor: Supervisor, deadline: float) -> None:
    """Watch until all parts are healthy or the run is to end."""
    while (ailing := ailing_parts(this.instance)) and not this.ending.asked:
        _refuse_hopeless(supervisor)
        if time.monotonic() > deadline:
            # Where the service answers, it names who is ill; where it does not, it is the one to look at.
            culprit = supervisor.children[ailing[0]].program
            raise StartFailedError(_obituary(culprit, f"Not healthy in time: {', '.join(ailing)}"))
        supervisor.run_until(_pause(HEALTH_EVERY, this.ending))


def _pause(seconds: float, ending: Ending) -> Callable[[], bool]:
    over_at = time.monotonic() + seconds
    return lambda: ending.asked or time.monotonic() >= over_at


def _refuse_hopeless(supervisor: Supervisor) -> None:
    for child in supervisor.children.values():
        if child.deaths >= HOPELESS_DEATHS:
            raise StartFailedError(_obituary(child.program, f"{child.name} ended {child.deaths} times while starting"))


def _obituary(program: Program, what: str) -> str:
    lines = program.log.read_text(encoding="utf-8", errors="replace").splitlines() if program.log.exists() else []
    tail = "".join(f"    {line}\n" for line in lines[-LOG_TAIL:])
    return f"{what}. The end of {program.log}:\n{tail}{ADVICE.get(program.name, '')}".rstrip()


def _print_addresses(instance: Instance, seconds: float) -> None:
    logger.info("Genklang is ready (%.0f s). Ctrl-C stops it.", seconds)
    for title, path in (("Desk", "/desk"), ("Chat", "/chat"), ("Phone simulator", "/phone")):
        logger.info("  %-16s %s", title, instance.address("service", path))
    logins = read_logins(instance)
    for login in logins if isinstance(logins, list) else []:
        kind, values = _login_line(login)
        logger.info("  %-16s %s", kind.title(), "  ".join(values))


def _login_line(login: object) -> tuple[str, list[str]]:
    """What a login is for (its `kind`, where it has one) and all else that it holds."""
    if not isinstance(login, dict):
        return "login", [str(login)]
    return str(login.get("kind", "login")), [str(value) for name, value in login.items() if name != "kind"]


def _put_old_log_aside(program: Program) -> None:
    """A run's log begins empty; that of the run before is kept as <name>.log.old."""
    if program.log.exists():
        program.log.replace(program.log.with_name(program.log.name + ".old"))
