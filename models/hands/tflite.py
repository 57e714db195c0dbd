"""Reads the networks in TensorFlow Lite's files: flat buffers, of which only what is asked for is known."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IDENTIFIER = b"TFL3"
TYPES = {0: np.float32, 1: np.float16, 2: np.int32}
"""Kinds of numbers, by TensorFlow Lite's own."""


@dataclass(frozen=True)
class Table:
    """A table of a flat buffer: its fields by their places in the schema."""

    data: bytes
    at: int

    def number(self, field: int, kind: str) -> int:
        """A whole number of a `struct` kind; 0 where it is left out."""
        place = self._place(field)
        return int(struct.unpack_from(f"<{kind}", self.data, place)[0]) if place else 0

    def array(self, field: int, kind: type[np.generic]) -> NDArray[np.generic]:
        """A row of numbers; none where it is left out."""
        start = self._target(field)
        if not start:
            return np.zeros(0, kind)
        return np.frombuffer(self.data, kind, self._u32(start), start + 4)

    def table(self, field: int) -> Table:
        """The table that a field points to, which must be there."""
        return Table(self.data, self._target(field))

    def tables(self, field: int) -> list[Table]:
        """The tables in a row."""
        start = self._target(field)
        places = [start + 4 + 4 * each for each in range(self._u32(start))] if start else []
        return [Table(self.data, place + self._u32(place)) for place in places]

    def _place(self, field: int) -> int:
        fields = self.at - int(struct.unpack_from("<i", self.data, self.at)[0])
        (length,) = struct.unpack_from("<H", self.data, fields)
        slot = 4 + 2 * field
        start = int(struct.unpack_from("<H", self.data, fields + slot)[0]) if slot < length else 0
        return self.at + start if start else 0

    def _target(self, field: int) -> int:
        place = self._place(field)
        return place + self._u32(place) if place else 0

    def _u32(self, place: int) -> int:
        return int(struct.unpack_from("<I", self.data, place)[0])


@dataclass(frozen=True)
class Step:
    """One operation: its kind, the tensors that it takes and gives, and its own options."""

    kind: int
    given: list[int]
    made: int
    options: Table


class Network:
    """The first graph of a file; ValueError for a file that is none."""

    def __init__(self, data: bytes) -> None:
        if data[4:8] != IDENTIFIER:
            raise ValueError("This is no network of TensorFlow Lite's.")
        root = Table(data, int(struct.unpack_from("<I", data)[0]))
        kinds = [max(each.number(0, "b"), each.number(3, "i")) for each in root.tables(1)]
        graph = root.tables(2)[0]
        self._tensors, self._buffers = graph.tables(0), root.tables(4)
        self.given, self.made = (_ints(graph.array(field, np.int32)) for field in (1, 2))
        self.steps = [
            Step(
                kinds[each.number(0, "I")],
                _ints(each.array(1, np.int32)),
                _ints(each.array(2, np.int32))[0],
                each.table(4),
            )
            for each in graph.tables(3)
        ]

    def shape(self, tensor: int) -> list[int]:
        """Its sides."""
        return _ints(self._tensors[tensor].array(0, np.int32))

    def constant(self, tensor: int) -> NDArray[np.generic]:
        """Its numbers, for a tensor that is the same for every picture."""
        told = self._tensors[tensor]
        raw = self._buffers[told.number(2, "I")].array(0, np.uint8)
        return np.frombuffer(raw.tobytes(), TYPES[told.number(1, "b")]).reshape(self.shape(tensor))


def _ints(row: NDArray[np.generic]) -> list[int]:
    return [int(each) for each in row]
