"""The documents of a shared review: its plan, its record, and what of it may go home."""
