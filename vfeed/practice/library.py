"""Every pack that is there: the shipped ones and a service's own, and the code behind a stored tag."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.practice.pack_files import read_pack
from vfeed.practice.protocol import Code, Pack

PLAIN = "plain"


def ref(pack_id: str, code_id: str) -> str:
    """What a tag keeps of its code; the plain pack's codes were there before packs were, and stand alone.

    >>> ref("vig", "guiding"), ref("plain", "guiding")
    ('vig.guiding', 'guiding')
    """
    return code_id if pack_id == PLAIN else f"{pack_id}.{code_id}"


def refs(packs: Iterable[Pack]) -> dict[str, Code]:
    """The codes of packs by what a tag keeps of them."""
    return {ref(pack.id, code.id): code for pack in packs for code in pack.codes()}


@dataclass(frozen=True)
class Library:
    """The packs on offer, and in `earlier` the codes that old tags may still carry though nobody is offered them."""

    packs: tuple[Pack, ...]
    earlier: Mapping[str, Code] = field(default_factory=dict)

    def code(self, reference: str) -> Code | None:
        """The code that a tag carries, or None."""
        return self._codes.get(reference)

    @cached_property
    def _codes(self) -> Mapping[str, Code]:
        return {**self.earlier, **refs(self.packs)}

    def label(self, reference: str) -> str:
        """The code's label; what the tag keeps, when nobody knows the code."""
        known = self.code(reference)
        return known.label if known else reference

    def title(self, pack_id: str) -> str:
        """The pack's title; its id, when it is on offer no longer."""
        return next((pack.title for pack in self.packs if pack.id == pack_id), pack_id)

    def pack(self, pack_id: str) -> Pack:
        """The pack; raises VfeedError `not_found` when it is not on offer."""
        for pack in self.packs:
            if pack.id == pack_id:
                return pack
        raise VfeedError("not_found", _("There is no such code set."), hint=_("Go back to the code sets."))

    def has_pack(self, pack_id: str) -> bool:
        """Whether this pack is on offer."""
        return any(pack.id == pack_id for pack in self.packs)


@cache
def shipped() -> Library:
    """The packs that come with vfeed, the plain one first.

    >>> shipped().label("eye_to_eye")
    'Eye to eye'
    """
    folder = files("vfeed.practice") / "packs"
    packs = [read_pack(file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name.endswith(".yaml")]
    return Library(tuple(sorted(packs, key=lambda pack: (pack.id != PLAIN, pack.title.lower()))))
