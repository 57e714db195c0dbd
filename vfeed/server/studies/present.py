"""Studies as pages show them: what is laid down, and how far coders agree, in words and tables."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import isfinite
from typing import Any

from vfeed.research.agreement import LaneAgreement
from vfeed.research.blind_coding import UNSEEN
from vfeed.research.differing import Differs, Stretch
from vfeed.research.scheme import CANNOT_SEE, Lane, LaneKind
from vfeed.research.study import Plan
from vfeed.research.words import code_words, number, told
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.step_words import later
from vfeed.services.agreements import Agreement, LaneFigures, PairFigures
from vfeed.services.imported_codings import Beside
from vfeed.timeline.clock import clock

MOST_SHOWN = 200
"""So many disagreements are listed; the file holds all."""
WHO_WORDS = {"infant": later("Infant"), "parent": later("Parent"), "both": later("Both")}
DIFFERS_WORDS = {
    Differs.TIMING: later("when it changes"),
    Differs.CODE: later("which it is"),
    Differs.MISSED: later("only one marked it"),
}


def lane_words(who: str, title: str) -> str:
    """A lane's name: whom it is about, and what."""
    return f"{_(WHO_WORDS[who])}: {title}"


def shown_code(lane: Lane, code: str) -> str:
    """A code as a coder sees it."""
    return code_words(lane.label(CANNOT_SEE if code == UNSEEN else code)) if code else code_words(code)


def lane_told(lane: Lane, found: LaneAgreement) -> list[str]:
    """The sentences on a lane, with the scheme's own labels for its codes."""
    return told(found, partial(shown_code, lane))


def plan_rows(plan: Plan) -> list[tuple[str, str]]:
    """What a study has laid down, in rows."""
    leeways = ", ".join(f"{each / 1e6:g}" for each in plan.tolerances_us)
    first = _("the first %(min)s min", min=f"{plan.window_us / 6e7:g}")
    best = _("the best three minutes without a cut")
    window = {"whole": _("the whole film"), "first": first, "best": best}[plan.window]
    return [
        (_("Scheme"), _("%(title)s, version %(version)s", title=plan.scheme.title, version=plan.scheme.version)),
        (_("Lanes"), "; ".join(lane_words(lane.who, lane.title) for lane in plan.scheme.lanes)),
        (_("Coded"), window),
        (_("Unit"), _("%(ms)s ms", ms=f"{plan.unit_us / 1000:g}")),
        (_("Leeway on each side"), _("%(seconds)s s", seconds=leeways)),
        (_("Kappa at least"), number(plan.least_kappa)),
        (_("Coded twice, of each family’s time"), _("%(share)s %%", share=f"{100 * plan.second_share:g}")),
        (_("Coded again by the same coder"), _("%(share)s %%", share=f"{100 * plan.repeat_share:g}")),
        (_("Films with an agreed coding among them"), _("%(share)s %%", share=f"{100 * plan.gold_share:g}")),
    ]


def pair_parts(pairs: Sequence[PairFigures], plan: Plan) -> list[dict[str, Any]]:
    """Each pair of codings: words, figures and disagreements."""
    return [_pair(pair, plan) for pair in pairs]


def files_part(found: Beside, plan: Plan) -> dict[str, Any]:
    """Codings from files beside those made here, and how far they may be counted on."""
    pairs = []
    for each in found.pairs:
        name = _("%(name)s (from a file)", name=each.figures.second) if each.both else each.figures.second
        first = _("%(name)s (from a file)", name=each.figures.first or _("not named"))
        pairs.append(_pair(each.figures, plan) | {"first": first, "second": name})
    return {"pairs": pairs, "other_words": found.other_words, "not_blind": found.not_blind}


def together_rows(found: Agreement) -> list[tuple[str, str, str]]:
    """Alpha over all coders, lane by lane: name, value, and what it stands on."""
    return [
        (
            lane_words(each.lane.who, each.lane.title),
            number(each.alpha.value),
            _(
                "%(coders)s coders, %(films)s films; unit %(ms)s ms",
                coders=each.coders,
                films=each.clips,
                ms=f"{found.plan.unit_us / 1000:g}",
            ),
        )
        for each in found.together
    ]


def _pair(pair: PairFigures, plan: Plan) -> dict[str, Any]:
    return {
        "first": pair.first,
        "second": pair.second,
        "clips": pair.clips,
        "families": pair.families,
        "lanes": [_lane(each, plan) for each in pair.lanes],
        "differs": [
            {
                "clip": each.clip,
                "start": clock(each.stretch.start_us),
                "seconds": f"{(each.stretch.end_us - each.stretch.start_us) / 1e6:.1f}",
                "lane": lane_words(each.stretch.who, each.stretch.lane),
                "first": _shown(plan, each.stretch, each.stretch.first),
                "second": _shown(plan, each.stretch, each.stretch.second),
                "kind": _(DIFFERS_WORDS[each.stretch.kind]),
            }
            for each in pair.differs[:MOST_SHOWN]
        ],
        "more": max(0, len(pair.differs) - MOST_SHOWN),
    }


def _shown(plan: Plan, stretch: Stretch, code: str) -> str:
    lane = next(each for each in plan.scheme.lanes if (each.who, each.title) == (stretch.who, stretch.lane))
    return shown_code(lane, code)


def _lane(each: LaneFigures, plan: Plan) -> dict[str, Any]:
    title = lane_words(each.lane.who, each.lane.title)
    if each.lane.kind == LaneKind.POINT:
        rows = [
            (
                _("F1 of points"),
                number(point.f1),
                _(
                    "within %(s)s s on each side: %(both)s match, %(one)s and %(two)s are one coder’s alone",
                    s=f"{point.tolerance_us / 1e6:g}",
                    both=point.both,
                    one=point.only_first,
                    two=point.only_second,
                ),
            )
            for point in each.points
        ]
        return {"title": title, "words": [], "rows": rows, "codes": [], "table": []}
    if each.states is None:
        return {"title": title, "words": [_("There is no time that both coded in this lane.")], "rows": [], "table": []}
    states = each.states
    words = lane_told(each.lane, states)
    words.append(_limit(states, plan))
    names = [shown_code(each.lane, code) for code in states.codes]
    return {
        "title": title,
        "words": words,
        "rows": figures(each.lane, states),
        "codes": names,
        "table": list(zip(names, states.table.tolist(), strict=True)),
    }


def _limit(found: LaneAgreement, plan: Plan) -> str:
    value, least = found.kappa.value, plan.least_kappa
    if not isfinite(value):
        return _("Whether it reaches the study’s own limit cannot be said.")
    if value >= least:
        return _("The study’s own limit, kappa %(least)s, is reached.", least=number(least))
    return _("The study’s own limit, kappa %(least)s, is not reached.", least=number(least))


def _stretches_words(found: LaneAgreement) -> str:
    return _("too little was marked to tell") if found.alpha_u_all.too_little else _("without a unit")


def figures(lane: Lane, found: LaneAgreement) -> list[tuple[str, str, str]]:
    """Every figure of a lane: name, value, and what it stands on."""
    unit = _("unit %(ms)s ms", ms=f"{found.unit_us / 1000:g}")
    spread = found.kappa_range
    over = _("95 %% interval over families %(low)s to %(high)s", low=number(spread.low), high=number(spread.high))
    rows = [
        (_("Agreement observed"), number(found.kappa.observed), unit),
        (_("Agreement by chance"), number(found.kappa.chance), unit),
        (_("Cohen’s kappa"), number(found.kappa.value), f"{unit}; {over}" if isfinite(spread.low) else unit),
        (_("Highest kappa"), number(found.kappa.highest), _("that the coders’ totals allow")),
        (_("Kappa, “cannot see” left out"), number(found.without_unseen.value), unit),
        (_("Gwet’s AC1"), number(found.ac1.value), unit),
        (_("Krippendorff’s alpha"), number(found.alpha.value), unit),
        (_("Alpha for where stretches lie"), number(found.alpha_u_all.value), _stretches_words(found)),
        (_("EasyDIAg’s kappa"), number(found.easydiag.value), _("events that overlap by 60 % of the longer")),
    ]
    if isfinite(found.gamma):
        rows.append((_("Gamma"), number(found.gamma), _("where and what at once")))
    for leeway in found.leeways:
        at = _("%(s)s s on each side, %(unit)s", s=f"{leeway.tolerance_us / 1e6:g}", unit=unit)
        rows.append((_("Kappa with leeway"), number(leeway.kappa), at))
        rows.append((_("F1 of starts"), number(leeway.events.f1), at))
    for code, length in found.durations.items():
        rows.append(
            (
                _("ICC of total length, %(code)s", code=shown_code(lane, code)),
                number(length.value),
                _(
                    "ICC(%(model)s), seconds in each film; interval %(low)s to %(high)s",
                    model=length.model,
                    low=number(length.low),
                    high=number(length.high),
                ),
            )
        )
    for family, kappa in found.by_family.items():
        rows.append((_("Kappa of family %(name)s", name=family), number(kappa.value), unit))
    return rows
