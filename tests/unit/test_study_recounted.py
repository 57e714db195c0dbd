"""A whole study counted once more, millisecond by millisecond and in no way that the product counts.

Three coders, four films, two lanes, with pauses, unseen stretches and a start and end of each lane's own.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from math import isnan, nan
from pathlib import Path

import numpy as np
import pytest
from app_site import Site, an_account, film_facts
from filled_store import CLIP_US, a_clip
from numpy.typing import NDArray
from study_work import LEADER, code

from vfeed.research.comparing import compare_folders
from vfeed.research.rules import Rules
from vfeed.research.scheme import LOOKING
from vfeed.research.study import Plan
from vfeed.services.services import Services

LENGTH_MS, UNIT_MS = CLIP_US // 1000, 40
STATES = ("partner", "object", "away", "none", "cannot_see", "not_coded")
SHOWN = {"none": "", "cannot_see": "cannot see"}
LANES = {"infant_looking": ("infant", "Looking"), "parent_looking": ("parent", "Looking")}
TOLERANCES_MS = (0, 200, 500, 1000, 2000)
CODERS = ("coder", "kim", "lee")

Line = list[str]
"""The state of a lane at every millisecond, "not_coded" where nobody looked."""
Films = dict[str, dict[str, dict[str, Line]]]
"""By coder, film and lane."""


def changes(rng: np.random.Generator, like: list[tuple[float, str]] | None) -> list[tuple[float, str]]:
    """States by their start in seconds; a second coder is `like` the first, some way off, and sometimes elsewhere."""
    if like is None:
        starts = np.sort(rng.choice(np.arange(30, 1900, 37), size=9, replace=False)) / 100
        chosen: list[str] = []
        for _ in starts:
            chosen.append(str(rng.choice([each for each in STATES if each != (chosen or [""])[-1]])))
        return [(float(start), state) for start, state in zip(starts, chosen, strict=True)]
    moved: list[tuple[float, str]] = []
    for start, state in like:
        state = state if rng.random() < 0.75 else str(rng.choice(STATES))
        at = round(start + int(rng.integers(-12, 13)) / 100, 2)
        if not moved or (moved[-1][1] != state and at > moved[-1][0]):
            moved.append((at, state))
    return moved


def line_of(states: list[tuple[float, str]]) -> Line:
    line = ["not_coded"] * LENGTH_MS
    for (start, state), (end, _) in zip(states, [*states[1:], (LENGTH_MS / 1000, "")], strict=True):
        for at in range(round(start * 1000), round(end * 1000)):
            line[at] = SHOWN.get(state, state)
    return line


@pytest.fixture
def study(site: Site) -> tuple[Site, str, Films]:
    """The study, handed in, and what each coder set."""
    for name in CODERS[1:]:
        an_account(site.store, name, "coder")
    clips = [site.clip, *(a_clip(site.store, site.home, f"film {n}".encode(), film_facts()) for n in range(3))]
    tolerances = tuple(each * 1000 for each in TOLERANCES_MS)
    plan = Plan(title="Looks", scheme=LOOKING, repeat_share=0.0, gold_share=0.0, tolerances_us=tolerances)
    desk = Services(site.store).studies
    study_id = desk.begin(LEADER, plan, [clip.id for clip in clips]).id
    desk.assign(LEADER, study_id, "main", CODERS, everyone=True, seed="one")
    names = {each.clip_id: each.pseudonym for each in site.store.studies.clips(study_id)}
    rng = np.random.default_rng(11)
    firsts: dict[tuple[str, str], list[tuple[float, str]]] = {}
    films: Films = {coder: {name: {} for name in names.values()} for coder in CODERS}
    for row in sorted(site.store.studies.codings(study_id), key=lambda row: (row.coder, names[row.clip_id])):
        film, told = names[row.clip_id], {}
        for lane in LANES:
            told[lane] = changes(rng, firsts.get((film, lane)))
            firsts.setdefault((film, lane), told[lane])
            films[row.coder][film][lane] = line_of(told[lane])
        code(site.store, row.coder, row.id, told)
    return site, study_id, films


def units(line: Line) -> Line:
    return [line[at] for at in range(UNIT_MS // 2, LENGTH_MS, UNIT_MS)]


def kappa(pairs: list[tuple[str, str]]) -> tuple[float, float, float]:
    """Observed, by chance, and kappa."""
    one, other = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    observed = sum(first == second for first, second in pairs) / len(pairs)
    chance = sum(one[each] * other[each] for each in one) / len(pairs) ** 2
    return observed, chance, (observed - chance) / (1 - chance) if chance < 1 else nan


def alpha(rated: list[list[str]]) -> float:
    """By pairs of values within units, each unit weighed by its number of values less one."""
    rated = [each for each in rated if len(each) > 1]
    totals = Counter(value for each in rated for value in each)
    whole = sum(totals.values())
    apart = sum(2 / (len(each) - 1) * sum(one != other for one, other in combinations(each, 2)) for each in rated)
    expected = (whole**2 - sum(count**2 for count in totals.values())) / (whole - 1)
    return 1 - apart / expected


def ac1(pairs: list[tuple[str, str]]) -> float:
    used = Counter(value for pair in pairs for value in pair)
    shares = [count / (2 * len(pairs)) for count in used.values()]
    chance = sum(share * (1 - share) for share in shares) / (len(shares) - 1)
    return (kappa(pairs)[0] - chance) / (1 - chance)


def icc_2_1(values: NDArray[np.float64]) -> float:
    """By sums of squares of a two-way table without repeats."""
    n, k = values.shape
    rows, columns, grand = values.mean(1), values.mean(0), values.mean()
    msr = k * sum((row - grand) ** 2 for row in rows) / (n - 1)
    msc = n * sum((column - grand) ** 2 for column in columns) / (k - 1)
    left = sum((values[i, j] - rows[i] - columns[j] + grand) ** 2 for i in range(n) for j in range(k))
    mse = left / ((n - 1) * (k - 1))
    return float((msr - mse) / (msr + (k - 1) * mse + k * (msc - mse) / n))


def met(ours: Line, theirs: Line, steps: int) -> Line:
    found = []
    for at, (mine, yours) in enumerate(zip(ours, theirs, strict=True)):
        found.append(mine if mine in theirs[max(0, at - steps) : at + steps + 1] else yours)
    return found


def stretches(watched: list[bool]) -> Iterator[range]:
    begin = None
    for at, seen in enumerate([*watched, False]):
        if seen and begin is None:
            begin = at
        elif not seen and begin is not None:
            yield range(begin, at)
            begin = None


def events(line: Line, watched: list[bool]) -> list[tuple[str, int, int]]:
    """Code, start and end of each run of one code in what both watched."""
    found: list[tuple[str, int, int]] = []
    for stretch in stretches(watched):
        for at in stretch:
            if at > stretch.start and found and line[at] == line[at - 1]:
                found[-1] = (found[-1][0], found[-1][1], at + 1)
            else:
                found.append((line[at], at, at + 1))
    return [each for each in found if each[0]]


def most_matched(ours: list[tuple[str, int, int]], theirs: list[tuple[str, int, int]], within: int) -> int:
    """The greatest number of pairs, by augmenting paths."""
    partner: dict[int, int] = {}

    def finds(one: int, tried: set[int]) -> bool:
        for other, (name, start, _) in enumerate(theirs):
            if other not in tried and name == ours[one][0] and abs(start - ours[one][1]) <= within:
                tried.add(other)
                if other not in partner or finds(partner[other], tried):
                    partner[other] = one
                    return True
        return False

    return sum(finds(one, set()) for one in range(len(ours)))


def easydiag(pairs: list[tuple[list[tuple[str, int, int]], list[tuple[str, int, int]]]]) -> float:
    table: Counter[tuple[str, str]] = Counter()
    for ours, theirs in pairs:
        linked = [
            (one, other)
            for one in ours
            for other in theirs
            if min(one[2], other[2]) - max(one[1], other[1]) >= 0.6 * max(one[2] - one[1], other[2] - other[1])
        ]
        assert len({one for one, _ in linked}) == len({other for _, other in linked}) == len(linked)
        for one, other in linked:
            table[one[0], other[0]] += 2
        for each in set(ours) - {one for one, _ in linked}:
            table[each[0], "-"] += 1
        for each in set(theirs) - {other for _, other in linked}:
            table["-", each[0]] += 1
    names = [*sorted({name for pair in table for name in pair} - {"-"}), "-"]
    counts = np.array([[table[row, column] for column in names] for row in names], float)
    fitted = np.ones_like(counts)
    fitted[-1, -1] = 0
    for _ in range(2000):
        fitted *= (counts.sum(1) / fitted.sum(1))[:, None]
        fitted *= (counts.sum(0) / fitted.sum(0))[None, :]
    whole = counts.sum()
    return float((np.trace(counts) - np.trace(fitted)) / (whole - np.trace(fitted)))


def reckoned(films: Films, one: str, other: str, lane: str) -> dict[tuple[str, str, int | None], float]:
    """Every figure by statistic, code and leeway in ms."""
    found: dict[tuple[str, str, int | None], float] = {}
    codes: list[tuple[str, str]] = []
    watched_ms, of_events, lasted, stretched = 0, [], [], []
    for film in films[one]:
        ours, theirs = films[one][film][lane], films[other][film][lane]
        both = [mine != "not_coded" != yours for mine, yours in zip(ours, theirs, strict=True)]
        watched_ms += sum(both)
        of_events.append((events(ours, both), events(theirs, both)))
        lasted.append(
            [Counter(state for state, seen in zip(line, both, strict=True) if seen) for line in (ours, theirs)]
        )
        seen, mine, yours = [both[at] for at in range(20, LENGTH_MS, 40)], units(ours), units(theirs)
        for stretch in stretches(seen):
            part = slice(stretch.start, stretch.stop)
            stretched.append((mine[part], yours[part]))
            codes += zip(mine[part], yours[part], strict=True)
    names = sorted({name for pair in codes for name in pair})
    observed, chance, value = kappa(codes)
    seen_codes = [pair for pair in codes if "cannot see" not in pair]
    found["observed agreement", "n/a", None] = observed
    found["chance agreement", "n/a", None] = chance
    found["Cohen kappa", "n/a", None] = found["Cohen kappa of a family", "n/a", None] = value
    found["Cohen kappa, cannot see left out", "n/a", None] = kappa(seen_codes)[2]
    found["Gwet AC1", "n/a", None] = ac1(codes)
    found["Krippendorff alpha, nominal", "n/a", None] = alpha([list(pair) for pair in codes])
    found["EasyDIAg kappa", "n/a", None] = easydiag(of_events)
    highest = sum(min(sum(a == name for a, _ in codes), sum(b == name for _, b in codes)) for name in names) / len(
        codes
    )
    found["highest kappa", "n/a", None] = (highest - chance) / (1 - chance)
    for name in names:
        either = [pair for pair in codes if name in pair]
        found["agreement on a code", name or "nothing marked", None] = sum(a == b for a, b in either) / len(either)
        if name:
            seconds = np.array([[each[name] / 1000 for each in film] for film in lasted])
            found["ICC of total length", name, None] = icc_2_1(seconds)
    for within in TOLERANCES_MS:
        steps = within // UNIT_MS
        forth = [pair for a, b in stretched for pair in zip(a, met(a, b, steps), strict=True)]
        back = [pair for a, b in stretched for pair in zip(met(b, a, steps), b, strict=True)]
        found["kappa with leeway, first to second", "n/a", within] = kappa(forth)[2]
        found["kappa with leeway, second to first", "n/a", within] = kappa(back)[2]
        pairs = sum(most_matched(a, b, within) for a, b in of_events)
        whole = sum(len(a) + len(b) for a, b in of_events)
        found["F1 of starts", "n/a", within] = 2 * pairs / whole
        found["agreement of starts", "n/a", within] = pairs / (whole - pairs)
    found["watched", "n/a", None] = watched_ms / 1000
    return found


UNCHECKED = {"alpha_U", "gamma"}
"""Held to published values elsewhere."""


def every_figure_is_the_same(site: Site, study_id: str, films: Films) -> None:
    table = Services(site.store).study_files.agreement(LEADER, study_id)["agreement.csv"].decode()
    rows = list(csv.DictReader(io.StringIO(table)))
    names = dict(zip(sorted(CODERS), ("coder-1", "coder-2", "coder-3"), strict=True))
    page = site.signed_in("researcher").get(f"/studies/{study_id}/agreement").text
    compared = 0
    for one, other in combinations(sorted(CODERS), 2):
        for lane, (who, title) in LANES.items():
            wanted = reckoned(films, one, other, lane)
            ours = [r for r in rows if (r["coders"], r["who"]) == (f"{names[one]} / {names[other]}", who)]
            assert ours and {row["lane"] for row in ours} == {title}
            watched_s = wanted.pop(("watched", "n/a", None))
            assert [float(row["watched_s"]) for row in ours] == pytest.approx([watched_s] * len(ours))
            left = set(wanted)
            for row in ours:
                if row["statistic"] in UNCHECKED:
                    continue
                at = None if row["tolerance_us"] == "n/a" else int(row["tolerance_us"]) // 1000
                key = row["statistic"], row["code"], at
                value = nan if row["value"] == "n/a" else float(row["value"])
                rough = 1e-3 if row["statistic"] == "EasyDIAg kappa" else 2e-6
                assert value == pytest.approx(wanted[key], abs=rough, nan_ok=True), (key, one, other, lane)
                left.discard(key)
                compared += not isnan(value)
            assert left == set(), "figures that the table lacks"
            shown = f"{round(wanted['Cohen kappa', 'n/a', None], 2):.2f}".replace("0.", ".", 1)
            assert f"Kappa {shown}" in page, "in words on the page"
    assert compared > 200
    for lane, (who, _) in LANES.items():
        rated = []
        for film in films["coder"]:
            lines = [units(films[name][film][lane]) for name in CODERS]
            rated += [[each for each in unit if each != "not_coded"] for unit in zip(*lines, strict=True)]
        (row,) = [r for r in rows if r["coders"].count("/") != 1 and r["who"] == who]
        assert float(row["value"]) == pytest.approx(alpha(rated), abs=2e-6)


def the_table_of_clips_is_the_same(site: Site, study_id: str, films: Films) -> None:
    table = Services(site.store).study_files.table(LEADER, study_id, "csv-wide")["clips_wide.csv"].decode()
    names = dict(zip(("coder-1", "coder-2", "coder-3"), sorted(CODERS), strict=True))
    rows = list(csv.DictReader(io.StringIO(table)))
    assert len(rows) == 12
    for row in rows:
        for lane, (who, title) in LANES.items():
            line = films[names[row["coder_id"]]][row["clip_id"]][lane]
            watched = [state != "not_coded" for state in line]
            lasts, found = Counter(line), events(line, watched)
            for name in ("partner", "object", "away", "cannot see"):
                cell = f"{who}:{title}:{name}"
                of_ms = sum(watched) - (0 if name == "cannot see" else lasts["cannot see"])
                own = [each for each in found if each[0] == name]
                assert int(row[f"{cell} count"]) == len(own)
                assert float(row[f"{cell} total_s"]) == pytest.approx(lasts[name] / 1000)
                assert float(row[f"{cell} share"]) == pytest.approx(lasts[name] / of_ms, abs=6e-5)
                assert float(row[f"{cell} per_min"]) == pytest.approx(len(own) / (of_ms / 60_000), abs=6e-4)
                first = f"{(own[0][1] - watched.index(True)) / 1000:.3f}" if own else "n/a"
                assert row[f"{cell} latency_s"] == first


def files_agree_as_the_study_does(site: Site, study_id: str, films: Films, name: str, tmp_path: Path) -> None:
    services = Services(site.store)
    for number, coder in enumerate(sorted(CODERS)[:2], 1):
        folder = tmp_path / coder
        folder.mkdir()
        files = services.study_files.table(LEADER, study_id, name)
        for file, data in files.items():
            if name == "csv":
                lines = list(csv.reader(io.StringIO(data.decode())))
                column = lines[0].index("coder_id") if "coder_id" in lines[0] else None
                if column is None:
                    continue
                out = io.StringIO()
                csv.writer(out).writerows([lines[0], *(row for row in lines if row[column] == f"coder-{number}")])
                (folder / file).write_text(out.getvalue())
            elif f"coder-{number}" in file:
                (folder / file).write_bytes(data)
    plan = services.studies.read(LEADER, study_id).state.plan
    rules = Rules(codes=plan.rules().codes, tolerances_us=plan.tolerances_us, with_gamma=False)
    families = {each.pseudonym: "one" for each in site.store.studies.clips(study_id)}
    compared = compare_folders([tmp_path / coder for coder in sorted(CODERS)[:2]], rules, families)
    for lane in compared.lanes:
        wanted = reckoned(films, "coder", "kim", f"{lane.who}_looking")
        assert lane.kappa.value == pytest.approx(wanted["Cohen kappa", "n/a", None])
        assert lane.watched_us / 1e6 == pytest.approx(wanted["watched", "n/a", None])
        for leeway in lane.leeways:
            at = leeway.tolerance_us // 1000
            assert leeway.events.f1 == pytest.approx(wanted["F1 of starts", "n/a", at])
            assert leeway.first_to_second.value == pytest.approx(
                wanted["kappa with leeway, first to second", "n/a", at]
            )
    assert [lane.who for lane in compared.lanes] == ["infant", "parent"]


def test_every_figure_of_a_study_comes_out_when_counted_another_way(
    study: tuple[Site, str, Films], tmp_path: Path
) -> None:
    every_figure_is_the_same(*study)
    the_table_of_clips_is_the_same(*study)
    for name in ("csv", "eaf", "boris", "datavyu"):
        (tmp_path / name).mkdir()
        files_agree_as_the_study_does(*study, name, tmp_path / name)
