"""The story so far of a family, and the service’s own measures."""
