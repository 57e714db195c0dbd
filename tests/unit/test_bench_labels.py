"""Label files of coding programs, read whole or refused with the fix."""

import json
from pathlib import Path

import numpy as np
import pytest

from bench.labels import CodeMap, LabelError, find_labelled, mutual_of, read_codes, read_labels, read_marks, state_at

TABLE = "who,code,start,end\nInfant,face,0.5,2\nmother,at partner,1,3.25\nbaby,toy,2,00:00:04.5\n"
BORIS_TABLE = (
    "Observation id\tSubject\tBehavior\tBehavior type\tStart (s)\tStop (s)\n"
    "one\tchild\tFace\tSTATE\t0.500\t2.000\none\tmother\tface\tSTATE\t1.000\t3.250\n"
)
BORIS_EVENTS = (
    "Time,Subject,Behavior,Status\n"
    "0.5,child,face,START\n1,mother,face,START\n2,child,face,STOP\n3.25,mother,face,STOP\n"
)
BORIS_PAIRS = [[time, who, "face", "", ""] for time, who in ((0.5, "infant"), (2.0, "infant"), (1, "dad"), (3, "dad"))]
EAF = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT FORMAT="3.0"><HEADER TIME_UNITS="milliseconds"><MEDIA_DESCRIPTOR MEDIA_URL="a.mp4"/></HEADER>
<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="a" TIME_VALUE="500"/><TIME_SLOT TIME_SLOT_ID="b"/>
<TIME_SLOT TIME_SLOT_ID="c" TIME_VALUE="3500"/></TIME_ORDER>
<TIER TIER_ID="gaze" PARTICIPANT="infant"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="1" TIME_SLOT_REF1="a"
 TIME_SLOT_REF2="b"><ANNOTATION_VALUE>face</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="mother"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="2" ANNOTATION_REF="1"><ANNOTATION_VALUE>face
</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER></ANNOTATION_DOCUMENT>"""


def boris(events: list[list[object]], offset: float = 0.0, kind: str = "State event") -> str:
    return json.dumps(
        {
            "behaviors_conf": {"0": {"code": "face", "type": kind}},
            "observations": {"one": {"time offset": offset, "events": events}},
        }
    )


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("name", "text", "infant", "contact"),
    [
        ("a.csv", TABLE, (500_000, 2_000_000), (1_000_000, 2_000_000)),
        ("a.csv", "\ufeff" + TABLE.replace(",", ";").replace(".", ","), (500_000, 2_000_000), (1_000_000, 2_000_000)),
        ("a.tsv", BORIS_TABLE, (500_000, 2_000_000), (1_000_000, 2_000_000)),
        ("a.csv", BORIS_EVENTS, (500_000, 2_000_000), (1_000_000, 2_000_000)),
        ("a.eaf", EAF, (500_000, 2_000_000), (500_000, 2_000_000)),
        ("a.boris", boris(BORIS_PAIRS), (500_000, 2_000_000), (1_000_000, 2_000_000)),
    ],
)
def test_every_kind_of_file_gives_the_same_spans(
    tmp_path: Path, name: str, text: str, infant: tuple[int, int], contact: tuple[int, int]
) -> None:
    spans = read_labels(written(tmp_path, name, text), CodeMap())
    first = next(span for span in spans if span.who == "infant" and span.state == "partner")
    assert (first.interval.start_us, first.interval.end_us) == infant
    assert [(each.start_us, each.end_us) for each in mutual_of(spans)] == [contact]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.doc", "x", "not known"),
        ("a.csv", "", "is empty"),
        ("a.csv", "1,2,3\n", "names its columns"),
        ("a.csv", "who,code,start,end\ninfant,face,2,2\n", "has no length"),
        ("a.csv", "who,code,start,end\ninfant,face,x,2\n", "missing or odd"),
        ("a.csv", "who,code,start,end\ninfant,smile,1,2\n", "does not know 'smile'"),
        ("a.csv", "who,code,start,end\nuncle,face,1,2\n", "does not know 'uncle'"),
        ("a.csv", "who,code,start,end\ninfant,face,1,3\ninfant,toy,2,4\n", "at once at 2.000 s"),
        ("a.csv", "who,code,start,end\nboth,face,1,3\n", "whose look"),
        ("a.csv", "Time,Subject,Behavior,Status\n1,child,face,START\n", "has no partner"),
        ("a.csv", "Time,Subject,Behavior,Status\n1,child,face,STOP\n", "has no partner"),
        ("a.csv", "Time,Subject,Behavior,Status\n1,child,face,POINT\n", "point event"),
        ("a.eaf", "<ANNOTATION_DOCUMENT>", "not whole"),
        ("a.eaf", "<!DOCTYPE x [<!ENTITY a 'b'>]><ANNOTATION_DOCUMENT/>", "entities"),
        ("a.eaf", EAF.replace(' TIME_VALUE="500"', ""), "belongs to nothing in time"),
        ("a.eaf", EAF.replace('ANNOTATION_REF="1"', 'ANNOTATION_REF="9"'), "belongs to nothing"),
        ("a.boris", "{}", "not a BORIS project"),
        ("a.boris", boris([[1, "infant", "face", "", ""]]), "has no partner"),
        ("a.boris", boris([[1, "infant", "face", "", ""]], kind="Point event"), "point event"),
        ("a.boris", '{"behaviors_conf": {}, "observations": {"a": {}, "b": {}}}', "observation a"),
    ],
)
def test_what_cannot_be_read_whole_is_refused_in_words(tmp_path: Path, name: str, text: str, words: str) -> None:
    with pytest.raises(LabelError, match=words):
        read_labels(written(tmp_path, name, text), CodeMap())


def test_a_boris_time_offset_is_taken_off(tmp_path: Path) -> None:
    events = [[10.5, "infant", "face", "", ""], [12.0, "infant", "face", "", ""]]
    assert read_marks(written(tmp_path, "a.boris", boris(events, offset=10.0)))[0].start_us == 500_000


def test_a_file_about_several_films_gives_the_marks_of_the_clip_that_it_lies_beside(tmp_path: Path) -> None:
    table = "clip,who,code,start,end\nplay.mp4,infant,face,1,2\nother.mp4,infant,toy,1,2\n"
    path = written(tmp_path, "play.csv", table)
    assert [mark.code for mark in read_marks(path, "play.mp4")] == ["face"]
    with pytest.raises(LabelError, match="2 observations"):
        read_marks(path)


def test_a_folder_is_read_by_family_with_its_own_words(tmp_path: Path) -> None:
    family = tmp_path / "family-1"
    family.mkdir()
    (family / "play.mp4").touch()
    written(family, "play.csv", "who,code,start,end\nK,LM,1,2\nK,smile,1,2\n")
    written(family, "play.second.csv", "who,code,start,end\nK,LM,1,2.5\n")
    written(tmp_path, "codes.toml", 'ignore = ["smile"]\n[people]\nK = "infant"\n[codes]\nLM = "partner"\n')
    found = list(find_labelled(tmp_path))
    assert [(each.family, each.clip.name, each.coder) for each in found] == [
        ("family-1", "play.mp4", ""),
        ("family-1", "play.mp4", "second"),
    ]
    states = state_at(found[0].spans, "infant", np.array([0, 1_000_000, 1_999_999, 2_000_000]))
    assert states == [None, "partner", "partner", None]


@pytest.mark.parametrize("text", ["[people", '[people]\nK = "uncle"\n', '[codes]\nLM = "smiling"\n'])
def test_an_odd_code_list_is_refused(tmp_path: Path, text: str) -> None:
    written(tmp_path, "codes.toml", text)
    with pytest.raises(LabelError):
        read_codes(tmp_path)
