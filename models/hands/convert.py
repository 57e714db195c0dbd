"""Rebuild MediaPipe's palm detector and hand landmarks as ONNX files from the files in its wheel.

    python -m models.hands.convert palm_detection_lite.tflite models/palm_detection_lite.onnx
    python -m models.hands.convert hand_landmark_lite.tflite models/hand_landmark_lite.onnx

The wheel is mediapipe 0.10.21 (Apache-2.0). Every weight is kept as it is, in half precision; layers are put so that
onnxruntime keeps its own order of the numbers from the first layer to the last, which takes a third less time.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper

from models.hands.tflite import Network, Step

ADD, CONCATENATION, CONVOLUTION, DEPTHWISE, UNPACK = 0, 2, 3, 4, 6
FULL, SIGMOID, MAX_POOL, RESHAPE, TWICE, PAD, MEAN, SLOPED = 9, 14, 17, 22, 23, 34, 40, 54
"""Kinds of steps, by TensorFlow Lite's own numbers."""
KEEPS_SIZE = 0
UP_TO_SIX = 3
OPSET, IR_VERSION = 13, 8
LEFT_OUT = 2
"""A network tells its first so many outputs: a hand's side and its points in metres are not asked for."""

Array = NDArray[np.generic]


class Converter:
    """Builds the ONNX graph step by step; tensors keep their numbers as names; channels come first."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._nodes: list[NodeProto] = []
        self._constants: dict[str, TensorProto] = {}
        self._half = {step.made: step.given[0] for step in network.steps if step.kind == UNPACK}
        self._larger: dict[int, int] = {}

    def model(self) -> ModelProto:
        """Return the whole graph."""
        makers = {
            ADD: self._add,
            CONCATENATION: self._concatenation,
            CONVOLUTION: self._convolution,
            DEPTHWISE: self._convolution,
            FULL: self._full,
            SIGMOID: self._sigmoid,
            MAX_POOL: self._max_pool,
            RESHAPE: self._reshape,
            TWICE: self._twice,
            PAD: self._pad,
            MEAN: self._mean,
            SLOPED: self._sloped,
        }
        for step in self._network.steps:
            if step.kind != UNPACK:
                makers[step.kind](step)
        _, height, width, channels = self._network.shape(self._network.given[0])
        picture = helper.make_tensor_value_info(
            f"t{self._network.given[0]}", TensorProto.FLOAT, ["n", channels, height, width]
        )
        outputs = [
            helper.make_tensor_value_info(f"t{each}", TensorProto.FLOAT, ["n", *self._network.shape(each)[1:]])
            for each in self._network.made[:LEFT_OUT]
        ]
        graph = helper.make_graph(self._needed(), "hands", [picture], outputs, list(self._constants.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="mediapipe")
        model.ir_version = IR_VERSION
        checker.check_model(model)
        return model

    def _needed(self) -> list[NodeProto]:
        """The nodes from which the outputs come; what only the others need of constants goes as well."""
        asked = {f"t{each}" for each in self._network.made[:LEFT_OUT]}
        kept = []
        for node in reversed(self._nodes):
            if asked.intersection(node.output):
                kept.append(node)
                asked.update(node.input)
        self._constants = {name: each for name, each in self._constants.items() if name in asked}
        return kept[::-1]

    def _node(self, kind: str, given: list[str], made: str, **attributes: Any) -> str:
        self._nodes.append(helper.make_node(kind, given, [made], **attributes))
        return made

    def _kept(self, array: Array, name: str) -> str:
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def _weights(self, array: Array, name: str) -> str:
        """Weights, in half precision in the file; onnxruntime makes them whole once, when it loads it."""
        if name not in self._constants:
            self._node("Cast", [self._kept(array.astype(np.float16), name)], f"{name}_f", to=TensorProto.FLOAT)
        return f"{name}_f"

    def _own(self, tensor: int) -> Array:
        return self._network.constant(self._half.get(tensor, tensor))

    def _convolution(self, step: Step) -> None:
        kernel = self._own(step.given[1])
        apart = step.kind == DEPTHWISE
        kernel = kernel.transpose(3, 0, 1, 2) if apart else kernel.transpose(0, 3, 1, 2)
        stride = [step.options.number(field, "i") for field in (2, 1)]
        sides = kernel.shape[2:]
        pads = [(0, 0), (0, 0)]
        if step.options.number(0, "b") == KEEPS_SIZE:
            lengths = self._network.shape(step.given[0])[1:3]
            pads = [_around(*each) for each in zip(lengths, sides, stride, strict=True)]
        clipped = step.options.number(4 if apart else 3, "b") == UP_TO_SIX
        small = self._larger.get(step.given[0])
        made = self._node(
            "Conv",
            [
                f"t{step.given[0] if small is None else small}",
                self._weights(kernel, f"w{step.given[1]}"),
                *self._bias(step),
            ],
            f"t{step.made}" if small is None and not clipped else f"t{step.made}c",
            kernel_shape=list(sides),
            strides=stride,
            pads=[before for before, _ in pads] + [after for _, after in pads],
            group=len(kernel) if apart else 1,
        )
        if small is not None:
            scales = self._kept(np.array([1, 1, 2, 2], np.float32), "twice")
            ways = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
            self._node("Resize", [made, "", scales], f"t{step.made}", **ways)
        if clipped:
            bounds = [self._kept(np.array(value, np.float32), name) for name, value in (("none", 0), ("six", 6))]
            self._node("Clip", [made, *bounds], f"t{step.made}")

    def _bias(self, step: Step) -> list[str]:
        return [self._weights(self._own(step.given[2]), f"w{step.given[2]}")]

    def _sloped(self, step: Step) -> None:
        """What is below 0 times a slope of its channel, told so that it stays in order: a x + (1 - a) max(x, 0)."""
        slope = self._own(step.given[1]).astype(np.float32).reshape(-1, 1, 1, 1)
        x, made = f"t{step.given[0]}", f"t{step.made}"
        each = {"kernel_shape": [1, 1], "group": len(slope)}
        above = self._node("Relu", [x], f"{made}a")
        above = self._node("Conv", [above, self._kept(1 - slope, f"{made}r")], f"{made}b", **each)
        whole = self._node("Conv", [x, self._kept(slope, f"{made}s")], f"{made}c", **each)
        self._node("Add", [whole, above], made)

    def _pad(self, step: Step) -> None:
        """More channels, of zeros."""
        before, after = self._network.shape(step.given[0])[3], self._network.shape(step.made)[3]
        wider = self._weights(np.eye(after, before)[:, :, None, None], f"e{step.made}")
        self._node("Conv", [f"t{step.given[0]}", wider], f"t{step.made}", kernel_shape=[1, 1])

    def _twice(self, step: Step) -> None:
        """Put off until the one layer that takes it has made fewer numbers of the small picture: the same sums."""
        self._larger[step.made] = step.given[0]

    def _add(self, step: Step) -> None:
        self._node("Add", [f"t{each}" for each in step.given], f"t{step.made}")

    def _concatenation(self, step: Step) -> None:
        self._node("Concat", [f"t{each}" for each in step.given], f"t{step.made}", axis=1)

    def _max_pool(self, step: Step) -> None:
        sides = {"strides": (2, 1), "kernel_shape": (4, 3)}
        self._node(
            "MaxPool",
            [f"t{step.given[0]}"],
            f"t{step.made}",
            **{name: [step.options.number(field, "i") for field in fields] for name, fields in sides.items()},
        )

    def _reshape(self, step: Step) -> None:
        """Cells in rows, each with its numbers together."""
        numbers = self._network.shape(step.made)[-1]
        shape = self._kept(np.array([0, -1, numbers], np.int64), f"rows{numbers}")
        rows = self._node("Transpose", [f"t{step.given[0]}"], f"t{step.made}t", perm=[0, 2, 3, 1])
        self._node("Reshape", [rows, shape], f"t{step.made}")

    def _mean(self, step: Step) -> None:
        mean = self._node("GlobalAveragePool", [f"t{step.given[0]}"], f"t{step.made}m")
        self._node("Flatten", [mean], f"t{step.made}")

    def _full(self, step: Step) -> None:
        weights = self._weights(self._own(step.given[1]), f"w{step.given[1]}")
        self._node("Gemm", [f"t{step.given[0]}", weights, *self._bias(step)], f"t{step.made}", transB=1)

    def _sigmoid(self, step: Step) -> None:
        self._node("Sigmoid", [f"t{step.given[0]}"], f"t{step.made}")


def _around(length: int, kernel: int, stride: int) -> tuple[int, int]:
    """Zeros before and after a row so that a kernel gives one number for every `stride` of it."""
    total = max(0, (-(-length // stride) - 1) * stride + kernel - length)
    return total // 2, total - total // 2


def convert(data: bytes) -> bytes:
    """Return the ONNX file given one of TensorFlow Lite's; ValueError or KeyError for another network than these."""
    return bytes(Converter(Network(data)).model().SerializeToString(deterministic=True))


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(convert(Path(sys.argv[1]).read_bytes()))
