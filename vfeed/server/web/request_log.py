"""A line for each request: which page, how it was answered, how long it took; and the numbers in `/metrics`."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from flask_login import current_user

from vfeed.logs import about, new_request_id, note, written

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

KEY = "vfeed.request_id"
HEADER = "X-Request-Id"
BUCKETS_S = (0.05, 0.25, 1.0, 5.0)


class Counts:
    """What `/metrics` tells of this process's requests; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: Counter[tuple[str, int]] = Counter()
        self._within: Counter[float] = Counter()
        self._seconds = 0.0

    def add(self, endpoint: str, status: int, seconds: float) -> None:
        """Count one answer."""
        with self._lock:
            self._answers[endpoint, status] += 1
            self._seconds += seconds
            self._within.update(limit for limit in BUCKETS_S if seconds <= limit)

    def lines(self) -> Iterable[str]:
        """The counts in Prometheus' text format."""
        with self._lock:
            answers, within, seconds = dict(self._answers), dict(self._within), self._seconds
        total = sum(answers.values())
        # Of several processes the one that is asked tells its own: a program that adds up goes by this number.
        yield "# TYPE vfeed_process_id gauge"
        yield f"vfeed_process_id {os.getpid()}"
        yield "# TYPE vfeed_requests_total counter"
        for (endpoint, status), number in sorted(answers.items()):
            yield f'vfeed_requests_total{{endpoint="{endpoint}",status="{status}"}} {number}'
        yield "# TYPE vfeed_request_seconds histogram"
        for limit in BUCKETS_S:
            yield f'vfeed_request_seconds_bucket{{le="{limit}"}} {within.get(limit, 0)}'
        yield f'vfeed_request_seconds_bucket{{le="+Inf"}} {total}'
        yield f"vfeed_request_seconds_sum {seconds:.6f}"
        yield f"vfeed_request_seconds_count {total}"


def init_request_log(app: Flask) -> None:
    """Write down and count how each request was answered, under the number that `numbered` gave it."""
    counts = app.extensions["vfeed_counts"] = Counts()

    @app.before_request
    def begin() -> None:
        g.request_began_s = time.monotonic()

    @app.after_request
    def end(response: Response) -> Response:
        seconds = time.monotonic() - g.request_began_s
        note(account=current_user.id if current_user.is_authenticated else None)
        response.headers[HEADER] = request_id()
        # The endpoint, never the address: an address may hold a name.
        endpoint, status = request.endpoint or "none", response.status_code
        counts.add(endpoint, status, seconds)
        level = logging.ERROR if status >= 500 else logging.INFO
        took_ms = round(1000 * seconds)
        written("request", level=level, endpoint=endpoint, method=request.method, status=status, ms=took_ms)
        return response


@contextlib.contextmanager
def numbered(environ: WSGIEnvironment) -> Iterator[None]:
    """Give a request its number, which every line of it carries; one that the browser sends is not believed."""
    environ[KEY] = new_request_id()
    with about(request=environ[KEY]):
        yield


def request_id() -> str:
    """The number of the current request."""
    return str(request.environ.get(KEY, ""))
