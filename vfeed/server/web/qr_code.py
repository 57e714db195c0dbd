"""A text as a square of dots that a phone's camera reads."""

from __future__ import annotations

import segno


def qr_code(text: str) -> str:
    """Return a text as a QR code (SVG, to be put into a page): black on white, whatever the colours of the page."""
    code = segno.make(text, error="m", micro=False)
    return str(code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None))
