"""Writes bench/REPORT.md from the stored results: what was measured, on what, how long ago; good or bad."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from bench import held_out, plain
from bench.looks import HELD_FAR_DEG
from bench.misread import MISREAD_YAW_DEG
from bench.plots import draw
from bench.scores import kappa_of

Row = tuple[str, float, str] | tuple[str, float, str, str]
"""What was measured, its value and unit, and what was asked of it."""
HERE = Path(__file__).parent
RESULTS, REPORT = HERE / "results", HERE / "REPORT.md"
SETS = {
    "real_like_test": "Like real film, test set: people and rooms that nothing was chosen on, filmed as homes are",
    "real_like_tune": "Like real film, tune set",
    "test": "Test set: people, rooms and scripts that nothing was ever chosen on",
    "long_test": "Longer test set: other people, filmed for half a minute",
    "tune": "Tune set: what thresholds may be fitted on",
    "long_tune": "Longer tune set",
    "samples": "Sample clips",
}
TABLES = {
    "speed": "Speed",
    "starts": "How soon vfeed is there",
    "sizes": "What vfeed takes on the disk, and pages on the line",
    "room": "The review room in a browser",
    "many": "Many people at once",
    "writers": "Fifty people who write to one film at once",
    "queue": "Sharing out work over workers",
    "film_in_store": "The largest film, from a store",
    "hidden": "Faces hidden in copies of the sample clips",
}
ABLATIONS = {"ablation_real_like_test": "real_like_test", "ablation_test": "test"}
"""Where each part is left out in turn, and the set on which."""
CEILING = "ceiling"
INTRO = """# How well and how fast vfeed sees

Rendered people are easier to read than real ones: **every figure here is an upper bound.** Good figures on the clean
sets did not carry over to films of real homes, so the sets that are like real film come first: what helps only on clean
film does not count. `docs/own-footage.md` tells how to measure on your own; `docs/how-well-does-vfeed-see.md` says in
plain words what these figures mean.

Figures for groups are means over people, each counting once; frames of one person are never taken for independent. A
face *can be seen* when at least a fifth of it is in the picture and uncovered and the head is turned at most 110
degrees from the lens. Angles are degrees. An episode is found when a candidate shares at least .3 of the time that both
cover; its onset is near within 0.5 s. Kappa is agreement beyond chance (0 none, 1 perfect). It is given twice: over all
frames of the set taken together, and as the mean over the clips in which there was something to agree on; the second
falls to 0 for a short clip in which one brief look, or one brief look elsewhere, was missed.

The sets like real film and the test set are rendered with heads that follow their eyes as quickly as heads do; the
longer sets, the tune set and the sample clips are from before. Figures of the one are not to be set beside figures of
the other (docs/decisions/0047).
Times by the clock say the load of the machine beside them.
"""
HEAD_COLUMNS = (
    ("found", "found"),
    ("yaw error", "yaw off"),
    ("pitch error", "pitch off"),
    ("gaze error", "gaze off"),
    ("yaw in stated 90 %", "yaw in 90 %"),
    ("pitch in stated 90 %", "pitch in 90 %"),
)


def store(name: str, results: dict[str, Any]) -> None:
    """Keep a set's results in bench/results/NAME.json."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(results, indent=1) + "\n")


def stored(name: str) -> dict[str, Any] | None:
    """The results kept under a name, or None."""
    path = RESULTS / f"{name}.json"
    found: dict[str, Any] | None = json.loads(path.read_text()) if path.exists() else None
    return found


def write() -> Path:
    """Write the report, its plots, and the page in plain words, from everything that is stored."""
    test, longer = stored("test"), stored("long_test")
    if test and longer:
        plain.write(test, longer, stored("real_like_test"), stored(CEILING))
    REPORT.write_text(compose({name: stored(name) for name in (*SETS, CEILING, *TABLES, *ABLATIONS)}, HERE))
    return REPORT


def compose(results: dict[str, dict[str, Any] | None], folder: Path) -> str:
    """Return the report's text for the results by name; its plots go into `folder`/plots."""
    parts = [INTRO]
    for name, title in SETS.items():
        found = results.get(name)
        missing = f"## {title}\n\nNot measured: `make bench-clips` first.\n"
        parts.append(_set(title, found, folder) if found else missing)
        if name == "real_like_test" and (ceiling := results.get(CEILING)):
            parts.append(_ceiling(ceiling))
    parts += _held_out([found for name in SETS if (found := results.get(name)) and plain.is_todays(found)])
    parts += [_table(title, found) for name, title in TABLES.items() if (found := results.get(name))]
    parts += [_ablation(name, found) for name in ABLATIONS if (found := results.get(name))]
    return "\n".join(parts)


def _held_out(results: list[dict[str, Any]]) -> list[str]:
    """What confidences are worth for people who had no say in them, over all sets of today's perception."""
    lines = [line for each in results for line in each["by_clip"]]
    if not lines:
        return []
    text = [
        "## What a stated confidence is worth, for people who had no say in it\n",
        f"{len(lines)} pairs of people of {len(results)} sets. Nothing in vfeed is fitted to these statements. *By "
        "others* is what the same statements would be by a line that was fitted on all other pairs of people, pair "
        "after pair: where it is nearer to what was true, confidences could be mended for people nobody has seen yet. "
        "The range is that of nine in ten draws of pairs.\n",
    ]
    for title, name in (("contact candidates", "stated"), ("contact, frame by frame", "frames_stated")):
        given = held_out.Statements.of(lines, name)
        if not len(given.stated):
            continue
        text += [
            f"| {title}: stated | statements | pairs | mean stated | by others | true | range |",
            "|---|---|---|---|---|---|---|",
            *(_worth(each) for each in held_out.table(given)),
            "",
            f"Off by {number(held_out.off_by(given, given.stated))} on average as stated, by "
            f"{number(held_out.off_by(given, held_out.by_others(given)))} by the lines of others.\n",
        ]
    return ["\n".join(text)]


def _worth(row: held_out.Bin) -> str:
    low, high = row.between
    return (
        f"| {row.low:.1f}-{row.high:.1f} | {row.count} | {row.pairs} | {number(row.stated)} | {number(row.by_others)} "
        f"| {number(row.true)} | {number(low)}-{number(high)} |"
    )


def _ablation(name: str, found: dict[str, Any]) -> str:
    rows = [
        f"| {part} | {number(pooled)} | {number(mean)} | {number(brier)} | {percent(both)} |"
        for part, pooled, mean, brier, both in found["rows"]
    ]
    head = f"## What each part is worth: left out one at a time, on {ABLATIONS[name]}"
    told = (
        f"{found['clips']} clips; measured {found['measured']}. They are few and short, and in a long look that may be "
        "at a face or at a thing beside it the stated probability is near a half: a little more or less turns all its "
        "frames over. The rows in which only the moments of detection differ show how much of a kappa is chance; the "
        "Brier score (0 is best) goes by the probabilities themselves.\n"
    )
    columns = "| left out | contact kappa, all frames | mean over clips | Brier score of contact | both found |"
    return "\n".join([head + "\n", told, *_earlier(found), columns, "|---|---|---|---|---|", *rows, ""])


def _ceiling(found: dict[str, Any]) -> str:
    """What is reached by exact directions, beside which the figures of the sets like real film are to be read."""
    rows = [
        f"| {known} | {infant} / {parent} | {number(tune)}, {number(tune_mean)} | {number(test)}, {number(test_mean)} |"
        for known, infant, parent, tune, tune_mean, test, test_mean in found["rows"]
    ]
    return "\n".join(
        [
            "## What exact directions would reach on the sets like real film\n",
            "Nothing of the film is read here. Contact is called from the truth alone, in frames in which both can be "
            "seen: where both directions lie within an angle of the other's eyes. Of all pairs of angles the best on "
            f"the tune set was taken. {' and '.join(map(str, found['clips']))} clips; measured {found['measured']}.\n",
            "| known exactly | within (infant / parent, degrees) | tune: contact kappa, mean over clips | test |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _set(title: str, results: dict[str, Any], folder: Path) -> str:
    lines = [
        f"## {title}\n",
        f"{results['clips']} clips, {results['seconds']:.0f} s in all, {results['frames_per_s']:g} frames a second "
        f"analysed; measured {results['measured']} with vfeed {results['version']}.\n",
        *_earlier(results),
        *_looks(results["looks"]),
        *_decisions(results),
        *_heads(results["heads"]),
    ]
    plots = [path.relative_to(folder).as_posix() for path in draw(results, folder / "plots")]
    lines += [*(f"![{Path(path).stem}]({path})\n" for path in plots), *_by_clip(results["by_clip"])]
    return "\n".join(lines)


def _earlier(results: dict[str, Any]) -> list[str]:
    """A warning over figures of another perception than today's."""
    if plain.is_todays(results):
        return []
    return ["**Measured with an earlier perception; not measured again since. How today's does here is not known.**\n"]


def _looks(looks: dict[str, Any]) -> list[str]:
    contact, away, versus = looks["contact"], looks["looking_away"], looks["away_against_toy"]
    right, told = looks["roles_right"]
    rows = [
        (
            "gaze contact, frame by frame",
            f"kappa {number(looks['mutual_kappa_all'])}; mean over clips {number(looks['mutual_kappa'])}; precision "
            f"{number(looks['mutual_precision'])}, recall {number(looks['mutual_recall'])}",
        ),
        ("the same by kind of shot", _by_kind(looks["mutual_counts_by_kind"])),
        ("the same by kind of shot, mean over clips", _kinds(looks["mutual_kappa_by_kind"])),
        ("contact stated while both look into the camera", _of_frames(looks["at_camera"])),
        ("contact against a thing at the face", _held(looks.get("held"))),
        ("contact stated while the parent's face is behind hands, cloth or a thing", _of_frames(looks.get("behind"))),
        ("the same within 1 s of glances by the eyes alone", f"kappa {number(looks['glance_kappa'])}"),
        (
            "looks at the partner's face, infant / parent",
            f"{_pair(looks['partner_kappa_all'])}; mean over clips {_pair(looks['partner_kappa'])}",
        ),
        ("partner, object or elsewhere, infant / parent", _pair(looks["state_kappa"])),
        ("gaze-contact candidates", _episodes(contact)),
        ("looking-away candidates", _episodes(away)),
        (
            "infant looking away told from looking at the toy",
            f"balanced accuracy {number(versus['balanced'])} (away {percent(versus['away'])}, "
            f"toy {percent(versus['toy'])})",
        ),
        (
            "a look stated although that face cannot be seen",
            f"{percent(looks['claims_of_unseen_share'])} of {looks['unseen_frames']} such frames; "
            f"{looks['unseen_candidates']} of {looks['candidates']} candidates",
        ),
        ("infant and adult told apart", f"{right} of {told} clips in which both were found"),
        (
            "confidence of contact candidates",
            f"off by {number(looks['confidence']['error'])} on average (expected calibration error, "
            f"{looks['confidence']['count']} candidates)",
        ),
    ]
    return ["| looks | |", "|---|---|", *(f"| {what} | {figure} |" for what, figure in rows), ""]


def _by_kind(tables: dict[str, list[int]]) -> str:
    kappas = {kind: kappa_of(np.array(table)) for kind, table in tables.items()}
    return _kinds({kind: None if math.isnan(value) else value for kind, value in kappas.items()})


def _kinds(kappas: dict[str, float | None]) -> str:
    return ", ".join(f"{kind} {number(value)}" for kind, value in kappas.items())


def _of_frames(counted: list[int] | None) -> str:
    return f"{counted[0]} of {counted[1]} such frames" if counted else "-"


def _held(held: dict[str, Any] | None) -> str:
    """Contact against a thing at the face: right where it can be told, unsure where it cannot."""
    if held is None or not held["contact"][1] + held["thing"][1] + held["near_thing"][1]:
        return "-"
    (contact, faces), (thing, things) = held["contact"], held["thing"]
    (near_thing, near_things), (near_contact, near_faces) = held["near_thing"], held["near_contact"]
    return (
        f"more than {HELD_FAR_DEG:.0f} degrees off the eyes: balanced accuracy {number(held['balanced'])} "
        f"({contact} of {faces} frames of contact, {thing} of {things} of looks at the thing); less: mean confidence "
        f"of contact {number(near_thing)} in {near_things} frames of looks at the thing, {number(near_contact)} in "
        f"{near_faces} of contact"
    )


def _decisions(results: dict[str, Any]) -> list[str]:
    """How agreement on contact grows with a simulated person's decisions, as read and with every head read wrong."""
    as_read, misread = results["decisions"], results["decisions_misread"]
    lines = [
        "| contact kappa, mean over clips, after decisions | " + " | ".join(map(str, as_read["steps"])) + " |",
        "|---|" + "---|" * len(as_read["steps"]),
    ]
    for words, found in (("", as_read), (f", every head read {MISREAD_YAW_DEG:.0f} degrees wrong", misread)):
        lines += [
            f"| {name} ({clips}){words} | " + " | ".join(number(value) for value in values) + " |"
            for name, clips, values in found["kappa"]
        ]
    return [*lines, "", f"To reckon a clip anew after a decision took {as_read['refit_ms']:.0f} ms of a core.", ""]


def _episodes(found: dict[str, Any]) -> str:
    return (
        f"F1 {number(found['f1'])}: {found['matched']} found of {found['true']} true, {found['offered']} offered; "
        f"onsets near in {percent(found['onsets_near'])}"
    )


def _heads(heads: dict[str, Any]) -> list[str]:
    both = heads["both_tracked"]
    lines = [
        f"Both heads found in {percent(both[3]) if both else '-'} of the frames in which both are at least 40 px wide "
        f"and at most half covered. Readings of nobody: {percent(heads['false_head_share'])} of frames. Tracks that "
        f"went over to the other person: {heads['swaps']} in {heads['minutes']:g} minutes. Eyes read in "
        f"{percent(heads['eyes_read_share'])} of the frames in which a face can be seen.",
        "",
    ]
    lines += ["| asked of heads that can be seen | people | found | asked |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {people} | {_asked(mean, high)} | {_range(low, high)} |"
        for name, people, _, mean, low, high in heads["asked"]
    ]
    lines += [""]
    figures = heads["figures"]
    lines += [
        "| heads that can be seen | people | " + " | ".join(label for _, label in HEAD_COLUMNS) + " |",
        "|---|---|" + "---|" * len(HEAD_COLUMNS),
    ]
    for title in figures["found"]:
        for row in figures["found"][title]:
            cells = [_cell(figures[name].get(title, []), row[0], name) for name, _ in HEAD_COLUMNS]
            lines.append(f"| {title + ': ' if title else ''}{row[0]} | {row[1]} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def _asked(mean: float, high: float | None) -> str:
    return percent(mean) if high is not None and high <= 1 else f"{mean:.1f}"


def _range(low: float | None, high: float | None) -> str:
    """What a figure ought to lie between, as it is read."""
    if high is None or low is None:
        return "-"
    return f"{percent(low)} to {percent(high)}" if high <= 1 else f"at most {high:g}"


def _cell(rows: list[list[Any]], group: str, name: str) -> str:
    value = next((row[3] for row in rows if row[0] == group), None)
    if value is None:
        return "-"
    return f"{value:.1f}" if "error" in name else percent(value)


def _by_clip(lines: list[dict[str, Any]]) -> list[str]:
    rows = [
        f"| {line['clip']} | {line['kind']} | {line['light']} "
        f"| {', '.join(line['ages'])} | {', '.join(line['tones'])} | "
        f"{' / '.join(percent(share) for share in line['found'])} | {number(line['mutual_kappa'])} | "
        f"{' / '.join(number(value) for value in line['partner_kappa'])} | "
        f"{line['contact'][0]} of {line['contact'][2]} ({line['contact'][1]}) | {ROLE_WORDS[line['roles_right']]} |"
        for line in lines
    ]
    head = [
        "| clip | shot | light | ages | skin | found, infant / parent | contact kappa | at partner, infant / parent "
        "| contacts found (offered) | roles |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    return ["<details><summary>By clip</summary>\n", *head, *rows, "\n</details>\n"]


ROLE_WORDS = {True: "right", False: "exchanged", None: "one found"}


def _table(title: str, found: dict[str, Any]) -> str:
    """Rows of what, value and unit, and of what was asked where a row of the table says so."""
    asked = any(each for _what, _value, _unit, *more in found["rows"] for each in more)
    rows = [
        f"| {what} | {_rounded(value)} {unit} |" + (f" {''.join(more)} |" if asked else "")
        for what, value, unit, *more in found["rows"]
    ]
    head = "| | | asked |\n|---|---|---|" if asked else "| | |\n|---|---|"
    return "\n".join([f"## {title}\n\nMeasured {found['measured']} on {found['machine']}.\n", head, *rows, ""])


def _rounded(value: float) -> str:
    """One digit after the point, and one more where that is all there is.

    >>> _rounded(14.04), _rounded(0.75), _rounded(0.0)
    ('14.0', '0.75', '0.0')
    """
    return f"{value:.2f}" if 0 < value < 1 else f"{value:.1f}"


def _pair(values: dict[str, Any]) -> str:
    return f"kappa {number(values['infant'])} / {number(values['parent'])}"


def number(value: float | None) -> str:
    """Two digits after the point without the zero before it, as kappas are written.

    >>> number(0.5), number(None)
    ('.50', '-')
    """
    return "-" if value is None else f"{value:.2f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.2f}"


def percent(value: float | None) -> str:
    """A share as whole per cents, one digit more where it is small.

    >>> percent(0.5), percent(0.004)
    ('50 %', '0.4 %')
    """
    if value is None:
        return "-"
    return f"{100 * value:.1f} %" if 0 < value < 0.095 else f"{100 * value:.0f} %"
