"""Watches the children, and carries out in its own thread what the control's threads ask for."""

import queue
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum

from bot.service.supervisor.processes import GRACE, Child, ProcessView

TURN = 0.1  # seconds between two looks at the children


class Deed(StrEnum):
    """What can be done to a process."""

    STOP = "stop"  # stays down until started
    START = "start"
    KILL = "kill"  # as a crash: it is started again


@dataclass(frozen=True)
class _Request:
    child: Child
    deed: Deed
    done: "Future[ProcessView]" = field(default_factory=Future)


class Supervisor:
    """The children by name. Only `views` and `ask` are for other threads."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = {child.name: child for child in children}
        self._requests: queue.Queue[_Request] = queue.Queue()

    def views(self) -> list[ProcessView]:
        """Return every child as it stands now."""
        return [child.view() for child in self.children.values()]

    def ask(self, name: str, deed: Deed, timeout: float = 2 * GRACE) -> ProcessView:
        """Have the main thread do it and return what came of it.

        Raises:
            KeyError: no child has this name.
            TimeoutError: the main thread did not come to it.
        """
        request = _Request(self.children[name], deed)
        self._requests.put(request)
        return request.done.result(timeout)

    def run_until(self, over: Callable[[], bool]) -> None:
        """Watch the children and serve requests until `over` (asked several times a second) says so."""
        while not over():
            self._serve_one(TURN)
            for child in self.children.values():
                child.watch()

    def stop_all(self, grace: float = GRACE) -> None:
        """Ask all children to end at once, then kill what is left after `grace` seconds."""
        for child in self.children.values():
            child.ask_to_end()
        deadline = time.monotonic() + grace
        for child in self.children.values():
            child.end_by(deadline)

    def _serve_one(self, wait: float) -> None:
        try:
            request = self._requests.get(timeout=wait)
        except queue.Empty:
            return
        do = {Deed.STOP: request.child.stop, Deed.START: request.child.start, Deed.KILL: request.child.kill}
        try:
            do[request.deed]()
            request.child.watch()
        except OSError as error:  # no process, no memory, no disk: the asker is told, the supervisor lives on
            request.done.set_exception(error)
        else:
            request.done.set_result(request.child.view())
