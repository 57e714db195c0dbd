"""The picture that an authenticator app reads."""

from __future__ import annotations

import segno

DOT_PX = 4


def picture_code(uri: str) -> str:
    """A text as a square of dots for a phone's camera: SVG to put into a page."""
    code = segno.make(uri, error="m", micro=False)
    return str(code.svg_inline(scale=DOT_PX, dark="#000", light="#fff", svgclass="picture-code", lineclass=None))
