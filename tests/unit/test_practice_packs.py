"""Protocol packs: what ships, and what a file must look like."""

from __future__ import annotations

import re
import time

import pytest
import yaml

from vfeed.errors import VfeedError
from vfeed.practice.library import Library, ref, refs, shipped
from vfeed.practice.pack_files import MAX_CHARACTERS, read_pack, write_pack
from vfeed.practice.protocol import Pack

# Tags of clips that are stored already refer to these.
RELEASED = [
    "attentive",
    "encouraging",
    "receiving",
    "following",
    "naming",
    "soothing",
    "guiding",
    "waiting",
    "child_initiative",
    "child_response",
    "child_exploring",
    "eye_to_eye",
    "turn_taking",
    "shared_joy",
    "looking_together",
]
OWN = """
schema: 1
id: ours
title: Ours
owner: The service
code_sets:
  - id: all
    title: All
    codes:
      - id: smile
        label: A smile
        part: both
        parent_words: You smiled.
      - id: wait
        label: A wait
        part: parent
"""


def test_the_packs_that_ship_are_these_and_the_plain_one_comes_first() -> None:
    ids = [pack.id for pack in shipped().packs]
    assert ids == [
        "plain",
        "abc",
        "baby_steps",
        "care_index",
        "circle_of_security",
        "incredible_years",
        "infant_massage",
        "kips",
        "marte_meo",
        "mellow_parenting",
        "minding_the_baby",
        "my_baby_and_us",
        "parent_infant_psychotherapy",
        "peep",
        "ng26_series",
        "vig",
        "vipp_sd",
        "watch_me_play",
        "watch_wait_wonder",
    ]


def test_what_was_released_is_still_known() -> None:
    for code in RELEASED:
        assert shipped().code(code) is not None, code
    assert shipped().code("no such code") is None
    assert shipped().label("no such code") == "no such code"


@pytest.mark.parametrize("pack", shipped().packs, ids=lambda pack: pack.id)
def test_a_pack_names_owner_training_and_licence(pack: Pack) -> None:
    assert pack.owner and pack.about and pack.training and pack.licence


@pytest.mark.parametrize("pack", shipped().packs, ids=lambda pack: pack.id)
def test_a_code_that_a_parent_may_see_speaks_to_them_in_a_whole_sentence(pack: Pack) -> None:
    for code in pack.codes():
        if code.timing == "point":
            assert code.parent_words == "", "a mark for the worker"
        else:
            assert re.fullmatch(r"[A-Z].*[.]", code.parent_words), code.id


def test_the_six_levels_name_their_owner() -> None:
    vig = next(pack for pack in shipped().packs if pack.id == "vig")
    assert "AVIGuk" in vig.owner
    levels = [code.label for code in vig.code_sets[0].codes]
    assert [label[0] for label in levels] == list("123456")


def test_marks_for_comments_are_points_and_chains_are_chains() -> None:
    timings = {reference: code.timing for reference, code in refs(shipped().packs).items()}
    assert timings["abc.comment_delight"] == "point"
    assert {reference for reference, timing in timings.items() if timing == "chain"} == {
        "chain",
        "vig.chain",
        "vipp_sd.signal_and_answer",
    }


@pytest.mark.parametrize("pack", shipped().packs, ids=lambda pack: pack.id)
def test_what_is_written_is_read_back_the_same(pack: Pack) -> None:
    assert read_pack(write_pack(pack)) == pack


def test_a_pack_of_ones_own_is_read() -> None:
    pack = read_pack(OWN)
    assert [code.timing for code in pack.codes()] == ["interval", "interval"]
    assert ref(pack.id, "smile") == "ours.smile"


def test_a_code_that_is_offered_no_longer_keeps_its_words() -> None:
    earlier = refs([read_pack(OWN)])
    library = Library(shipped().packs, earlier)
    assert library.label("ours.wait") == "A wait"
    assert not library.has_pack("ours")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("id: ours", "id: Ours!"), "Line 3 does not fit (id)"),
        (("part: parent", "part: grandma"), "Line 16 does not fit (code_sets, number 1, codes, number 2, part)"),
        (("title: Ours", "titel: Ours"), "no such field"),
        (("title: Ours\n", ""), "title): it is missing"),
        (("id: wait", "id: smile"), "two codes have the id “smile”"),
        (("label: A wait", "label: A smile"), "two codes have the label"),
        (("        part: parent", "        part: parent\n        key: Q"), "key is one small letter"),
        (("        part: parent", "        part: parent\n        part: both"), "names “part” a second time"),
        (("schema: 1", "schema: 3"), "written for another vfeed"),
        (("title: All", "title: &a All\n    more: *a"), "refers to another place"),
        (("title: All", "title: 'All"), "is not YAML"),
        (("title: Ours", "title: [[[[[[[[[[]]]]]]]]]]"), "nested too deep"),
        (("title: Ours", "title: 2026-01-01"), "Line 4 does not fit (title)"),
        (("title: Ours", "title: !!python/object/apply:os.system [ls]"), "Line 4"),
        ((OWN, "- a list"), "holds no code set"),
        ((OWN, ""), "holds no code set"),
        ((OWN, "a" * (MAX_CHARACTERS + 1)), "more than"),
        ((OWN, "\x00"), "not a YAML text"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_the_line_and_the_fix(change: tuple[str, str], words: str) -> None:
    assert change[0] in OWN
    with pytest.raises(VfeedError) as refusal:
        read_pack(OWN.replace(*change))
    assert refusal.value.code == "invalid_input"
    assert words in refusal.value.message, refusal.value.message
    assert refusal.value.hint


def test_no_file_says_what_it_need_not() -> None:
    held = yaml.safe_load(write_pack(read_pack(OWN)))
    assert "colour" not in held["code_sets"][0]["codes"][0]


def filled(piece: str, head: str = "", tail: str = "") -> str:
    """A text as long as is read at all."""
    return head + piece * ((MAX_CHARACTERS - len(head) - len(tail)) // len(piece)) + tail


COSTLY = {
    "a list": filled("- a\n", "id: x\ncode_sets:\n"),
    "a list in a line": filled("a,", "id: [", "]"),
    "nested lists": filled("[[[[[a]]]]],", "id: [", "]"),
    "maps": filled("- {a: b}\n", "id:\n"),
    "fields": "".join(f"k{number}: v\n" for number in range(MAX_CHARACTERS // 9)),
    "long keys": filled("? a\n: b\n"),
    "anchors": filled("- &a b\n", "id:\n"),
    "quotes": filled("'a' ,", "id: [", "]"),
    "a number of many digits": "schema: " + "9" * (MAX_CHARACTERS - 20),
    "a number to base sixty": filled("9:", "schema: ", "9"),
    "such a number elsewhere": filled("9:", "schema: 2\nid: x\ntitle: ", "9"),
}


@pytest.mark.parametrize("text", COSTLY.values(), ids=COSTLY)
def test_no_file_that_is_read_at_all_costs_more_than_a_few_seconds(text: str) -> None:
    began = time.process_time()
    with pytest.raises(VfeedError) as refusal:
        read_pack(text)
    assert refusal.value.code == "invalid_input"
    assert time.process_time() - began < 4
