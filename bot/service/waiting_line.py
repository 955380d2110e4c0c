"""A lock that is given in the order in which it was asked for."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class WaitingLine:
    """First come, first served, which `threading.Lock` does not promise: with it some wait long while others overtake them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False

    @contextmanager
    def turn(self, within_s: float) -> Iterator[None]:
        """Wait for one's turn and hold it for the block.

        Raises:
            TimeoutError: it did not come in time.
        """
        if not self._take(within_s):
            raise TimeoutError("too many wait")
        try:
            yield
        finally:
            self._give_on()

    def _take(self, within_s: float) -> bool:
        with self._lock:
            if not self._taken:
                self._taken = True
                return True
            called = threading.Event()
            self._waiting.append(called)
        if called.wait(within_s):
            return True
        with self._lock:
            if called.is_set():  # called at the last moment
                return True
            self._waiting.remove(called)
            return False

    def _give_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
