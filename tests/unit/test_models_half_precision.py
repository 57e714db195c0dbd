"""Weights kept in half precision say what they said, in half of the room, and can be trained on."""

from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, load, numpy_helper

from models.half_precision import halved, whole
from vfeed.perception.models import model_path


def network(largest: float = 1.0) -> ModelProto:
    weights = np.random.default_rng(1).standard_normal((32, 16)).astype(np.float32)
    weights[0, 0] = largest
    told = helper.make_tensor_value_info("told", TensorProto.FLOAT, [1, 16])
    given = helper.make_tensor_value_info("given", TensorProto.FLOAT, [1, 32])
    kept = [numpy_helper.from_array(weights, "w"), numpy_helper.from_array(np.full(16, 0.1, np.float32), "b")]
    nodes = [helper.make_node("Gemm", ["given", "w", "b"], ["told"])]
    made = helper.make_graph(nodes, "one", [given], [told], kept)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def answer(model: ModelProto) -> NDArray[Any]:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"given": np.linspace(-1, 1, 32, dtype=np.float32)[None]})[0]


def test_it_says_the_same_in_half_of_the_room() -> None:
    before, after = network(), halved(network())
    assert after.ByteSize() < 0.6 * before.ByteSize()
    assert answer(after) == pytest.approx(answer(before), abs=0.01) and (answer(after) != answer(before)).any()


def test_whole_again_it_has_the_names_and_shapes_that_training_reads() -> None:
    again = whole(halved(network()))
    assert [(each.name, each.data_type, list(each.dims)) for each in again.graph.initializer] == [
        (each.name, each.data_type, list(each.dims)) for each in network().graph.initializer
    ]
    assert (answer(again) == answer(halved(network()))).all()
    assert halved(again) == halved(network())


def test_a_weight_that_half_precision_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        halved(network(largest=1e6))


@pytest.mark.parametrize("name", ["head_pose", "gaze"])
def test_the_networks_that_are_shipped_are_kept_so(name: str) -> None:
    shipped = load(str(model_path(name)))
    assert halved(whole(shipped)) == shipped
