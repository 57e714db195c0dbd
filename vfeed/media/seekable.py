"""What every file-like object of vfeed's has in common: a size, a position, and moving between them."""

from __future__ import annotations

import io


class SeekableFile(io.RawIOBase):
    """A readable, seekable binary file of `_size` bytes at `_position`; a subclass fills `readinto`."""

    def __init__(self) -> None:
        super().__init__()
        self._size = 0
        self._position = 0

    def readable(self) -> bool:
        """Always true."""
        return True

    def seekable(self) -> bool:
        """Always true."""
        return True

    def tell(self) -> int:
        """Return where the next read or write starts, in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move to `offset` from the start, the position or the end; raises ValueError before the start."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("a file has no bytes before its start")
        self._position = base + offset
        return self._position
