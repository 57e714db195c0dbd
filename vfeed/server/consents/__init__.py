"""Consents: how they stand, in words and in a table."""
