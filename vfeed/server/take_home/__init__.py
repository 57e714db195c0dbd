"""What a family takes home."""
