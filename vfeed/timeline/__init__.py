"""Time itself: stretches of clip time, sets of them, and the smoothing of states."""
