"""Families: the list, a family’s page, its people, its consents, how long it is kept."""
