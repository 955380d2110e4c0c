"""A line between browser and service that can be cut: open connections break off in mid-word, new ones are refused."""

import contextlib
import socket
import threading


class CutLine:
    """Passes bytes on to a port of this machine, both ways, until it is cut."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._ends: set[socket.socket] = set()
        self._posted: set[socket.socket] = set()  # over these a POST went while its answer was to be lost
        self._is_cut = self._loses_answer = False
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._take_calls, daemon=True).start()

    def cut(self) -> None:
        """Break off everything and take no new call."""
        self._is_cut = True
        with self._lock:
            ends, self._ends = self._ends, set()
        for end in ends:
            _close(end)

    def cut_at_the_next_answer_to_a_post(self) -> None:
        """The next POST reaches the service, which acts on it; its answer is lost, and the line is cut."""
        self._loses_answer = True

    def mend(self) -> None:
        """As before the cut."""
        self._is_cut = self._loses_answer = False

    def close(self) -> None:
        """Give the port back."""
        _close(self._door)
        self.cut()

    def _take_calls(self) -> None:
        while True:
            try:
                browser, _ = self._door.accept()
            except OSError:
                return
            if self._is_cut:
                _close(browser)
                continue
            service = socket.create_connection(self._target)
            with self._lock:
                self._ends |= {browser, service}
            for way in ((browser, service), (service, browser)):
                threading.Thread(target=self._pass_on, args=way, daemon=True).start()

    def _pass_on(self, giver: socket.socket, taker: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := giver.recv(65536):
                if self._loses_answer and data.startswith(b"POST"):
                    self._posted.add(taker)
                if giver in self._posted:
                    self.cut()
                    return
                taker.sendall(data)
        _close(giver)
        _close(taker)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
