"""The glossary holds: names that gave way to the field's own do not come back."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

ROOT = Path(__file__).parents[2]
GONE = {
    "BlazeDetector": "BlazeFaceDetector",
    "DecisionOnCandidate": "CandidateVerdict",
    "Doubt": "ReviewFlag",
    "FilmingFacts": "RecordingFacts",
    "GazeNet": "GazeNetwork",
    "HeadNet": "HeadPoseNetwork",
    "HeldThings": "HeldObjects",
    "LookRun": "GazeRun",
    "LookState": "GazeState",
    "Offered": "AvailableUndo",
    "OwnEyes": "MaskedFirstPass",
    "PARENT_AT_CAMERA": "CAREGIVER_AT_CAMERA",
    "PalmNet": "PalmDetector",
    "Parcel": "ExportBundle",
    "ParentsSide": "CaregiverInput",
    "SIGHT_WORDS": "VISIBILITY_WORDS",
    "SetupKind": "CameraSetup",
    "Sight": "Visibility",
    "Standing": "ConsentStatus",
    "as_said": "with_overrides",
    "as_told": "with_overrides_by_number",
    "decoded_ahead": "prefetched",
    "encode_hidden": "encode_redacted",
    "filming_facts": "recording_facts",
    "first_picture": "first_frame",
    "forgotten_at": "erased_at",
    "hide_in_copy": "redact_clip",
    "native_silence": "suppress_native_stderr",
    "own_eyes": "masked_first_pass",
    "parents_side": "caregiver_input",
    "picture_answer": "image_answer",
    "picture_apart": "frame_isolated",
    "picture_code": "qr_code",
    "picture_name": "figure_name",
    "picture_times": "frame_times",
    "picture_us": "still_us or frame_us",
    "read_person": "observe_person",
    "relit": "rerank",
    "room_words": "caregiver_catalogues",
    "sight_of": "visibility_of",
    "taken_home": "public_share",
    "unsay": "undo",
    "without_pictures": "without_frames",
    "woken_at": "notified_at",
    "write_hidden_copy": "write_redacted_copy",
}
"""Names that misled, each with the one that took its place."""
GONE_IN_BROWSER = re.compile(r"\b(MomentPicture|NoPicture|PictureCorrection|SetupPicture|pictureAt|pictureUrl)\b")
GONE_MODULES = {
    "analysis": "installed picture sparing",
    "dyad": "estimation held kinds likelihood place states targets",
    "media": "apart blur bounds boxes copying dolby fence fields filtering index indexing picture units voice work",
    "services": "beside from_files known offered running trail worries",
    "perception": "assembly background blaze framework gazenet gazing graph hands head_points headnet heads network "
    "palms pose quiet scene tracker",
}
"""Modules whose names said too little of what is in them."""
SEARCHED = ("vfeed", "tests", "bench", "models", "sample_clips")
_ANY = re.compile(rf"\b({'|'.join(GONE)})\b")


def test_no_name_comes_back_that_gave_way_to_a_term_of_the_field() -> None:
    back = [
        f"{path.relative_to(ROOT)}: {name}, which is {GONE[name]}"
        for folder in SEARCHED
        for path in sorted((ROOT / folder).rglob("*.py"))
        for name in sorted(_names(path) & GONE.keys())
    ]
    assert not back, "\n".join(back)


def test_no_module_takes_a_name_again_that_said_too_little() -> None:
    back = [
        f"{folder}/{name}.py"
        for folder, names in GONE_MODULES.items()
        for name in names.split()
        if (ROOT / "vfeed" / folder / f"{name}.py").exists()
    ]
    assert not back


def test_the_names_of_the_browsers_types_follow() -> None:
    types = (ROOT / "web" / "src" / "lib" / "types.ts").read_text(encoding="utf-8")
    assert not _ANY.findall(types)
    islands = [*(ROOT / "web" / "src").rglob("*.ts"), *(ROOT / "web" / "src").rglob("*.svelte")]
    assert islands and not [path.name for path in islands if GONE_IN_BROWSER.search(path.read_text(encoding="utf-8"))]


def _names(path: Path) -> set[str]:
    """Every name that a module uses, but not the words of its texts."""
    text = path.read_text(encoding="utf-8")
    if not _ANY.search(text):
        return set()
    return {each.string for each in tokenize.generate_tokens(io.StringIO(text).readline) if each.type == tokenize.NAME}
