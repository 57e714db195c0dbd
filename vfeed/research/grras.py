"""The fifteen items that a report on agreement should tell (GRRAS, Kottner and others 2011), filled from a study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vfeed.research.counting import count
from vfeed.research.study import StudyState


@dataclass(frozen=True)
class Item:
    """An item: its number, what it asks in our own words, what the study tells of it, "" where people must."""

    number: int
    asks: str
    told: str = ""


@dataclass(frozen=True)
class Course:
    """What happened in a study: numbers of films, families, coders and codings, of films that are open today.

    `twice` are films that two coders handed in, `repeats` codings that a coder handed in again; `withdrawn`,
    `erased` and `closed_off` films are in no other number.
    """

    films: int
    families: int
    coders: int
    given: int
    handed_in: int
    given_twice: int
    twice: int
    repeats: int
    not_blind: int
    withdrawn: int
    erased: int
    closed_off: int


def items(state: StudyState, course: Course, figures: Sequence[str]) -> list[Item]:
    """Return the items in their order; `figures` are the words on agreement, a line for each lane."""
    plan = state.plan
    leeways = ", ".join(f"{each / 1e6:g}" for each in plan.tolerances_us)
    first = f"the first {plan.window_us / 6e7:g} min"
    window = {"whole": "the whole film", "first": first, "best": "the best three minutes without a cut"}[plan.window]
    seeds = ", ".join(each.seed for each in state.rounds)
    size = f"{count(course.films, 'film')} of {count(course.families, 'family')}, {count(course.coders, 'coder')}"
    given = f"{size}; {count(course.given_twice, 'film')} given to two or more."
    really = (
        f"{size}; {count(course.twice, 'film')} coded by two or more, "
        f"{count(course.repeats, 'coding')} repeated by the same coder."
    )
    process = (
        f"Coded: {window}, by the scheme “{plan.scheme.title}”, version {plan.scheme.version}, frozen before coding. "
        f"Unit {plan.unit_us / 1000:g} ms, leeway {leeways} s on each side. Each coder saw picture and sound alone, "
        f"under names of the study, in an order of their own drawn by lot (seed {seeds or 'none yet'})."
    )
    not_blind = f"Not blind: {course.not_blind} of {count(course.given, 'coding')}."
    blind = not_blind if course.not_blind else "All were blind."
    done = f"Handed in: {course.handed_in} of {count(course.given, 'coding')}. "
    done += (
        f"{count(course.withdrawn, 'film')} withdrawn; {count(course.erased, 'film')} deleted for good; "
        f"{count(course.closed_off, 'film')} not open to research today."
    )
    statistics = (
        "Cohen’s kappa by unit with an interval over families (bootstrap, 2,000 draws), Gwet’s AC1, Krippendorff’s "
        "alpha and alpha_U, EasyDIAg’s kappa, F1 of starts, ICC(2,1). Limit set before coding: kappa "
        f"{plan.least_kappa:g}."
    )
    return [
        Item(1, "Title or abstract says that agreement was studied"),
        Item(2, "What is coded, named and described", f"Scheme “{plan.scheme.title}”, version {plan.scheme.version}."),
        Item(3, "Whom the result is meant for: families and films"),
        Item(4, "Whom the result is meant for: coders"),
        Item(5, "What was known of agreement before, and why this study", plan.question),
        Item(6, "How the numbers of films, coders and repeats were chosen", given),
        Item(7, "How films and coders were chosen"),
        Item(8, "How it was coded: time between, circumstances, blindness", f"{process} {blind}"),
        Item(9, "Whether the codings were independent", "Nobody saw another’s coding before both were handed in."),
        Item(10, "How agreement was computed", statistics),
        Item(11, "How many films and coders there really were", f"{really} {done}"),
        Item(12, "Who the coders are: training and experience"),
        Item(13, "Agreement with its uncertainty", "\n".join(figures)),
        Item(14, "What it means in practice"),
        Item(15, "Details, such as raw data, elsewhere", "The tables of the study hold every figure."),
    ]
