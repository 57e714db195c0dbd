"""nginx with the configuration of deploy/ on free ports of the loopback, in front of vfeed's own web server."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from servers import free_port, program
from service import wait_until

from vfeed.config import Settings

DEPLOY = Path(__file__).parents[1] / "deploy"
HOST = "vfeed.example.org"
HEADER_S, CONFIGURED_HEADER_S = 1, 10
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Proxied:
    """Where nginx listens, and a browser's cookies."""

    port: int
    plain_port: int
    folder: Path
    certificate: Path
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    def tls(self, host: str = HOST, *, is_slow: bool = False) -> ssl.SSLSocket:
        """A connection of TLS that asks for this host; a slow one takes a few thousand bytes and no more."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        line = socket.socket()
        line.settimeout(30)
        if is_slow:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect(("127.0.0.1", self.port))
        return context.wrap_socket(line, server_hostname=host)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request with the cookies so far, on a connection of its own."""
        connection = http.client.HTTPConnection(HOST, timeout=60)
        connection.sock = self.tls()
        sent = {"X-CSRFToken": self.csrf, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        with contextlib.closing(connection):
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            content = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        token = re.search(rb'name="csrf-token" content="([^"]+)"', content)
        self.csrf = token.group(1).decode() if token else self.csrf
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, content)

    def sign_in(self, name: str, password: str) -> Answer:
        self.ask("GET", "/sign-in")
        form = f"name={name}&password={password.replace(' ', '+')}&csrf_token={self.csrf}"
        return self.ask("POST", "/sign-in", form.encode(), Content_Type="application/x-www-form-urlencoded")

    def on_disk(self) -> list[Path]:
        """What nginx holds in its folders for what does not fit into memory."""
        return [path for name in TEMPORARY for path in (self.folder / name).rglob("*") if path.is_file()]


@contextlib.contextmanager
def web(settings: Settings, processes: int = 1) -> Iterator[subprocess.Popen[bytes]]:
    """`vfeed serve` with these settings, until the block ends."""
    given = {f"VFEED_{k.upper()}": str(v) for k, v in settings.model_dump().items() if v not in ("", None)}
    with (settings.data_dir.parent / "web.txt").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "vfeed", "serve"],
            env=os.environ | given | {"VFEED_WEB_PROCESSES": str(processes), "NO_COLOR": "1"},
            cwd=settings.data_dir.parent,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until("vfeed answers", lambda: _is_ready(process, settings), seconds=120)
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _is_ready(process: subprocess.Popen[bytes], settings: Settings) -> bool:
    assert process.poll() is None, (settings.data_dir.parent / "web.txt").read_text()
    with contextlib.suppress(OSError):
        connection = http.client.HTTPConnection("127.0.0.1", settings.port, timeout=10)
        if settings.socket:
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.connect(str(settings.socket))
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    return False


@contextlib.contextmanager
def nginx(folder: Path, upstream: int | Path, *, more: str = "") -> Iterator[Proxied]:
    """nginx in front of a port of the loopback or a socket, until the block ends; `more` is told to all its servers."""
    command = program("nginx", "usr/sbin")
    folder.mkdir()
    made = Proxied(free_port(), free_port(), folder, folder / "fullchain.pem")
    _certificate(folder)
    (folder / "nginx.conf").write_text(_configuration(made, more))
    (folder / "upstream.conf").write_text(_upstream(upstream))
    (folder / "proxy_headers.conf").write_text((DEPLOY / "proxy_headers.conf").read_text())
    with (folder / "nginx.txt").open("wb") as log:
        arguments = [command, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
        process = subprocess.Popen(arguments, stdout=log, stderr=subprocess.STDOUT)

    def answers() -> bool:
        assert process.poll() is None, (folder / "nginx.txt").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", made.port)) == 0

    try:
        wait_until("nginx answers", answers, seconds=30)
        yield made
    finally:
        process.terminate()
        process.wait(30)


def _upstream(place: int | Path) -> str:
    """One of the two files of deploy/ with another port, or another socket."""
    name, old, new = (
        ("upstream.conf", "127.0.0.1:8000", f"127.0.0.1:{place}")
        if isinstance(place, int)
        else ("upstream_socket.conf", "/run/vfeed/web.sock", str(place))
    )
    text = (DEPLOY / name).read_text()
    assert old in text, name
    return text.replace(old, new)


def _configuration(made: Proxied, more: str) -> str:
    """The configuration of deploy/ on other ports and folders, and with a shorter time for a head."""
    who = "user root;" if os.geteuid() == 0 else ""
    text = (DEPLOY / "nginx.conf").read_text()
    for old, new in {
        "worker_processes auto;": f"worker_processes 1; pid {made.folder}/pid; {who}",
        "listen 443 ssl": f"listen 127.0.0.1:{made.port} ssl",
        "listen 80;": f"listen 127.0.0.1:{made.plain_port};",
        "/etc/vfeed/tls/": f"{made.folder}/",
        "/etc/vfeed/": f"{made.folder}/",
        f"client_header_timeout {CONFIGURED_HEADER_S}s;": f"client_header_timeout {HEADER_S}s;",
        "http {": f"http {{{more}" + "".join(f"{name}_temp_path {made.folder}/{name};" for name in TEMPORARY),
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def _certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
