"""Containers really built and started by Podman, in a mount namespace and a store of their own."""

from __future__ import annotations

import os
import resource
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
# What this machine needs to reach a mirror, such as the settings of one: folders and files, joined by colons.
SEEN_TOO = [each for each in os.environ.get("VFEED_TEST_IMAGE_SEES", "").split(":") if each]
PASSED_ON = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "NODE_", "SSL_"))}
# In place of the base image: the same Debian with its own Python of the same version.
BASE = "docker.io/library/python:3.11-slim-bookworm"
PACKAGES = "python3 python3-pip python3-venv ca-certificates"
AS_IN_THE_BASE = "ln -sf /usr/bin/python3 /usr/local/bin/python && rm -f /usr/lib/python3*/EXTERNALLY-MANAGED"
STORE = '[storage]\ndriver = "overlay"\ngraphroot = "{0}/graph"\nrunroot = "{0}/run"\n'
NEEDED = ("podman", "buildah", "crun", "catatonit", "debootstrap", "unshare", "nsenter")
# Groups of the first and second kind side by side are refused by crun; without those of the second, the first serve.
ONE_KIND_OF_GROUPS = "umount /sys/fs/cgroup/unified 2>/dev/null"


def why_not() -> str:
    """What is lacking here for containers; empty when nothing is."""
    if os.geteuid() != 0:
        return "needs root"
    lacking = [name for name in NEEDED if not shutil.which(name)]
    return f"not installed: {', '.join(lacking)}" if lacking else ""


@dataclass
class Podman:
    """Podman with a store in a folder; `close` ends what is left of it."""

    folder: Path

    def __post_init__(self) -> None:
        (self.folder / "storage.conf").write_text(STORE.format(self.folder))
        script = f"{ONE_KIND_OF_GROUPS}; echo ready; exec sleep infinity"
        self._holder = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", script], stdout=subprocess.PIPE, text=True
        )
        assert self._holder.stdout is not None
        self._holder.stdout.readline()

    def close(self) -> None:
        """Remove all containers, and the mounts with their namespace."""
        self("podman", "rm", "--all", "--force", "--time", "1", check=False)
        self._holder.kill()
        self._holder.communicate()

    def __call__(self, *command: str | Path, check: bool = True, given: str | None = None) -> str:
        """Run a program among these mounts; returns what it said, fails with both of its voices."""
        entered = ["nsenter", f"--mount=/proc/{self._holder.pid}/ns/mnt", *map(str, command)]
        environment = os.environ | {"CONTAINERS_STORAGE_CONF": str(self.folder / "storage.conf")}
        done = subprocess.run(entered, env=environment, capture_output=True, text=True, input=given, timeout=2400)
        assert not check or done.returncode == 0, (
            shlex.join(map(str, command)),
            done.stdout[-3000:],
            done.stderr[-3000:],
        )
        return done.stdout

    def import_base(self) -> None:
        """Make what stands for the base image, under its name."""
        root = self.folder / "base"
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", root], check=True, stdout=subprocess.DEVNULL)
        install = f"apt-get update -q && apt-get install -y -q --no-install-recommends {PACKAGES} && {AS_IN_THE_BASE}"
        # What the slim base image leaves out as well.
        spare = "/var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb /usr/share/doc /usr/share/man"
        clean = f"rm -rf {spare} /usr/share/locale"
        inside = shlex.join(["chroot", str(root), "sh", "-c", f"{install} && {clean}"])
        mounted = f"mount --bind /proc {shlex.quote(str(root))}/proc && DEBIAN_FRONTEND=noninteractive {inside}"
        subprocess.run(["unshare", "--mount", "sh", "-c", mounted], check=True, stdout=subprocess.DEVNULL)
        path = "ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
        packed = f"tar -C {shlex.quote(str(root))} -c . | podman import --change {shlex.quote(path)} - {BASE}"
        self("sh", "-c", packed)
        shutil.rmtree(root)

    def build(self, context: Path) -> None:
        """Build `deploy/Dockerfile` over `context` as the image `vfeed`."""
        seen = [word for each in SEEN_TOO for word in ("--volume", f"{each}:{each}:ro")]
        told = [word for pair in PASSED_ON.items() for word in ("--env", "=".join(pair))]
        # Without layers the steps are not given what --env says.
        how = ["--layers", "--pull-never", "--network=host", "--isolation=chroot"]
        self("buildah", "bud", *how, *seen, *told, "--tag=vfeed", f"--file={context}/deploy/Dockerfile", context)

    def start(self, name: str, service: Mapping[str, Any], *more: str) -> None:
        """Start a container as the compose file has it."""
        self("podman", "run", "--detach", f"--name={name}", *fenced(service), *more, "vfeed", *service["command"])

    def until_gone(self, names: Iterable[str]) -> float:
        """Stop containers as a service does; returns the seconds that it took."""
        begun = time.monotonic()
        self("podman", "rm", "--force", "--time", "30", *names)
        return time.monotonic() - begun


@contextmanager
def built(folder: Path) -> Iterator[Podman]:
    """The image of this checkout, built in a folder that is emptied afterwards."""
    context = folder / "context"
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in names.rstrip("\0").split("\0"):
        if (ROOT / name).is_file():
            (context / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, context / name)
    podman = Podman(folder)
    try:
        podman.import_base()
        podman.build(context)
        yield podman
    finally:
        podman.close()
        shutil.rmtree(folder, ignore_errors=True)


def fenced(service: Mapping[str, Any]) -> list[str]:
    """Podman's options for a service of the compose file."""
    flags = ["--read-only", "--read-only-tmpfs=false", f"--user={service['user']}"]
    flags += ["--init", f"--init-path={shutil.which('catatonit')}"] if service.get("init") else []
    flags += [f"--stop-signal={service['stop_signal']}"] if "stop_signal" in service else []
    flags += [f"--memory={service['mem_limit']}"] if "mem_limit" in service else []
    # Whoever may not raise its own limits may not ask for Podman's.
    for name, kind in (("nofile", resource.RLIMIT_NOFILE), ("nproc", resource.RLIMIT_NPROC)):
        most = min(resource.getrlimit(kind)[1], 4096)
        flags.append(f"--ulimit={name}={most}:{most}")
    flags += [f"--cap-drop={each}" for each in service["cap_drop"]]
    flags += [f"--security-opt={each.replace(':true', '')}" for each in service["security_opt"]]
    flags += [f"--tmpfs={each}" for each in service["tmpfs"]]
    flags += [f"--volume={each}" for each in service["volumes"]]
    flags += [f"--env={name}={value}" for name, value in service["environment"].items()]
    return [*flags, f"--network={'none' if service.get('network_mode') == 'none' else 'host'}"]


def once() -> list[str]:
    """Podman's options for a command that is run once, behind the worker's fence."""
    return ["--rm", *fenced(COMPOSE["work"] | {"volumes": [], "environment": {}})]
