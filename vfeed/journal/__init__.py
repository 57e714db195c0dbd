"""Append-only streams of events: what people did, what of it still stands, and the state that follows from it."""
