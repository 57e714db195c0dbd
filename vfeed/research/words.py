"""Agreement in plain words, by rule: what was compared, how far it agrees, and what to be careful about."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

import numpy as np

from vfeed.research.agreement import LaneAgreement
from vfeed.research.bootstrap import LEAST_FAMILIES
from vfeed.research.counting import count

MOSTLY_ONE = 0.8
LOW_HIGHEST = 0.8
NO_CODE_WORDS = "nothing marked"
TOO_LITTLE = (
    "Too few stretches were marked, and too long for what was watched, to tell by alpha for where they lie: chance has "
    "hardly another place for them. Code more films, or longer ones."
)
RULES_OF_THUMB = (
    "No one value is good enough for every question: few codes, and codes of very uneven length, lower kappa "
    "(Bakeman and others 1997). Often quoted: .60 and .80 for kappa; .50, .75 and .90 for the ends of an ICC’s "
    "interval (Koo & Li 2016); .667 and .800 for alpha (Krippendorff). The limits of a study are those that were set "
    "before anybody coded."
)


def number(value: float) -> str:
    """Return a figure to two digits without the nought, "not known" for NaN.

    >>> number(0.694), number(-0.05), number(-0.001), number(1.0), number(float("nan"))
    ('.69', '-.05', '.00', '1.00', 'not known')
    """
    if not isfinite(value):
        return "not known"
    text = f"{round(value, 2) + 0.0:.2f}"
    return text.replace("0.", ".", 1) if abs(value) < 1 and text not in ("1.00", "-1.00") else text


def code_words(code: str) -> str:
    """A code as it is read."""
    return code or NO_CODE_WORDS


def told(found: LaneAgreement, read_as: Callable[[str], str] = code_words) -> list[str]:
    """Return the sentences on one lane: compared, agreed, where it differs, with leeway, and warnings.

    `read_as` puts a code into words, such as a scheme's label.
    """
    name = " ".join(part for part in (found.who, found.lane) if part) or "the lane"
    words = [
        f"On {name} two coders watched the same {count(found.clips, 'film')} of {count(found.families, 'family')}, "
        f"{found.watched_us / 60e6:.1f} minutes in common. The unit is {found.unit_us / 1000:g} ms."
    ]
    if not isfinite(found.kappa.value):
        return [
            *words,
            "Only one code was used: nothing can be said of agreement beyond chance.",
            *warnings(found, read_as),
        ]
    words.append(
        f"In 100 seconds they agreed in {100 * found.kappa.observed:.0f}; by chance alone it would have been "
        f"{100 * found.kappa.chance:.0f}. Kappa {number(found.kappa.value)}{_range(found)}."
    )
    worst = _worst(found, read_as)
    if worst:
        words.append(worst)
    with_leeway = next((each for each in found.leeways if each.tolerance_us >= 500_000), None)
    if with_leeway is not None:
        words.append(
            f"With {with_leeway.tolerance_us / 1e6:g} s of leeway on each side kappa is {number(with_leeway.kappa)}, "
            f"and of {found.events[0]} and {found.events[1]} events {with_leeway.events.both} begin together "
            f"(F1 {number(with_leeway.events.f1)})."
        )
    words.append(
        f"By events that overlap by 60 % (EasyDIAg) kappa is {number(found.easydiag.value)}; alpha is "
        f"{number(found.alpha.value)}, AC1 {number(found.ac1.value)}, alpha for where stretches lie "
        f"{number(found.alpha_u_all.value)}."
    )
    return words + warnings(found, read_as)


def warnings(found: LaneAgreement, read_as: Callable[[str], str] = code_words) -> list[str]:
    """Return what whoever reads the figures should know."""
    said = []
    whole = found.table.sum()
    shares = (found.table.sum(0) + found.table.sum(1)) / (2 * whole) if whole else np.zeros(len(found.codes))
    if len(shares) and shares.max() > MOSTLY_ONE:
        common = read_as(found.codes[int(shares.argmax())])
        said.append(
            f"“{common}” fills {100 * shares.max():.0f} % of the time: kappa is low then for little; see AC1 too."
        )
    if isfinite(found.kappa.highest) and found.kappa.highest < LOW_HIGHEST:
        said.append(f"The coders’ totals differ so much that kappa cannot be above {number(found.kappa.highest)}.")
    if found.families < LEAST_FAMILIES:
        named = count(found.families, "family")
        said.append(f"An interval needs {LEAST_FAMILIES} families and this is {named}: look at each of them.")
    said += [TOO_LITTLE] * found.alpha_u_all.too_little
    if found.usual_event_us and found.unit_us > found.usual_event_us / 2:
        said.append("The unit is longer than half a usual event: short events fall through.")
    if min(found.events) == 0 < max(found.events):
        said.append("One coder marked nothing at all here: look whether they coded it.")
    for place, code in enumerate(found.codes):
        ours, theirs = int(found.table[place].sum()), int(found.table[:, place].sum())
        if code and (ours == 0) != (theirs == 0):
            said.append(f"One coder used “{read_as(code)}”, the other never did.")
    return said + _left_out(found, read_as)


def _left_out(found: LaneAgreement, read_as: Callable[[str], str]) -> list[str]:
    said = []
    if found.left_out_us:
        seconds = found.left_out_us / 1e6
        said.append(
            f"Left out: {f'{seconds:.0f}' if seconds >= 1 else f'{seconds:.2g}'} s that only one of them watched."
        )
    for code, marks in sorted(found.dropped_codes.items()):
        said.append(f"Left out: {count(marks, 'mark')} of “{read_as(code)}”, which is none of the codes that count.")
    if found.other_codes_us:
        share = found.other_codes_us / (found.watched_us + found.other_codes_us)
        said.append(
            f"So {found.other_codes_us / 1e6:.3g} s ({100 * share:.0f} % of what both watched) in which either has "
            "such a code count for nothing, neither as agreed nor as absent."
        )
    return said


def _range(found: LaneAgreement) -> str:
    low, high = found.kappa_range.low, found.kappa_range.high
    return f" (95 % interval over families {number(low)} to {number(high)})" if isfinite(low) else ""


def _worst(found: LaneAgreement, read_as: Callable[[str], str]) -> str:
    """The pair of codes that costs most, in seconds."""
    apart = found.table + found.table.T
    np.fill_diagonal(apart, 0)
    if not apart.any():
        return "They differ nowhere."
    row, column = np.unravel_index(int(np.triu(apart).argmax()), apart.shape)
    lost_s = int(apart[row, column]) * found.unit_us / 1e6
    one, other = read_as(found.codes[int(row)]), read_as(found.codes[int(column)])
    return f"Most of what differs is “{one}” for one and “{other}” for the other ({lost_s:.0f} s)."
