"""`python -m vfeed` is the `vfeed` command."""

from vfeed.cli import main

main()
