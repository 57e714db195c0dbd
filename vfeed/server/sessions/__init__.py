"""Shared reviews and what is written of them."""
