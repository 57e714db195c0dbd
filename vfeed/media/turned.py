"""A film that a person turned, because the camera noted wrongly which way up it was held."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any, BinaryIO

from vfeed.media.clip_facts import ClipFacts

QUARTERS = range(4)
"""Quarter turns clockwise, after what the file itself says; 0 as the camera noted."""


class Turned(io.RawIOBase):
    """A seekable file with the turn that a person gave its film; the bytes are the file's own, which it closes."""

    def __init__(self, file: BinaryIO, quarters: int) -> None:
        super().__init__()
        self.file, self.quarters = file, quarters

    def readable(self) -> bool:
        """Always true."""
        return True

    def seekable(self) -> bool:
        """Always true."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """As the file's."""
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        """As the file's."""
        return self.file.tell()

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` from the file; returns the number of bytes."""
        view = memoryview(buffer).cast("B")
        data = self.file.read(len(view))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the file as well."""
        self.file.close()
        super().close()


def quarters_of(file: object) -> int:
    """Return how many quarter turns clockwise a person gave the film of a file, which may be a view of another; 0
    to 3.
    """
    while file is not None:
        if isinstance(file, Turned):
            return file.quarters
        file = getattr(file, "file", None)
    return 0


def turned_facts(facts: ClipFacts, quarters: int) -> ClipFacts:
    """Return the facts of a clip once its film is turned by so many quarters from what the file says."""
    more = (quarters - facts.turned_quarters) % len(QUARTERS)
    turned = replace(facts, turned_quarters=quarters, rotation_deg=(facts.rotation_deg + 90 * more) % 360)
    return replace(turned, width_px=facts.height_px, height_px=facts.width_px) if more % 2 else turned
