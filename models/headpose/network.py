"""The networks themselves, in torch: of a crop of a head, or of its eyes."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

WIDTHS = 24, 48, 96, 160
SQUEEZED = 48
HEAD_OUTPUTS, GAZE_OUTPUTS = 15, 8


def _convolved(inside: int, outside: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inside, outside, 3, stride, 1, bias=False), nn.BatchNorm2d(outside), nn.ReLU(inplace=True)
    )


class Residual(nn.Module):
    """Two convolutions beside the way straight on."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _convolved(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in and out."""
        return functional.relu(x + self.second(self.first(x)))


class CropNetwork(nn.Module):
    """(N, 3, height, width) RGB 0-255 in, (N, outputs) out; about a million weights.

    Convolutions that may be reckoned in half precision (`features`), and what makes numbers of them (`head`). Outputs
    of the head's network are told in `vfeed.perception.head_pose_network`, those of the gaze's in
    `vfeed.perception.gaze_network`.
    """

    def __init__(self, size: tuple[int, int], outputs: int) -> None:
        super().__init__()
        a, b, c, d = WIDTHS
        self.features = nn.Sequential(
            _convolved(3, a, 2),
            _convolved(a, b, 2),
            Residual(b),
            _convolved(b, c, 2),
            Residual(c),
            Residual(c),
            _convolved(c, d, 2),
            Residual(d),
            nn.Conv2d(d, SQUEEZED, 1),
            nn.ReLU(inplace=True),
        )
        cells = -(-size[0] // 16) * -(-size[1] // 16)
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Dropout(0.1),
            nn.Linear(SQUEEZED * cells, 128),
            nn.ReLU(inplace=True),
            nn.Linear(128, outputs),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, height, width) RGB 0-255 in."""
        out: Tensor = self.head(self.features(scaled(pictures)))
        return out


def scaled(pictures: Tensor) -> Tensor:
    """Pixels 0-255 as numbers around 0."""
    return (pictures - 118.0) / 60.0


def rotation(out: Tensor) -> Tensor:
    """(N, 3, 3), columns own left, up, front, from the first six numbers."""
    front = functional.normalize(out[:, :3], dim=1, eps=1e-4)
    up = out[:, 3:6] - (out[:, 3:6] * front).sum(1, keepdim=True) * front
    up = functional.normalize(up, dim=1, eps=1e-4)
    return torch.stack([torch.cross(up, front, dim=1), up, front], dim=2)
