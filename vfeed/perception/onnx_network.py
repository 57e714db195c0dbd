"""An ONNX file, run by onnxruntime on one core: the only module that knows it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vfeed.media.planar_image import FloatArray, Image
from vfeed.perception.native_stderr import suppress_native_stderr

# What it finds of the machine it tells the error stream while it is loaded, before its log level can be set.
with suppress_native_stderr():
    import onnxruntime

ERRORS_ALONE = 3


class Network:
    """One network; it may be run from several threads at once.

    On one core, since an image's heads and eyes are read beside each other, and small networks lose more by waiting
    for a second core than they win by it.
    """

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = ERRORS_ALONE
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def run(self, images: FloatArray | Image) -> list[FloatArray]:
        """Return every output, in the order of the file, given (N, channels, height, width)."""
        given = np.ascontiguousarray(images, np.float32)
        return [np.asarray(told, np.float64) for told in self._session.run(None, {self._input: given})]
