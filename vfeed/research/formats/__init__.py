"""Coding files of other programs: each read into codings or written from one, with what was lost on the way."""
