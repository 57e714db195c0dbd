"""Who must sign in with a second step, and the picture that an authenticator app reads."""

from __future__ import annotations

from collections.abc import Collection

import segno

from vfeed.server.web.context import settings, store

DOT_PX = 4


def is_missing(name: str, roles: Collection[str]) -> bool:
    """Whether this account must set up a second step before it goes on.

    The one account of a laptop is never made to: with it, one lost phone would keep everybody out.
    """
    rule = settings().second_step
    asked = rule == "everyone" or (rule == "administrators" and "administrator" in roles)
    if not asked or store().second_steps.of(name):
        return False
    return store().second_steps.open_accounts() > 1


def picture_code(uri: str) -> str:
    """A text as a square of dots for a phone's camera: SVG to put into a page."""
    code = segno.make(uri, error="m", micro=False)
    return str(code.svg_inline(scale=DOT_PX, dark="#000", light="#fff", svgclass="picture-code", lineclass=None))
