"""Settings, read once from VFEED_* environment variables (or a .env file in the working folder)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from vfeed.errors import VfeedError

GB = 1_000_000_000


def _home(variable: str, fallback: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / fallback) / "vfeed"


class Settings(BaseSettings):
    """Everything a service may set. Defaults are the safe choice for one machine."""

    # An empty line in a file of settings is no setting: an empty path would be the folder that vfeed starts from.
    model_config = SettingsConfigDict(
        env_prefix="VFEED_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Path = Field(
        default_factory=lambda: _home("XDG_DATA_HOME", ".local/share"),
        description="Folder for the database, the vault and the queue.",
    )
    key_file: Path = Field(
        default_factory=lambda: _home("XDG_CONFIG_HOME", ".config") / "master.key",
        description="The master key. It must lie outside the data folder; keep a copy of it somewhere safe.",
    )
    key_passphrase_file: Path | None = Field(
        default=None,
        description="File with the passphrase of a sealed key file, on another disk or stick. Empty: it is not sealed.",
    )
    key_store: Path | None = Field(
        default=None,
        description="Folder of the films' own keys, wrapped by the master key. Empty: `clip-keys` beside the key file.",
    )
    database_url: str = Field(
        default="", description="SQLAlchemy address of the database. Empty: SQLite in the data folder."
    )
    queue_url: str = Field(
        default="",
        description="Address of the job queue, postgresql+psycopg:// or redis://. Empty: SQLite in the data folder.",
    )
    database_patience_s: int = Field(
        default=60,
        ge=0,
        le=86_400,
        description="Seconds that PostgreSQL may take for one question of pages or workers. 0: any time.",
    )
    vault: str = Field(
        default="",
        pattern=r"^(s3://[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9](/[A-Za-z0-9_.\-/]*)?)?$",
        description="Where the encrypted films lie, s3://BUCKET/FOLDER. Empty: in the data folder.",
    )
    vault_endpoint: str = Field(
        default="",
        pattern=r"^(https?://[A-Za-z0-9.\-]+(:[0-9]+)?(/\S*)?)?$",
        description="Address of the S3 store of `VFEED_VAULT`, such as https://s3.example.org. Empty: Amazon's.",
    )
    vault_region: str = Field(
        default="us-east-1", description="Region of the S3 store; most stores of one's own take any."
    )
    vault_keys_file: Path | None = Field(
        default=None,
        description="File with the store's access key in its first line and the secret key in its second. "
        "Empty: `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.",
    )
    limits_url: str = Field(
        default="", description="Address of a Redis that counts wrong tries, redis://. Empty: the database counts them."
    )
    host: str = Field(default="127.0.0.1", description="Address that the web server listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port that the web server listens on.")
    socket: Path | None = Field(
        default=None,
        description="A Unix socket to listen on in place of host and port, for a proxy with HTTPS beside vfeed. "
        "Whoever may enter its folder reaches the pages.",
    )
    https: bool = Field(default=False, description="True when a proxy in front serves HTTPS: cookies become secure.")
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[A-Za-z0-9.\-]+(:[0-9]+)?)?$",
        description="Address at which people reach vfeed, such as https://vfeed.example.org. Needed with HTTPS.",
    )
    max_clip_bytes: int = Field(default=8 * GB, gt=0, description="Largest file that is taken in, in bytes.")
    max_clip_minutes: int = Field(default=60, gt=0, description="Longest clip that is taken in, in minutes.")
    analysis_fps: float = Field(default=12.5, gt=0, le=60, description="Frames analysed for each second of film.")
    workers: int = Field(
        default=2, ge=1, le=32, description="Worker processes that `vfeed run` starts; each does one job at a time."
    )
    web_processes: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Web processes of `vfeed serve`. More than 1 needs gunicorn and a proxy in front (deploy/).",
    )
    work_lane: Literal["all", "interactive", "batch"] = Field(
        default="all",
        description="Which work a worker does: all, interactive (what takes two minutes at most), or batch (the rest).",
    )
    session_hours: int = Field(default=8, ge=1, le=72, description="Hours until a person must sign in again.")
    idle_minutes: int = Field(
        default=60, ge=5, le=720, description="Minutes without a request until a person must sign in again."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="From which level on lines go to `logs/` in the data folder."
    )
    metrics: bool = Field(
        default=False, description="Answer `/metrics` with counts of requests and jobs, to this machine alone."
    )
    erase_after_months: int = Field(
        default=0,
        ge=0,
        le=1200,
        description="Months after the end of the work until a family is erased by itself. 0: only by hand.",
    )
    second_step: Literal["administrators", "everyone", "choice"] = Field(
        default="administrators",
        description="Who must sign in with a second step: administrators (as soon as there is a second account), "
        "everyone, or whoever sets one up (choice).",
    )
    oidc_issuer: str = Field(
        default="",
        pattern=r"^(https://\S+|http://(localhost|127\.0\.0\.1)(:[0-9]+)?(/\S*)?)?$",
        description="Address of the service's own sign-in (OpenID Connect issuer). Empty: vfeed speaks to nobody.",
    )
    oidc_client_id: str = Field(default="vfeed", description="The name that the sign-in provider knows vfeed by.")
    oidc_secret_file: Path | None = Field(
        default=None, description="File that holds the secret which the sign-in provider gave for vfeed."
    )
    oidc_claim: str = Field(
        default="preferred_username", description="What the provider says that is the sign-in name of an account here."
    )
    demo: bool = Field(default=True, description="Load the sample clips as a demo family into an empty data folder.")

    @model_validator(mode="after")
    def _key_outside_data(self) -> Settings:
        data = self.data_dir.resolve()
        if self.key_file.resolve().is_relative_to(data):
            raise ValueError("key_file must lie outside data_dir, or one stolen folder would open every clip")
        if self.clip_keys.resolve().is_relative_to(data):
            raise ValueError("key_store must lie outside data_dir, or an old copy of it would bring erased clips back")
        return self

    @property
    def needs_no_network(self) -> bool:
        """Whether a worker finds everything in files: neither database nor queue nor films are on a server."""
        return not (self.database_url or self.queue_url or self.vault)

    @property
    def is_on_a_network(self) -> bool:
        """Whether the web server listens to more than this machine."""
        return not self.socket and self.host not in {"localhost", "::1"} and not self.host.startswith("127.")

    @property
    def opens_at(self) -> str:
        """The address of the pages for a browser: on this machine, or behind the proxy of a socket."""
        return self.public_url if self.socket else f"http://{self.bound_to}"

    @property
    def bound_to(self) -> str:
        """Host and port as an address has them: what is IPv6 in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def trusted_hosts(self) -> list[str]:
        """The host names under which vfeed answers; a request for any other is refused."""
        named = [urlsplit(self.public_url).hostname or ""] if self.public_url else []
        return [*filter(None, named), "localhost", "127.0.0.1", "[::1]"]

    @property
    def database(self) -> str:
        """The database address in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'vfeed.db'}"

    @property
    def clip_keys(self) -> Path:
        """The folder of the clips' own keys in force."""
        return self.key_store or self.key_file.with_name("clip-keys")

    @property
    def vault_dir(self) -> Path:
        """Folder of the encrypted files, where `vault` names no other place."""
        return self.data_dir / "vault"


def load_settings(**overrides: object) -> Settings:
    """Read the settings; raises VfeedError `setting_invalid` naming the setting and the fix."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        named = f"VFEED_{str(first['loc'][0]).upper()}" if first["loc"] else "A setting"
        raise VfeedError(
            "setting_invalid",
            f"{named} does not fit: {first['msg']}.",
            hint=f"Change {named if first['loc'] else 'it'} and start again. docs/settings.md lists every setting.",
        ) from error
