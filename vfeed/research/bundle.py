"""A bundle for other researchers: tables with their dictionaries, as a Data Package, in Psych-DS and in BIDS.

Nothing in it names anybody, and nothing in it calls itself anonymous: who has a film knows whom a coding is about.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from vfeed.errors import VfeedError
from vfeed.research.bundle_words import BIDS_README, CLIP_MEANINGS, CODEBOOK_MEANINGS, README, ROW_MEANINGS
from vfeed.research.formats.long_table import LONG_COLUMNS, MEANINGS, MISSING, long_rows
from vfeed.research.formats.table_writing import csv_bytes, dictionary_bytes, wide_table
from vfeed.research.marks import Coding

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
BIDS_VERSION = "1.10.0"
ROW_COLUMNS = ("row_id", *LONG_COLUMNS)
TASK = "play"
Json = dict[str, object]
_LABEL = re.compile(r"^[A-Za-z0-9]+$")


@dataclass(frozen=True, slots=True)
class Held:
    """A consent to research that holds on the day of the export: of a child or an adult, and until when."""

    person: str
    until: str


@dataclass(frozen=True, slots=True)
class FilmFacts:
    """What the bundle tells of a film: whose (a random label), which visit (1, 2, ...), how old the child was."""

    clip: str
    subject: str
    session: str
    age_months: str
    length_us: int
    consents: tuple[Held, ...]


@dataclass(frozen=True)
class About:
    """What the bundle tells of itself; `study` is a short label of letters and digits. Times are UTC, ISO 8601."""

    study: str
    title: str
    exported_utc: str
    exported_by: str
    version: str
    audit_row: int


def bundle(codings: Sequence[Coding], films: Sequence[FilmFacts], about: About) -> dict[str, bytes]:
    """Return the files of a bundle by their path in it.

    Raises VfeedError `invalid_input` for labels that are not letters and digits alone, a film without a consent, and a
    coding of a film of which nothing is told.
    """
    _check(codings, films, about)
    rows = [[f"r{number}", *row] for number, row in enumerate(long_rows(codings), 1)]
    wide_columns, wide_rows, wide_numbers = wide_table(codings)
    files = {
        "README.md": README.format(title=about.title).encode(),
        "events_long.csv": csv_bytes(ROW_COLUMNS, rows),
        "clips.csv": csv_bytes(tuple(CLIP_MEANINGS), [_film_row(film) for film in films]),
        "clips_wide.csv": csv_bytes(wide_columns, wide_rows),
        "codebook.csv": csv_bytes(tuple(CODEBOOK_MEANINGS), _codebook(codings)),
        "data_dictionary.csv": dictionary_bytes(ROW_MEANINGS | MEANINGS | CLIP_MEANINGS | CODEBOOK_MEANINGS),
    }
    files["datapackage.json"] = _json(_package(about, wide_columns, wide_numbers))
    files |= _psych_ds(rows, films, about)
    files |= _bids(codings, films, about)
    files["manifest.json"] = _json(_manifest(files, films, about))
    return files


def _check(codings: Sequence[Coding], films: Sequence[FilmFacts], about: About) -> None:
    labels = [about.study, *(label for film in films for label in (film.subject, film.session))]
    odd = [label for label in labels if not _LABEL.match(label)]
    if odd:
        raise VfeedError(
            "invalid_input", f"'{odd[0]}' cannot be a label in file names.", hint="Use letters and digits alone."
        )
    known = {film.clip for film in films}
    unknown = sorted({coding.clip for coding in codings} - known)
    unheld = [film.clip for film in films if not film.consents]
    if unknown or unheld:
        raise VfeedError(
            "invalid_input",
            f"Of {(unknown or unheld)[0]} no consent to research is told.",
            hint="Take only films whose people have agreed.",
        )


def _film_row(film: FilmFacts) -> list[str]:
    until = min((each.until for each in film.consents if each.until), default=MISSING)
    told = [film.clip, film.subject, film.session, film.age_months or MISSING, str(film.length_us)]
    return [*told, str(len(film.consents)), until]


def _codebook(codings: Sequence[Coding]) -> list[list[str]]:
    kinds = sorted({(m.who, m.lane, m.code, "point" if m.point else "state") for c in codings for m in c.marks})
    return [[who or MISSING, lane or MISSING, code, kind] for who, lane, code, kind in kinds]


# Data Package (datapackage.org, version 2)


def _field(name: str, told: tuple[str, str, str]) -> Json:
    kind, unit, meaning = told
    types = {"text": "string", "datetime": "string", "integer": "integer", "number": "number"}
    found: Json = {"name": name, "type": types[kind], "description": meaning}
    return found | ({"unit": unit} if unit else {})


def _resource(name: str, fields: list[Json], **more: object) -> Json:
    schema: Json = {"fields": fields, "missingValues": [MISSING], **more}
    return {
        "name": name.replace("_", "-"),
        "type": "table",
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _package(about: About, wide_columns: Sequence[str], wide_numbers: frozenset[str]) -> Json:
    rows = [_field(name, (ROW_MEANINGS | MEANINGS)[name]) for name in ROW_COLUMNS]
    clips = [_field(name, told) for name, told in CLIP_MEANINGS.items()]
    codes = [_field(name, told) for name, told in CODEBOOK_MEANINGS.items()]
    wide: list[Json] = [{"name": name, "type": "number" if name in wide_numbers else "string"} for name in wide_columns]
    of_a_clip = [{"fields": ["clip_id"], "reference": {"resource": "clips", "fields": ["clip_id"]}}]
    return {
        "$schema": PROFILE,
        "name": about.study.lower(),
        "title": about.title,
        "created": about.exported_utc,
        "description": "Codings of films of parents and infants at play. Not anonymous. No scale, and no score.",
        "resources": [
            _resource("events_long", rows, primaryKey=["row_id"], foreignKeys=of_a_clip),
            _resource("clips", clips, primaryKey=["clip_id"]),
            _resource("clips_wide", wide, foreignKeys=of_a_clip),
            _resource("codebook", codes),
        ],
    }


# Psych-DS


def _psych_ds(rows: Sequence[Sequence[str]], films: Sequence[FilmFacts], about: About) -> dict[str, bytes]:
    place = {film.clip: (film.subject, film.session) for film in films}
    tables: dict[tuple[str, str], list[Sequence[str]]] = {key: [] for key in sorted(place.values())}
    clip = ROW_COLUMNS.index("clip_id")
    for row in rows:
        tables[place[row[clip]]].append(row)
    described: Json = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": about.title,
        "description": "Codings of films of parents and infants at play.",
        "dateCreated": about.exported_utc,
        "variableMeasured": [_variable(name, told) for name, told in (ROW_MEANINGS | MEANINGS).items()],
    }
    files = {"dataset_description.json": _json(described)}
    for (subject, session), each in tables.items():
        name = f"data/study-{about.study}_subject-{subject}_session-{session}_task-{TASK}_data.csv"
        files[name] = csv_bytes(ROW_COLUMNS, each)
    return files


def _variable(name: str, told: tuple[str, str, str]) -> Json:
    _, unit, meaning = told
    found: Json = {"@type": "PropertyValue", "name": name, "description": meaning}
    return found | ({"unitText": unit} if unit else {})


# BIDS


def _bids(codings: Sequence[Coding], films: Sequence[FilmFacts], about: About) -> dict[str, bytes]:
    subjects = sorted({film.subject for film in films})
    files = {
        "bids/dataset_description.json": _json(
            {
                "Name": about.title,
                "BIDSVersion": BIDS_VERSION,
                "DatasetType": "raw",
                "GeneratedBy": [{"Name": "vfeed", "Version": about.version}],
            }
        ),
        "bids/README.md": BIDS_README.encode(),
        "bids/participants.tsv": _tsv(["participant_id"], [[f"sub-{subject}"] for subject in subjects]),
        "bids/participants.json": _json({"participant_id": {"Description": "A family, under a random label."}}),
    }
    by_clip: dict[str, list[Coding]] = defaultdict(list)
    for coding in codings:
        by_clip[coding.clip].append(coding)
    runs: dict[tuple[str, str], int] = defaultdict(int)
    for film in films:
        runs[film.subject, film.session] += 1
        run = runs[film.subject, film.session]
        folder = f"bids/sub-{film.subject}/ses-{film.session}/beh"
        stem = f"{folder}/sub-{film.subject}_ses-{film.session}_task-{TASK}_run-{run}_events"
        found = by_clip[film.clip]
        files[f"{stem}.tsv"] = _tsv(list(_EVENT_COLUMNS), _events(found))
        codes = sorted({mark.code for coding in found for mark in coding.marks})
        files[f"{stem}.json"] = _json(_sidecar(codes, film))
    return files


_EVENT_COLUMNS: dict[str, str] = {
    "onset": "Start, from the film's first picture.",
    "duration": "Length; 0 for a moment.",
    "trial_type": "The code that was given.",
    "who": "Whom the mark is about.",
    "lane": "What is watched: the codes of a lane answer one question.",
    "coder": "Who coded, as a number.",
    "source": "human_coding, candidate_confirmed, candidate_adjusted, consensus or import.",
    "blind": "Whether the coder saw no machine's flags.",
    "modifiers": "What was said more of the code, parts divided by |.",
}


def _events(codings: Sequence[Coding]) -> list[list[str]]:
    rows = []
    place = {name: number for number, name in enumerate(LONG_COLUMNS)}
    for row in long_rows(codings):
        if row[place["kind"]] == "window":
            continue
        names = ("onset_s", "duration_s", "code", "who", "lane", "coder_id", "source", "blind", "modifiers")
        rows.append([re.sub(r"\s+", " ", row[place[name]]) or MISSING for name in names])
    return sorted(rows, key=lambda row: (float(row[0]), row[1:]))


def _sidecar(codes: Sequence[str], film: FilmFacts) -> Json:
    told: Json = {name: {"Description": words} for name, words in _EVENT_COLUMNS.items()}
    for name in ("onset", "duration"):
        told[name] = {"Description": _EVENT_COLUMNS[name], "Units": "s"}
    levels = {code: f"The code '{code}'; codebook.csv says where it is used." for code in codes if code}
    told["trial_type"] = {"Description": _EVENT_COLUMNS["trial_type"], "Levels": levels}
    return told | {"TaskName": TASK, "StimulusPresentation": {"clip_id": film.clip}}


def _tsv(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    return "".join("\t".join(row) + "\n" for row in [columns, *rows]).encode()


# What all of it is


def _manifest(files: Mapping[str, bytes], films: Sequence[FilmFacts], about: About) -> Json:
    return {
        **asdict(about),
        "anonymous": False,
        "files": {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
            for name, data in sorted(files.items())
        },
        "consents": {film.clip: [asdict(each) for each in film.consents] for film in films},
    }


def _json(told: Mapping[str, object]) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def faults(files: Mapping[str, bytes]) -> list[str]:
    """Return what in a bundle is not as its manifest says, in sentences: changed, missing, or added."""
    if "manifest.json" not in files:
        return ["There is no manifest.json."]
    told = json.loads(files["manifest.json"])["files"]
    found = [f"{name} is missing." for name in told if name not in files]
    for name, data in files.items():
        if name == "manifest.json":
            continue
        if name not in told:
            found.append(f"{name} is not in the manifest.")
        elif hashlib.sha256(data).hexdigest() != told[name]["sha256"]:
            found.append(f"{name} was changed.")
    return found
