"""Run by test_offline in a network namespace of its own: the main job where nothing but loopback exists."""

from __future__ import annotations

import fcntl
import json
import socket
import struct
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from http_walk import main_job
from service import Service

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def raise_loopback() -> None:
    """A new network namespace has a loopback device that is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14x", b"lo", 0)
        name, flags = struct.unpack("16sH14x", fcntl.ioctl(control, SIOCGIFFLAGS, request))
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", name, flags | IFF_UP))


def packets_without_a_route() -> int:
    """How many times the kernel of this namespace was asked for a route that it does not have."""
    lines = Path("/proc/net/snmp").read_text().splitlines()
    names, values = (line.split() for line in lines if line.startswith("Ip:"))
    second = [line.split() for line in Path("/proc/net/snmp6").read_text().splitlines()]
    return int(values[names.index("OutNoRoutes")]) + sum(int(v) for k, v in second if k == "Ip6OutNoRoutes")


def main(folder: Path) -> None:
    raise_loopback()
    before = packets_without_a_route()
    service = Service(folder).start()
    try:
        done = main_job(service)
    finally:
        service.stop()
    after = packets_without_a_route()
    # Proof that the counter counts: one attempt of a native program, which no guard inside Python sees.
    subprocess.run(["bash", "-c", "echo > /dev/udp/192.0.2.1/9"], stderr=subprocess.DEVNULL, check=False)
    result = {
        "attempts": after - before,
        "counter_works": packets_without_a_route() > after,
        "reel_bytes": len(done["reel"]),
        "candidates": len(done["review"]["candidates"]),
    }
    (folder / "result.json").write_text(json.dumps(result))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
