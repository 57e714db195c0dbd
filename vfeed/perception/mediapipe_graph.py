"""A MediaPipe graph with one output, fed by hand: the only module that knows the framework's packets."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np

from vfeed.perception.head_detector import Image
from vfeed.perception.mediapipe_import import mediapipe, packet_creator, packet_getter
from vfeed.perception.models import verified_models
from vfeed.perception.native_stderr import suppress_native_stderr


class Graph:
    """A running graph; `run` feeds one set of packets and waits for the answer. Safe to call from several threads.

    Raises VfeedError `model_missing` when a model file is missing or changed.
    """

    def __init__(self, config: str, output: str, side_packets: dict[str, Any] | None = None) -> None:
        verified_models()
        mediapipe.resource_util.set_resource_dir(str(Path(mediapipe.__file__).parents[1]))
        self._lock = threading.Lock()
        self._time = 0
        self._answer: Any = None
        self._ran = False
        with suppress_native_stderr():
            self._graph = mediapipe.CalculatorGraph(graph_config=config)
            self._graph.observe_output_stream(output, self._take)
            self._graph.start_run(side_packets or {})
            self._graph.wait_until_idle()

    def _take(self, _stream: str, packet: Any) -> None:
        self._answer = packet

    def run(self, packets: dict[str, Any]) -> Any:
        """Feed one packet to each stream; returns the output packet, or None when the graph gave none."""
        with self._lock:
            if self._ran:
                return self._run(packets)
            with suppress_native_stderr():
                self._ran = True
                return self._run(packets)

    def _run(self, packets: dict[str, Any]) -> Any:
        self._time += 1
        self._answer = None
        for stream, packet in packets.items():
            self._graph.add_packet_to_input_stream(stream, packet.at(self._time))
        self._graph.wait_until_idle()
        return self._answer

    def close(self) -> None:
        """Stop the graph and let go of its networks; closing twice is fine."""
        if self._graph is not None:
            with suppress_native_stderr():
                self._graph.close()
            self._graph = None


def image_packet(image_rgb: Image) -> Any:
    """Return a packet that holds a copy of the image (h, w, 3) RGB; it may be fed to several graphs."""
    return packet_creator.create_image_frame(
        image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(image_rgb)
    )


def proto(packet: Any) -> Any:
    """Return the message in a packet."""
    return packet_getter.get_proto(packet)


def proto_list(packet: Any) -> list[Any]:
    """Return the messages in a packet of several; none for no packet."""
    return [] if packet is None else list(packet_getter.get_proto_list(packet))
