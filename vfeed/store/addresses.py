"""What is wrong with the address of a server, without the password that may stand in it."""

from __future__ import annotations

from vfeed.errors import VfeedError

WRITTEN = "In its name and password write % as %25, @ as %40, : as %3A, / as %2F, # as %23, ? as %3F and & as %26."


def unreadable_address(setting: str) -> VfeedError:
    """The refusal of an address that cannot be taken apart, mostly since a password in it holds one of `WRITTEN`."""
    return VfeedError(
        "setting_invalid",
        f"The address in {setting} cannot be read: a port is a number, and some signs must be written otherwise.",
        hint=f"Correct {setting}. {WRITTEN}",
    )


def unknown_option(setting: str, said: str) -> VfeedError:
    """The refusal of an address with something after its ? that the driver does not know, as it said."""
    return VfeedError(
        "setting_invalid",
        f"The address in {setting} does not work: {said.splitlines()[0]}.",
        hint=f"Correct what stands after the ? in {setting}.",
    )
