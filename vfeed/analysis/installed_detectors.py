"""The head detectors that are installed, vfeed's own among them: entry points of the group `vfeed.detectors`.

An entry point names what makes a `HeadDetector` when called without anything: a class or a function.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from importlib import metadata

from vfeed.errors import VfeedError, filled
from vfeed.errors import marked as _
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
    try:
        make: Callable[[], HeadDetector] = point.load()
    except Exception as error:  # Code of others: whatever it raises, it is this package that is at fault.
        raise _wrong(filled(_("The head detector %(named)s cannot be loaded."), named=point.name)) from error
    return make


def _opened(name: str, make: Callable[[], HeadDetector]) -> HeadDetector:
    try:
        made = make()
    except VfeedError:
        raise
    except Exception as error:
        raise _wrong(filled(_("The head detector %(named)s cannot be loaded."), named=name)) from error
    if not all(callable(getattr(made, method, None)) for method in ("search", "close")):
        raise _wrong(
            filled(
                _("The head detector %(named)s lacks what perception.head_detector.HeadDetector asks for."), named=name
            )
        )
    return made


def _wrong(message: str) -> VfeedError:
    return VfeedError("setting_invalid", message, hint=_("Uninstall the package it is from, or mend it."))
