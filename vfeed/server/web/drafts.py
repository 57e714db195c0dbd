"""The key under which a person’s browser keeps what the server does not have yet: its disk holds nothing readable.

It is the account's own, the same at every sign-in, and derived from the master key: unsent work opens again for whoever
did it, on the computer where it was done, and for nobody else.
"""

from __future__ import annotations

import base64
import hashlib

from flask_login import current_user

from vfeed.server.web.context import services

NAME_LETTERS = 16


def seal() -> dict[str, str]:
    """The current person's key in base64, and the public name by which what it sealed is known again."""
    key = services().service_health.drafts_key(current_user.id)
    name = hashlib.sha256(b"vfeed drafts" + key).hexdigest()[:NAME_LETTERS]
    return {"id": name, "key": base64.b64encode(key).decode()}
