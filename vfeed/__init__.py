"""vfeed: video-assisted interaction feedback for short parent-infant play clips."""

__version__ = "0.1.0"
