"""Every error a user can meet: one exception, one catalogue of codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class ErrorKind:
    """What an error code means to the web (HTTP status) and to the shell (exit status).

    `permanent` is a refusal of the film itself: the same file is refused every time, and trying again does not help.
    """

    title: str
    http_status: int
    exit_status: int
    permanent: bool = False


def marked(text: str) -> str:
    """Return a text as it is, marked for the catalogues: whoever shows it looks it up in the reader's language.

    Imported as `_` where texts are written that no page shows by itself.
    """
    return text


_ = marked

BEGINNING = 40
"""So many characters name a text that is too long."""

USAGE, REFUSED, UNSAFE, MISSING, BUSY, INTERNAL = 2, 3, 4, 5, 6, 1

KINDS: dict[str, ErrorKind] = {
    # The clip itself is refused: nothing was stored.
    "clip_empty": ErrorKind(_("The file is empty"), 422, REFUSED, permanent=True),
    "clip_not_video": ErrorKind(_("The file is not a video"), 422, REFUSED, permanent=True),
    "clip_truncated": ErrorKind(_("The video is cut off"), 422, REFUSED, permanent=True),
    "clip_audio_only": ErrorKind(_("The file has sound but no picture"), 422, REFUSED, permanent=True),
    "clip_no_frames": ErrorKind(_("The video holds no pictures"), 422, REFUSED, permanent=True),
    "clip_too_long": ErrorKind(_("The video is too long"), 422, REFUSED, permanent=True),
    "clip_too_large": ErrorKind(_("The file is too large"), 413, REFUSED, permanent=True),
    "clip_playlist": ErrorKind(_("The file is a list that points elsewhere"), 422, REFUSED, permanent=True),
    "clip_codec_unreadable": ErrorKind(_("The video’s format cannot be read"), 422, REFUSED, permanent=True),
    "clip_known": ErrorKind(_("This film is already here"), 409, REFUSED, permanent=True),
    "clip_size_unusable": ErrorKind(_("The picture’s size is not one of a film"), 422, REFUSED, permanent=True),
    "clip_times_unusable": ErrorKind(_("The video’s times make no sense"), 422, REFUSED, permanent=True),
    "clip_too_demanding": ErrorKind(_("Reading the file takes too much"), 422, REFUSED, permanent=True),
    "database_away": ErrorKind(_("The database does not answer"), 503, BUSY),
    "database_busy": ErrorKind(_("The database is busy"), 503, BUSY),
    "vault_away": ErrorKind(_("The store of the films does not answer"), 503, BUSY),
    "disk_full": ErrorKind(_("The disk is full"), 507, REFUSED),
    # Making something from a clip failed.
    "media_failed": ErrorKind(_("A copy of the video could not be made"), 500, INTERNAL),
    "cancelled": ErrorKind(_("The work was stopped"), 409, INTERNAL),
    "job_lost": ErrorKind(_("The work broke off too often"), 500, INTERNAL),
    # A file of another coding program.
    "codes_unreadable": ErrorKind(_("The coding file cannot be read"), 422, REFUSED),
    "codes_unclear": ErrorKind(_("The coding file needs a word from you"), 422, REFUSED),
    # What was asked for does not fit.
    "invalid_input": ErrorKind(_("Something in the form does not fit"), 422, USAGE),
    "metrics_outdated": ErrorKind(_("The measurements of this film are of an earlier version"), 409, REFUSED),
    "interval_invalid": ErrorKind(_("The start must come before the end"), 422, USAGE),
    "not_found": ErrorKind(_("It is not here"), 404, MISSING),
    "conflict": ErrorKind(_("Somebody changed this first"), 409, BUSY),
    # Who may do what.
    "not_signed_in": ErrorKind(_("Please sign in"), 401, USAGE),
    "forbidden": ErrorKind(_("This is not open to you"), 403, USAGE),
    "consent_missing": ErrorKind(_("There is no current consent"), 403, USAGE),
    "csrf": ErrorKind(_("The page was open too long"), 400, USAGE),
    "too_many_requests": ErrorKind(_("Too many tries"), 429, BUSY),
    "method_not_allowed": ErrorKind(_("That cannot be done here"), 405, USAGE),
    "request_too_large": ErrorKind(_("Too much was sent at once"), 413, USAGE),
    "request_invalid": ErrorKind(_("The request could not be understood"), 400, USAGE),
    # The installation is not safe or not whole.
    "key_missing": ErrorKind(_("The key file is missing"), 500, UNSAFE),
    "database_missing": ErrorKind(_("The database of the films is missing"), 500, UNSAFE),
    "database_older": ErrorKind(_("The database is older than what was last written"), 500, UNSAFE),
    "key_wrong": ErrorKind(_("The key does not open this data"), 500, UNSAFE),
    "vault_damaged": ErrorKind(_("A stored file is damaged"), 500, UNSAFE),
    "data_unwritable": ErrorKind(_("The data folder cannot be written"), 500, UNSAFE),
    "modes_open": ErrorKind(_("Others may read what only vfeed may"), 500, UNSAFE),
    "model_missing": ErrorKind(_("A model file is missing or changed"), 500, UNSAFE),
    "opencv_clash": ErrorKind(_("Two OpenCV packages are installed"), 500, UNSAFE),
    "setting_invalid": ErrorKind(_("A setting does not fit"), 500, UNSAFE),
    "data_newer": ErrorKind(_("The data were written by a newer vfeed"), 503, UNSAFE),
    "internal": ErrorKind(_("Something went wrong inside vfeed"), 500, INTERNAL),
}


class Filled(str):
    """A text in English whose places are filled in; it keeps `template` and `values`, so that it can be translated.

    Values that are `Filled` themselves are translated too, others stand as they are.
    """

    template: str
    values: Mapping[str, object]


def filled(template: str, **values: object) -> Filled:
    """Return a marked text with its places, `%(name)s`, filled in.

    >>> filled("There are %(most)s marks already.", most=12)
    'There are 12 marks already.'
    """
    text = Filled(template % values if values else template)
    text.template, text.values = template, values
    return text


def apart(said: object) -> object:
    """Return a text, or a value, JSON-able: a filled one as its template and its values, so that both are kept."""
    if isinstance(said, Filled):
        return {"template": said.template, "values": {name: apart(each) for name, each in said.values.items()}}
    return said if isinstance(said, (int, float)) else str(said)


def together(told: Any) -> Any:
    """Return what `apart` was given.

    >>> together(apart(filled("There are %(most)s marks.", most=12))).values
    {'most': 12}
    """
    if isinstance(told, Mapping):
        return filled(told["template"], **{name: together(each) for name, each in told["values"].items()})
    return told


class VfeedError(Exception):
    """An error with a code from `KINDS`, a message in plain words and a hint that says what to do.

    Both may have places, `%(name)s`, which `values` fill in: then they are `Filled`.
    Raises KeyError for a code that is not in `KINDS`.

    >>> VfeedError("clip_empty", "The file holds no data.", hint="Copy it from the phone again.").http_status
    422
    >>> VfeedError("clip_too_long", "It lasts %(minutes)s minutes.", minutes=31).message
    'It lasts 31 minutes.'
    """

    def __new__(cls, code: str = "", *_said: object, **_more: object) -> Self:
        """Make one of the subclass for its code, where there is one: `except Conflict` catches every `conflict`."""
        return super().__new__(_CLASS_OF.get(code, cls) if cls is VfeedError else cls)  # type: ignore[return-value]

    def __init__(self, code: str, message: str, *, hint: str = "", **values: object) -> None:
        kind = KINDS[code]
        self.code = code
        self.message, self.hint = (
            filled(text, **values) if values and not isinstance(text, Filled) else text for text in (message, hint)
        )
        self._told = {"code": code, "message": message, "hint": hint, **values}
        super().__init__(self.message)
        self.http_status = kind.http_status
        self.exit_status = kind.exit_status
        self.permanent = kind.permanent

    def as_dict(self) -> dict[str, str | bool]:
        """The one JSON error shape: `{"code", "message", "hint", "permanent"}`."""
        return {"code": self.code, "message": self.message, "hint": self.hint, "permanent": self.permanent}

    def as_template(self) -> dict[str, Any]:
        """What `from_template` makes the same error of, elsewhere or later: texts with their places, and values."""
        return {name: apart(each) for name, each in self._told.items()}

    @staticmethod
    def from_template(told: Mapping[str, Any]) -> VfeedError:
        """Return the error of which these are the words and values; raises KeyError for a code that is not known."""
        return VfeedError(**{name: together(each) for name, each in told.items()})


def within(text: str, most: int) -> str:
    """Return what somebody wrote without the blanks around it.

    Nothing of it is ever cut: raises VfeedError `invalid_input` with both numbers for more than `most` characters.

    >>> within(" Bath time ", 200)
    'Bath time'
    """
    said = text.strip()
    if len(said) > most:
        raise VfeedError(
            "invalid_input",
            _("“%(begin)s…” has %(count)s characters; at most %(most)s fit."),
            hint=_("Nothing was kept and nothing cut. Make it shorter and send it again."),
            begin=said[:BEGINNING],
            count=len(said),
            most=most,
        )
    return said


class InvalidInput(VfeedError):
    """What was asked for does not fit (code `invalid_input`)."""


class NotFound(VfeedError):
    """What was asked for is not there (code `not_found`)."""


class Conflict(VfeedError):
    """Somebody was quicker, or it is there already (code `conflict`)."""


class NotSignedIn(VfeedError):
    """Nobody is signed in (code `not_signed_in`)."""


class ConsentMissing(VfeedError):
    """Somebody has not agreed, or does not any more (code `consent_missing`)."""


class Cancelled(VfeedError):
    """Somebody has stopped the work (code `cancelled`)."""


class CodesUnclear(VfeedError):
    """A file of codes can be read in more than one way (code `codes_unclear`)."""


class DataNewer(VfeedError):
    """What is stored was written by a newer vfeed (code `data_newer`)."""


class ClipKnown(VfeedError):
    """The refusal of a clip that is here already; `clip_id`, also in the hint, is the one that is here."""

    def __init__(self, clip_id: str) -> None:
        super().__init__(
            "clip_known",
            _("This very film has been taken in before. Nothing was stored."),
            hint=filled(_("Open the film that is here: %(clip)s"), clip=clip_id),
        )
        self.clip_id = clip_id


class Internal(VfeedError):
    """A fault of vfeed's own (code `internal`)."""


_CLASS_OF: dict[str, type[VfeedError]] = {
    "invalid_input": InvalidInput,
    "not_found": NotFound,
    "conflict": Conflict,
    "not_signed_in": NotSignedIn,
    "consent_missing": ConsentMissing,
    "cancelled": Cancelled,
    "codes_unclear": CodesUnclear,
    "data_newer": DataNewer,
    "internal": Internal,
}
