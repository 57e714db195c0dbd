"""The steps of a Dockerfile in chroots: what a builder would do, where none is at hand."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# What this machine needs to reach a mirror, such as the settings of one: folders and files, joined by colons.
SEEN_TOO = [Path(each) for each in os.environ.get("VFEED_TEST_IMAGE_SEES", "").split(":") if each]
PASSED_ON = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "NODE_", "SSL_"))}
# In place of the base image: the same Debian with its own Python of the same version.
PACKAGES = "python3 python3-pip python3-venv ca-certificates"
AS_IN_THE_BASE = "ln -sf /usr/bin/python3 /usr/local/bin/python && rm -f /usr/lib/python3*/EXTERNALLY-MANAGED"


@dataclass
class Stage:
    """One stage of the recipe, and the folder that is its root."""

    name: str
    root: Path
    folder: str = "/"
    environment: dict[str, str] = field(default_factory=dict)
    user: str = "root"
    command: Sequence[str] = ()

    def run(self, script: str, *mounted: tuple[Path, str]) -> None:
        """A step in this root; `mounted` are folders and where they are seen inside."""
        command, environment = self.entered(script, *mounted)
        subprocess.run(command, env=environment, check=True, timeout=1200)

    def entered(self, script: str, *mounted: tuple[Path, str], user: str = "root") -> tuple[list[str], dict[str, str]]:
        """The command that runs a script in this root, and its environment."""
        pairs = [(Path("/proc"), "/proc"), *((each, str(each)) for each in SEEN_TOO), *mounted]
        for source, inside in pairs:
            place = self.root / inside.lstrip("/")
            if source.is_dir():
                place.mkdir(parents=True, exist_ok=True)
            elif not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                place.touch()
        binds = []
        for source, inside in pairs:
            place = shlex.quote(str(self.root / inside.lstrip("/")))
            binds += [f"mount --bind {shlex.quote(str(source))} {place}", f"mount -o remount,bind,ro {place}"]
        enter = shlex.join(
            [
                "chroot",
                f"--userspec={user}",
                str(self.root),
                "/bin/sh",
                "-c",
                f"cd {shlex.quote(self.folder)} && {script}",
            ]
        )
        # Mounts of its own, so that whatever happens none stays behind.
        whole = " && ".join([*binds, f"exec {enter}"])
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        environment = {"PATH": path, "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive"}
        environment |= PASSED_ON | self.environment
        return ["unshare", "--mount", "/bin/sh", "-c", whole], environment


def base_root(folder: Path) -> Path:
    """A root like the base image's."""
    root = folder / "base"
    subprocess.run(
        ["debootstrap", "--variant=minbase", "bookworm", str(root)], check=True, timeout=900, stdout=subprocess.DEVNULL
    )
    install = f"apt-get update -q && apt-get install -y -q --no-install-recommends {PACKAGES} && {AS_IN_THE_BASE}"
    Stage("base", root).run(f"{install} && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb")
    return root


def instructions(recipe: str) -> Iterator[tuple[str, str]]:
    """The words of each instruction, with continued lines joined and comments left out."""
    lines = "\n".join(line for line in recipe.splitlines() if not line.lstrip().startswith("#"))
    for line in lines.replace("\\\n", " ").splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield word, rest.strip()


def build(recipe: str, context: Path, base: Path, folder: Path) -> Stage:
    """Do every step of a recipe over a copy of `context`; return the last stage."""
    stages: dict[str, Stage] = {}
    stage = Stage("", folder)
    for word, rest in instructions(recipe):
        match word:
            case "FROM":
                name = rest.split(" AS ")[1] if " AS " in rest else f"stage{len(stages)}"
                stage = stages[name] = Stage(name, folder / name)
                subprocess.run(["cp", "-a", str(base), str(stage.root)], check=True)
            case "WORKDIR":
                stage.folder = rest
                (stage.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
            case "COPY":
                _copy(stage, context, *rest.split())
            case "ENV":
                stage.environment |= dict(pair.split("=", 1) for pair in shlex.split(rest))
            case "RUN":
                _step(stage, stages, rest)
            case "USER":
                stage.user = rest
            case "CMD":
                stage.command = [str(each) for each in re.findall(r'"([^"]+)"', rest)]
            case _:
                raise ValueError(f"{word} is not known here")
    return stage


def _copy(stage: Stage, context: Path, source: str, target: str) -> None:
    place = stage.root / (Path(stage.folder) / target).as_posix().lstrip("/")
    if (context / source).is_dir():
        shutil.copytree(context / source, place, symlinks=True, dirs_exist_ok=True)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(context / source, place)


def _step(stage: Stage, stages: dict[str, Stage], rest: str) -> None:
    mounted = []
    while found := re.match(r"--mount=(\S+)\s+", rest):
        given = dict(pair.split("=", 1) for pair in found.group(1).split(","))
        if given["type"] != "bind":
            raise ValueError(f"a mount of the type {given['type']} is not known here")
        mounted.append((stages[given["from"]].root / given["source"].lstrip("/"), given["target"]))
        rest = rest[found.end() :]
    stage.run(rest, *mounted)
    for _, inside in mounted:
        (stage.root / inside.lstrip("/")).rmdir()


def size_mb(root: Path) -> float:
    """What a root holds, in megabytes of a thousand kilobytes; each file once."""
    seen: set[tuple[int, int]] = set()
    total = 0
    for folder, _, names in os.walk(root):
        for name in names:
            facts = (Path(folder) / name).lstat()
            if (facts.st_dev, facts.st_ino) not in seen:
                seen.add((facts.st_dev, facts.st_ino))
                total += facts.st_blocks * 512
    return total / 1e6
