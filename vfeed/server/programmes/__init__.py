"""A family’s programme."""
