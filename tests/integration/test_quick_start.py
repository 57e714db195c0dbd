"""What takes long to load is loaded by those who use it: each command starts at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from clip_factory import clip

from vfeed.cli import main
from vfeed.jobs.allocator import ALLOCATOR

TESTS = Path(__file__).parents[1]
SAMPLE = TESTS.parent / "sample_clips" / "side_view_woman.mp4"
SLOW = {"scipy", "matplotlib", "mediapipe", "onnxruntime", "cv2", "av", "flask", "sqlalchemy", "pandas"}
# What few who use the pages or do the work need, and not at once: SciPy loads its parts when they are first named.
SELDOM = {
    "scipy.linalg",
    "scipy.optimize",
    "scipy.sparse",
    "scipy.special",
    "matplotlib",
    "mediapipe",
    "onnxruntime",
    "fpdf",
    "fontTools",
}
SELDOM |= {"onnxruntime", "pyzipper", "alembic", "openpyxl", "xlsxwriter", "botocore", "distributed"}


def loaded_by(code: str, cwd: Path | None = None) -> set[str]:
    """The modules that are loaded once `code` has run in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=cwd,
        env=os.environ | ({"VFEED_DATA_DIR": str(cwd / "data"), "VFEED_KEY_FILE": str(cwd / "key")} if cwd else {}),
    )
    return set(told.stdout.split())


def test_the_command_loads_nothing_that_takes_long_before_it_knows_what_is_asked() -> None:
    assert not SLOW & loaded_by("import vfeed.cli")


def test_a_command_that_looks_at_a_film_loads_no_database_for_it() -> None:
    found = loaded_by("import vfeed.cli, vfeed.media.isolated_process")
    assert "av" in found and not {"flask", "sqlalchemy", *SELDOM} & found


@pytest.mark.parametrize("begun", ["vfeed.launch, vfeed.server.processes", "vfeed.doctor, vfeed.jobs.worker"])
def test_pages_and_workers_begin_without_what_few_need(begun: str) -> None:
    found = loaded_by(f"import vfeed.cli, {begun}")
    assert "sqlalchemy.orm" in found and not SELDOM & found


def test_mediapipe_is_loaded_without_what_draws() -> None:
    found = loaded_by("import vfeed.perception.blazeface")
    assert "mediapipe" in found and "matplotlib" not in found


def test_an_analysis_loads_no_mediapipe() -> None:
    found = loaded_by(
        f"import sys\nsys.path.insert(0, {str(TESTS)!r})\nfrom sample_analysis import analysed_in\nanalysed_in(1)"
    )
    assert "onnxruntime" in found and not {"mediapipe", "matplotlib"} & found


def test_what_draws_can_be_used_afterwards_and_stays_where_it_was_loaded_before() -> None:
    assert "matplotlib" in loaded_by("import vfeed.perception.blazeface, matplotlib.pyplot as p\nassert p.figure")
    assert "mediapipe" in loaded_by("import matplotlib.pyplot as p, vfeed.perception.blazeface\nassert p.figure")


def test_loading_looks_for_garbage_seldom_and_leaves_what_is_loaded_alone_afterwards() -> None:
    code = (
        "import gc\nbefore = gc.get_threshold()\nimport vfeed.__main__\nassert gc.get_threshold()[0] > 10 * before[0]\n"
        "from vfeed import loading\nloading.done()\nassert gc.get_threshold() == before\n"
        "assert gc.get_freeze_count() > 10_000"
    )
    assert "vfeed.cli" in loaded_by(code)


WAYS = (
    "launch.open_store(load_settings()).close()",
    "cli.hide_faces.main([CLIP, 'hidden.mp4'], standalone_mode=False)",
    "cli.analyse.main([CLIP, '--fps', '1'], standalone_mode=False)",
    "commands.convert.main(['codes.csv', 'codes.vtt'], standalone_mode=False)",
    "commands.agree.main(['codes.csv', 'again.csv'], standalone_mode=False)",
    "one_clip.screen(one_clip.Task('a', CLIP, 'sparse'))",
)


def test_whatever_works_for_long_goes_back_to_pythons_own_rhythm(tmp_path: Path) -> None:
    for coder, name in (("ann", "codes.csv"), ("bea", "again.csv")):
        (tmp_path / name).write_text(f"coder,clip,who,start,end,code\n{coder},a,infant,0.5,1.5,partner\n")
    (tmp_path / "clip.mp4").write_bytes(clip("mp4_h264"))
    code = (
        "import gc\nbefore = gc.get_threshold()\nimport vfeed.__main__\nfrom vfeed import cli, launch, loading\n"
        "from vfeed.config import load_settings\nfrom vfeed.desk import commands\n"
        "from vfeed.screening import one_clip\nCLIP = 'clip.mp4'"
    )
    for way in WAYS:
        # Each finds the process as a start leaves it: only the first would without.
        code += f"\nloading.begin()\n{way}\nassert gc.get_threshold() == before, {way!r}"
    loaded_by(code, tmp_path)


def test_a_process_begun_to_look_at_a_film_loads_the_script_no_second_time(tmp_path: Path) -> None:
    script = tmp_path / "vfeed-as-installed"
    script.write_text(
        "import vfeed.__main__ as module\nprint('loaded', flush=True)\n"
        "def look():\n"
        "    from vfeed.media.isolated_process import probe_isolated\n"
        f"    with open({str(SAMPLE)!r}, 'rb') as file:\n"
        "        print(probe_isolated(file, max_duration_us=10**8, max_bytes=10**8).duration_us, flush=True)\n"
        "if __name__ == '__main__':\n    module.command = look\n    module.main()\n",
        encoding="utf-8",
    )
    told = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True).stdout.split()
    assert told[0] == "loaded" and told[1:] == [told[1]] and int(told[1]) > 5_000_000


def test_a_worker_begins_anew_before_it_has_loaded_what_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[dict[str, str]] = []

    def anew(_path: str, _words: list[str], environment: dict[str, str]) -> None:
        begun.append(environment)
        sys.exit(0)

    for name in ALLOCATOR:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.execve", anew)
    # Nothing is read and nothing loaded before: settings that are no good would be refused.
    monkeypatch.setenv("VFEED_PORT", "none")
    assert CliRunner().invoke(main, ["work"]).exit_code == 0
    assert len(begun) == 1 and begun[0].items() >= ALLOCATOR.items()
