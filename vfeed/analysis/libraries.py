"""The libraries that compute, in the versions that are installed here."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import metadata

OPENCV_DISTRIBUTIONS = (
    "opencv-python",
    "opencv-contrib-python",
    "opencv-python-headless",
    "opencv-contrib-python-headless",
)
"""The packages that OpenCV may come in; without a screen it is the one without windows."""


def opencv_owners() -> Iterator[tuple[str, str]]:
    """Installed distributions that own the `cv2` folder, with their versions."""
    for name in OPENCV_DISTRIBUTIONS:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue


@cache
def libraries() -> dict[str, str]:
    """Return the versions of the libraries that compute, by name; PackageNotFoundError where one is not installed."""
    found = {name: metadata.version(name) for name in ("mediapipe", "onnxruntime", "numpy", "av")}
    # A start refuses a machine on which not just one package owns it.
    owner = next((name for name, _ in opencv_owners()), OPENCV_DISTRIBUTIONS[0])
    return found | {"opencv": metadata.version(owner)}
