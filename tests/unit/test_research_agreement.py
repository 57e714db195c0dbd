"""Every statistic of agreement against published values and those of other programs."""

from __future__ import annotations

import json
from dataclasses import replace
from math import isnan
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vfeed.errors import VfeedError
from vfeed.research.agreement import Pair, alpha_of_many, check_two_coders, compare, match_points
from vfeed.research.agreement_table import lane_rows
from vfeed.research.alpha import Continuum, alpha, alpha_unitizing, alpha_unitizing_of_all
from vfeed.research.bootstrap import over_families
from vfeed.research.boris_grid import boris_kappa
from vfeed.research.differing import Differs, playlist, stretches
from vfeed.research.gamma import Unit, Weighing, disorder, gamma
from vfeed.research.icc import Model, icc
from vfeed.research.kappa import cohen, confusion, gwet, within_tolerance
from vfeed.research.marks import Coding, Mark, Provenance
from vfeed.research.matching import easydiag, easydiag_table, matched
from vfeed.research.rules import Rules
from vfeed.research.units import codes_at, unit_middles
from vfeed.research.words import number, told
from vfeed.timeline.interval import Interval

S = 1_000_000
FILES = Path(__file__).parents[1] / "coding_files"
COHEN_37, COHEN_45 = [[25, 12, 3], [13, 2, 15], [12, 16, 2]], [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
SAS = [[0, 4, 1], [0, 8, 0], [0, 1, 5]]


def close(value: float, wanted: float, digits: int = 4) -> bool:
    return abs(value - wanted) <= 0.5000001 * 10**-digits


@pytest.mark.parametrize(
    ("table", "wanted", "digits"),
    [
        (COHEN_37, -0.0923, 4),
        (COHEN_45, 0.4915, 4),
        ([[20, 5], [10, 15]], 0.40, 4),
        ([[20, 10], [20, 50]], 0.348, 3),
        ([[53, 5, 2], [11, 14, 5], [1, 6, 3]], 0.429, 3),
        (SAS, 0.4842, 4),
    ],
)
def test_cohens_kappa(table: list[list[int]], wanted: float, digits: int) -> None:
    assert close(cohen(np.array(table)).value, wanted, digits)


def test_the_parts_of_kappa() -> None:
    first, second = cohen(np.array(COHEN_37)), cohen(np.array(COHEN_45))
    assert close(first.observed, 0.29) and close(first.chance, 0.35) and close(first.highest, 0.846, 3)
    assert close(second.observed, 0.70) and close(second.chance, 0.41) and close(second.highest, 0.8305)
    assert close(cohen(np.array(SAS)).standard_error, 0.1380)


def test_weighted_kappa() -> None:
    linear = cohen(np.array(SAS), "linear")
    assert close(linear.value, 0.4701) and close(linear.standard_error, 0.1457)
    assert close(cohen(np.array(COHEN_37), "linear").value, 0.0227)
    assert close(cohen(np.array(COHEN_37), "quadratic").value, 0.1343)


@pytest.mark.parametrize("table", [[[5, 0], [0, 0]], [[0, 0], [0, 0]], [[7]]])
def test_one_code_alone_says_nothing(table: list[list[int]]) -> None:
    assert isnan(cohen(np.array(table)).value)


@pytest.mark.parametrize("path", sorted((FILES / "gwet").iterdir()), ids=lambda path: path.stem)
def test_gwets_ac1_and_ac2(path: Path) -> None:
    known = json.loads(path.read_text())
    for case in known["cases"]:
        weights = "none" if case["weights"] == "unweighted" else "quadratic"
        found = gwet(np.array(known["table"]), weights)
        assert close(found.value, case["coefficient"], 5)
        assert abs(found.observed - case["pa"]) < 1e-9 and abs(found.chance - case["pe"]) < 1e-9


M = None
KRIPPENDORFF = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, M, M, M],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, M, 3],
    [M, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, M],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, M],
]


def test_gwets_ac1_of_two_coders() -> None:
    assert close(gwet(np.array([[8, 1], [0, 1]])).value, 0.8658)


@pytest.mark.parametrize(
    ("level", "wanted"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_krippendorffs_alpha(level: str, wanted: float) -> None:
    assert close(alpha(KRIPPENDORFF, level).value, wanted, 3)


def test_alpha_of_two_coders_and_of_the_other_published_example() -> None:
    binary = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
    assert close(alpha(binary).value, 0.095, 3)
    readme = [
        [M, M, M, M, M, 3, 4, 1, 2, 1, 1, 3, 3, M, 3],
        [1, M, 2, 1, 3, 3, 4, 3, M, M, M, M, M, M, M],
        [M, M, 2, 1, 3, 4, 4, M, 2, 1, 1, 3, 3, M, 4],
    ]
    assert close(alpha(readme).value, 0.691, 3) and close(alpha(readme, "interval").value, 0.811, 3)
    assert isnan(alpha([[1, 1, 1], [1, 1, 1]]).value)


def test_alpha_of_krippendorffs_first_book_and_of_hayes_and_krippendorff() -> None:
    first = [[1, 1, 2, 4, 1, 2, 1, 3, 2], [1, 2, 2, 4, 4, 2, 2, 3, 2], [1, 2, 2, 4, 4, 2, 3, 3, 2]]
    values = [alpha(first, level).value for level in ("nominal", "interval", "ratio")]
    assert all(close(value, wanted, 3) for value, wanted in zip(values, (0.642, 0.547, 0.483), strict=True))
    # Hayes & Krippendorff 2007, p. 84: forty units, each with the codes of five coders.
    units = [
        "112.2",
        "1101.",
        "2333.",
        ".00.0",
        "000.0",
        "000.0",
        "102.1",
        "1.20.",
        "222.2",
        "2111.",
        ".100.",
        "0000.",
        "1222.",
        "33223",
        "111.1",
        "111.1",
        "212.2",
        "1233.",
        "1101.",
        "000.0",
        "0011.",
        "00.00",
        "2333.",
        "0000.",
        "12.22",
        "0111.",
        "00010",
        "1212.",
        "1122.",
        "112.2",
        "110.0",
        "2121.",
        "22.22",
        "3222.",
        "222.2",
        "223.2",
        "222.2",
        "22.12",
        "2222.",
        "111.1",
    ]
    coders = [[None if code == "." else int(code) for code in row] for row in zip(*units, strict=True)]
    assert close(alpha(coders, "ordinal").value, 0.7598)


def test_a_missing_code_is_no_code() -> None:
    assert alpha([["a", None, "b"], ["a", None, "b"], ["a", "b", None]]).value == 1.0


def test_alpha_for_stretches_with_krippendorffs_own_example() -> None:
    ones = alpha_unitizing([Continuum([[(225, 295), (370, 400)], [(220, 300), (355, 375), (400, 420)]], 150, 450)])
    twos = alpha_unitizing([Continuum([[(180, 240), (300, 350)]] * 2, 150, 450)])
    assert close(ones.observed, 0.01444, 5) and close(ones.expected, 0.05322, 5) and close(ones.value, 0.7286)
    assert twos.value == 1.0
    assert close(alpha_unitizing_of_all([ones, twos], 2).value, 0.8587)


def test_a_code_that_one_coder_alone_marked_says_so() -> None:
    found = alpha_unitizing([Continuum([[(10, 20)], [], []], 0, 100)])
    assert found.coders == 1


JUDGES = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])


@pytest.mark.parametrize(
    ("model", "value", "low", "high"),
    [
        ("1,1", 0.1657, -0.133, 0.723),
        ("2,1", 0.2898, 0.019, 0.761),
        ("3,1", 0.7148, 0.342, 0.946),
        ("1,k", 0.4428, None, None),
        ("2,k", 0.6201, None, None),
        ("3,k", 0.9093, None, None),
    ],
)
def test_intraclass_correlations(model: Model, value: float, low: float | None, high: float | None) -> None:
    found = icc(JUDGES, model)
    assert close(found.value, value)
    if low is not None and high is not None:
        assert close(found.low, low, 3) and close(found.high, high, 3)


def test_an_icc_of_nothing_is_not_known() -> None:
    assert isnan(icc(np.array([[1.0, 2.0]])).value) and isnan(icc(np.ones((4, 2))).value)


def made(rows: list[tuple[float, float, str]], coder: str, length: float = 20) -> Coding:
    marks = tuple(Mark(round(s * 1e6), round(e * 1e6), "infant", "looking", code) for s, e, code in rows)
    return Coding("toy.mp4", coder, marks, (), round(length * 1e6))


FIRST = made(
    [
        (1, 3, "partner"),
        (3, 6, "object"),
        (6, 6.5, "partner"),
        (8, 12, "away"),
        (12, 14, "partner"),
        (16, 19, "object"),
    ],
    "a",
)
SECOND = made(
    [
        *((1.2, 3.2, "partner"), (3.2, 5, "object"), (5, 6, "away"), (8.5, 12, "away"), (12, 13, "partner")),
        (15.8, 19.2, "partner"),
    ],
    "b",
)
CODES = ["", "away", "object", "partner"]
TOY = Pair("toy", "f1", FIRST, SECOND)


@pytest.mark.parametrize(("unit_us", "wanted"), [(40_000, 0.5527), (500_000, 0.6023), (1_000_000, 0.6689)])
def test_kappa_hangs_on_the_unit_and_the_unit_is_always_told(unit_us: int, wanted: float) -> None:
    found = compare([TOY], "infant", "looking", Rules(unit_us=unit_us, with_gamma=False))
    assert close(found.kappa.value, wanted) and found.unit_us == unit_us
    assert f"{unit_us / 1000:g} ms" in told(found)[0]


def test_every_figure_of_the_toy() -> None:
    rules = Rules(tolerances_us=(0, 200_000, 480_000, 1_000_000, 2_000_000), with_gamma=False)
    found = compare([TOY], "infant", "looking", rules)
    assert close(found.alpha.value, 0.5438) and close(found.ac1.value, 0.5513)
    assert [round(found.alpha_u[code].value, 4) for code in ("partner", "object", "away")] == [0.0809, 0.2125, 0.9127]
    wanted = [(0.5527, 0.5527), (0.6449, 0.6163), (0.7007, 0.6709), (0.7692, 0.7052), (0.7692, 0.7188)]
    for leeway, (forth, back) in zip(found.leeways, wanted, strict=True):
        assert close(leeway.first_to_second.value, forth) and close(leeway.second_to_first.value, back)
    assert close(found.easydiag.value, 0.3534)


@pytest.mark.parametrize(("tolerance", "wanted"), [(0.1, 0.1667), (0.25, 0.5), (0.5, 0.6667), (1, 0.6667)])
def test_events_match_by_their_starts(tolerance: float, wanted: float) -> None:
    assert close(matched(FIRST.marks, SECOND.marks, round(tolerance * 1e6)).f1, wanted)


def test_easydiag_counts_linked_events_twice_and_never_hides_a_negative_value() -> None:
    table = easydiag_table(FIRST.marks, SECOND.marks, ["away", "object", "partner"])
    assert table.tolist() == [[2, 0, 0, 0], [0, 2, 2, 0], [0, 0, 2, 2], [1, 0, 1, 0]]
    found = easydiag(table)
    assert close(found.observed, 0.5) and close(found.chance, 0.2267) and close(found.value, 0.3534)
    assert easydiag(np.array([[0, 4, 1], [4, 0, 1], [1, 1, 0]])).value < 0


@pytest.mark.parametrize("path", sorted((FILES / "gamma").iterdir()), ids=lambda path: path.stem)
def test_the_best_alignment_of_gamma(path: Path) -> None:
    known = json.loads(path.read_text())
    weighing = Weighing(known["params"]["alpha"], known["params"]["beta"], known["params"]["deltaEmpty"])
    names = sorted({unit["annotator"] for unit in known["continuum"]})
    coders = [
        [Unit(u["start"], u["end"], u["category"]) for u in known["continuum"] if u["annotator"] == name]
        for name in names
    ]
    assert abs(disorder(coders, weighing) - known["tier1"]["bestAlignmentDisorder"]) < 1e-5


def test_gamma_of_the_toy_and_of_three_coders() -> None:
    toy = [[Unit(m.start_us / 1e6, m.end_us / 1e6, m.code) for m in coding.marks] for coding in (FIRST, SECOND)]
    assert close(disorder(toy), 0.5320) and close(disorder(toy, Weighing(3, 1)), 0.5960)
    assert close(gamma(toy, 20, seed=1).value, 0.52, 2)
    assert gamma(toy, 20, seed=1) == gamma(toy, 20, seed=1)
    rows = [line.split(",") for line in (FILES / "csv" / "pygamma-AlexPaulSuzan.csv").read_text().split()]
    three = [[Unit(float(r[2]), float(r[3]), r[1]) for r in rows if r[0] == name] for name in ("Alex", "Paul", "Suzan")]
    found = gamma(three, 60, seed=1, weighing=Weighing(3, 1))
    assert close(found.disorder, 0.9606) and 0.44 <= found.value <= 0.47


def test_gamma_of_three_coders_with_over_a_hundred_events_each() -> None:
    # pygamma-agreement's own test asks for .79 to .81; the disorder was compared with its value.
    rows = [line.split(",") for line in (FILES / "csv" / "pygamma-3by100.csv").read_text().split()]
    names = sorted({row[0] for row in rows})
    coders = [[Unit(float(r[2]), float(r[3]), r[1]) for r in rows if r[0] == name] for name in names]
    end = max(unit.end for units in coders for unit in units)
    found = gamma(coders, end, seed=1, weighing=Weighing(3, 1), most_samples=30)
    assert close(found.disorder, 0.3435) and 0.79 <= found.value <= 0.81


def test_gamma_is_not_computed_where_it_would_take_minutes() -> None:
    many = [[Unit(n, n + 0.5, "x") for n in range(210)] for _ in range(2)]
    found = gamma(many, 200, seed=1)
    assert isnan(found.value) and found.samples == 0


def test_the_interval_is_over_families_and_comes_out_the_same_again() -> None:
    tables = [np.array([[40 + n, 5], [n, 30]]) for n in range(8)]
    first = over_families(tables, lambda each: cohen(each).value, seed=3)
    assert first == over_families(tables, lambda each: cohen(each).value, seed=3)
    assert first.low < cohen(sum(tables)).value < first.high
    assert isnan(over_families(tables[:4], lambda each: cohen(each).value, seed=3).low)


def test_what_only_one_coder_watched_is_left_out_and_said() -> None:
    half = Coding("toy.mp4", "b", SECOND.marks, (Interval(0, 10_000_000),), 20_000_000)
    found = compare([Pair("toy", "f1", FIRST, half)], "infant", "looking", Rules(with_gamma=False))
    assert found.watched_us == 10_000_000 and found.left_out_us == 10_000_000
    assert any("10 s that only one" in line for line in told(found))
    apart = Coding("toy.mp4", "b", (), (Interval(30_000_000, 40_000_000),), 50_000_000)
    with pytest.raises(VfeedError, match="no time in common"):
        compare([Pair("toy", "f1", FIRST, apart)], "infant", "looking", Rules())


def test_cannot_see_is_a_code_and_is_left_out_of_a_second_figure() -> None:
    ours = made([(0, 5, "unseen"), (5, 10, "partner"), (10, 20, "object")], "a")
    theirs = made([(0, 5, "unseen"), (5, 11, "partner"), (11, 20, "object")], "b")
    found = compare([Pair("c", "f", ours, theirs)], "infant", "looking", Rules(with_gamma=False))
    assert found.table.sum() == 500 and found.without_unseen.observed < found.kappa.observed


def test_warnings_say_what_to_be_careful_about() -> None:
    ours = made([(0, 19, "partner"), (19, 20, "away")], "a")
    theirs = made([(0, 20, "partner")], "b")
    said = " ".join(told(compare([Pair("c", "f", ours, theirs)], "infant", "looking", Rules(with_gamma=False))))
    assert "fills 98 %" in said and "One coder used “away”" in said and "needs 5 families and this is 1 family" in said
    alike = made([(0, 20, "partner")], "a")
    said = " ".join(told(compare([Pair("c", "f", alike, theirs)], "infant", "looking", Rules(with_gamma=False))))
    assert "Only one code was used" in said and number(float("nan")) == "not known"


def test_a_mark_too_short_for_any_unit_is_an_event_all_the_same() -> None:
    ours = made([(0, 10, "partner"), (10, 10.01, "smile"), (10.01, 20, "partner")], "a")
    theirs = made([(0, 20, "partner")], "b")
    found = compare([Pair("c", "f", ours, theirs)], "infant", "looking", Rules(with_gamma=False))
    assert "smile" not in found.codes and found.events == (3, 1) and {"smile", "partner"} == set(found.durations)
    whole = compare(
        [Pair("c", "f", made([(0, 0.01, "partner")], "a", 0.01), made([(0, 0.01, "object")], "b", 0.01))],
        "infant",
        "looking",
        Rules(),
    )
    assert isnan(whole.kappa.value) and whole.table.sum() == 0 and told(whole)


def test_where_nothing_can_be_said_no_figure_says_all_or_nothing() -> None:
    alike = [made([(0, 20, "partner")], coder) for coder in "ab"]
    found = compare([Pair("c", "f", *alike)], "infant", "looking", Rules(with_gamma=False))
    figures = (found.kappa.value, found.ac1.value, found.alpha.value, found.easydiag.value)
    assert all(isnan(each) for each in figures)
    nothing = [made([], coder) for coder in "ab"]
    found = compare([Pair("c", "f", *nothing)], "infant", "looking", Rules())
    assert isnan(found.kappa.value) and isnan(found.easydiag.value) and found.alpha_u == {}


def test_alpha_of_too_few_stretches_is_said_and_is_no_number() -> None:
    # One second, all of it one code for one and another code for the other: chance has one place for each.
    by_hand = alpha_unitizing([Continuum(([(0, 1000)], []), 0, 1000)])
    assert by_hand.observed == 1 and close(by_hand.expected, 2_000 / 2_999_000, 9) and by_hand.too_little
    apart = [made([(0, 1, code)], coder, length=1) for coder, code in (("a", "partner"), ("b", "object"))]
    found = compare([Pair("c", "f", *apart)], "infant", "looking", Rules(with_gamma=False))
    assert isnan(found.alpha_u_all.value) and all(isnan(each.value) for each in found.alpha_u.values())
    assert "Too few stretches were marked" in " ".join(told(found))
    details = [row[-1] for row in lane_rows("a / b", found) if row[3] == "alpha_U"]
    assert details[0] == "2 coders marked anything; too little was marked to tell"
    assert details[1:] == ["1 coder marked it; too little was marked to tell"] * 2


def test_alpha_of_many_stretches_that_leave_each_other_out_stays_a_number() -> None:
    spans = [(start, start + 100) for start in range(0, 100_000, 200)]
    others = [(start, start + 100) for start in range(100, 100_000, 200)]
    assert close(alpha_unitizing([Continuum((spans, others), 0, 100_000)]).value, -2, 1)


def test_a_coder_who_marked_nothing_is_said() -> None:
    found = compare([Pair("c", "f", FIRST, made([], "b"))], "infant", "looking", Rules(with_gamma=False))
    assert found.kappa.value == 0 and found.easydiag.value <= 0
    said = " ".join(told(found))
    assert "marked nothing at all" in said and "-.00" not in said


def test_a_coding_is_not_compared_with_itself() -> None:
    with pytest.raises(VfeedError, match="by a"):
        check_two_coders([FIRST], [FIRST])
    same = Coding("c", "x", provenance=Provenance(import_sha256="0" * 64))
    other = Coding("c", "y", provenance=Provenance(import_sha256="0" * 64))
    with pytest.raises(VfeedError, match="one and the same file"):
        check_two_coders([same], [other])
    # Of one film of several, in which both marked nothing.
    more = [replace(each, provenance=Provenance(import_sha256=each.coder * 64)) for each in (same, other)]
    check_two_coders([same, more[0]], [other, more[1]])


def test_points_are_matched_and_never_put_on_a_grid() -> None:
    ours = Coding("c", "a", tuple(Mark(t, t, "infant", "smile", "x") for t in (1_000_000, 5_000_000)), (), 10**7)
    theirs = Coding("c", "b", (Mark(1_300_000, 1_300_000, "infant", "smile", "x"),), (), 10**7)
    curve = match_points([Pair("c", "f", ours, theirs)], "infant", "smile", Rules(tolerances_us=(0, 500_000)))
    assert [(each.both, each.only_first, each.only_second) for each in curve] == [(0, 2, 1), (1, 1, 0)]


def test_disagreements_are_told_apart_and_open_two_seconds_before() -> None:
    found = stretches(TOY, "infant", "looking", 200_000)
    assert [round((each.end_us - each.start_us) / 1e6, 1) for each in found][:3] == [3.0, 1.0, 1.0]
    kinds = {(each.first, each.second): each.kind for each in reversed(found)}
    assert found[0].kind is Differs.CODE and kinds["partner", ""] is Differs.MISSED
    assert any(each.kind is Differs.TIMING for each in found)
    listed = playlist("toy", found, 20_000_000)
    assert all(mark.end_us <= 20_000_000 for mark in listed.marks)


def test_three_coders_share_one_alpha_and_a_missing_window_is_missing() -> None:
    third = Coding("toy.mp4", "c", FIRST.marks, (Interval(0, 10_000_000),), 20_000_000)
    value = alpha_of_many([[FIRST, SECOND, third]], "infant", "looking", Rules())
    assert value.coders == 3 and 0.5 < value.value < 1


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=60), st.integers(0, 5))
def test_leeway_never_takes_agreement_away(units: list[str], tolerance: int) -> None:
    other = units[1:] + units[:1]
    codes = ["a", "b", "c"]
    before = np.trace(confusion(units, other, codes))
    assert np.trace(confusion(units, within_tolerance(units, other, tolerance), codes)) >= before


@given(st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=3, max_size=3))
def test_kappa_lies_between_its_bounds(rows: list[list[int]]) -> None:
    found = cohen(np.array(rows))
    assert isnan(found.value) or -1 <= found.value <= found.highest + 1e-9 <= 1 + 2e-9


def test_units_have_the_code_at_their_middle() -> None:
    marks = [Mark(0, 21_000, "", "", "a"), Mark(21_000, 59_000, "", "", "b")]
    assert codes_at(marks, unit_middles(0, 80_000)) == ["a", ""]
    # A unit that the end cuts off counts where its middle lies before the end, as one that a pause cuts off does.
    assert [len(unit_middles(0, end_us)) for end_us in (0, 20_000, 20_001, 60_000, 60_001)] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(("step_s", "wanted"), [(0.04, 0.506), (0.1, 0.498), (0.2, 0.485), (0.5, 0.458), (1, 0.367)])
def test_boriss_own_kappa_comes_out_when_counted_as_boris_counts(step_s: float, wanted: float) -> None:
    # Values that BORIS 8.27.4's cohen_kappa gives for the toy, its last end at 19.21 s: at 19.2 s BORIS leaves the last
    # time out by a rounding of its own (0.508, 0.503, 0.494).
    theirs = [*TOY.second.marks[:-1], replace(TOY.second.marks[-1], end_us=19_210_000)]
    assert close(boris_kappa(TOY.first.marks, theirs, round(step_s * S)).value, wanted, 3)


@pytest.mark.parametrize(("step_s", "wanted"), [(0.5, 0.717), (1, 0.308), (2, 0.0)])
def test_boriss_kappa_of_points_hangs_on_the_step(step_s: float, wanted: float) -> None:
    ours, theirs = (
        [Mark(round(at * S), round(at * S), "x", "", "p") for at in times]
        for times in ((1, 2.5, 4, 7, 9.2), (1.2, 2.4, 5, 7.1, 9))
    )
    assert close(boris_kappa(ours, theirs, round(step_s * S)).value, wanted, 3)


@pytest.mark.parametrize(("step_s", "wanted"), [(0.5, 0.702), (1, 0.651), (3, 0.724)])
def test_boriss_kappa_of_two_people(step_s: float, wanted: float) -> None:
    more = [Mark(0, 10 * S, "parent", "looking", "partner")]
    less = [Mark(0, 9 * S, "parent", "looking", "partner"), Mark(9_500_000, 10 * S, "parent", "looking", "away")]
    found = boris_kappa([*TOY.first.marks, *more], [*TOY.second.marks, *less], round(step_s * S))
    assert close(found.value, wanted, 3)
    assert isnan(boris_kappa([], [], S).value)


def test_alpha_of_krippendorffs_second_book() -> None:
    # Krippendorff 2004, p. 227: twelve units, three codes; p. 246: two tables of a hundred.
    found = alpha([list("aabbbbbccccc"), list("abbbbbcccccc")])
    assert close(found.observed, 0.1667, 4) and close(found.expected, 0.6268, 4) and close(found.value, 0.734, 3)
    even = [[12, 9, 9], [9, 14, 9], [9, 9, 20]]
    lopsided = [[12, 18, 18], [0, 14, 18], [0, 0, 20]]
    assert close(cohen(np.array(even)).value, 0.186, 3) and close(cohen(np.array(lopsided)).value, 0.258, 3)


def test_alpha_for_stretches_of_1995_and_of_one_against_three() -> None:
    # Krippendorff 1995, p. 57: what was observed; what was expected has a slip there and follows 2004.
    spans = {
        "A": ([(2, 10), (14, 20)], [(4, 8), (15, 17)], 0.03125),
        "B": ([(0, 18)], [(0, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 9), (9, 10)], 2.26736),
        "C": ([(2, 8), (10, 12), (14, 18), (20, 22)], [(0, 2), (4, 8), (10, 14), (16, 18), (20, 22)], 0.02777),
        "D": ([(0, 2), (2, 10), (10, 14), (14, 20), (20, 24)], [(0, 4), (4, 8), (8, 15), (15, 17), (17, 24)], 0.38715),
    }
    for ours, theirs, observed in spans.values():
        assert close(alpha_unitizing([Continuum([ours, theirs], 0, 24)]).observed, observed, 4)
    halves = [[(start // 2, end // 2) for start, end in each] for each in spans["C"][:2]]
    short = alpha_unitizing([Continuum(halves, 0, 12)])
    assert close(short.expected, 0.05494, 5) and close(short.value, 0.494, 3)
    # The example of dkpro's own test: one long stretch against three short ones in it.
    odd = alpha_unitizing([Continuum([[(1, 9)], [(2, 3), (4, 5), (6, 7)]], 0, 10)])
    assert close(odd.observed, 0.91) and close(odd.expected, 0.5352) and close(odd.value, -0.7003)


def test_two_stretches_of_one_film_count_like_two_films() -> None:
    """What nobody watched between them is no gap on which coders agree, and no leeway reaches over it."""
    ours = [(1.0, 4.0, "a"), (6.0, 9.0, "b")], [(0.0, 3.0, "a"), (5.0, 8.0, "a")]
    theirs = [(1.5, 4.0, "a"), (7.0, 9.5, "b")], [(0.0, 2.5, "b"), (5.5, 8.0, "a")]

    def watched_twice(parts: tuple[list[tuple[float, float, str]], ...], coder: str) -> Coding:
        later = [(start + 100, end + 100, code) for start, end, code in parts[1]]
        coding = made([*parts[0], *later], coder, 120)
        return replace(coding, window=(Interval(0, 10_000_000), Interval(100_000_000, 110_000_000)))

    def apart(parts: tuple[list[tuple[float, float, str]], ...], coder: str) -> list[Coding]:
        return [replace(made(each, coder, 10), window=(Interval(0, 10_000_000),)) for each in parts]

    rules = Rules(with_gamma=False, tolerances_us=(0, 2_000_000))
    who, lane = next((mark.who, mark.lane) for mark in made(ours[0], "x").marks)
    one = compare([Pair("p", "p", watched_twice(ours, "x"), watched_twice(theirs, "y"))], who, lane, rules)
    films = zip(("p", "q"), apart(ours, "x"), apart(theirs, "y"), strict=True)
    two = compare([Pair(clip, "p", mine, yours) for clip, mine, yours in films], who, lane, rules)
    assert (one.kappa, one.leeways, one.easydiag) == (two.kappa, two.leeways, two.easydiag)
    assert one.alpha_u == two.alpha_u and one.alpha_u_all == two.alpha_u_all


def test_time_of_a_code_that_does_not_count_is_missing_and_not_absent() -> None:
    """As Krippendorff has missing values: by hand, 6 of the 8 s that are left agree."""
    rules = Rules(codes=("a", "b"), with_gamma=False)
    one = made([(0, 4, "a"), (4, 6, "b"), (6, 8, "odd")], "x", 10)
    other = made([(0, 4, "a"), (4, 6, "a")], "y", 10)
    who, lane = one.marks[0].who, one.marks[0].lane
    found = compare([Pair("p", "p", one, other)], who, lane, rules)
    assert (found.watched_us, found.other_codes_us, found.left_out_us) == (8 * S, 2 * S, 0)
    assert close(found.kappa.observed, 6 / 8) and found.dropped_codes == {"odd": 1}
    assert found.durations["a"].value is not None and found.codes == ("", "a", "b")
    assert close(alpha_of_many([[one, other]], who, lane, rules).value, found.alpha.value)
    said = " ".join(told(found))
    assert "1 mark of “odd”, which is none of the codes that count" in said
    assert "So 2 s (20 % of what both watched) in which either has such a code count for nothing" in said
    over = replace(one, marks=(*one.marks, Mark(1 * S, 3 * S, who, lane, "odd")))
    assert compare([Pair("p", "p", over, other)], who, lane, rules).other_codes_us == 2 * S, "the code below it holds"
    with pytest.raises(VfeedError, match="a code that does not count: odd"):
        compare([Pair("p", "p", made([(0, 10, "odd")], "x", 10), other)], who, lane, rules)


def test_alpha_of_many_counts_the_same_codes_as_each_two_of_them() -> None:
    rules = Rules(codes=("a", "b"), with_gamma=False)
    one, other = made([(0, 5, "a"), (5, 8, "b")], "x"), made([(0, 5, "a"), (5, 8, "odd")], "y")
    who, lane = one.marks[0].who, one.marks[0].lane
    [pair] = [compare([Pair("p", "p", one, other)], who, lane, rules)]
    assert close(alpha_of_many([[one, other]], who, lane, rules).value, pair.alpha.value)
