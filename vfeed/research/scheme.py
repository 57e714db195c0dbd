"""A coding scheme: lanes with their codes, frozen in a study before anybody codes."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from vfeed.practice.pack_parts import Id, Label, PackPart, once
from vfeed.practice.protocol import MAX_CODES, Code, Pack, Part

Who = Literal["infant", "parent", "both"]

CANNOT_SEE, NONE, NOT_CODED = "cannot_see", "none", "not_coded"
RESERVED = {CANNOT_SEE: "Cannot see", NONE: "None of these", NOT_CODED: "Not coded"}
"""Codes that every lane of states has: nobody could tell, it was looked at and is absent, it was not looked at."""
WHO_OF: dict[Part, Who] = {"child": "infant", "parent": "parent", "both": "both"}


class LaneKind(StrEnum):
    """Whether a lane holds states of which one holds at a time, or points in time."""

    STATE = "state"
    POINT = "point"


class SchemeCode(PackPart):
    """A code of a lane; `key` is a letter that sets it, "" for none of its own."""

    id: Id
    label: Label
    key: Annotated[str, StringConstraints(pattern=r"^[a-z]?$")] = ""


class Lane(PackPart):
    """What is watched in one person: states of which one holds at a time, or points in time."""

    id: Id
    who: Who
    title: Label
    kind: LaneKind = LaneKind.STATE
    codes: Annotated[tuple[SchemeCode, ...], Field(min_length=1, max_length=MAX_CODES)]

    @model_validator(mode="after")
    def _told_apart(self) -> Lane:
        once("two codes have the id", (each.id for each in self.codes))
        if {each.id for each in self.codes} & set(RESERVED):
            raise ValueError(f"these names are taken: {', '.join(RESERVED)}")
        return self

    @property
    def name(self) -> tuple[str, str]:
        """Whom it is about and what is watched: what marks and files call it."""
        return self.who, self.title

    def has(self, code: str) -> bool:
        """Whether a coder may set this code here."""
        return any(each.id == code for each in self.codes) or (self.kind == LaneKind.STATE and code in RESERVED)

    def label(self, code: str) -> str:
        """A code's label."""
        return RESERVED.get(code) or next((each.label for each in self.codes if each.id == code), code)


class Scheme(PackPart):
    """Lanes in the order in which they are coded; `version` is that of the code set it was made from."""

    id: Id
    version: Annotated[int, Field(ge=1, strict=True)] = 1
    title: Label
    lanes: Annotated[tuple[Lane, ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _told_apart(self) -> Scheme:
        once("two lanes have the id", (each.id for each in self.lanes))
        return self

    def lane(self, lane_id: str) -> Lane | None:
        """The lane with this id, or None."""
        return next((each for each in self.lanes if each.id == lane_id), None)

    @property
    def passes(self) -> tuple[Who, ...]:
        """Whom the film is watched for, one after the other."""
        return tuple(dict.fromkeys(each.who for each in self.lanes))


def _looking(who: Who) -> Lane:
    partner = "The parent’s face" if who == "infant" else "The infant’s face"
    codes = (
        SchemeCode(id="partner", label=partner, key="f"),
        SchemeCode(id="object", label="A thing", key="t"),
        SchemeCode(id="away", label="Elsewhere", key="e"),
    )
    return Lane(id=f"{who}_looking", who=who, title="Looking", codes=codes)


LOOKING = Scheme(id="looking", title="Where each of them looks", lanes=(_looking("infant"), _looking("parent")))
"""A scheme that needs no code set of one's own."""


def scheme_of(pack: Pack) -> Scheme | None:
    """Return a code set as a scheme: a lane for each person and group of codes; None where no code can be used.

    Chains have no place in a scheme: `left_out` names them.
    """
    lanes: dict[tuple[Who, str, LaneKind], list[SchemeCode]] = {}
    for title, code in _codes(pack):
        if code.timing != "chain":
            kind = LaneKind.POINT if code.timing == "point" else LaneKind.STATE
            made = SchemeCode(id=code.id, label=code.label, key=code.key)
            lanes.setdefault((WHO_OF[code.part], code.group or title, kind), []).append(made)
    order: list[Who] = ["infant", "parent", "both"]
    ordered = sorted(lanes.items(), key=lambda each: order.index(each[0][0]))
    if not ordered:
        return None
    return Scheme(
        id=pack.id,
        version=pack.version,
        title=pack.title,
        lanes=tuple(
            Lane(id=f"lane_{number}", who=who, title=title, kind=kind, codes=tuple(codes))
            for number, ((who, title, kind), codes) in enumerate(ordered, 1)
        ),
    )


def left_out(pack: Pack) -> tuple[str, ...]:
    """Return the labels of a code set's codes that a scheme has no place for."""
    return tuple(code.label for code in pack.codes() if code.timing == "chain")


def _codes(pack: Pack) -> Iterator[tuple[str, Code]]:
    for each in pack.code_sets:
        for code in each.codes:
            yield each.title, code
