"""A line between a client and a server on the loopback, which can be cut in the middle of what goes over it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

STEP_BYTES = 1 << 16


class Line:
    """Carries bytes both ways; a connection with a number in `cuts` is cut after so many bytes, sent or answered.

    What is sent with the bytes of `unanswered` in it arrives, once, and the connection is cut before the answer; with
    those of `unsent` it never arrives.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.cuts: list[int] = []
        self.unanswered = self.unsent = b""
        self.made = 0
        self.cut = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                self.made += 1
                threading.Thread(target=self._carry, args=(here,), daemon=True).start()

    def _carry(self, here: socket.socket) -> None:
        left, waited_for = [self.cuts.pop(0) if self.cuts else -1], threading.Event()
        with contextlib.suppress(OSError), here, socket.create_connection(("127.0.0.1", self._to)) as there:
            back = threading.Thread(target=self._copy, args=(there, here, left, waited_for.is_set), daemon=True)
            back.start()
            self._copy(here, there, left, lambda: False, waited_for)
            back.join()

    def _copy(
        self,
        source: socket.socket,
        target: socket.socket,
        left: list[int],
        is_cut: Callable[[], bool],
        waited_for: threading.Event | None = None,
    ) -> None:
        with contextlib.suppress(OSError):
            while (data := source.recv(STEP_BYTES)) and not is_cut():
                if waited_for is not None and self.unanswered and self.unanswered in data:
                    self.unanswered = b""
                    self.cut += 1
                    waited_for.set()
                if waited_for is not None and self.unsent and self.unsent in data:
                    self.unsent = b""
                    self.cut += 1
                    break
                if left[0] >= 0:
                    left[0] -= len(data)
                    if left[0] < 0:
                        self.cut += 1
                        break
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listening.close()


@contextlib.contextmanager
def line_to(port: int) -> Iterator[Line]:
    """A line to a server of this machine."""
    line = Line(port)
    try:
        yield line
    finally:
        line.close()
