"""The `vfeed` command, also as `python -m vfeed`."""

from vfeed import loading

loading.begin()

from vfeed.cli import main  # noqa: E402

__all__ = ["main"]

if __name__ == "__main__":
    main()
