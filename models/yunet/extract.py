"""Rebuild YuNet-s as an ONNX file for pictures of any size from the weights compiled into libfacedetection.

    python -m models.yunet.extract LIBRARY OUT.onnx

LIBRARY is `yuface/libfacedetection.so` of the wheel yuface 2023.5.1 (BSD-3-Clause). Every layer's weights are an array
of floats under a name of its own in the library's symbol table; nothing of the library is run.
"""

from __future__ import annotations

import re
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, checker, helper, numpy_helper

FloatArray = NDArray[np.float32]

STRIDES = 8, 16, 32
OPSET, IR_VERSION = 13, 8
HEADS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
"""Outputs a cell: probability of a face, of an object, its box, five points."""
FIRST_CHANNELS, FIRST_TAPS = 3, 27
"""The first layer is stored as rows of 27 taps, padded to 32."""

_SECTION, _SYMBOL = "<IIQQQQIIQQ", "<IBBHQQ"
_SYMBOL_TABLE, _NO_BITS = 2, 8
_WEIGHTS = re.compile(r"_(weight|bias)$")


def weights_in(library: bytes) -> dict[str, FloatArray]:
    """Return the arrays of weights and biases (flat float32), by symbol, given an ELF64 little-endian library.

    Raises ValueError for a file that is no such library.
    """
    if library[:6] != b"\x7fELF\x02\x01":
        raise ValueError("This is not a 64-bit little-endian ELF library.")
    (table_at,) = struct.unpack_from("<Q", library, 0x28)
    (count,) = struct.unpack_from("<H", library, 0x3C)
    sections = [struct.unpack_from(_SECTION, library, table_at + 64 * each) for each in range(count)]
    found: dict[str, FloatArray] = {}
    for _, kind, _, _, start, size, linked, *_ in sections:
        if kind != _SYMBOL_TABLE:
            continue
        names_at = sections[linked][4]
        for at in range(start, start + size, struct.calcsize(_SYMBOL)):
            name_at, _, _, section, value, length = struct.unpack_from(_SYMBOL, library, at)
            if not length or not 0 < section < count or sections[section][1] == _NO_BITS:
                continue
            first = names_at + name_at
            name = library[first : library.index(b"\0", first)].decode("ascii")
            if _WEIGHTS.search(name):
                data = sections[section][4] + value - sections[section][3]
                found[name] = np.frombuffer(library, np.float32, length // 4, data)
    return found


class Network:
    """Builds YuNet-s layer by layer; each method adds nodes and returns the name of what comes out of them."""

    def __init__(self, weights: dict[str, FloatArray]) -> None:
        self._weights = weights
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def model(self) -> ModelProto:
        """Return the whole graph: backbone, neck, and the four heads at each stride."""
        stem = self._convolution("input", "backbone__model0_pw", relu=True, stride=2)
        x = self._pool(self._separable(stem, "backbone__model0_dp"))
        x = self._pool(self._unit(self._unit(x, 1), 2))
        fine = self._unit(x, 3)
        middle = self._unit(self._pool(fine), 4)
        coarse = self._unit(self._pool(middle), 5)
        coarse = self._separable(coarse, "neck__lateral_convs__2")
        middle = self._separable(self._raised(coarse, middle, 1), "neck__lateral_convs__1")
        fine = self._separable(self._raised(middle, fine, 0), "neck__lateral_convs__0")
        outputs = [
            output for head, numbers in HEADS.items() for output in self._outputs(head, numbers, (fine, middle, coarse))
        ]
        shape: list[str | int | None] = [1, 3, "height", "width"]
        given = [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)]
        graph = helper.make_graph(self.nodes, "yunet_s", given, outputs, self.constants)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="libfacedetection"
        )
        model.ir_version = IR_VERSION
        checker.check_model(model)
        return model

    def _constant(self, array: NDArray[np.generic], name: str) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def _node(self, kind: str, given: list[str], out: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, given, [out], **attributes))
        return out

    def _convolution(self, x: str, name: str, *, relu: bool = False, stride: int = 1) -> str:
        flat, bias = self._weights[f"{name}_weight"], self._weights[f"{name}_bias"]
        channels = len(bias)
        depthwise = name.endswith("_dw")
        if x == "input":
            rows = flat.reshape(channels, -1)[:, :FIRST_TAPS]
            kernel = rows.reshape(channels, 3, 3, FIRST_CHANNELS).transpose(0, 3, 1, 2)
        elif depthwise:
            kernel = flat.reshape(9, channels).T.reshape(channels, 1, 3, 3)
        else:
            kernel = flat.reshape(channels, -1, 1, 1)
        out = self._node(
            "Conv",
            [x, self._constant(kernel, f"{name}_w"), self._constant(bias, f"{name}_b")],
            name,
            kernel_shape=kernel.shape[2:],
            strides=[stride] * 2,
            pads=[kernel.shape[2] // 2] * 4,
            group=channels if depthwise else 1,
            dilations=[1, 1],
        )
        return self._node("Relu", [out], f"{out}_r") if relu else out

    def _separable(self, x: str, name: str, *, relu: bool = True) -> str:
        return self._convolution(self._convolution(x, f"{name}_pw"), f"{name}_dw", relu=relu)

    def _unit(self, x: str, number: int) -> str:
        first = self._separable(x, f"backbone__model{number}_dp1")
        return self._separable(first, f"backbone__model{number}_dp2")

    def _pool(self, x: str) -> str:
        return self._node("MaxPool", [x], f"{x}_p", kernel_shape=[2, 2], strides=[2, 2])

    def _raised(self, x: str, finer: str, number: int) -> str:
        scales = self._constant(np.array([1, 1, 2, 2], np.float32), f"up{number}s")
        ways = {
            "mode": "nearest",
            "coordinate_transformation_mode": "asymmetric",
            "nearest_mode": "floor",
        }
        larger = self._node("Resize", [x, "", scales], f"up{number}", **ways)
        return self._node("Add", [larger, finer], f"sum{number}")

    def _outputs(self, head: str, numbers: int, levels: tuple[str, ...]) -> list[ValueInfoProto]:
        shape = self._constant(np.array([1, -1, numbers], np.int64), f"shape_{head}")
        told = []
        for level, (x, stride) in enumerate(zip(levels, STRIDES, strict=True)):
            y = self._separable(x, f"bbox_head__multi_level_{head}__{level}", relu=False)
            name = f"{head}_{stride}"
            rows = self._node("Transpose", [y], f"{y}_t", perm=[0, 2, 3, 1])
            flat = self._node("Reshape", [rows, shape], name if numbers > 1 else f"{y}_f")
            if numbers == 1:
                self._node("Sigmoid", [flat], name)
            told.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, f"cells_{stride}", numbers]))
        return told


def extract(library: Path) -> bytes:
    """Return the ONNX file given the compiled library; raises ValueError or KeyError where it is another one."""
    return bytes(Network(weights_in(library.read_bytes())).model().SerializeToString())


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(extract(Path(sys.argv[1])))
