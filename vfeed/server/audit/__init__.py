"""The audit trail, whole or as far as it is needed."""
