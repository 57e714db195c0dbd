"""Films looked at on several machines: a dask cluster of two workers, and films on an S3 server."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any, cast

import fake_screening_tasks
import pytest
from click.testing import CliRunner, Result
from clip_factory import clip

from vfeed.cli import main
from vfeed.errors import VfeedError
from vfeed.screening.cluster import DASK, _OnCluster, dask_cluster
from vfeed.screening.one_clip import Row, Task, screen
from vfeed.screening.places import films_in, joined
from vfeed.screening.run import Pool, RowLog, screen_all

# What dask and moto warn of while they start and stop says nothing about vfeed.
pytestmark = pytest.mark.filterwarnings("ignore")
BUCKET = "films"


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """The address of a folder on an S3 server: two films, a broken one, a hidden one and a note."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        for name, data in sorted(FILMS.items()):
            client.put_object(Bucket=BUCKET, Key=f"play/{name}", Body=data)
        yield f"s3://{BUCKET}/play"
    server.stop()


FILMS = {
    "a.mp4": clip("mp4_h264_sound"),
    "visit/b.mkv": clip("mkv_h264"),
    "broken.mp4": clip("mp4_h264")[:2000],
    ".hidden/c.mp4": clip("mp4_h264"),
    "note.txt": b"no film",
}
WANTED = ["a.mp4", "broken.mp4", "visit/b.mkv"]


@pytest.fixture(scope="module")
def cluster(bucket: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with two workers, each a process of its own; they inherit the S3 server's address."""
    import dask
    from distributed import LocalCluster

    set_up = {
        "temporary-directory": str(tmp_path_factory.mktemp("dask")),
    }
    with (
        dask.config.set(set_up),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as running,
    ):
        yield running.scheduler_address.removeprefix("tcp://")


@pytest.fixture
def pool(cluster: str, tmp_path: Path) -> Iterator[Pool]:
    made = dask_cluster(DASK + cluster, str(tmp_path))
    yield made
    made.close()


def screened(folder: Path, pool: Pool, count: int, work: Callable[[Task], Row]) -> list[dict[str, str]]:
    screen_all(
        fake_screening_tasks.tasks(folder, count), RowLog(folder / "rows.jsonl"), pool, on_row=lambda _: None, work=work
    )
    return [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]


def looks(folder: Path, name: str) -> int:
    return (folder / name).read_text().count("looked")


def test_every_film_is_looked_at_once_by_two_workers(pool: Pool, tmp_path: Path) -> None:
    rows = screened(tmp_path, pool, 40, fake_screening_tasks.note)
    assert pool.size == 2
    assert sorted(row["clip_id"] for row in rows) == [f"{number:04d}" for number in range(40)]
    assert [looks(tmp_path, row["clip_id"]) for row in rows] == [1] * 40


def test_the_film_of_a_killed_worker_is_looked_at_once_more_and_has_one_row(pool: Pool, tmp_path: Path) -> None:
    rows = screened(tmp_path, pool, 12, fake_screening_tasks.killed_once)
    assert sorted(row["clip_id"] for row in rows) == [f"{number:04d}" for number in range(12)]
    assert {row["error_code"] for row in rows} == {"n/a"}
    assert looks(tmp_path, "0002") == 2


def test_workers_that_do_not_see_the_films_are_refused_before_any_row(cluster: str, tmp_path: Path) -> None:
    with pytest.raises(VfeedError, match="workers do not see the folder"):
        dask_cluster(DASK + cluster, str(tmp_path / "elsewhere"))


class NoWorkers:
    """A cluster whose workers are all gone: nothing is ever done."""

    def __init__(self, error: type[BaseException]) -> None:
        self.error = error

    def submit(self, *_: object, **__: object) -> NoWorkers:
        return self

    def result(self, timeout: float) -> None:
        raise self.error

    def nthreads(self) -> dict[str, int]:
        return {}


@pytest.mark.parametrize(
    ("error", "words"), [(TimeoutError, "no worker any more"), (CancelledError, "went away"), (OSError, "went away")]
)
def test_a_cluster_that_is_gone_ends_the_run_in_words_and_loses_no_row(
    tmp_path: Path, error: type[BaseException], words: str
) -> None:
    gone = Pool(lambda: _OnCluster(cast(Any, NoWorkers(error)), 4), 1)
    with pytest.raises(VfeedError, match=words) as refusal:
        screened(tmp_path, gone, 3, fake_screening_tasks.note)
    assert refusal.value.code == "job_lost" and "--resume" in refusal.value.hint


def test_where_no_cluster_answers_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vfeed.screening.cluster.CONNECT_S", "0.2s")
    with pytest.raises(VfeedError, match="No cluster answers"):
        dask_cluster(DASK + "127.0.0.1:9", str(tmp_path))


def local(folder: Path) -> Path:
    for name, data in FILMS.items():
        path = folder / "films" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder / "films"


def vfeed(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def table(folder: Path) -> dict[str, dict[str, str]]:
    """Rows by the film's path, without the random identifier."""
    names = {row["clip_id"]: row["path"] for row in csv.DictReader((folder / "names.csv").open())}
    rows = list(csv.DictReader((folder / "screening.csv").open()))
    return {names[row.pop("clip_id")]: row for row in rows}


def test_films_on_an_s3_server_are_found_and_read_as_in_a_folder(bucket: str, tmp_path: Path) -> None:
    folder = local(tmp_path)
    assert films_in(bucket) == films_in(folder) == WANTED
    for name in WANTED:
        told = [screen(Task("x", joined(place, name), "probe")) for place in (bucket, folder)]
        assert told[0] == told[1]


def test_a_film_that_is_gone_gives_a_row_and_an_unknown_address_a_refusal(bucket: str) -> None:
    assert screen(Task("x", f"{bucket}/gone.mp4", "probe")).error_code == "not_found"
    with pytest.raises(VfeedError, match="smoke-signals:"):
        films_in("smoke-signals://hill/films")


def test_a_screening_by_cluster_and_s3_says_the_same_as_one_at_home(bucket: str, cluster: str, tmp_path: Path) -> None:
    home = vfeed("screen", local(tmp_path), "-o", tmp_path / "home", "--depth", "sparse", "--workers", "1")
    assert home.exit_code == 0, home.output
    how = ["-o", tmp_path / "away", "--depth", "sparse", "--executor", DASK + cluster]
    away = vfeed("screen", bucket, *how)
    assert away.exit_code == 0, away.output
    again = vfeed("screen", bucket, *how, "--resume")
    assert again.exit_code == 0 and "Looked at already: 3 of 3 films" in again.output
    assert table(tmp_path / "away") == table(tmp_path / "home")
    assert json.loads((tmp_path / "away" / "run.json").read_text())["films"] == 3
