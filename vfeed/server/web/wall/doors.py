"""What goes through doors of its own: passkeys, films that came in by parts, what a parent said aloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import RootModel, StrictStr

from vfeed.server.web.wall.base import Asked, Shape


class PasswordIn(Asked):
    """The person's own password again."""

    password: StrictStr


class PasskeyIn(Asked):
    """A new passkey with a name; what is in `credential` is the browser's and the WebAuthn standard's."""

    name: StrictStr
    credential: Mapping[str, Any]


class PasskeySignIn(Asked):
    """A passkey's answer, and the page to go on to."""

    next: StrictStr
    credential: Mapping[str, Any]


class PasskeyQuestion(RootModel[dict[str, Any]]):
    """What to ask the browser for a passkey, in the form of the WebAuthn standard."""


class RecoveryCodes(Shape):
    """Codes that open the account without a second step, shown once; none where there were some before."""

    codes: list[str]


class GoOn(Shape):
    """The page to go on to."""

    url: str


class ClipPage(Shape):
    """A clip and its page."""

    id: str
    url: str


class TakenIn(Shape):
    """A film that has come in whole."""

    clip: ClipPage


class VoiceKept(Shape):
    """What a parent said aloud, and where it is listened to."""

    voiceId: str
    url: str


class VoiceGone(Shape):
    """A recording that was deleted."""

    voiceId: str
