"""Films: their page, their files and stills, and how they come in."""
