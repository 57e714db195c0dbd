"""Networks say what another reader of the same files says, from any thread."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from vfeed.perception.models import model_path
from vfeed.perception.onnx_network import Network


def noise(count: int, height: int, width: int) -> NDArray[Any]:
    return np.random.default_rng(count).integers(0, 256, (count, 3, height, width)).astype(np.float32)


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize(("name", "size"), [("head_pose", (64, 64)), ("gaze", (64, 112))])
def test_it_answers_as_opencv_does(name: str, size: tuple[int, int], count: int) -> None:
    images, other = noise(count, *size), cv2.dnn.readNetFromONNX(str(model_path(name)))
    other.setInput(images)
    (told,) = Network(model_path(name)).run(images)
    assert told.dtype == np.float64 and told == pytest.approx(other.forward(), abs=1e-4)


def test_bytes_and_numbers_are_the_same_picture() -> None:
    network, images = Network(model_path("head_pose")), noise(2, 64, 64)
    assert (network.run(images)[0] == network.run(images.astype(np.uint8))[0]).all()


def test_a_picture_of_any_size_is_taken_where_the_file_allows_it() -> None:
    detector = Network(model_path("yunet_s"))
    for height, width in ((32, 32), (96, 320), (384, 640)):
        told = detector.run(noise(1, height, width))
        assert [part.shape[1] for part in told] == 4 * [height * width // step**2 for step in (8, 16, 32)]


def test_threads_may_ask_at_once() -> None:
    network, images = Network(model_path("gaze")), [noise(count, 64, 112) for count in range(1, 9)]
    alone = [network.run(each)[0] for each in images]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda each: network.run(each)[0], images))
    assert all((one == other).all() for one, other in zip(alone, together, strict=True))


def test_what_runs_them_has_no_way_to_reach_another_machine() -> None:
    libraries = list((Path(onnxruntime.__file__).parent / "capi").glob("*.so*"))
    assert len(libraries) >= 3
    assert not [each.name for each in libraries if b"getaddrinfo" in each.read_bytes()]
