"""MediaPipe, loaded without what it draws with: that takes four times as long as the rest, and nothing here draws."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

UNUSED = "matplotlib", "matplotlib.pyplot"


@contextmanager
def _without_plots() -> Iterator[None]:
    """Keep matplotlib out for the length of the block, unless it is there already."""
    stand_ins = {name: ModuleType(name) for name in UNUSED if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name in stand_ins:
            del sys.modules[name]


with _without_plots():
    import mediapipe
    from mediapipe.python import packet_creator, packet_getter

__all__ = ["mediapipe", "packet_creator", "packet_getter"]
