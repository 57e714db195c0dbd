"""The head detectors that are installed, vfeed's own among them: entry points of the group `vfeed.detectors`.

An entry point names what makes a `HeadDetector` when called without anything: a class or a function.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from importlib import metadata

from vfeed.errors import VfeedError, filled
from vfeed.errors import marked as _
from vfeed.installed import at_fault, made
from vfeed.perception.detectors import CompositeDetector
from vfeed.perception.head_detector import HeadDetector

GROUP = "vfeed.detectors"
OWN = "vfeed"


def detectors() -> dict[str, Callable[[], HeadDetector]]:
    """Return what makes each installed detector, by name; VfeedError `setting_invalid` for one that is not there."""
    points = sorted(metadata.entry_points(group=GROUP), key=lambda each: each.name)
    return {point.name: _loaded(point) for point in points}


def open_every_detector() -> HeadDetector:
    """Return all of them as one, to be closed when done: for copies in which no face may be left.

    Raises VfeedError `model_missing`, and `setting_invalid` when vfeed's own is not among them, or one is none.
    """
    found = detectors()
    if OWN not in found:
        raise VfeedError(
            "setting_invalid",
            _("vfeed’s own head detectors are not among those installed."),
            hint=_("Install vfeed again: make setup-run, or pip install ."),
        )
    opened: list[HeadDetector] = []
    with contextlib.ExitStack() as opening:
        for name, make in found.items():
            opened.append(_opened(name, make))
            opening.callback(opened[-1].close)
        opening.pop_all()
    return CompositeDetector(opened)


def _loaded(point: metadata.EntryPoint) -> Callable[[], HeadDetector]:
    make: Callable[[], HeadDetector] = made(point.load, _cannot(point.name))
    return make


def _opened(name: str, make: Callable[[], HeadDetector]) -> HeadDetector:
    detector = made(make, _cannot(name))
    if not all(callable(getattr(detector, method, None)) for method in ("search", "close")):
        raise at_fault(
            filled(
                _("The head detector %(named)s lacks what perception.head_detector.HeadDetector asks for."), named=name
            )
        )
    return detector


def _cannot(name: str) -> str:
    return filled(_("The head detector %(named)s cannot be loaded."), named=name)
