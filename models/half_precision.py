"""Keep a network's weights in half precision: `python -m models.half_precision models/head_pose.onnx`.

The file takes half of the room. onnxruntime makes the weights whole again once, when it loads it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, load, numpy_helper, save

LEAST_WEIGHTS = 256
"""Smaller arrays stay whole: they take no room."""
SUFFIX = "_half"


def halved(model: ModelProto) -> ModelProto:
    """Return the network with its large weights (32-bit) kept in 16 bits, each made whole by a Cast of its own name.

    Raises ValueError for a weight that half precision cannot hold.
    """
    kept, casts = [], []
    for tensor in model.graph.initializer:
        weights = numpy_helper.to_array(tensor)
        if weights.dtype != np.float32 or weights.size < LEAST_WEIGHTS:
            kept.append(tensor)
            continue
        if np.abs(weights).max() > np.finfo(np.float16).max:
            raise ValueError(f"{tensor.name} holds a weight that is too large for half precision.")
        name = tensor.name + SUFFIX
        kept.append(numpy_helper.from_array(weights.astype(np.float16), name))
        casts.append(helper.make_node("Cast", [name], [tensor.name], to=TensorProto.FLOAT))
    return _with(model, kept, [*casts, *model.graph.node])


def whole(model: ModelProto) -> ModelProto:
    """Return the network with every weight in 32 bits under its own name again, as training reads it."""
    casts = [node for node in model.graph.node if node.op_type == "Cast" and node.input[0].endswith(SUFFIX)]
    halves = {node.input[0]: node.output[0] for node in casts}
    kept = [
        numpy_helper.from_array(numpy_helper.to_array(each).astype(np.float32), halves[each.name])
        if each.name in halves
        else each
        for each in model.graph.initializer
    ]
    return _with(model, kept, [node for node in model.graph.node if node not in casts])


def _with(model: ModelProto, initializers: list[TensorProto], nodes: list[NodeProto]) -> ModelProto:
    made = ModelProto()
    made.CopyFrom(model)
    del made.graph.initializer[:], made.graph.node[:]
    made.graph.initializer.extend(initializers)
    made.graph.node.extend(nodes)
    checker.check_model(made)
    return made


def main() -> None:
    """Halve the files named."""
    for name in sys.argv[1:]:
        save(halved(whole(load(name))), name)
        sys.stdout.write(f"{name}: {Path(name).stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
