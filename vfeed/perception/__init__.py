"""From an image to the heads in it: found, followed, their rotation, their eyes, and how well they are seen."""
