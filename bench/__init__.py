"""How well and how fast vfeed sees; `python -m bench` prints both as ratios."""
