"""No screen, reason or pack names an inner state, a verdict or a score."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
FORBIDDEN = re.compile(
    r"\b(scor\w*|emotion\w*|(?:dis)?engage\w*|(?:in)?sensitiv\w*|attachment\w*|avers\w*|avoidan\w*|neglect\w*|"
    r"abnormal\w*|deficit\w*|patholog\w*|bonding|bad (?:mother|father|parent)|risk\w*|verdict\w*|diagnos\w*)\b",
    re.IGNORECASE,
)
# The kind's name in the code and in files is the field's term; on a screen it is "looking away".
CODE_NAMES = re.compile(r"gaze_aversion")


def shown_text(path: Path) -> str:
    """What a person may read of a file: template text, messages, string literals of the core."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}", " ", text, flags=re.DOTALL)
    if path.suffix == ".py":
        tree = ast.parse(text)
        docs = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        literals = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        text = "\n".join(n.value for n in literals if n not in docs and " " in n.value)
    return CODE_NAMES.sub("", text)


SHOWN = sorted(
    [
        *ROOT.glob("vfeed/server/templates/**/*.html"),
        *ROOT.glob("web/src/messages/*.ts"),
        *ROOT.glob("web/src/**/*.svelte"),
        *ROOT.glob("vfeed/practice/packs/*.yaml"),
        *ROOT.glob("vfeed/practice/caregiver_catalogues/*.yaml"),
        *ROOT.glob("vfeed/dyad/**/*.py"),
        *ROOT.glob("vfeed/analysis/**/*.py"),
        *ROOT.glob("vfeed/practice/**/*.py"),
        *ROOT.glob("vfeed/jobs/**/*.py"),
        *ROOT.glob("vfeed/documents/**/*.py"),
        *ROOT.glob("vfeed/server/**/*.py"),
    ]
)


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_forbidden_word_is_shown(path: Path) -> None:
    assert FORBIDDEN.findall(shown_text(path)) == []


def test_the_sources_of_shown_text_are_found() -> None:
    folders = {path.relative_to(ROOT).parts[1] for path in SHOWN}
    assert {"server", "dyad", "practice", "src"} <= folders


@pytest.mark.parametrize("word", ["score", "Engagement", "attachment", "aversion", "at risk", "sensitivity"])
def test_the_net_catches_each_kind_of_word(word: str) -> None:
    assert FORBIDDEN.search(f"the parent's {word} today")


STUMBLED = (
    "take it in",
    "what you read",
    "under the heading",
    "the record as a page",
    "the plan as a page",
    "a copy that plays here",
    "gaze flags are",
    "seconds that a tag starts earlier",
    "take off the list",
    "reckons none",
    "this clip",
)
"""Words at which people stopped on a screen; each has a plainer one now."""


@pytest.mark.parametrize("path", [path for path in SHOWN if path.suffix in {".html", ".ts", ".svelte"}], ids=str)
def test_no_word_at_which_people_stumbled_is_shown(path: Path) -> None:
    text = re.sub(r"^\s*(/\*\*|\*|//).*$", "", shown_text(path), flags=re.MULTILINE).lower()
    assert [words for words in STUMBLED if words in text] == []


STRAIGHT = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
"""An apostrophe as a typewriter has it, within a word. People read the typographic one."""

# Read in a terminal, or by other programs: what is printed there stays as every machine can show it.
PLAIN = (
    "vfeed/cli.py",
    "vfeed/config.py",
    "vfeed/desk/",
    "vfeed/perception/metrics.py",
    "vfeed/research/bundle",
    "vfeed/research/formats/eaf_writing.py",
    "vfeed/research/formats/long_table.py",
    "vfeed/screening/tables.py",
)
# The words that are looked for in what is typed, in both ways of writing.
TYPED = ("vfeed/practice/wording.yaml", "vfeed/practice/wording.cy.yaml")
PRINTED = sorted(
    path
    for path in {*SHOWN, *ROOT.glob("vfeed/**/*.py"), *ROOT.glob("vfeed/practice/**/*.yaml")}
    if not str(path.relative_to(ROOT)).startswith((*PLAIN, *TYPED))
)


@pytest.mark.parametrize("path", PRINTED, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_apostrophe_that_people_read_is_the_typographic_one(path: Path) -> None:
    text = without_comments(path)
    assert [text[max(0, at.start() - 20) : at.end() + 20] for at in STRAIGHT.finditer(text)] == []


@pytest.mark.parametrize("catalogue", sorted(ROOT.glob("vfeed/server/translations/*/LC_MESSAGES/*.po")), ids=str)
def test_so_it_is_in_other_languages(catalogue: Path) -> None:
    with catalogue.open("rb") as lines:
        given = [entry.string for entry in read_po(lines)]
    said = [words for each in given for words in ((each,) if isinstance(each, str) else each)]
    assert said and [words for words in said if STRAIGHT.search(words)] == []


def without_comments(path: Path) -> str:
    """What is read of a file, without what only its authors read."""
    text = shown_text(path)
    if path.suffix in {".ts", ".svelte"}:
        return re.sub(r"/\*.*?\*/|(?<!:)//.*?$|<!--.*?-->", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"(?:^|(?<=\s))#.*$", "", text, flags=re.MULTILINE) if path.suffix == ".yaml" else text
