"""What is shared for supervision or training."""
