"""Changing tables by Alembic: loaded only where something is to be changed."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def alembic_config() -> Config:
    """Alembic's configuration; the migrations travel inside the package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return config


def upgrade(connection: Connection, key_store: Path) -> None:
    """Bring the tables to this version's shape; `key_store` is where the films' keys lie."""
    config = alembic_config()
    config.attributes["connection"] = connection
    config.attributes["key_store"] = key_store
    command.upgrade(config, "head")
    connection.commit()
