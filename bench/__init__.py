"""How well and how fast vfeed sees; `python -m bench` prints both as ratios."""

import sys
from pathlib import Path

# Servers and containers are started here as tests start them.
sys.path.append(str(Path(__file__).parents[1] / "tests"))
