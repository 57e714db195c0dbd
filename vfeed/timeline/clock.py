"""One way of writing a place in a film."""

from __future__ import annotations

SECOND_US = 1_000_000
MINUTE_S = 60
HOUR_S = 3600


def clock(time_us: int, *, tenths: bool = True) -> str:
    """Return a place in a film as the review room writes it: minutes, seconds and tenths, cut and never rounded up.

    >>> clock(125_380_000)
    '2:05.3'
    >>> clock(125_380_000, tenths=False)
    '2:05'
    >>> clock(3_723_000_000)
    '1:02:03.0'
    """
    seconds = time_us // SECOND_US
    hours, minutes = seconds // HOUR_S, seconds // MINUTE_S % MINUTE_S
    rest = f"{seconds % MINUTE_S:02d}" + (f".{time_us // (SECOND_US // 10) % 10}" if tenths else "")
    return f"{hours}:{minutes:02d}:{rest}" if hours else f"{minutes}:{rest}"
