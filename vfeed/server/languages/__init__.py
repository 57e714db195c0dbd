"""The languages of the parent’s room."""
