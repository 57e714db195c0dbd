"""One film screened: what it is, and what a coder can do with it. Runs in a process of its own or elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from multiprocessing import current_process
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from vfeed import loading
from vfeed.errors import VfeedError
from vfeed.media.sandbox import memory_errors
from vfeed.perception.metrics import Heard
from vfeed.research.codability import Best, Codability, FilmFacts, judge
from vfeed.research.film_facts import facts_of, seen_strip
from vfeed.screening.places import opened, reaching

if TYPE_CHECKING:
    from vfeed.media.clip_facts import ClipFacts

Depth = Literal["probe", "sparse", "full"]
SPARSE_FPS, FULL_FPS = 2.0, 12.5
CHUNK = 1 << 20
MISSING = "n/a"
SEPARATOR = "\n"


@dataclass(frozen=True, slots=True)
class Task:
    """A film to screen, where it lies and how closely."""

    clip_id: str
    path: str
    depth: Depth
    max_duration_us: int = 3_600_000_000
    max_bytes: int = 8_000_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of a film after screening; texts, with n/a for what is not known.

    `reasons` and `advice` are sentences parted by `SEPARATOR`; `seen_strip` is that of `film_facts.seen_strip`.
    """

    clip_id: str
    verdict: str = MISSING
    reasons: str = ""
    advice: str = ""
    best_start_us: str = MISSING
    best_end_us: str = MISSING
    both_seen_share: str = MISSING
    others_share: str = MISSING
    second_best_start_us: str = MISSING
    third_best_start_us: str = MISSING
    sound: str = MISSING
    cuts: str = MISSING
    people: str = MISSING
    length_us: str = MISSING
    size_bytes: str = MISSING
    sha256: str = MISSING
    analysis_version: str = MISSING
    depth: str = MISSING
    error_code: str = MISSING
    seen_strip: str = MISSING


ROW_COLUMNS = tuple(each.name for each in fields(Row))


def screen(task: Task) -> Row:
    """Return the row of one film; a film that cannot be read gives a row with its error code, never an exception."""
    try:
        with memory_errors(), opened(task.path) as (file, size), reaching(task.path):
            digest = _sha256(file)
            facts, more = _facts(file, task)
    except VfeedError as error:
        return _refused(task, error.code, error.message, error.hint)
    found = judge(facts)
    return Row(**(_row(task, facts, found) | more | {"sha256": digest, "size_bytes": str(size)}))


def _first_look() -> Callable[..., ClipFacts]:
    """The look in a process of its own; a worker of a cluster may begin none, and is bounded by its scheduler."""
    from vfeed.media.isolated_process import probe_isolated
    from vfeed.media.probe import probe

    return probe if current_process().daemon else probe_isolated


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _facts(file: BinaryIO, task: Task) -> tuple[FilmFacts, dict[str, str]]:
    clip = _first_look()(file, max_duration_us=task.max_duration_us, max_bytes=task.max_bytes)
    if task.depth == "probe":
        heard = Heard.NONE if clip.audio_codec is None else Heard.UNKNOWN
        return FilmFacts(clip.duration_us, heard), {}
    from vfeed.analysis.pipeline import analyse

    loading.done()
    result = analyse(
        file,
        clip,
        fps=SPARSE_FPS if task.depth == "sparse" else FULL_FPS,
        on_progress=lambda _: None,
        is_cancelled=lambda: False,
    )
    return _of_analysis(result, clip.duration_us)


def _of_analysis(result: Any, length_us: int) -> tuple[FilmFacts, dict[str, str]]:
    roles, filming = result.roles, result.filming
    facts = facts_of(result.metrics, roles.infant, roles.caregiver, filming, length_us)
    return facts, {
        "cuts": str(filming["cuts"]),
        "seen_strip": seen_strip(result.metrics, roles.infant, roles.caregiver, length_us),
        "analysis_version": f"{result.version['code']}+{str(result.version['perception'])[:12]}",
    }


def _row(task: Task, facts: FilmFacts, found: Codability) -> dict[str, str]:
    best: Mapping[int, Best] = dict(enumerate(facts.best))
    row = {
        "clip_id": task.clip_id,
        "verdict": found.verdict.value,
        "reasons": SEPARATOR.join(found.reasons),
        "advice": SEPARATOR.join(found.advice),
        "sound": facts.sound.name.lower(),
        "people": MISSING if facts.people is None else str(facts.people),
        "length_us": str(facts.length_us),
        "depth": task.depth,
    }
    if best:
        row |= {
            "best_start_us": str(best[0].start_us),
            "best_end_us": str(best[0].end_us),
            "both_seen_share": f"{best[0].both_seen_share:.3f}",
            "others_share": f"{best[0].others_share:.3f}",
        }
    for place, name in ((1, "second_best_start_us"), (2, "third_best_start_us")):
        if place in best:
            row[name] = str(best[place].start_us)
    return row


def _refused(task: Task, code: str, message: str, hint: str) -> Row:
    return Row(task.clip_id, "film again", message, hint, depth=task.depth, error_code=code)


def lost(task: Task) -> Row:
    """Return the row of a film whose process was killed twice."""
    words = "The look at it broke off twice."
    return Row(task.clip_id, "not known", words, "Look at it alone.", depth=task.depth, error_code="job_lost")


def as_dict(row: Row) -> dict[str, str]:
    """The row by column."""
    return {name: str(value) for name, value in asdict(row).items()}
