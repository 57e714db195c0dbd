"""Code sets."""
