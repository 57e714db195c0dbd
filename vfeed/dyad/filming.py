"""What the film itself allows: who is seen for how long, how large, light and sharp; in numbers and words."""

from __future__ import annotations

from collections import Counter

import numpy as np

from vfeed.dyad.people import Roles, readable
from vfeed.perception.metrics import Metrics
from vfeed.perception.sight import SIGHT_WORDS, Sight

GOOD_FACE_PX = 80.0
"""Face width from which eyes and head are read well (1280-px picture)."""
DIM_BELOW = 60.0
SOFT_BELOW = 0.012
LITTLE_SEEN = 0.7
SHAKY_ROLES = 0.75

Fact = float | int | str | None | dict[str, float] | list[str]


def filming_facts(metrics: Metrics, roles: Roles) -> dict[str, object]:
    """Filming facts, JSON-able; `words` holds them as plain sentences.

    Shares are of the analysed frames, 0 to 1. Sizes are px of the analysed picture. Values are None for nobody.
    """
    count = len(metrics["time_us"])
    masks = {"infant": readable(metrics, roles.infant), "parent": readable(metrics, roles.adult)}
    people = {"infant": roles.infant, "parent": roles.adult}
    facts: dict[str, object] = {
        "frames": count,
        "frames_per_s": _rate(metrics),
        "longest_gap_s": round(float(np.diff(metrics["time_us"]).max()) / 1e6, 3) if count > 1 else 0.0,
        "people": sum(person is not None for person in people.values()) + roles.others,
        "both_seen_share": _share(masks["infant"] & masks["parent"]),
    }
    for name, person in people.items():
        facts[name] = _person_facts(metrics, person, masks[name].sum() / max(1, count))
    facts["words"] = _words(facts, roles)
    return facts


def _rate(metrics: Metrics) -> float:
    times = metrics["time_us"]
    return round(float(1e6 / np.median(np.diff(times))), 2) if len(times) > 1 else 0.0


def _share(mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> float:
    return round(float(mask.mean()), 3) if len(mask) else 0.0


def _person_facts(metrics: Metrics, person: int | None, seen_share: float) -> dict[str, object]:
    if person is None:
        return {"seen_share": 0.0, "face_px": None, "light": None, "sharpness": None, "not_seen_because": {}}
    mask = readable(metrics, person)
    missing = Counter(int(code) for code in metrics["sight"][~mask, person])
    total = max(1, len(mask))
    return {
        "seen_share": round(float(seen_share), 3),
        "face_px": _median(metrics["box_px"][mask, person, 2], 1),
        "light": _median(metrics["light"][mask, person], 1),
        "sharpness": _median(metrics["sharpness"][mask, person], 4),
        "not_seen_because": {
            SIGHT_WORDS[Sight(code)]: round(number / total, 3) for code, number in missing.most_common()
        },
    }


def _median(values: np.ndarray[tuple[int, ...], np.dtype[np.float32]], digits: int) -> float | None:
    return round(float(np.nanmedian(values)), digits) if len(values) else None


def _words(facts: dict[str, object], roles: Roles) -> list[str]:
    if facts["people"] == 0:
        return [
            "Nobody's face was found in this clip. Film again with both faces in the picture and light from the front."
        ]
    words = []
    for name, role in (("infant", roles.infant), ("parent", roles.adult)):
        words += _person_words(name, role, facts[name])  # type: ignore[arg-type]
    if roles.infant is None or roles.adult is None:
        alone = "parent" if roles.infant is None else "infant"
        words.append(
            f"Only one person was found and is taken to be the {alone}; exchange the two if that is wrong. "
            "Where someone looks in relation to a person who is not seen cannot be told."
        )
    else:
        words.append(f"Both faces can be read at once for {_percent(facts['both_seen_share'])} of the time.")
        if roles.confidence < SHAKY_ROLES:
            words.append("Who is the infant and who the parent is not clear from size and place: please check.")
    if roles.others:
        words.append(f"{_people(roles.others)} in the picture; only the two seen longest together are followed.")
    return words


def _person_words(name: str, person: int | None, facts: dict[str, object]) -> list[str]:
    if person is None:
        return [f"The {name}'s face was not found."]
    words = [f"The {name}'s face can be read for {_percent(facts['seen_share'])} of the time."]
    because = facts["not_seen_because"]
    assert isinstance(because, dict)
    if float(str(facts["seen_share"])) < LITTLE_SEEN and because:
        words.append(f"Where it cannot, it is mostly {next(iter(because))}.")
    face, light, sharp = facts["face_px"], facts["light"], facts["sharpness"]
    if isinstance(face, float) and face < GOOD_FACE_PX:
        words.append(f"The {name}'s face is small ({face:.0f} px wide): come closer or zoom in.")
    if isinstance(light, float) and light < DIM_BELOW:
        words.append(f"The {name}'s face is dark: light from the front helps.")
    if isinstance(sharp, float) and sharp < SOFT_BELOW:
        words.append(f"The {name}'s face is soft: wipe the lens and rest the camera on something steady.")
    return words


def _percent(share: object) -> str:
    return f"{round(100 * float(str(share)))} %"


def _people(others: int) -> str:
    return "One more person is" if others == 1 else f"{others} more people are"
