"""What a database says when it refuses, as errors that people can be told."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.store.addresses import unknown_option

# PostgreSQL's SQLSTATE codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
AWAY = ("080", "57P", "533")
LOCKED = "55P03"
TAKES_TURNS = ("40001", "40P01", LOCKED)
DISK_FULL = "53100"
TOO_SLOW = "57014"
# What is said before anybody is let in has no such code, and may be in another language: then it reads as away.
REFUSES = (
    "authentication failed",
    "no password supplied",
    "does not exist",
    "no pg_hba.conf entry",
    "SSL was required",
)


SEE_IT_RUNS = _(
    "Try again in a moment. If it goes on, see that PostgreSQL runs at VFEED_DATABASE_URL: vfeed doctor says what it "
    "answers."
)


class DatabaseUnavailable(VfeedError):
    """Nothing could be read or stored just now; later it can."""


class DatabaseAway(DatabaseUnavailable):
    """The database's server does not answer, or has ended what it was doing for us."""

    def __init__(
        self, message: str = _("The database does not answer, so this was not stored."), hint: str = SEE_IT_RUNS
    ) -> None:
        super().__init__("database_away", message, hint=hint)


class DatabaseRefuses(DatabaseAway):
    """The database's server runs and does not let us in: a wrong name or password, or no such database."""

    def __init__(self) -> None:
        super().__init__(
            _("The database does not let vfeed in, so this was not stored."),
            _(
                "Whoever runs vfeed corrects name, password and database in VFEED_DATABASE_URL: vfeed doctor says what "
                "PostgreSQL answers."
            ),
        )


class DatabaseSlow(DatabaseUnavailable):
    """The database's server took longer than it may: `Database.give_up_after`. What is tried again may be as slow."""

    def __init__(self) -> None:
        super().__init__(
            "database_away", _("The database did not answer in time, so this was not stored."), hint=SEE_IT_RUNS
        )


class CommitUnknown(DatabaseAway):
    """The server went after it was told to keep a change and before it said so: what belongs to it must stay."""

    def __init__(self) -> None:
        super().__init__(
            _("The database stopped answering. This may have been stored, or not: look whether it is there.")
        )


class DatabaseBusy(DatabaseUnavailable):
    """Others write for so long that a change was not stored."""

    def __init__(self) -> None:
        super().__init__(
            "database_busy",
            _("Others are writing so much that this could not be stored."),
            hint=_("Try again in a moment."),
        )


def as_vfeed_error(error: DBAPIError) -> VfeedError | None:
    """The VfeedError for a database error that is known, or None."""
    said, state = str(error.orig), getattr(error.orig, "sqlstate", "")
    if "invalid connection option" in said or "invalid sslmode value" in said:
        return unknown_option("VFEED_DATABASE_URL", said)
    if state == TOO_SLOW:
        return DatabaseSlow()
    if error.connection_invalidated or _is_away(error, state):
        return DatabaseRefuses() if not state and any(words in said for words in REFUSES) else DatabaseAway()
    if state in TAKES_TURNS:
        return DatabaseBusy()
    if "is full" in said or state == DISK_FULL:
        return VfeedError(
            "disk_full",
            _("There is no room left on the disk. Nothing was stored."),
            hint=_("Make room on the disk that holds the data folder, then try again."),
        )
    if "readonly" in said or "unable to open" in said:
        return VfeedError(
            "data_unwritable",
            _("The data folder cannot be written."),
            hint=_("Give the user that runs vfeed the right to write there, or set VFEED_DATA_DIR."),
        )
    if "is locked" in said:
        return DatabaseBusy()
    if "not a database" in said:
        return VfeedError(
            "key_wrong",
            _("The key file does not open the database, or the database is damaged from its start."),
            hint=_("Set VFEED_KEY_FILE to the key that belongs to this data folder; else restore it from a backup."),
        )
    if "malformed" in said or "disk I/O" in said:
        return damaged()
    return None


def _is_away(error: DBAPIError, state: str | None) -> bool:
    """Whether a server is not reached at all (no SQLSTATE), or says that it ends, starts, or takes no more in."""
    is_postgres = hasattr(error.orig, "sqlstate")
    return is_postgres and isinstance(error, OperationalError | InterfaceError) and (not state or state[:3] in AWAY)


def damaged() -> VfeedError:
    """The error for a database whose file is broken."""
    return VfeedError(
        "vault_damaged",
        _("The database is damaged on the disk."),
        hint=_("Restore the data folder from a backup: vfeed restore."),
    )
