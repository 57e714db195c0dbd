"""Films of moments."""
