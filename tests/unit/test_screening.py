"""Many films looked at: nothing lost, nothing twice, and who is who kept apart."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import multiprocessing
import resource
import signal
from pathlib import Path

import fake_screening_tasks
import psutil
import pytest
from click.testing import CliRunner, Result
from clip_factory import RECIPES, clip, make, sound_only
from service import wait_until

from vfeed.cli import main
from vfeed.errors import VfeedError
from vfeed.media.probe import probe
from vfeed.media.sandbox import MEMORY_BYTES
from vfeed.research.codability import Answer, Verdict
from vfeed.research.formats.seam import Losses
from vfeed.research.formats.table_writing import workbook
from vfeed.screening import blind_pack
from vfeed.screening.one_clip import Row, Task, screen
from vfeed.screening.places import films_in
from vfeed.screening.run import Names, Pool, RowLog, alone, processes, screen_all, with_duplicates
from vfeed.screening.tables import COLUMNS, MEANINGS, Told, page, read_told, table

COUNT = 120


def rows_of(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]


def test_a_screening_that_is_killed_five_times_loses_no_row_and_has_none_twice(tmp_path: Path) -> None:
    # Forked, for what is killed is the same and nothing has to be loaded anew.
    forked = multiprocessing.get_context("fork")
    for seed in (1, 2, 3, 4, 5, 0):
        run = forked.Process(target=fake_screening_tasks.screen_until_killed, args=(tmp_path, COUNT, seed))
        run.start()
        run.join(200)
        assert (run.exitcode == 0) == (seed == 0 or len(rows_of_whole(tmp_path)) == COUNT)
    found = rows_of(tmp_path)
    assert sorted(row["clip_id"] for row in found) == [f"{number:04d}" for number in range(COUNT)]
    # A film is looked at again only where its row was not on the disk when the process died.
    looks = sum(len((tmp_path / row["clip_id"]).read_text().splitlines()) for row in found)
    assert COUNT <= looks <= COUNT + 5 * 2 * 8


def rows_of_whole(folder: Path) -> list[str]:
    text = (folder / "rows.jsonl").read_text()
    return [line for line in text.split("\n")[:-1] if line]


def test_a_killed_worker_costs_only_its_own_film(tmp_path: Path) -> None:
    log = RowLog(tmp_path / "rows.jsonl")
    tasks = fake_screening_tasks.tasks(tmp_path, 10)
    screen_all(tasks, log, processes(2), on_row=lambda _: None, work=fake_screening_tasks.always_killed)
    codes = {row["clip_id"]: row["error_code"] for row in rows_of(tmp_path)}
    assert len(rows_of(tmp_path)) == len(codes) == 10
    assert {clip_id for clip_id, code in codes.items() if code == "job_lost"} == {"0003", "0007"}
    assert (tmp_path / "0003").read_text().count("looked") == 2


def test_a_worker_killed_once_looks_again_and_gives_one_row(tmp_path: Path) -> None:
    log = RowLog(tmp_path / "rows.jsonl")
    screen_all(
        fake_screening_tasks.tasks(tmp_path, 4),
        log,
        processes(1),
        on_row=lambda _: None,
        work=fake_screening_tasks.killed_once,
    )
    assert sorted(row["clip_id"] for row in rows_of(tmp_path)) == ["0000", "0001", "0002", "0003"]
    assert not [row for row in rows_of(tmp_path) if row["error_code"] == "job_lost"]


def test_films_that_a_broken_pool_no_longer_takes_go_to_the_next(tmp_path: Path) -> None:
    log = RowLog(tmp_path / "rows.jsonl")
    pool = Pool(fake_screening_tasks.BreaksAtTheThird, 2)
    screen_all(
        fake_screening_tasks.tasks(tmp_path, 5), log, pool, on_row=lambda _: None, work=fake_screening_tasks.note
    )
    assert sorted(row["clip_id"] for row in rows_of(tmp_path)) == [f"{number:04d}" for number in range(5)]
    assert {(tmp_path / f"{number:04d}").read_text() for number in range(5)} == {"looked\n"}


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGINT])
def test_no_process_goes_on_when_a_screening_is_ended(tmp_path: Path, ended_by: signal.Signals) -> None:
    run = multiprocessing.get_context("spawn").Process(target=fake_screening_tasks.screen_without_end, args=(tmp_path,))
    run.start()
    wait_until("two processes look", lambda: (tmp_path / "0001").exists() and (tmp_path / "0000").exists())
    below = psutil.Process(run.pid).children(recursive=True)
    lookers = [psutil.Process(int((tmp_path / name).read_text())) for name in ("0000", "0001")]
    assert set(lookers) <= set(below)
    for each in lookers:
        # A terminal tells all of them; that is no answer to give for a film.
        each.send_signal(signal.SIGINT)
    run.kill() if ended_by == signal.SIGKILL else psutil.Process(run.pid).send_signal(ended_by)
    gone, left = psutil.wait_procs(below, timeout=30)
    for each in left:
        each.kill()
    run.join(30)
    run.kill()
    assert not left and run.exitcode is not None and len(gone) == len(below)
    assert not (tmp_path / "rows.jsonl").exists() and not (tmp_path / "0002").exists()


def test_identifiers_say_nothing_and_stay_the_same(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "names.csv"
    first = Names(path).of(["Smith family/day 1.mp4", "b, c.mp4"])
    path.write_bytes(path.read_bytes() + b"deadbeef,half a li")
    again = Names(path).of(["b, c.mp4", "Smith family/day 1.mp4", "new.mp4"])
    assert {name: again[name] for name in first} == first
    assert len(set(again.values())) == 3 and not any("mith" in each for each in again.values())
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "film", ["a\rb.mp4", "a\nb.mp4", 'a"b,c;.mp4', "caf\udce9.mp4", "日本.mp4", "-a.mp4", "=1+1.mp4"]
)
def test_a_film_keeps_its_identifier_whatever_it_is_called(tmp_path: Path, film: str) -> None:
    path = tmp_path / "names.csv"
    before = Names(path).of(["plain.mp4", film])
    again = Names(path).of(["plain.mp4", film, "new.mp4"])
    assert {name: again[name] for name in before} == before
    assert Names(path).by_film == again


def test_a_list_of_names_that_excel_saved_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes(b"\xef\xbb\xbfclip_id,path\r\nab12,a.mp4\r\n")
    assert Names(path).of(["a.mp4"]) == {"a.mp4": "ab12"}


def test_a_list_of_names_that_a_full_disk_left_empty_gets_its_header(tmp_path: Path) -> None:
    for begun in ("", "clip_"):
        path = tmp_path / "names.csv"
        path.write_text(begun)
        assert Names(path).of(["a.mp4"]) == Names(path).by_film


@pytest.mark.parametrize(
    "data", [b"\0\0\0 ftypisom, no text and no line end", b"clip_id,path,more\na,b,c", b"clip_id;path\na;b"]
)
def test_a_file_that_is_no_list_of_names_is_left_as_it_is(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(data)
    with pytest.raises(VfeedError, match="no list of names"):
        Names(path)
    assert path.read_bytes() == data


def test_no_identifier_is_a_number_to_excel(tmp_path: Path) -> None:
    drawn = Names(tmp_path / "names.csv").of([f"{number}.mp4" for number in range(300)])
    assert not [name for name in drawn.values() if not name[0].isalpha()]


def test_two_screenings_never_write_into_one_folder(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(VfeedError, match="Another screening"), alone(tmp_path):
        pass


def test_hidden_files_and_other_files_are_no_films(tmp_path: Path) -> None:
    for name in ("b.MP4", "a.mov", "._a.mov", "notes.txt", ".hidden/c.mp4", "deep/er/d.mkv"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert [Path(name).name for name in films_in(tmp_path)] == ["a.mov", "b.MP4", "d.mkv"]


def test_a_probe_says_what_is_known_without_looking_at_the_pictures(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(clip(next(iter(RECIPES))))
    row = screen(Task("a", str(path), "probe"))
    assert row.verdict == "film again" and "shorter than three minutes" in row.reasons
    assert len(row.sha256) == 64 and row.error_code == "n/a" and row.people == "n/a"


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "clip_empty"), (b"not a film" * 99, "clip_not_video"), (None, "not_found")]
)
def test_a_film_that_cannot_be_read_gets_a_row_with_its_code(tmp_path: Path, content: bytes | None, code: str) -> None:
    path = tmp_path / "a.mp4"
    if content is not None:
        path.write_bytes(content)
    row = screen(Task("a", str(path), "sparse"))
    assert (row.error_code, row.verdict) == (code, "film again") and row.reasons and row.advice


def test_copies_of_one_film_are_told() -> None:
    rows = [Row("b", sha256="1" * 64), Row("a", sha256="1" * 64), Row("c", sha256="2" * 64), Row("d")]
    assert with_duplicates(rows, ["a", "b", "c", "d"]) == {"b": "a"}


def told(tmp_path: Path, text: str) -> dict[str, Told]:
    path = tmp_path / "told.csv"
    path.write_text(text)
    return read_told(path, "clip_id")


def test_a_persons_word_goes_before_the_computers(tmp_path: Path) -> None:
    said = told(
        tmp_path,
        "clip_id,age_months,checked_by,verdict,pair,in_frame\na,,,,no,\nb,,,,,cannot say\nc,20,,,,\nd,,kim,codable,,\n",
    )
    rows = [Row(name, "codable", depth="full") for name in "abc"] + [Row("d", "film again", "Too dark.", depth="full")]
    found = {line[0]: dict(zip(COLUMNS, line, strict=True)) for line in table(rows, said, {}, "infant")}
    assert {name: found[name]["verdict"] for name in "abcd"} == {
        "a": "film again",
        "b": "codable with limits",
        "c": "codable with limits",
        "d": "codable",
    }
    assert found["d"]["checked_by"] == "kim" and "outside of the infant form" in found["c"]["reasons"]
    assert "nobody tells them" in found["b"]["still_to_look_at"] and found["d"]["still_to_look_at"] == "n/a"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name\na\n", "no column clip_id"),
        ("clip_id,age_months\na,old\n", "row 2"),
        ("clip_id,pair\na,maybe\n", "row 2"),
        ("clip_id,verdict\na,codable\n", "needs a name"),
        ("clip_id,checked_by,verdict\na,kim,great\n", "row 2"),
        ("clip_id,age_months\na,nan\n", "row 2: no child is nan months old"),
        ("clip_id,age_months\na,-7\n", "row 2"),
        ("clip_id,age_months\na,7\n\na,9\n", "rows 2 and 4 say different things of a"),
        ("clip_id,age_months\n,7\n", "row 2: it has no clip_id"),
        ("", "no column clip_id"),
    ],
)
def test_a_list_that_does_not_fit_is_refused_with_its_row(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(VfeedError, match=words):
        told(tmp_path, text)


@pytest.mark.parametrize(
    "data",
    [
        "clip_id;Checked by;In frame;relation;age_months\na;kim;Yes;Großmutter;7,5\n".encode("cp1252"),
        "\ufeffclip_id,checked_by,in_frame,relation,age_months\r\na,kim,yes,Großmutter,7.5\r\n".encode(),
        "clip_id\tchecked_by\tin_frame\trelation\tage_months\na\tkim\tYES\tGroßmutter\t7.5\n".encode("utf-16"),
        'clip_id,checked_by,in_frame,relation,age_months\na,kim,yes,"Großmutter",7.5\na,kim,yes,Großmutter,7.5\n'.encode(),
    ],
)
def test_a_list_is_read_as_the_programs_of_its_country_write_it(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "told.csv"
    path.write_bytes(data)
    assert read_told(path, "clip_id") == {"a": Told(7.5, "Großmutter", "kim", None, {"in_frame": Answer.YES})}


def test_a_list_may_be_an_excel_file(tmp_path: Path) -> None:
    columns = ("clip", "age_months", "relation")
    sheet = (columns, [["a.mp4", "7", "mother"]], frozenset({"age_months"}))
    (tmp_path / "told.xlsx").write_bytes(workbook({"films": sheet}, Losses()))
    assert read_told(tmp_path / "told.xlsx", "clip") == {"a.mp4": Told(7.0, "mother")}


def test_rows_are_in_order_of_what_can_be_done_and_then_of_their_random_names() -> None:
    rows = [Row("z", "codable"), Row("b", "film again"), Row("a", "codable"), Row("c", "codable with limits")]
    assert [line[0] for line in table(rows, {}, {}, "infant")] == ["a", "z", "c", "b"]


def test_every_column_is_explained_and_none_is_a_figure_on_people() -> None:
    assert set(MEANINGS) == set(COLUMNS)
    assert not any(word in " ".join(COLUMNS) for word in ("score", "rank", "contact", "avers"))


def test_the_page_is_whole_in_itself_and_shows_what_is_written() -> None:
    rows = [Row("a", "film again", "<b>Dark.</b>", best_start_us="61000000", best_end_us="241000000")]
    text = page(table(rows, {}, {}, "infant"))
    assert "&lt;b&gt;Dark." in text and "1:01 to 4:01" in text and "src=" not in text and "http" not in text


def vfeed(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_a_folder_is_screened_from_the_command_line_and_gone_on_with(tmp_path: Path) -> None:
    films, out = tmp_path / "films", tmp_path / "out"
    films.mkdir()
    (films / "Anna 1.mp4").write_bytes(clip(next(iter(RECIPES))))
    (films / "Anna 2.mp4").write_bytes(clip(next(iter(RECIPES))))
    (films / "bad.mp4").write_bytes(b"")
    (films / "manifest.csv").write_text("clip,age_months,relation\nAnna 1.mp4,7,mother\n")
    asked = ["screen", films, "-o", out, "--depth", "probe", "--workers", "1", "--manifest", films / "manifest.csv"]
    done = vfeed(*asked)
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader((out / "screening.csv").read_text().splitlines()))
    assert len(rows) == 3 and sum(row["duplicate_of"] != "n/a" for row in rows) == 1
    assert [row["age_months"] for row in rows if row["relation"] == "mother"] == ["7"]
    shown = b"".join(path.read_bytes() for path in out.iterdir() if path.name not in ("names.csv", ".screening"))
    assert b"Anna" not in shown
    assert json.loads((out / "run.json").read_text())["depth"] == "probe"
    assert vfeed(*asked).exit_code == 6
    (films / "new.mp4").write_bytes(b"x")
    assert vfeed(*asked, "--resume").exit_code == 0
    assert len(rows_of(out)) == 4
    (films / "checks.csv").write_text("clip_id,checked_by,awake\n1e5,kim,no\n")
    strange = vfeed(*asked, "--resume", "--checks", films / "checks.csv")
    assert strange.exit_code == 2 and "not in this screening: 1e5" in strange.output
    names = {row["path"]: row["clip_id"] for row in csv.DictReader((out / "names.csv").read_text().splitlines())}
    (films / "checks.csv").write_text(f"clip_id,checked_by,awake\n{names['new.mp4']},kim,no\n")
    (films / "new.mp4").unlink()
    gone = vfeed(*asked, "--resume", "--checks", films / "checks.csv")
    assert gone.exit_code == 0, "what was said of a film that is gone holds up nothing"
    assert vfeed("screen", out, "-o", tmp_path / "none").exit_code == 5
    assert vfeed(*asked, "--resume", "--executor", "carrier pigeons").exit_code == 2


def test_a_screening_that_is_stopped_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_args: object, **_how: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "a.mp4").write_bytes(b"x")
    monkeypatch.setattr("vfeed.screening.command.screen_all", stopped)
    done = vfeed("screen", tmp_path, "-o", tmp_path / "out", "--depth", "probe")
    assert done.exit_code == 1 and "0 of 1 film" in done.output and "--resume" in done.output


def test_sound_alone_is_no_film(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(sound_only())
    assert screen(Task("a", str(tmp_path / "a.mp4"), "probe")).error_code == "clip_audio_only"


def test_answers_are_three_and_verdicts_four() -> None:
    assert {each.value for each in Answer} == {"yes", "no", "cannot say"} and len(Verdict) == 4


def packed(folder: Path, consent: str = "yes", key: str = "key.csv") -> tuple[Result, Path]:
    films, screening = folder / "films", folder / "screening"
    if not films.exists():
        films.mkdir()
        screening.mkdir()
        data = clip(next(iter(RECIPES)))
        for name in ("Anna day 1.mp4", "Anna day 2.mp4", "short.mp4"):
            (films / name).write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        names = [("aa", "Anna day 1.mp4"), ("bb", "Anna day 2.mp4"), ("cc", "short.mp4")]
        (screening / "names.csv").write_text("clip_id,path\n" + "".join(f"{a},{b}\n" for a, b in names))
        told = f"codable,100000,500000,{digest},n/a"
        rows = f"aa,{told}\nbb,{told}\ncc,film again,n/a,n/a,{digest},n/a\n"
        columns = "clip_id,verdict,best_start_us,best_end_us,sha256,duplicate_of\n"
        (screening / "screening.csv").write_text(columns + rows)
    manifest = folder / "manifest.csv"
    manifest.write_text(
        "clip,research_consent,age_months,relation,instruction,family\n"
        f"Anna day 1.mp4,yes,7,mother,as usual,Smith\nAnna day 2.mp4,{consent},8,mother,as usual,Smith\n"
        "short.mp4,yes,9,father,as usual,Jones\n"
    )
    out = folder / f"pack {consent} {len(key)}"
    return vfeed("blind-pack", screening, films, "-o", out, "--manifest", manifest, "--key", folder / key), out


def test_a_blind_pack_tells_age_relation_and_instruction_and_nothing_else(tmp_path: Path) -> None:
    done, out = packed(tmp_path)
    assert done.exit_code == 0, done.output
    sheet = list(csv.DictReader((out / "sheet.csv").read_text().splitlines()))
    assert list(sheet[0]) == ["film", "age_months", "relation", "instruction"]
    assert sorted(row["age_months"] for row in sheet) == ["7", "8"]
    assert sorted(path.name for path in out.iterdir()) == sorted(["sheet.csv", *(row["film"] for row in sheet)])
    inside = b"".join(path.read_bytes() for path in out.iterdir())
    assert not [word for word in (b"Anna", b"Smith", b"aa,", b"bb,") if word in inside]
    key = list(csv.DictReader((tmp_path / "key.csv").read_text().splitlines()))
    for row in key:
        copy = (out / row["film"]).read_bytes()
        assert hashlib.sha256(copy).hexdigest() == row["sha256_copy"] and row["sha256_copy"] != row["sha256_original"]
        facts = probe(io.BytesIO(copy), max_duration_us=10**9, max_bytes=10**9)
        assert abs(facts.duration_us - 400_000) < 100_000


def test_no_film_goes_into_a_pack_without_consent_or_with_its_key(tmp_path: Path) -> None:
    done, out = packed(tmp_path, consent="no")
    assert done.exit_code == 0 and "no consent to research" in done.output
    assert len(list(out.glob("*.mp4"))) == 1
    done, _ = packed(tmp_path, key="pack yes 19/key.csv")
    assert done.exit_code == 2 and "inside the pack" in done.output
    (tmp_path / "films" / "Anna day 1.mp4").write_bytes(b"changed")
    done, out = packed(tmp_path, key="other key.csv")
    assert done.exit_code == 6 and "has changed since" in done.output
    assert not out.exists() and not (tmp_path / "other key.csv").exists()


def test_the_key_of_an_earlier_pack_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "key.csv").write_text("which is which")
    done, out = packed(tmp_path)
    assert done.exit_code == 2 and "key.csv is there already" in done.output
    assert (tmp_path / "key.csv").read_text() == "which is which" and not out.exists()


@pytest.mark.parametrize("broken_off", [KeyboardInterrupt, OSError])
def test_a_pack_that_breaks_off_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken_off: type[BaseException]
) -> None:
    def cut(_film: object, copy: Path) -> None:
        if list(copy.parent.iterdir()):
            copy.with_suffix(".part").write_bytes(b"half")
            raise broken_off
        copy.write_bytes(b"whole")

    monkeypatch.setattr(blind_pack, "_cut", cut)
    done, out = packed(tmp_path)
    assert done.exit_code != 0 and not out.exists() and not (tmp_path / "key.csv").exists()


def test_a_pack_looks_whole_only_once_its_key_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the two, a pack would go out to coders whose codings nobody could say the films of."""
    keys: list[str] = []

    def cut(_film: object, copy: Path) -> None:
        copy.write_bytes(b"whole")

    def write(path: Path, data: bytes) -> int:
        if path.name == blind_pack.SHEET:
            keys.append((tmp_path / "key.csv").read_text())
        return written(path, data)

    written = Path.write_bytes
    monkeypatch.setattr(blind_pack, "_cut", cut)
    monkeypatch.setattr(Path, "write_bytes", write)
    done, _out = packed(tmp_path)
    assert done.exit_code == 0, done.output
    assert [key.count(".mp4") for key in keys] == [2]


def test_a_pack_is_made_where_the_names_lie_elsewhere(tmp_path: Path) -> None:
    packed(tmp_path)
    screening, films = tmp_path / "screening", tmp_path / "films"
    (screening / "names.csv").rename(tmp_path / "names.csv")
    asked = ["blind-pack", screening, films, "-o", tmp_path / "out", "--manifest", tmp_path / "manifest.csv"]
    asked += ["--key", tmp_path / "second key.csv"]
    assert vfeed(*asked).exit_code == 5
    assert vfeed(*asked, "--pseudonyms", tmp_path / "names.csv").exit_code == 0
    assert len(list((tmp_path / "out").glob("*.mp4"))) == 2


def test_a_manifest_may_tell_the_instruction_in_words(tmp_path: Path) -> None:
    path = tmp_path / "manifest.csv"
    path.write_text("clip,age_months,instruction\na.mp4,7,play as you usually would\n")
    assert read_told(path, "clip")["a.mp4"].age_months == 7


def test_a_manifest_typed_on_another_computer_finds_its_films(tmp_path: Path) -> None:
    films, out = tmp_path / "films", tmp_path / "out"
    two_signs, one_sign = "day 1/Mu\u0308ller.mp4", "day 1\\M\u00fcller.mp4"
    for name in (two_signs, "a\\b.mp4"):
        (films / name).parent.mkdir(parents=True, exist_ok=True)
        (films / name).write_bytes(b"")
    manifest = tmp_path / "manifest.csv"
    manifest.write_bytes(f"clip;relation\r\n{one_sign};mother\r\na\\b.mp4;father\r\n".encode("cp1252"))
    done = vfeed("screen", films, "-o", out, "--depth", "probe", "--workers", "1", "--manifest", manifest)
    assert done.exit_code == 0, done.output
    names = {row["clip_id"]: row["path"] for row in csv.DictReader((out / "names.csv").read_text().splitlines())}
    rows = csv.DictReader((out / "screening.csv").read_text().splitlines())
    assert {names[row["clip_id"]]: row["relation"] for row in rows} == {two_signs: "mother", "a\\b.mp4": "father"}


def test_whoever_screens_has_bounded_memory_and_looks_first_in_a_process_apart(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(make("mp4", "h264"))
    with processes(1).open() as pool:
        most, _hard = pool.submit(resource.getrlimit, resource.RLIMIT_DATA).result()
        row = pool.submit(screen, Task("a", str(film), "probe")).result()
        apart = pool.submit(fake_screening_tasks.processes_below).result()
    assert most == MEMORY_BYTES
    assert row.error_code == "n/a" and row.length_us != "n/a"
    assert apart > 0, "the look began a process of its own"


def test_a_film_that_takes_too_much_memory_is_a_row_and_no_broken_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_how: object) -> None:
        raise MemoryError

    film = tmp_path / "film.mp4"
    film.write_bytes(make("mp4", "h264"))
    monkeypatch.setattr("vfeed.analysis.pipeline.analyse", full)
    assert screen(Task("a", str(film), "sparse")).error_code == "clip_too_demanding"
