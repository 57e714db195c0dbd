"""The coding room of the research desk."""
