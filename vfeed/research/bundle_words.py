"""What a bundle says of itself: its columns, and the pages that lie beside the tables."""

from __future__ import annotations

ROW_MEANINGS = {"row_id": ("text", "", "Number of the row; no two are alike.")}
CLIP_MEANINGS = {
    "clip_id": ("text", "", "Which clip."),
    "subject": ("text", "", "Which family, under a random label that holds for this export alone."),
    "session": ("text", "", "Which visit of the family: 1 is the first. No dates are told."),
    "age_months": ("integer", "months", "How old the child was, in whole months."),
    "clip_length_us": ("integer", "microseconds", "Length of the clip."),
    "consents": ("integer", "", "How many people's consent to research was held on the day of the export."),
    "consents_until": ("text", "", "The first day on which one of them ends."),
}
CODEBOOK_MEANINGS = {
    "who": ("text", "", "Whom the mark is about."),
    "lane": ("text", "", "What is watched."),
    "code": ("text", "", "What was marked."),
    "kind": ("text", "", "state (a stretch) or point (a moment)."),
}
README = """# {title}

Codings of films of parents and infants at play, from vfeed.

- `events_long.csv`: a row for each mark, and one for each stretch that a coder watched. `clips.csv`: the films.
  `clips_wide.csv`: counts and lengths. `codebook.csv`: the codes that occur. `data_dictionary.csv`: the columns.
- `datapackage.json` describes these as a Data Package (version 2).
- `dataset_description.json` and `data/` are the same rows in Psych-DS.
- `bids/` holds the events in BIDS (`beh`), with `onset` and `duration` in seconds.
- `manifest.json`: the SHA-256 of every file, the consents that were held on the day of the export and until when,
  and the row of the audit trail that tells of it.

`n/a` stands for what is not known. "Not marked" inside a stretch that was watched is a finding; outside of it nothing
is known.

These data are not anonymous. Labels are random and hold for this export alone, but whoever has a film knows whom its
coding is about. A consent may be withdrawn: ask who gave you this bundle before you use it again, and after the days
in `clips.csv`.

No scale is computed here and no score, and nothing ranks families: a count of looks stands for no scale.
"""
BIDS_README = """# Events of films of parents and infants at play

Films are not part of it. Each `_events.tsv` holds the marks of all coders of one film (`coder`), from the film's first
picture on. A subject is a family, a session a visit. What the codes are is told in `codebook.csv` beside this folder.
"""
