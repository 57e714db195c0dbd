"""The parent’s room, with chosen moments or with the whole film."""
