"""A vfeed service that is there at once: for walks that are not about how it starts."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field

from loaded_process import Begun, begin
from service import Service, wait_until

from vfeed.jobs.allocator import ALLOCATOR

WORKERS = 2
STOP_S = 30


@dataclass
class LoadedService(Service):
    """As `vfeed run`: `vfeed serve` and two of `vfeed work`, begun with their libraries loaded."""

    begun: list[Begun] = field(default_factory=list)

    def start(self) -> LoadedService:
        """Begin the server, and the workers once it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._begin("serve")
        try:
            wait_until("the server answers", self.answers, seconds=90)
        except AssertionError:
            self.stop()
            raise
        for _ in range(WORKERS):
            self._begin("work")
        return self

    def ended(self) -> bool:
        """Whether any of its processes ended."""
        return any(each.poll() is not None for each in self.begun)

    def stop(self) -> None:
        """Stop all of it as a person would; what does not end is killed."""
        for each in self.begun:
            each.send_signal(signal.SIGINT)
        try:
            for each in self.begun:
                each.wait(STOP_S)
        finally:
            for each in self.begun:
                each.kill()

    def _begin(self, command: str) -> None:
        # As whoever starts workers does: without the allocator's settings each would begin a second time.
        environment = self.environment() | ALLOCATOR
        with (self.folder / "log.txt").open("ab") as log:
            process = begin("-m", "vfeed", command, env=environment, cwd=self.folder, out=log, new_session=True)
        self.begun.append(process)
