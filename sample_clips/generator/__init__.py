"""Renders clips of an adult and an infant at play whose gaze is known: a development tool, not part of vfeed."""
