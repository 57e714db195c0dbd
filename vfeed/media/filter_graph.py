"""One of libavfilter's chains, with a frame in and, sooner or later, a frame out."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import av
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.reformatter import ColorTrc

from vfeed.media.colour import table_file

MS = Fraction(1, 1000)
Step = tuple[str, str]
"""Name and options of a filter."""


class Filter:
    """A chain of `steps`; made anew where size or format of the frames change."""

    def __init__(self, *steps: Step) -> None:
        self.steps = steps
        self._graph: Graph | None = None
        self._kind: tuple[int, int, str] | None = None

    def through(self, frame: VideoFrame | None) -> list[VideoFrame]:
        """Return what comes out when `frame` goes in; None ends it."""
        out: list[VideoFrame] = []
        kind = None if frame is None else (frame.width, frame.height, frame.format.name)
        if self._graph is not None and kind != self._kind:
            self._graph.push(None)
            out += self._pulled(self._graph)
            self._graph = None
        if frame is None:
            return out
        if self._graph is None:
            self._graph, self._kind = self._made(frame), kind
        self._graph.push(frame)
        return out + self._pulled(self._graph)

    def _made(self, frame: VideoFrame) -> Graph:
        graph = Graph()
        graph.threads = 1
        chain = [
            graph.add_buffer(
                width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base or MS
            ),
            *(graph.add(name, options) for name, options in self.steps),
            graph.add("buffersink"),
        ]
        for one, other in pairwise(chain):
            one.link_to(other)
        graph.configure()
        return graph

    @staticmethod
    def _pulled(graph: Graph) -> list[VideoFrame]:
        out: list[VideoFrame] = []
        while True:
            try:
                frame = graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return out
            assert isinstance(frame, VideoFrame)
            out.append(frame)


def hdr_steps(transfer: ColorTrc, size: tuple[int, int], pixel_format: str) -> tuple[Step, ...]:
    """Return the way of an HDR frame to `pixel_format` (bgr24, or yuv420p for BT.709) of an ordinary screen, scaled."""
    width, height = size
    steps = [
        ("scale", f"{width}:{height}:flags=bilinear:in_color_matrix=bt2020:out_range=full"),
        ("format", "gbrp10le"),
        ("lut3d", f"file={table_file(transfer)}:interp=tetrahedral"),
    ]
    if pixel_format == "yuv420p":
        steps.append(("scale", "out_color_matrix=bt709:out_range=limited"))
    return (*steps, ("format", pixel_format))
