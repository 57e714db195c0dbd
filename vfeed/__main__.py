"""The `vfeed` command, also as `python -m vfeed`."""

import sys

from vfeed import loading

loading.begin()

from vfeed.cli import main as command  # noqa: E402


def main() -> None:
    """Run the command that was given; ends the process with its exit status."""
    # What a process begun from here knows of the script `vfeed` is that it is this module, which it does not load
    # again: a look at one frame would take half as long again.
    sys.modules["__main__"].__spec__ = __spec__
    command()


if __name__ == "__main__":
    main()
