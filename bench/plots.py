"""The report's plots, as SVG: heads by yaw and group, contact by clip, and what a stated confidence is worth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

SHORT = {"person": "", "skin tone": "skin: ", "head width": "head: ", "yaw from the lens": "yaw: "}
INK, SOFT, BLUE, ORANGE = "#1f2933", "#8a94a0", "#2f6690", "#c8643c"
mpl.rcParams |= {
    "svg.hashsalt": "vfeed",
    "font.size": 10,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "text.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw(results: dict[str, Any], folder: Path) -> list[Path]:
    """Write the plots of a set's results into `folder`; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    name = results["set"]
    return [
        _save(_heads(results), folder / f"{name}-heads.svg"),
        _save(_contact(results), folder / f"{name}-contact.svg"),
        _save(_confidence(results), folder / f"{name}-confidence.svg"),
    ]


def _save(figure: Figure, path: Path) -> Path:
    figure.savefig(path, metadata={"Date": None})
    return path


def _heads(results: dict[str, Any]) -> Figure:
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    found, error = figure.subplots(1, 2)
    _bars(found, results["heads"]["figures"]["found"], 100, "% of visible heads found")
    found.set_xlim(0, 104)
    _bars(error, results["heads"]["figures"]["yaw error"], 1, "mean error of head yaw, degrees")
    return figure


def _bars(axes: Axes, figures: dict[str, list[list[Any]]], scale: float, label: str) -> None:
    rows = [(f"{SHORT[title]}{each[0]}", each[3] * scale, title) for title in SHORT for each in figures.get(title, [])]
    colours = {title: (BLUE, ORANGE)[number % 2] for number, title in enumerate(SHORT)}
    axes.barh(range(len(rows)), [value for _, value, _ in rows], color=[colours[title] for _, _, title in rows])
    axes.set_yticks(range(len(rows)), [group for group, _, _ in rows], fontsize=8)
    axes.invert_yaxis()
    for place, (_, value, _) in enumerate(rows):
        axes.text(value, place, f" {value:.1f}", va="center", fontsize=8)
    axes.set_xlabel(label)


def _contact(results: dict[str, Any]) -> Figure:
    lines = sorted(
        (line for line in results["by_clip"] if line["mutual_kappa"] is not None), key=lambda line: line["mutual_kappa"]
    )
    figure = Figure(figsize=(9, 0.7 + 0.22 * len(lines)), layout="constrained")
    axes = figure.subplots()
    axes.plot([line["mutual_kappa"] for line in lines], range(len(lines)), "o", color=BLUE)
    axes.set_yticks(
        range(len(lines)), [f"{line['clip']} ({line['kind']}, {line['light']})" for line in lines], fontsize=8
    )
    axes.axvline(0, color=SOFT, lw=0.8)
    axes.set_xlim(-0.4, 1.02)
    axes.set_xlabel("agreement with the truth on gaze contact, frame by frame (kappa: 0 chance, 1 perfect)")
    axes.grid(axis="x", color="#e6e9ed")
    return figure


def _confidence(results: dict[str, Any]) -> Figure:
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    looks = results["looks"]
    for axes, name, title in zip(
        figure.subplots(1, 2),
        ("confidence", "frame_confidence"),
        ("contact candidates", "single frames"),
        strict=True,
    ):
        axes.plot([0, 1], [0, 1], "--", color=SOFT, lw=1)
        bins = looks[name]["bins"]
        axes.plot([each[3] for each in bins], [each[4] for each in bins], "o-", color=ORANGE)
        for _, _, count, stated, true in bins:
            axes.annotate(f" {count}", (stated, true), fontsize=8, va="top")
        axes.set(xlim=(0, 1), ylim=(-0.03, 1.03), xlabel="confidence stated", ylabel="share that was true")
        error = looks[name]["error"]
        axes.set_title(f"{title} (mean gap {error:.2f})" if error is not None else title, fontsize=10)
    return figure
