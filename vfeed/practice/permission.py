"""A permission decision: yes or no, always with the reason in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PermissionDecision:
    """Whether something may be done, and why; it is as true as `allowed`.

    >>> bool(PermissionDecision(False, "There is no current consent."))
    False
    """

    allowed: bool
    reason: str

    def __bool__(self) -> bool:
        return self.allowed
