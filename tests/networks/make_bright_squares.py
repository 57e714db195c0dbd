"""Make `face_detection_yunet_bright_squares.onnx`: a finder of bright squares with YuNet's inputs and outputs.

It stands in for YuNet where the tests have no weights: OpenCV loads it and runs it by the same way. A head is a square
of about 96 px that is brighter than 200 on darker ground; eyes, nose and mouth are put where a head turned to the right
of the picture has them. Run it with the package `onnx` installed (nothing else needs that):

    python tests/networks/make_bright_squares.py
"""

from math import log
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE_PX = 96
BRIGHT = 200.0
POINTS = ((-0.15, -0.15), (0.25, -0.15), (0.2, 0.1), (-0.05, 0.3), (0.2, 0.3))
"""Right eye, left eye, nose tip, right and left corner of the mouth, from the middle of the square in its sides."""
STRIDES = (8, 16, 32)

nodes, constants = [], []


def constant(name: str, values: object, kind: type = np.float32) -> str:
    constants.append(numpy_helper.from_array(np.asarray(values, kind), name))
    return name


def node(kind: str, inputs: list[str], output: str, **attributes: object) -> str:
    nodes.append(helper.make_node(kind, inputs, [output], **attributes))
    return output


def mean_of(source: str, name: str, cells: int, **attributes: object) -> str:
    return node("AveragePool", [source], name, kernel_shape=[cells, cells], **attributes)


def scaled(source: str, name: str, weight: float, biases: list[float]) -> str:
    """One channel made into as many as there are biases."""
    weights = constant(f"{name}_w", np.full((len(biases), 1, 1, 1), weight))
    return node("Conv", [source, weights, constant(f"{name}_b", biases)], name, kernel_shape=[1, 1])


def output(source: str, name: str, channels: int) -> object:
    """Cells in a row, as YuNet's heads are laid out: (1, cells, channels)."""
    last = node("Transpose", [source], f"{name}_last", perm=[0, 2, 3, 1])
    node("Reshape", [last, constant(f"{name}_shape", [1, -1, channels], np.int64)], name)
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, None, channels])


def main() -> None:
    thirds = constant("thirds", np.full((1, 3, 1, 1), 1 / 3))
    grey = node("Conv", ["input", thirds, constant("dark", [-BRIGHT])], "grey", kernel_shape=[1, 1])
    bright = mean_of(node("Relu", [grey], "bright"), "cells_8", 8, strides=[8, 8])
    inside = mean_of(bright, "inside", 11, pads=[5] * 4, count_include_pad=1)
    around = mean_of(bright, "around", 23, pads=[11] * 4, count_include_pad=1)
    score = scaled(node("Sub", [inside, around], "peak"), "score", 1 / 50, [0.0])
    outputs = []
    for stride in STRIDES:
        cells = bright if stride == 8 else mean_of(bright, f"cells_{stride}", stride // 8, strides=[stride // 8] * 2)
        size = log(SIDE_PX / stride)
        points = [0.5 + share * SIDE_PX / stride for point in POINTS for share in point]
        sure = score if stride == 8 else scaled(cells, f"score_{stride}", 0.0, [0.0])
        outputs += [output(sure, f"cls_{stride}", 1), output(sure, f"obj_{stride}", 1)]
        outputs.append(output(scaled(cells, f"box_{stride}", 0.0, [0.5, 0.5, size, size]), f"bbox_{stride}", 4))
        outputs.append(output(scaled(cells, f"points_{stride}", 0.0, points), f"kps_{stride}", 10))
    picture = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, 640, 640])
    graph = helper.make_graph(nodes, "bright_squares", [picture], outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=7, producer_name="vfeed")
    onnx.checker.check_model(model)
    onnx.save(model, Path(__file__).with_name("face_detection_yunet_bright_squares.onnx"))


if __name__ == "__main__":
    main()
