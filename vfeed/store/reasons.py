"""Why a film left, as the audit trail keeps it: words of a person, sealed under the film's key and gone with it."""

from __future__ import annotations

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.store.keystore import KeyStore
from vfeed.store.sealed import FieldCipher


def seal_reason(keys: KeyStore, clip_id: str, reason: str) -> str:
    """Return the reason sealed; raises VfeedError `not_found` for a clip that has no key any more."""
    key = keys.get(clip_id)
    if key is None:
        raise VfeedError("not_found", _("There is no such film."), hint=_("Go back to the family."))
    return FieldCipher(key).seal(reason)


def open_reason(keys: KeyStore, clip_id: str, sealed: str) -> str:
    """Return what was sealed, or words that never were; empty once the clip's key was destroyed."""
    if not FieldCipher.is_sealed(sealed):
        return sealed
    key = keys.get(clip_id)
    return FieldCipher(key).open(sealed) if key is not None else ""
