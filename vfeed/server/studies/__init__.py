"""Studies, the agreement of coders, and what they settle on."""
