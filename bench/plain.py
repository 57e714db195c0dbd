"""The figures of docs/how-well-does-vfeed-see.md in plain words, taken from the results so that they stay true."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.ceiling import EYES, HEADS
from bench.scores import kappa_of
from vfeed.analysis.version import PERCEPTION_SOURCES, sources_digest

PAGE = Path(__file__).parents[1] / "docs" / "how-well-does-vfeed-see.md"
FROM, UNTIL = "<!-- figures: written by make bench -->\n", "<!-- end of figures -->\n"
KINDS = {
    "side": "side view, both at a table or on the floor",
    "low": "side view from low down",
    "high": "from above",
    "three_quarter": "camera in front of one of the two",
    "over_shoulder": "over the parent's shoulder",
    "far": "from far away",
    "lying": "infant lying down",
    "split": "two cameras side by side",
}
"""Kinds of shot in which both people are filmed, as one would tell them to a person who films."""
GOOD, FAIR, WEAK = 0.8, 0.6, 0.3


def is_todays(results: dict[str, Any]) -> bool:
    """Return whether results were measured with the perception of today's code."""
    return bool(results.get("perception") == sources_digest(PERCEPTION_SOURCES))


def agreement(kappa: float | None) -> str:
    """A kappa in words.

    >>> agreement(0.85), agreement(0.1)
    ('good', 'hardly better than guessing')
    """
    if kappa is None:
        return "nothing to agree on"
    if kappa >= GOOD:
        return "good"
    if kappa >= FAIR:
        return "fair"
    return "weak" if kappa >= WEAK else "hardly better than guessing"


def of_a_hundred(share: float | None) -> str:
    """A share as people say it; what is nearly none or nearly all is not called none or all.

    >>> of_a_hundred(0.914), of_a_hundred(0.004), of_a_hundred(0.998)
    ('91 of 100', 'fewer than 1 of 100', 'more than 99 of 100')
    """
    if share is None:
        return "not measured"
    if 0 < share < 0.01:
        return "fewer than 1 of 100"
    return "more than 99 of 100" if 0.99 < share < 1 else f"{100 * share:.0f} of 100"


def figures(
    results: dict[str, Any],
    longer: dict[str, Any],
    homelike: dict[str, Any] | None,
    ceiling: dict[str, Any] | None = None,
) -> str:
    """The page's tables: films like those of homes, then the test set, and for both test sets how filming matters."""
    looks, heads = results["looks"], results["heads"]
    contact, away, versus = looks["contact"], looks["looking_away"], looks["away_against_toy"]
    right, told = looks["roles_right"]
    rows = [
        (
            "Are both heads found, when both are large and free enough?",
            f"in {of_a_hundred(heads['both_tracked'][3])} frames",
        ),
        ("Are infant and parent told apart?", f"in {right} of {told} clips in which both were found"),
        (
            "Are moments of gaze contact found?",
            f"{contact['matched']} of {contact['true']}; {_none_of(contact)}",
        ),
        ("And short glances with the eyes alone, the head still?", "agreement " + agreement(looks["glance_kappa"])),
        (
            "Are looks away found?",
            f"{away['matched']} of {away['true']}; {_none_of(away)}",
        ),
        (
            "Is looking away told from looking at the toy?",
            f"right in {of_a_hundred(versus['balanced'])} frames (50 would be guessing)",
        ),
        (
            "Is anything said of a face that cannot be seen?",
            f"in {of_a_hundred(looks['claims_of_unseen_share'])} such frames",
        ),
    ]
    length = results["seconds"] / results["clips"]
    lines = [
        *_like_homes(homelike),
        *_ceiling(ceiling),
        f"On {results['clips']} clean films of {length:.0f} seconds that nothing was chosen on "
        f"({results['measured']}{'' if is_todays(results) else ', with an earlier vfeed'}):\n",
        "| question | answer |",
        "|---|---|",
        *(f"| {question} | {answer} |" for question, answer in rows),
        "",
        f"How well that agrees depends on how it is filmed ({longer['clips']} films of half a minute counted in):\n",
        *(f"- {words}: {agreement(kappa)}" for words, kappa in _by_filming(results, longer)),
        "",
        "For whom heads are found, and how far the reading of where they face is off:\n",
        "| | heads found | off by |",
        "|---|---|---|",
        *_people(heads["figures"]),
    ]
    return "\n".join(lines) + "\n"


def _like_homes(results: dict[str, Any] | None) -> list[str]:
    """The table for films that are like those of homes."""
    if results is None:
        return ["Films like those of homes are not measured yet.\n"]
    looks, heads = results["looks"], results["heads"]
    contact, held, both = looks["contact"], looks["held"], heads["both_tracked"]
    rows = [
        ("Are both heads found?", f"in {of_a_hundred(both[3] if both else None)} frames"),
        ("Is gaze contact seen, picture by picture?", "agreement " + agreement(looks["mutual_kappa_all"])),
        (
            "Are moments of gaze contact found?",
            f"{contact['matched']} of {contact['true']}; {_none_of(contact)}",
        ),
        (
            "Is a look at a toy, cup or hat at the parent's face told from a look at the face?",
            f"right in {of_a_hundred(held['balanced'])} frames (50 would be guessing), where the thing is well beside "
            "the eyes",
        ),
        (
            "Is anything said of a face that cannot be seen?",
            f"in {of_a_hundred(looks['claims_of_unseen_share'])} such frames",
        ),
    ]
    return [
        f"On {results['clips']} films that are made like those of homes, and that nothing was chosen on "
        f"({results['measured']}):\n",
        "| question | answer |",
        "|---|---|",
        *(f"| {question} | {answer} |" for question, answer in rows),
        "",
    ]


def _none_of(episodes: dict[str, Any]) -> str:
    wrong = episodes["offered"] - episodes["matched"]
    return f"{wrong} of the {episodes['offered']} candidates {'was' if wrong == 1 else 'were'} none"


def _ceiling(found: dict[str, Any] | None) -> list[str]:
    """What exact directions would reach on the test set of those films, so that nobody waits for more."""
    if found is None:
        return []
    reached = {row[0]: agreement(row[5]) for row in found["rows"]}
    return [
        "By directions alone, whoever knew exactly where both heads point in these films, in every picture, would "
        f"reach the agreement “{reached[HEADS]}”; whoever knew exactly where the eyes point, “{reached[EYES]}”. vfeed "
        "also sees much of what is before a face. What is missing is in the eyes, which are too small to be read in "
        "such films, and in hands and things. So film from near enough for the eyes to be seen.\n"
    ]


def _by_filming(*sets: dict[str, Any]) -> Iterator[tuple[str, float | None]]:
    """Words for each kind of shot in which both can be seen, and kappa over all frames of the sets."""
    tables = [each["looks"]["mutual_counts_by_kind"] for each in sets]
    for kind, words in KINDS.items():
        found = [table[kind] for table in tables if kind in table]
        if found:
            kappa = kappa_of(np.sum(found, axis=0))
            yield words, None if math.isnan(kappa) else kappa


def _people(told: dict[str, Any]) -> list[str]:
    rows = []
    for title, words in (("person", "{}"), ("skin tone", "{} skin"), ("age", "{}")):
        off = {row[0]: row[3] for row in told["yaw error"].get(title, [])}
        for name, people, _, share in told["found"].get(title, []):
            degrees = f"{off[name]:.0f} degrees" if name in off else "-"
            one_or_more = "1 person" if people == 1 else f"{people} people"
            rows.append(f"| {words.format(name)} ({one_or_more}) | {of_a_hundred(share)} | {degrees} |")
    return rows


def write(
    results: dict[str, Any],
    longer: dict[str, Any],
    homelike: dict[str, Any] | None,
    ceiling: dict[str, Any] | None = None,
    page: Path = PAGE,
) -> None:
    """Put the figures of all test sets between the page's marks; ValueError when the marks are gone."""
    text = page.read_text()
    before, _, rest = text.partition(FROM)
    _, marked, after = rest.partition(UNTIL)
    if not marked:
        raise ValueError(f"{page.name} has lost the marks between which its figures stand")
    page.write_text(before + FROM + figures(results, longer, homelike, ceiling) + UNTIL + after)
