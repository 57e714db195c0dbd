"""The way in for a WSGI server that is not vfeed's own: `gunicorn "vfeed.wsgi:application()"`.

`vfeed serve` needs none of it: it runs waitress, or gunicorn by VFEED_WEB_PROCESSES.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vfeed.config import load_settings
from vfeed.launch import open_store
from vfeed.server import processes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def application() -> WSGIApplication:
    """Make the application by the settings of the environment, on a store of its own; call it once in each process.

    Raises what a start of vfeed raises: whatever is unsafe is refused.
    """
    settings = load_settings()
    return processes.application(settings, open_store(settings))
