"""Filled-in forms."""
