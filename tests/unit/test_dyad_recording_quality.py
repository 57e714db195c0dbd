"""How far a film can be used and what to do better, from tables of what was seen."""

from dataclasses import replace

import pytest

from vfeed.dyad.recording_quality import (
    BACK,
    BOTH,
    CLOSER,
    FRONT_LIGHT,
    IN_ONE_GO,
    LOWER,
    MOST_ADVICE,
    QUALITY_WORDS,
    SIDE_ON,
    SOUND_ON,
    STEADY,
    WIPE,
    QualityEvidence,
    RecordingQuality,
    assess_quality,
)
from vfeed.perception.metrics import Heard
from vfeed.perception.visibility import Visibility

GOOD = QualityEvidence(
    people=2,
    seen_share=0.95,
    because=Visibility.NOT_FOUND,
    face_px=110.0,
    light=120.0,
    sharpness=0.04,
    moved_per_s=0.015,
    above_deg=10.0,
    sound=Heard.SOUND,
)


@pytest.mark.parametrize(
    ("change", "usable", "advice"),
    [
        ({}, "fine", []),
        ({"seen_share": 0.71, "sound": Heard.UNKNOWN, "moved_per_s": None}, "fine", []),
        ({"seen_share": 0.6}, "limits", [SIDE_ON]),
        ({"seen_share": 0.6, "because": Visibility.TURNED_AWAY}, "limits", [SIDE_ON]),
        ({"seen_share": 0.6, "because": Visibility.OUT_OF_FRAME}, "limits", [BACK]),
        ({"seen_share": 0.6, "because": Visibility.DARK}, "limits", [FRONT_LIGHT]),
        ({"seen_share": 0.6, "because": Visibility.BLURRED}, "limits", [STEADY]),
        ({"seen_share": 0.6, "because": None}, "limits", [SIDE_ON]),
        ({"seen_share": 0.6, "above_deg": 35.0}, "limits", [LOWER, SIDE_ON]),
        ({"above_deg": 35.0}, "fine", [LOWER]),
        ({"seen_share": 0.2}, "again", [SIDE_ON]),
        ({"face_px": 70.0}, "fine", [CLOSER]),
        ({"face_px": 39.0}, "limits", [CLOSER]),
        ({"face_px": 25.0}, "again", [CLOSER]),
        ({"light": 50.0}, "limits", [FRONT_LIGHT]),
        ({"sharpness": 0.01}, "limits", [WIPE]),
        ({"moved_per_s": 0.06, "sharpness": 0.01}, "limits", [STEADY]),
        ({"cuts": 2}, "limits", [IN_ONE_GO]),
        ({"sound": Heard.NONE}, "fine", [SOUND_ON]),
        ({"sound": Heard.SILENT}, "fine", [SOUND_ON]),
        ({"people": 1}, "limits", [BOTH]),
        ({"people": 0, "seen_share": 0.0, "face_px": None, "light": None, "sharpness": None}, "again", [BOTH]),
        ({"light": 20.0, "seen_share": 0.5, "because": Visibility.SMALL}, "limits", [FRONT_LIGHT, CLOSER]),
    ],
)
def test_each_fault_has_its_verdict_and_its_advice(change: dict[str, object], usable: str, advice: list[str]) -> None:
    assert assess_quality(replace(GOOD, **change)) == (usable, advice)


def test_a_film_with_every_fault_gets_three_different_pieces_of_advice_the_gravest_first() -> None:
    worst = QualityEvidence(2, 0.4, Visibility.DARK, 36.0, 12.0, 0.001, 0.2, 50.0, cuts=9, sound=Heard.NONE)
    usable, advice = assess_quality(worst)
    assert usable is RecordingQuality.LIMITS and advice == [FRONT_LIGHT, LOWER, CLOSER]
    assert len(set(advice)) == MOST_ADVICE


def test_every_verdict_has_words_that_speak_of_the_film() -> None:
    assert set(QUALITY_WORDS) == set(RecordingQuality)
    assert all("film" in words for words in QUALITY_WORDS.values())
