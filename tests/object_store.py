"""A real S3 store for tests: Ceph's object gateway, with the monitor and the disk daemon that it stands on."""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from servers import PATIENCE_S, Server, free_port, program

from vfeed.config import Settings

ACCESS, SECRET = "vfeedtest", "vfeedtestsecret"
USER = "vfeed"
PIECES = "ceph-mon", "ceph-osd", "radosgw", "ceph", "ceph-authtool", "monmaptool", "radosgw-admin"
# One monitor, one disk that is a sparse file, one copy of everything: what is kept here need not outlive the test.
CONFIG = """
[global]
fsid = {fsid}
mon host = v2:127.0.0.1:{monitor}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = {folder}/keyring
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
osd crush chooseleaf type = 0
osd crush update on start = false
osd objectstore = bluestore
bluestore block size = {disk_bytes}
bluestore block create = true
osd memory target = 939524096
run dir = {folder}
admin socket = {folder}/$name.$pid.asok
log file = {folder}/$name.log
pid file = {folder}/$name.pid
mon cluster log file = {folder}/cluster.log
mon data = {folder}/mon
osd data = {folder}/osd
rgw data = {folder}/rgw
crash dir = {folder}
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw enable usage log = false
rgw bucket quota ttl = 0
rgw cache enabled = false
[osd.0]
keyring = {folder}/osd/keyring
"""
DISK_BYTES = 40 << 30


class Ceph:
    """A small Ceph: `gateway` is what S3 clients speak to, and may be killed and started again."""

    def __init__(self) -> None:
        self._programs = {name: program(name, "usr/bin", "usr/sbin") for name in PIECES}
        self._folder = Path(tempfile.mkdtemp(prefix="vfeed-ceph-"))
        self._daemons: list[Server] = []
        atexit.register(self._end)
        port, monitor = free_port(), free_port()
        for name in ("mon", "osd", "rgw"):
            (self._folder / name).mkdir()
        text = CONFIG.format(fsid=uuid.uuid4(), folder=self._folder, port=port, monitor=monitor, disk_bytes=DISK_BYTES)
        (self._folder / "ceph.conf").write_text(text)
        self._start_monitor(monitor)
        self._start_disk()
        self.gateway = self._daemon("radosgw", "-n", "client.admin", port=port, is_ready=_answers_http)
        who = ["--uid", USER, "--display-name", USER, "--access-key", ACCESS, "--secret", SECRET]
        self.run("radosgw-admin", "user", "create", *who)

    @property
    def address(self) -> str:
        return f"http://{self.gateway.address}"

    def run(self, name: str, *arguments: str) -> str:
        """Run one of Ceph's commands; returns what it says."""
        command = [self._programs[name], "-c", str(self._folder / "ceph.conf"), *arguments]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=2 * PATIENCE_S)
        return done.stdout

    @contextlib.contextmanager
    def limit(self, most_bytes: int) -> Iterator[None]:
        """For a while let the user hold this much in all and no more."""
        whose = ["--quota-scope", "user", "--uid", USER]
        self.run("radosgw-admin", "quota", "set", *whose, "--max-size", str(most_bytes))
        self.run("radosgw-admin", "quota", "enable", *whose)
        try:
            yield
        finally:
            self.run("radosgw-admin", "quota", "disable", *whose)

    def _start_monitor(self, port: int) -> None:
        keyring, monmap = str(self._folder / "keyring"), str(self._folder / "monmap")
        every = ["--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *"]
        self._call("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
        self._call("ceph-authtool", keyring, "--gen-key", "-n", "client.admin", *every)
        fsid = next(
            line.split()[-1] for line in (self._folder / "ceph.conf").read_text().splitlines() if "fsid" in line
        )
        where = f"[v2:127.0.0.1:{port}]"
        self._call("monmaptool", "--create", "--addv", "a", where, "--fsid", fsid, monmap)
        self.run("ceph-mon", "--mkfs", "-i", "a", "--monmap", monmap, "--keyring", keyring)
        self._daemon("ceph-mon", "-i", "a", port=port, is_ready=self._has_monitor)

    def _start_disk(self) -> None:
        name, keyring = str(uuid.uuid4()), str(self._folder / "osd" / "keyring")
        self.run("ceph", "osd", "new", name)
        self.run("ceph", "osd", "crush", "add", "osd.0", "1", "root=default")
        self._call("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "osd.0")
        self.run("ceph", "auth", "add", "osd.0", "osd", "allow *", "mon", "allow profile osd", "-i", keyring)
        self.run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", name)
        self._daemon("ceph-osd", "-i", "0", port=0, is_ready=self._has_disk)

    def _daemon(self, name: str, *arguments: str, port: int, is_ready: Any) -> Server:
        command = [self._programs[name], "-c", str(self._folder / "ceph.conf"), *arguments, "-f"]
        server = Server(name, port, command, is_ready, self._folder)
        self._daemons.append(server)
        server.start()
        return server

    def _has_monitor(self, _server: Server) -> bool:
        with contextlib.suppress(subprocess.SubprocessError):
            self.run("ceph", "--connect-timeout", "2", "mon", "stat")
            return True
        return False

    def _has_disk(self, _server: Server) -> bool:
        return bool(json.loads(self.run("ceph", "osd", "stat", "-f", "json"))["num_up_osds"])

    def _call(self, name: str, *arguments: str) -> None:
        subprocess.run([self._programs[name], *arguments], check=True, stdout=subprocess.DEVNULL)

    def _end(self) -> None:
        for server in reversed(self._daemons):
            server.kill(signal.SIGKILL)
        shutil.rmtree(self._folder, ignore_errors=True)


@cache
def ceph() -> Ceph:
    """The S3 store of this process; skips the test where it is not installed."""
    return Ceph()


@cache
def client() -> Any:
    """A client of the tests' own, which sees what vfeed does not say."""
    config = importlib.import_module("botocore.config").Config(
        s3={"addressing_style": "path"}, request_checksum_calculation="when_required"
    )
    return (
        importlib.import_module("botocore.session")
        .Session()
        .create_client(
            "s3",
            endpoint_url=ceph().address,
            region_name="us-east-1",
            aws_access_key_id=ACCESS,
            aws_secret_access_key=SECRET,
            config=config,
        )
    )


def new_bucket() -> str:
    """Make an empty bucket; returns its name."""
    name = f"films-{uuid.uuid4().hex[:12]}"
    client().create_bucket(Bucket=name)
    return name


def in_bucket(folder: Path, bucket: str, **overrides: Any) -> dict[str, Any]:
    """Settings of a vault in a bucket, with its keys in a file of `folder`."""
    keys = folder / "store.keys"
    keys.write_text(f"{ACCESS}\n{SECRET}\n")
    keys.chmod(0o600)
    return {
        "vault": f"s3://{bucket}/films",
        "vault_endpoint": ceph().address,
        "vault_keys_file": keys,
    } | overrides


def vault_settings(folder: Path, bucket: str, **overrides: Any) -> Settings:
    """Settings for a vault alone."""
    folder.mkdir(parents=True, exist_ok=True)
    return Settings(
        data_dir=folder / "data", key_file=folder / "key" / "master.key", **in_bucket(folder, bucket, **overrides)
    )


def objects_in(bucket: str) -> dict[str, int]:
    """The objects of a bucket with their sizes in bytes."""
    found = client().list_objects_v2(Bucket=bucket).get("Contents", [])
    return {each["Key"].rpartition("/")[2]: each["Size"] for each in found}


def uploads_in(bucket: str) -> list[str]:
    """The names of the half uploads in a bucket."""
    found = client().list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    return [each["Key"].rpartition("/")[2] for each in found]


def _answers_http(server: Server) -> bool:
    with contextlib.suppress(OSError), urlopen(f"http://{server.address}/", timeout=5):
        return True
    return False
