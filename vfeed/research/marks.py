"""What a coder marked on a clip, and what is known of the coding as a whole."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.timeline.interval import Interval

CONTROL = {"Cc", "Cs"}
NO_CHARACTERS = {"\ufffe", "\uffff"}
USUAL_FRAME_US = 40_000
"""Length of a frame at 25 a second: what a point in time lasts in formats that know only stretches."""
CANNOT_SEE = ("unseen", "cannot see", "not visible", "uncodable")
"""Codes that say that a person could not be seen, without case."""


def clean(text: str, *, lines: bool = False) -> str:
    r"""Return `text` as a mark may hold it: no control characters, no space at its ends.

    With `lines`, line ends and tabs inside are kept (CR LF and CR become LF); else they become spaces.

    >>> clean(" a\r\nb\0 "), clean("a\r\nb", lines=True)
    ('a b', 'a\nb')
    """
    if text.isprintable() and text == text.strip():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not lines:
        text = text.replace("\n", " ").replace("\t", " ")
    return "".join(each for each in text if not _refused(each) or (lines and each in "\n\t")).strip()


def _refused(character: str) -> bool:
    return unicodedata.category(character) in CONTROL or character in NO_CHARACTERS


@dataclass(frozen=True, order=True, slots=True)
class Mark:
    """A stretch of clip time, or with `end_us == start_us` a point in it, to which a coder gave a code.

    Times are integer microseconds from the clip's first frame, half-open. `who` is whom it is about, `lane` what is
    watched (looking, voice), `modifiers` say more of the code ("" for one left open, none at the end). Marks are
    ordered by time. Raises VfeedError `interval_invalid` for times that do not fit and `invalid_input` for texts that
    `clean` would change.
    """

    start_us: int
    end_us: int
    who: str
    lane: str
    code: str
    modifiers: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        if self.end_us != self.start_us or type(self.start_us) is not int:
            Interval(self.start_us, self.end_us)
        if self.start_us < 0:
            raise VfeedError(
                "interval_invalid",
                _("'%(named)s' begins before the film."),
                hint=_("Give times from the first picture."),
                named=self.code,
            )
        texts = [self.who, self.lane, self.code, *self.modifiers]
        if any(clean(text) != text for text in texts) or clean(self.note, lines=True) != self.note:
            raise VfeedError(
                "invalid_input",
                _("'%(named)s' holds signs that cannot be kept."),
                hint=_("Use vfeed.research.marks.clean."),
                named=self.code,
            )
        if self.modifiers and not self.modifiers[-1]:
            raise VfeedError(
                "invalid_input", _("The last modifier is empty."), hint=_("Leave empty modifiers out at the end.")
            )

    @property
    def point(self) -> bool:
        """Whether it is a point in time, without length."""
        return self.end_us == self.start_us

    @property
    def interval(self) -> Interval:
        """Its stretch; raises VfeedError `interval_invalid` for a point."""
        return Interval(self.start_us, self.end_us)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a coding is from; goes with each row of a table. Empty: not known, or does not apply.

    `source` is human_coding, candidate_confirmed, candidate_adjusted, consensus, import, or candidate_unconfirmed,
    which never lies among the others. Times are UTC, ISO 8601.
    """

    source: str = "import"
    blind: str = ""
    coding_pass: str = ""
    scheme_id: str = ""
    scheme_version: str = ""
    analysis_version: str = ""
    models_sha: str = ""
    parameters_sha: str = ""
    created_utc: str = ""
    changed_utc: str = ""
    import_sha256: str = ""
    import_tool: str = ""


PROVENANCE_COLUMNS = tuple(each.name for each in fields(Provenance))


@dataclass(frozen=True)
class Coding:
    """One coder's marks of one clip, kept in order of time.

    `window` are the stretches that the coder watched; empty where nobody said. `length_us` is the clip's, 0 where it is
    not known. "Not marked" inside the window is a finding; outside it, nothing is known. `lanes` are the stretches of
    each lane, by who and lane, that has some of its own; the window is that of all others, which nobody watched where
    it is empty beside them.
    """

    clip: str
    coder: str = ""
    marks: tuple[Mark, ...] = ()
    window: tuple[Interval, ...] = ()
    length_us: int = 0
    frame_us: int = USUAL_FRAME_US
    provenance: Provenance = field(default_factory=Provenance)
    lanes: Mapping[tuple[str, str], tuple[Interval, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "marks", tuple(sorted(self.marks)))
        object.__setattr__(self, "window", tuple(sorted(self.window)))

    @property
    def end_us(self) -> int:
        """The clip's length, or where it is not known, the last end of a mark or of the window."""
        ends = [mark.end_us for mark in self.marks] + [each.end_us for each in self.stretches]
        return self.length_us or max(ends, default=0)

    @property
    def stretches(self) -> tuple[Interval, ...]:
        """Every stretch that was watched for anything, as said; they may overlap."""
        return (*self.window, *(each for own in self.lanes.values() for each in own))
