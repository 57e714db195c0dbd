"""What other packages bring along by entry points: their code is run here, and named where it is at fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from vfeed.errors import VfeedError
from vfeed.errors import marked as _

Made = TypeVar("Made")


def made(make: Callable[[], Made], cannot: str) -> Made:
    """Return what others' code makes; raises VfeedError `setting_invalid`, saying `cannot`, for whatever it raises.

    Errors of vfeed's own pass: a model that is missing is no fault of the package.
    """
    try:
        return make()
    except VfeedError:
        raise
    except Exception as error:  # Code of others: whatever it raises, it is this package that is at fault.
        raise at_fault(cannot) from error


def at_fault(message: str) -> VfeedError:
    """Return the error about a package that is not what it says."""
    return VfeedError("setting_invalid", message, hint=_("Uninstall the package it is from, or mend it."))
