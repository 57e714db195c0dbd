"""Codings made at random, within what a coder may write."""

from __future__ import annotations

from hypothesis import strategies as st

from vfeed.research.marks import Coding, Mark, Provenance, clean
from vfeed.timeline.interval import Interval

HARD_TEXTS = [
    "partner",
    "looks, at; toy",
    'says "ba"',
    "--> next",
    "עיניים",
    "نظرة",
    "a|b",
    "a\\b",
    "<b>&amp;</b>",
    "=1+1",
    "50 %",
    "%28x (2)",
    "x (points)",
    "a:b",
    "looking: partner",
    "(x)",
    "-",
    "null",
    "None",
    "#4",
    "é",
]
TEXTS = st.one_of(st.sampled_from(HARD_TEXTS), st.text(max_size=8).map(clean))
NAMES = st.one_of(st.sampled_from(["infant", "parent", "a:b", "x (2)", "טלי"]), TEXTS)
NOTES = st.one_of(st.just(""), st.text(max_size=20).map(lambda text: clean(text, lines=True)), st.just("two\nlines"))
DAY_US = 3_600_000_000


@st.composite
def marks(draw: st.DrawFn) -> Mark:
    """One mark: a stretch of any length or a point."""
    start = draw(st.integers(0, DAY_US))
    length = draw(st.one_of(st.just(0), st.integers(1, 5_000), st.integers(1, 60_000_000)))
    more = draw(st.lists(TEXTS, max_size=3))
    while more and not more[-1]:
        more.pop()
    return Mark(start, start + length, draw(NAMES), draw(NAMES), draw(TEXTS), tuple(more), draw(NOTES))


@st.composite
def codings(draw: st.DrawFn) -> Coding:
    """A coding with marks that may overlap, be points, or be alike."""
    found = draw(st.lists(marks(), max_size=6))
    again: bool = draw(st.booleans()) if found else False
    if again:
        found.append(found[0])
    window = draw(st.lists(st.tuples(st.integers(0, DAY_US), st.integers(1, DAY_US)), max_size=2))
    spans = tuple(Interval(start, start + length) for start, length in window)
    length = max([mark.end_us for mark in found] + [each.end_us for each in spans], default=0) + draw(
        st.integers(0, 1_000_000)
    )
    source = Provenance("human_coding", "true", "infant", "looking", "1", import_tool="")
    return Coding("clip-01.mp4", draw(st.sampled_from(["", "coder-a"])), tuple(found), spans, length, provenance=source)
