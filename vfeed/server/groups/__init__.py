"""Groups of families."""
