"""What the film itself is like: who is seen for how long, how large, light and sharp; in numbers and words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad.camera_setup import CameraSetup, SetupEstimate
from vfeed.dyad.people import Roles, readable
from vfeed.dyad.recording_quality import (
    DIM_BELOW,
    ENOUGH_SEEN,
    EXPECTED_PEOPLE,
    GOOD_FACE_PX,
    QUALITY_WORDS,
    SHAKY_FROM_PER_S,
    SOFT_BELOW,
    QualityEvidence,
    assess_quality,
)
from vfeed.errors import Filled, filled
from vfeed.errors import marked as _
from vfeed.perception.geometry import FloatArray
from vfeed.perception.metrics import Heard, Metrics
from vfeed.perception.visibility import VISIBILITY_WORDS, Visibility
from vfeed.timeline.clock import clock
from vfeed.timeline.smoothing import HELD_US, frame_ends, without_frames
from vfeed.timeline.timeline import Timeline

SHAKY_ROLES = 0.75

MOST_GAPS_SAID = 3
SLOWEST_PER_S = 1e6 / HELD_US
"""With fewer frames a second there is time without any near between each two."""

BEST_STRETCH_US = 180_000_000
"""The stretch that coding schemes for infants ask for: three minutes without a cut."""


def recording_facts(metrics: Metrics, roles: Roles, setup: SetupEstimate) -> dict[str, object]:
    """Filming facts, JSON-able; `words` holds them as plain sentences.

    `usable`, `usable_words` and `advice` say what follows from them for this film and the next (see dyad.advice).
    Shares are of the film's time, 0 to 1; what no frame shows is not seen, and `missing` says where that is, as
    [start_s, end_s]. Sizes are px of the analysed frame. Values are None for nobody.
    `moved_per_s` is the frame's usual motion, longer sides a second; `camera_above_deg` how far the camera looks down
    on the heads; `best_stretch` the three minutes without a cut in which most is seen, None in a shorter film. `setup`
    is how the film is set up, `asks` what a person should be asked about: "people" (who is who), "setup".
    """
    count = len(metrics["time_us"])
    lasts = _lasts(metrics)
    missing = without_frames(metrics["time_us"], int(metrics["duration_us"][0]))
    masks = {"infant": readable(metrics, roles.infant), "parent": readable(metrics, roles.caregiver)}
    people = {"infant": roles.infant, "parent": roles.caregiver}
    facts: dict[str, object] = {
        "frames": count,
        "frames_per_s": _rate(metrics),
        "longest_gap_s": round(float(np.diff(metrics["time_us"]).max()) / 1e6, 3) if count > 1 else 0.0,
        "people": sum(person is not None for person in people.values()) + roles.others,
        "both_seen_share": _share(masks["infant"] & masks["parent"], lasts),
        "missing": [[round(gap.start_us / 1e6, 2), round(gap.end_us / 1e6, 2)] for gap in missing],
    }
    for name, person in people.items():
        facts[name] = _person_facts(metrics, person, lasts)
    watched = [mask for name, mask in masks.items() if people[name] is not None]
    together = np.logical_and.reduce(watched) if watched else np.zeros(count, np.bool_)
    facts["moved_per_s"] = _moved_per_s(metrics)
    facts["cuts"] = int(metrics["shot"][-1]) if count else 0
    facts["sound"] = Heard(int(metrics["sound"][0])).name.lower()
    facts["camera_above_deg"] = _above_deg(metrics, people, masks)
    facts["best_stretch"] = best_stretch(metrics, together)
    facts["setup"] = setup.as_dict()
    facts["asks"] = _asks(roles, setup)
    facts["words"] = _words(facts, roles, setup) + _missing_words(missing, _rate(metrics))
    usable, advice = assess_quality(_filmed(facts, metrics, people, together, setup, lasts))
    facts["usable"], facts["usable_words"], facts["advice"] = usable.value, QUALITY_WORDS[usable], advice
    return facts


def sentences_of(facts: Mapping[str, Any]) -> list[str]:
    """Return all that is said of the film, in sentences: what it allows, what was seen, what to try next time."""
    return [facts["usable_words"], *facts["words"], *(f"For the next film: {advice}" for advice in facts["advice"])]


def best_stretch(
    metrics: Metrics, seen: NDArray[np.bool_], length_us: int = BEST_STRETCH_US
) -> dict[str, float] | None:
    """Return the stretch of `length_us` within one shot in which `seen` (T,) holds for longest: start_s, end_s,
    seen_share.

    The earliest of equals; None where no shot lasts so long.
    """
    times = metrics["time_us"]
    if not len(times):
        return None
    ends = np.append(times[1:], max(int(metrics["duration_us"][0]), int(times[-1])))
    held = frame_ends(times, int(ends[-1])) - times
    seen_until = np.concatenate([[0], np.cumsum(np.where(seen, held, 0))])
    # Where the shot of each frame ends, as a number of frames, and the frame that the stretch from each would reach.
    shot_end = np.searchsorted(metrics["shot"], metrics["shot"], side="right")
    reached = np.searchsorted(ends, times + length_us, side="left") + 1
    fits = np.flatnonzero(reached <= shot_end)
    if not len(fits):
        return None
    held_us = seen_until[reached[fits]] - seen_until[fits]
    start = int(fits[int(np.argmax(held_us))])
    start_us = int(times[start])
    return {
        "start_s": round(start_us / 1e6, 2),
        "end_s": round((start_us + length_us) / 1e6, 2),
        "seen_share": round(min(1.0, float(held_us.max()) / length_us), 3),
    }


def _moved_per_s(metrics: Metrics) -> float | None:
    if len(metrics["time_us"]) < 2:
        return None
    moved = np.hypot(*metrics["moved_px"][1:].astype(float).T) / float(metrics["picture_px"].max())
    per_s = moved / (np.diff(metrics["time_us"]) / 1e6)
    return round(float(np.nanmedian(per_s)), 4) if np.isfinite(per_s).any() else None


def _above_deg(
    metrics: Metrics, people: Mapping[str, int | None], masks: Mapping[str, NDArray[np.bool_]]
) -> float | None:
    """The smaller of both heads' usual tip towards the camera: one alone may just be bowed."""
    tips = [
        float(np.degrees(np.arcsin(np.clip(np.median(metrics["up"][masks[name], person, 2]), -1, 1))))
        for name, person in people.items()
        if person is not None and masks[name].any()
    ]
    return round(min(tips), 1) if len(tips) == len(people) else None


def _filmed(
    facts: Mapping[str, object],
    metrics: Metrics,
    people: Mapping[str, int | None],
    together: NDArray[np.bool_],
    setup: SetupEstimate,
    lasts: FloatArray,
) -> QualityEvidence:
    found = [name for name, person in people.items() if person is not None]
    each: list[Mapping[str, float | None]] = [facts[name] for name in found]  # type: ignore[misc]

    def worst(name: str) -> float | None:
        return min((value for one in each if (value := one[name]) is not None), default=None)

    unseen = metrics["sight"][~together][:, [person for person in people.values() if person is not None]]
    reasons = Counter(int(code) for code in unseen.ravel() if code > Visibility.PARTLY)
    return QualityEvidence(
        people=len(found),
        seen_share=_share(together, lasts),
        because=Visibility(reasons.most_common(1)[0][0]) if reasons else None,
        face_px=worst("face_px"),
        light=worst("light"),
        sharpness=worst("sharpness"),
        moved_per_s=facts["moved_per_s"],  # type: ignore[arg-type]
        above_deg=facts["camera_above_deg"],  # type: ignore[arg-type]
        cuts=int(metrics["shot"][-1]) if len(together) else 0,
        sound=Heard(int(metrics["sound"][0])),
        missing_share=max(0.0, 1.0 - float(lasts.sum())) if len(lasts) else 0.0,
        expected=1 if setup.given and setup.kind is CameraSetup.CAREGIVER_AT_CAMERA else EXPECTED_PEOPLE,
    )


def _asks(roles: Roles, setup: SetupEstimate) -> list[str]:
    """What a person should be asked about: who is who where it is not clear, a set-up that was only guessed."""
    asks = []
    both = roles.infant is not None and roles.caregiver is not None
    unclear = both and (roles.confidence < SHAKY_ROLES or roles.others > 0)
    if roles.lost or (unclear and not roles.given and not roles.swapped):
        asks.append("people")
    if setup.to_confirm and (roles.infant is not None or roles.caregiver is not None):
        asks.append("setup")
    return asks


def _rate(metrics: Metrics) -> float:
    times = metrics["time_us"]
    return round(float(1e6 / np.median(np.diff(times))), 2) if len(times) > 1 else 0.0


def _lasts(metrics: Metrics) -> FloatArray:
    """(T,): share of the film's time that each frame stands for; they sum to less than 1 where frames are missing."""
    times, duration_us = metrics["time_us"], int(metrics["duration_us"][0])
    lasts_us = frame_ends(times, duration_us) - times
    shares: FloatArray = lasts_us / max(1, duration_us, int(lasts_us.sum()))
    return shares


def _share(mask: NDArray[np.bool_], lasts: FloatArray) -> float:
    return round(float(lasts[mask].sum()), 3)


def _person_facts(metrics: Metrics, person: int | None, lasts: FloatArray) -> dict[str, object]:
    if person is None:
        return {"seen_share": 0.0, "face_px": None, "light": None, "sharpness": None, "not_seen_because": {}}
    mask = readable(metrics, person)
    missing: Counter[int] = Counter()
    for code, share in zip(metrics["sight"][~mask, person].tolist(), lasts[~mask].tolist(), strict=True):
        missing[code] += share
    return {
        "seen_share": _share(mask, lasts),
        "face_px": _median(metrics["box_px"][mask, person, 2], 1),
        "light": _median(metrics["light"][mask, person], 1),
        "sharpness": _median(metrics["sharpness"][mask, person], 4),
        "not_seen_because": {
            VISIBILITY_WORDS[Visibility(code)]: round(share, 3) for code, share in missing.most_common()
        },
    }


def _median(values: np.ndarray[tuple[int, ...], np.dtype[np.float32]], digits: int) -> float | None:
    return round(float(np.nanmedian(values)), digits) if len(values) else None


def _words(facts: dict[str, object], roles: Roles, setup: SetupEstimate) -> list[str]:
    if facts["people"] == 0:
        return [_("Nobody’s face was found in this clip.")]
    words = []
    parts = {"infant": roles.infant, "parent": roles.caregiver}
    at_camera = setup.given and setup.kind is CameraSetup.CAREGIVER_AT_CAMERA
    alone = next((name for name, other in (("infant", "parent"), ("parent", "infant")) if parts[other] is None), None)
    for name, role in parts.items():
        # Whoever is at the camera is not looked for.
        if role is not None or not at_camera:
            words += _person_words(name, role, facts[name])  # type: ignore[arg-type]
    if alone is None:
        both = _percent(facts["both_seen_share"])
        words.append(filled(_("Both faces can be read at once for %(share)s of the time."), share=both))
        if roles.confidence < SHAKY_ROLES and not roles.swapped:
            words.append(_("Who is the infant and who the parent is not clear from size and place: please check."))
    elif at_camera:
        other = "parent" if alone == "infant" else "infant"
        at = _("The %(who)s is at the camera, as a person said: looks to that side are taken for looks to them.")
        words.append(filled(at, who=_who(other)))
    else:
        single = _(
            "Only one person was found and is taken to be the %(who)s; exchange the two if that is wrong. Where "
            "someone looks in relation to a person who is not seen cannot be told."
        )
        words.append(filled(single, who=_who(alone)))
    if roles.others:
        words.append(_others_words(roles))
    lost = _("The %(who)s that was named is not found again: please say anew who is who.")
    words += [filled(lost, who=_who(name)) for name in roles.lost]
    return words + _setup_words(setup) + _whole_words(facts)


def _who(name: str) -> Filled:
    return filled(_("parent") if name == "parent" else _("infant"))


def _others_words(roles: Roles) -> str:
    if roles.given:
        one = _("One more person is in the picture; only the pair that was named is followed.")
        more = _("%(others)s more people are in the picture; only the pair that was named is followed.")
    else:
        one = _("One more person is in the picture; only the two seen longest together are followed.")
        more = _("%(others)s more people are in the picture; only the two seen longest together are followed.")
    return one if roles.others == 1 else filled(more, others=roles.others)


# The set-up where it is not the usual one: as a person said, and as it seems.
_SETUPS = {
    CameraSetup.SPLIT_SCREEN: (
        _("The picture is put together from two cameras side by side, as a person said."),
        _("The picture is put together from two cameras side by side, it seems: please confirm."),
    ),
    CameraSetup.PICTURE_IN_PICTURE: (
        _("One camera’s picture lies as a small one in the other’s, as a person said."),
        _("One camera’s picture lies as a small one in the other’s, it seems: please confirm."),
    ),
}


def _setup_words(setup: SetupEstimate) -> list[str]:
    words = _SETUPS.get(setup.kind)
    return [] if words is None else [words[0] if setup.given else words[1]]


def _whole_words(facts: dict[str, object]) -> list[str]:
    """What concerns the frame and the sound as a whole."""
    words = []
    moved, cuts, best = facts["moved_per_s"], facts["cuts"], facts["best_stretch"]
    if isinstance(moved, float) and moved > SHAKY_FROM_PER_S:
        words.append(_("The camera is not steady."))
    if cuts == 1:
        words.append(_("There is a cut in the film."))
    elif cuts:
        words.append(filled(_("There are %(cuts)s cuts in the film."), cuts=cuts))
    if facts["sound"] in ("none", "silent"):
        words.append(_("There is no sound.") if facts["sound"] == "none" else _("The sound is silent."))
    if isinstance(best, dict):
        three = _(
            "The three minutes without a cut in which most can be seen: %(start)s to %(end)s (%(share)s of that time)."
        )
        times = {"start": _clock(best["start_s"]), "end": _clock(best["end_s"])}
        words.append(filled(three, **times, share=_percent(best["seen_share"])))
    return words


def _missing_words(missing: Timeline, frames_per_s: float) -> list[str]:
    """How much of the film has no frames, and where; of a film with hardly any a second, that it has."""
    if not missing:
        return []
    if 0 < frames_per_s < SLOWEST_PER_S:
        seldom = _(
            "Pictures come in this film only every %(every)s s, too few to follow looks in. Nothing is said of the "
            "time between them, %(lasts)s s in all. Film with 15 or more a second."
        )
        return [filled(seldom, every=f"{1 / frames_per_s:.1f}", lasts=f"{missing.duration_us / 1e6:.0f}")]
    said = [
        filled(_("%(start)s to %(end)s"), start=clock(gap.start_us), end=clock(gap.end_us))
        for gap in list(missing)[:MOST_GAPS_SAID]
    ]
    if len(missing) > MOST_GAPS_SAID:
        said.append(filled(_("%(places)s more places"), places=len(missing) - MOST_GAPS_SAID))
    where = said[0]
    for each in said[1:-1]:
        where = filled("%(some)s, %(next)s", some=where, next=each)
    if len(said) > 1:
        where = filled(_("%(some)s and %(last)s"), some=where, last=said[-1])
    gaps = _(
        "There are no pictures for %(lasts)s s of this film (%(where)s). Nothing is said of that time. If the film is "
        "whole on the camera or phone, copy it from there again."
    )
    return [filled(gaps, lasts=f"{missing.duration_us / 1e6:.1f}", where=where)]


def _clock(seconds: float) -> str:
    return clock(int(seconds) * 1_000_000, tenths=False)


# By the word under which the share of time stands.
_MOSTLY = {
    VISIBILITY_WORDS[why]: said
    for why, said in (
        (Visibility.NOT_FOUND, _("Where it cannot, it is mostly not found.")),
        (Visibility.SMALL, _("Where it cannot, it is mostly too small.")),
        (Visibility.DARK, _("Where it cannot, it is mostly too dark.")),
        (Visibility.BLURRED, _("Where it cannot, it is mostly too blurred.")),
        (Visibility.TURNED_AWAY, _("Where it cannot, it is mostly turned away from the camera.")),
        (Visibility.OUT_OF_FRAME, _("Where it cannot, it is mostly out of the picture.")),
        (Visibility.COVERED, _("Where it cannot, it is mostly covered.")),
    )
}


def _person_words(name: str, person: int | None, facts: dict[str, object]) -> list[str]:
    who = _who(name)
    if person is None:
        return [filled(_("The %(who)s’s face was not found."), who=who)]
    share = _percent(facts["seen_share"])
    words: list[str] = [filled(_("The %(who)s’s face can be read for %(share)s of the time."), who=who, share=share)]
    because = facts["not_seen_because"]
    assert isinstance(because, dict)
    if float(str(facts["seen_share"])) < ENOUGH_SEEN and because:
        mostly = next(iter(because))
        words.append(_MOSTLY.get(mostly, f"Where it cannot, it is mostly {mostly}."))
    face, light, sharp = facts["face_px"], facts["light"], facts["sharpness"]
    if isinstance(face, float) and face < GOOD_FACE_PX:
        words.append(filled(_("The %(who)s’s face is small (%(px)s px wide)."), who=who, px=f"{face:.0f}"))
    if isinstance(light, float) and light < DIM_BELOW:
        words.append(filled(_("The %(who)s’s face is dark."), who=who))
    if isinstance(sharp, float) and sharp < SOFT_BELOW:
        words.append(filled(_("The %(who)s’s face is soft."), who=who))
    return words


def _percent(share: object) -> str:
    return f"{round(100 * float(str(share)))} %"
