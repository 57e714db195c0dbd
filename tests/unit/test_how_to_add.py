"""What docs/how-to-add.md shows works: its examples are put into a package of their own and used."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from app_site import Site

from vfeed.analysis import installed_detectors
from vfeed.analysis.installed_detectors import detectors, open_every_detector
from vfeed.errors import VfeedError
from vfeed.perception.head_detector import DetectedHead
from vfeed.practice.pack_files import read_pack
from vfeed.research.formats.registry import exporter_for, exporter_named, exporters
from vfeed.research.marks import Coding, Mark
from vfeed.server.app import create_app
from vfeed.server.web.permissions import TABLE

PAGE = Path(__file__).parents[2] / "docs" / "how-to-add.md"
EXAMPLE = re.compile(r"```(?:python|toml|yaml)\n# (\S+)\n(.*?)```", re.DOTALL)
POINT = re.compile(r'\[project.entry-points."(.+?)"\]\n(.+)')


@pytest.fixture
def sunrise(tmp_path: Path) -> Iterator[Path]:
    """The examples as an installed package: modules, and the entry points that its pyproject.toml would make."""
    found = EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))
    for name, text in found:
        if name != "pyproject.toml":
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    points = [POINT.search(text) for name, text in found if name == "pyproject.toml"]
    info = tmp_path / "sunrise-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sunrise\nVersion: 1.0\n")
    lines = [f"[{point[1]}]\n{point[2].replace(chr(34), '')}\n" for point in points if point is not None]
    (info / "entry_points.txt").write_text("\n".join(lines))
    sys.path.insert(0, str(tmp_path))
    importlib.invalidate_caches()
    exporters.cache_clear()
    yield tmp_path
    exporters.cache_clear()
    sys.path.remove(str(tmp_path))
    for name in [name for name in sys.modules if name.partition(".")[0] == "sunrise"]:
        del sys.modules[name]


def test_a_format_is_known_to_every_export(sunrise: Path) -> None:
    coding = Coding(marks=(Mark(1_000_000, 2_500_000, "infant", "looking", "partner", note="lost"),), clip="film")
    exporter = exporter_named("notes")
    written = exporter.write(coding)
    assert written.files == {"film.notes": b"infant partner 1.000 2.500\n"}
    assert len(written.losses) == 1 and exporter.kept(coding).marks[0].note == ""
    assert exporter_for(sunrise / "a.notes").name == "notes"


@pytest.mark.usefixtures("sunrise")
def test_a_detector_is_used_where_no_face_may_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    class Nothing:
        def search(self, _image: object, *, rolled: bool = False) -> list[DetectedHead]:
            opened.append("searched")
            return []

        def close(self) -> None:
            opened.append("closed")

    assert {"vfeed", "bright"} <= detectors().keys()
    real = detectors()
    monkeypatch.setattr(installed_detectors, "detectors", lambda: {**real, "vfeed": Nothing})
    image = np.zeros((120, 160, 3), np.uint8)
    image[60, 80] = 255
    detector = open_every_detector()
    (found,) = detector.search(image)
    detector.close()
    assert found.detector == "bright" and found.box_px == (70.0, 50.0, 20.0, 20.0)
    assert opened == ["searched", "closed"]


def test_what_is_no_detector_is_refused_and_the_others_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []

    class Found:
        def search(self, _image: object, *, rolled: bool = False) -> list[DetectedHead]:
            return []

        def close(self) -> None:
            closed.append(True)

    monkeypatch.setattr(installed_detectors, "detectors", lambda: {"vfeed": Found, "wrong": object})
    with pytest.raises(VfeedError, match="wrong"):
        open_every_detector()
    assert closed == [True]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("[vfeed.exporters]\ngone = nowhere.to_be:Found\n", "gone"),
        ("[vfeed.exporters]\nnone = builtins:object\n", "none"),
        ("[vfeed.exporters]\nagain = sunrise.again:Eaf\n", "again"),
    ],
    ids=["is not there", "is none", "takes the name of another"],
)
def test_an_exporter_that_does_not_fit_is_named(sunrise: Path, lines: str, told: str) -> None:
    (sunrise / "sunrise" / "again.py").write_text("from vfeed.research.formats.eaf import Eaf\n")
    (sunrise / "sunrise-1.0.dist-info" / "entry_points.txt").write_text(lines)
    exporters.cache_clear()
    with pytest.raises(VfeedError, match=told) as error:
        exporters()
    assert error.value.code == "setting_invalid"


@pytest.mark.parametrize("where", ["nowhere.to_be:Found", "operator:add"], ids=["is not there", "does not open"])
def test_a_detector_that_cannot_be_loaded_is_named(sunrise: Path, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (sunrise / "sunrise-1.0.dist-info" / "entry_points.txt").write_text(f"[vfeed.detectors]\naway = {where}\n")
    monkeypatch.setattr(installed_detectors, "OWN", "away")
    with pytest.raises(VfeedError, match="away") as error:
        open_every_detector()
    assert error.value.code == "setting_invalid"


def test_without_vfeeds_own_detectors_no_copy_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed_detectors, "detectors", lambda: {})
    with pytest.raises(VfeedError) as error:
        open_every_detector()
    assert error.value.code == "setting_invalid"


def test_a_code_set_is_taken_in(sunrise: Path, site: Site) -> None:
    pack = read_pack((sunrise / "sunrise.yaml").read_text(encoding="utf-8"))
    assert [code.id for code in pack.codes()] == ["turns", "waits"]
    site.store.packs.save(pack, "practitioner", over=0)
    codes = site.signed_in("practitioner").get("/api/codes").json["packs"]
    assert next(each for each in codes if each["id"] == "sunrise")["own"]


@pytest.mark.usefixtures("sunrise")
def test_a_page_is_shown_to_whom_the_table_says_and_to_nobody_without_a_line(site: Site) -> None:
    module = importlib.import_module("sunrise.page")
    rule = TABLE.pop("sunrise.page")
    app = create_app(site.store.settings, site.store)
    app.register_blueprint(module.blueprint)
    browser = Site(app, site.store, site.home, site.clip)
    assert browser.signed_in("practitioner").get("/sunrise").status_code == 403
    TABLE["sunrise.page"] = rule
    try:
        assert browser.signed_in("practitioner").get("/sunrise").text == "1 families"
        assert browser.signed_in("administrator").get("/sunrise").status_code == 403
        assert site.actions()[0] in {"families.listed", "access.refused"}
    finally:
        del TABLE["sunrise.page"]


def test_every_kind_of_addition_has_an_example() -> None:
    names = {name for name, _text in EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))}
    assert names == {"sunrise/notes.py", "pyproject.toml", "sunrise/bright.py", "sunrise.yaml", "sunrise/page.py"}
