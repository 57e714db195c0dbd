"""Films looked at on a dask.distributed cluster: the same code, as many machines as there are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from vfeed import __version__
from vfeed.errors import VfeedError
from vfeed.screening.places import is_address
from vfeed.screening.run import AHEAD, Pool

if TYPE_CHECKING:
    from distributed import Client

P = ParamSpec("P")
T = TypeVar("T")
DASK = "dask://"
CONNECT_S = "10s"
LOOK_S = 60
"""How often it is looked whether there is a worker left, while a film is waited for."""


def dask_cluster(executor: str, place: str) -> Pool:
    """Return a pool on the cluster whose scheduler is at `executor` (dask://HOST:PORT), for the films at `place`.

    Dask itself gives the film of a worker that dies to another one. Raises VfeedError `invalid_input` without the
    package or for workers of another version, `not_found` where no scheduler answers, there is no worker, or a
    worker cannot see the folder.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise VfeedError(
            "invalid_input", "dask.distributed is not installed.", hint="Install it with: pip install 'vfeed[dask]'"
        ) from error
    address = executor.removeprefix(DASK)
    try:
        client = Client(f"tcp://{address}", timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise VfeedError(
            "not_found", f"No cluster answers at {address}.", hint="Start its scheduler first: dask scheduler."
        ) from error
    try:
        size = _ready(client, place)
    except VfeedError:
        client.close()
        raise
    return Pool(lambda: _OnCluster(client, size * AHEAD), size, client.close)


class _OnCluster(ThreadPoolExecutor):
    """Hands films to the cluster, a waiting thread for each: a result that dies with its worker is asked for again."""

    def __init__(self, client: Client, films: int) -> None:
        super().__init__(films)
        self.client = client

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand a film over; what the work raises on the cluster, KilledWorker too, is raised here."""

        def there() -> T:
            handed = self.client.submit(fn, *args, pure=False, **kwargs)
            try:
                while True:
                    try:
                        found: T = handed.result(timeout=LOOK_S)
                        return found
                    except TimeoutError:
                        if not self.client.nthreads():
                            raise _gone("The cluster has no worker any more.") from None
            except (asyncio.CancelledError, CancelledError, OSError) as error:
                raise _gone("The cluster went away.") from error

        return super().submit(there)


def _gone(words: str) -> VfeedError:
    return VfeedError("job_lost", words, hint="Start it again and say --resume: no row is lost.")


def _ready(client: Client, place: str) -> int:
    """How many films can be looked at at once; refuses workers that would look at nothing, or differently."""
    found: dict[str, tuple[str, bool]] = client.run(_seen_from_here, place)
    if not found:
        raise VfeedError("not_found", "The cluster has no worker.", hint="Start some: dask worker HOST:PORT.")
    others = sorted({version for version, _ in found.values()} - {__version__})
    if others:
        raise VfeedError(
            "invalid_input",
            f"The cluster has vfeed {others[0]}, and this is {__version__}.",
            hint="Install one version everywhere: films would be looked at differently.",
        )
    blind = sorted(worker for worker, (_, sees) in found.items() if not sees)
    if blind:
        raise VfeedError(
            "not_found",
            f"{len(blind)} of {len(found)} workers do not see the folder, the first at {blind[0]}.",
            hint="Share the folder under the same path, or give an address such as s3://BUCKET/FOLDER.",
        )
    threads: dict[str, int] = client.nthreads()
    return max(1, sum(threads.values()))


def _seen_from_here(place: str) -> tuple[str, bool]:
    """Runs on each worker: its version, and whether it can see the films."""
    return __version__, is_address(place) or Path(place).is_dir()
