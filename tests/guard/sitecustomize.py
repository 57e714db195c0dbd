"""Loaded by every Python that a guarded test starts: notes and refuses each attempt to leave this machine."""

import os
import sys
from pathlib import Path

LOOPBACK = ("127.", "::1", "localhost")
_note = os.environ.get("VFEED_TEST_ATTEMPTS")


def _leaves_the_machine(event: str, args: tuple[object, ...]) -> object | None:
    if event == "socket.connect" or event == "socket.sendto":
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return None
    if not host or str(host).startswith(LOOPBACK) or str(host) == "0.0.0.0":
        return None
    return host


def _guard(event: str, args: tuple[object, ...]) -> None:
    if not event.startswith("socket."):
        return
    host = _leaves_the_machine(event, args)
    if host is not None:
        with Path(str(_note)).open("a", encoding="utf-8") as file:
            file.write(f"{event} {host}\n")
        raise ConnectionRefusedError(f"a guarded test refuses {event} to {host}")


if _note:
    sys.addaudithook(_guard)
