"""The store: the one object through which everything that is kept is reached."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from vfeed.config import Settings
from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.store.accounts import Accounts
from vfeed.store.analyses import Analyses
from vfeed.store.audit import ANCHOR, AuditTrail
from vfeed.store.blobs import Blobs
from vfeed.store.clips import Clips
from vfeed.store.coding_words import Readings
from vfeed.store.codings import Codings
from vfeed.store.comments import Comments
from vfeed.store.consensus import Agreed
from vfeed.store.consents import Consents
from vfeed.store.database import Database, database_errors, make_engine
from vfeed.store.erasure import Erasure
from vfeed.store.events import Events
from vfeed.store.evidence import Evidence
from vfeed.store.families import Families
from vfeed.store.family_look import FamilyLook
from vfeed.store.gammas import Gammas
from vfeed.store.groups import Groups
from vfeed.store.job_rows import JobRows
from vfeed.store.journal import Journals
from vfeed.store.keyring import NEW, Keyring, create_key_file, key_missing, make_folder, read_key_file
from vfeed.store.keystore import KEYS, KeyStore
from vfeed.store.languages import Languages
from vfeed.store.measures import Measures
from vfeed.store.migrating import migrate, revision_of, start_lock
from vfeed.store.object_vault import ObjectVault
from vfeed.store.overview import Overview
from vfeed.store.own_moments import OwnMomentsOf
from vfeed.store.packs import Packs
from vfeed.store.programmes import Programmes
from vfeed.store.referrals import Referrals
from vfeed.store.replay import Replay
from vfeed.store.retention import Retention
from vfeed.store.screening_runs import ScreeningRuns
from vfeed.store.screenings import Screenings
from vfeed.store.sealing import holds_database, wipe_second_name
from vfeed.store.second_steps import SecondSteps
from vfeed.store.sessions import Sessions
from vfeed.store.shares import Shares
from vfeed.store.sheets import Sheets
from vfeed.store.sign_ins import SignIns
from vfeed.store.studies import Studies
from vfeed.store.tables import Clip, KeyCheck
from vfeed.store.take_home import TakeHome
from vfeed.store.uploads import Uploads
from vfeed.store.vault import FileVault, Vault
from vfeed.store.voices import Voices
from vfeed.store.workers import Workers
from vfeed.store.worries import Worries

CHECK_ID = 1
CHECK_TEXT = b"this key opens this data folder."
CHECK_PURPOSE = "check"
DATABASE = "database"
AUDIT = "audit-seal"


class Store:
    """Opens database, keys and vault; made once in each process, safe to use from several threads.

    Raises VfeedError `key_missing` when there are data but no key file, `key_wrong` when the key does not open them,
    `database_missing` when there are films, or keys of them, but no database, `database_older` when it ends before what
    vfeed last wrote, `data_newer` when a newer vfeed wrote it, `setting_invalid` for an address that does not work.
    """

    def __init__(self, settings: Settings, *, restored: str = "", takes_older: bool = False) -> None:
        """Open what `settings` say; `restored` is the backup that was just put there, of which the trail is told.

        With `takes_older` a database that ends before what vfeed last wrote is gone on with: the trail is told, and
        what it does not know is removed as at any start.
        """
        self.settings = settings
        make_folder(settings.data_dir)
        if not settings.vault:
            # Before its first file: by NFS a machine may miss for a minute a folder that it once looked for in vain.
            make_folder(settings.vault_dir)
        with contextlib.ExitStack() as opening:
            opening.enter_context(in_use(settings))
            self.vault = open_vault(settings)
            opening.callback(self.vault.close)
            self._open(settings, opening, restored, takes_older)
            self._closing = opening.pop_all()

    def _open(self, settings: Settings, opening: contextlib.ExitStack, restored: str, takes_older: bool) -> None:
        refuse_half_rotated(settings)
        with start_lock(settings.data_dir):
            self.keyring = open_keyring(settings, self.vault)
        self.keys = KeyStore(settings.clip_keys, self.keyring)
        refuse_lost_database(settings, self.vault)
        migrate(settings, self.secret(DATABASE))
        self.database = Database(settings, self.secret(DATABASE))
        opening.callback(self.database.close)
        self.audit = AuditTrail(self.database, self.secret(AUDIT), settings.clip_keys / ANCHOR)
        with start_lock(settings.data_dir):
            self._check_key()
        if restored:
            self.audit.restored("command line", restored)
        elif self.audit.is_rolled_back():
            if not takes_older:
                raise older_database(self.database, self.keys)
            self.audit.record("command line", "data.older_taken", "")
        self.families = Families(self.database, self.audit)
        self.blobs = Blobs(self.database, self.vault, self.keys)
        self.clips = Clips(self.database, self.vault, self.keys, self.blobs, self.audit)
        self.erasure = Erasure(self.database, self.keys, self.clips, self.audit)
        self.analyses = Analyses(self.database, self.blobs)
        self.packs = Packs(self.database, self.audit)
        journals = Journals()
        self.events = Events(self.database, self.audit, journals)
        self.comments = Comments(self.database, self.audit, journals)
        self.own_moments = OwnMomentsOf(self.database, self.audit, journals)
        self.codings = Codings(self.database, self.audit, journals)
        self.readings = Readings(self.database)
        self.consents = Consents(self.database, self.keys, self.clips, self.events, self.audit)
        self.languages = Languages(self.audit)
        self.voices = Voices(self.database, self.keys, self.blobs, self.clips, self.events)
        self.sessions = Sessions(self.database, self.audit, journals, self.events)
        self.overview = Overview(self.database, journals)
        self.programmes = Programmes(self.database, self.audit, journals)
        self.sheets = Sheets(self.database, self.audit, journals)
        self.evidence = Evidence(self.database, self.audit)
        self.referrals = Referrals(self.database, self.audit)
        self.groups = Groups(self.database, self.keys, self.audit, journals)
        self.measures = Measures(self.database, self.audit, journals)
        self.family_look = FamilyLook(self.database, journals)
        self.take_home = TakeHome(self.database, self.keys, self.audit)
        self.shares = Shares(self.database, self.keys, self.audit, journals)
        self.studies = Studies(self.database, self.keys, self.audit, journals)
        self.gammas = Gammas(self.database)
        self.worries = Worries(self.database, self.audit)
        self.agreed = Agreed(self.database, self.audit, journals)
        self.screenings = Screenings(self.database, self.audit, journals)
        self.screening_runs = ScreeningRuns(self.database, self.keys, self.audit, journals)
        self.jobs = JobRows(self.database, self.audit)
        self.uploads = Uploads(
            self.database, self.keyring, settings.data_dir / "uploads", max_bytes=settings.max_clip_bytes
        )
        self.retention = Retention(self.database, self.erasure, self.audit, settings.erase_after_months)
        self.workers = Workers(self.database, self.audit)
        self.sign_ins = SignIns(self.database)
        self.accounts = Accounts(self.database, self.audit)
        self.second_steps = SecondSteps(self.database, self.keyring, self.audit)
        self.clips.finish_erasures()
        self.clips.replay_erasures()
        self.erasure.replay()
        Replay(
            self.database,
            self.keys,
            self.consents,
            self.voices,
            self.take_home,
            self.shares,
            self.screening_runs,
            self.groups,
            self.studies,
        ).run()
        if self.vault.sweeps_at_start:
            self.blobs.sweep()
        self.uploads.expire()

    def secret(self, purpose: str) -> bytes:
        """32 secret bytes for one purpose (such as signing cookies), the same at every start."""
        return self.keyring.secret(purpose)

    def close(self) -> None:
        """Close the connections of database and vault."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        self.close()

    def _check_key(self) -> None:
        """At the very first start keep a text by which the key is known; later refuse a key that does not open it."""
        with self.database.read() as session:
            known = session.scalar(select(KeyCheck).where(KeyCheck.id == CHECK_ID))
        if known is not None:
            self.keyring.unwrap(known.wrapped, CHECK_PURPOSE)
            return
        try:
            with self.database.write() as session:
                session.add(KeyCheck(id=CHECK_ID, wrapped=self.keyring.wrap(CHECK_TEXT, CHECK_PURPOSE)))
                self.audit.begin(session)
        except IntegrityError:
            # Another machine was first.
            self._check_key()


@contextlib.contextmanager
def in_use(settings: Settings, *, alone: bool = False) -> Iterator[None]:
    """Held while a process uses the data; with `alone` nobody else does. Raises VfeedError `conflict`."""
    make_folder(settings.data_dir)
    # Open to read and to write: NFS gives a lock that is shared on the one, and one for oneself alone on the other.
    with (settings.data_dir / ".in-use").open("w+") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise VfeedError(
                "conflict",
                _("vfeed is running on these data, or a command that must be alone is."),
                hint=_("Stop vfeed and its workers, then try again."),
            ) from error
        yield


def open_vault(settings: Settings) -> Vault:
    """The vault of `VFEED_VAULT`, or the one in the data folder; nothing is asked of a server yet."""
    return ObjectVault(settings) if settings.vault else FileVault(settings.vault_dir)


def refuse_half_rotated(settings: Settings) -> None:
    """Raise VfeedError `key_wrong` while a change of the master key is half done."""
    if next_key(settings).exists():
        raise VfeedError(
            "key_wrong",
            _("A change of the master key broke off half-way; nothing is lost."),
            hint=_("Run vfeed rotate-key again: it goes on where it stopped."),
        )


def next_key(settings: Settings) -> Path:
    """Where the new master key lies while the old one is being replaced."""
    return settings.key_file.with_name(settings.key_file.name + ".next")


def open_keyring(settings: Settings, vault: Vault) -> Keyring:
    """The keyring of the key file, which is made where there are no data yet.

    Raises VfeedError `key_missing` when there are data but no key file, `key_wrong` for a file that holds no key.
    """
    path = settings.key_file
    if not path.exists():
        data = not vault.is_empty() or _file_holds_data(settings) or _server_holds_data(settings)
        if data or holds_keys(settings):
            raise key_missing(path, left_over=None if data else settings.clip_keys)
        create_key_file(path)
    wipe_second_name(path)
    return read_key_file(path, settings.key_passphrase_file)


def refuse_lost_database(settings: Settings, vault: Vault) -> None:
    """Raise VfeedError `database_missing` where films or keys of them lie, but no database.

    A new one would sweep the films away, or begin with nothing where a disk is only not mounted.
    """
    # First of all: another process that makes its first things makes the database before them.
    films, keys = holds_films(settings, vault), holds_keys(settings)
    if not (films or keys) or (_server_holds_data(settings) if settings.database_url else _file_holds_data(settings)):
        return
    database = "VFEED_DATABASE_URL" if settings.database_url else settings.data_dir / "vfeed.db"
    if films:
        raise VfeedError(
            "database_missing",
            _("There are films in %(folder)s, but there is nothing in %(database)s. Nothing was changed."),
            hint=_(
                "Put the database back, set VFEED_DATABASE_URL or VFEED_DATA_DIR to where it is, or move the films "
                "away and run vfeed restore."
            ),
            folder=settings.vault or settings.vault_dir,
            database=database,
        )
    raise VfeedError(
        "database_missing",
        _("There are keys of earlier data in %(folder)s, but there is nothing in %(database)s. Nothing was changed."),
        hint=_(
            "Mount the disk of the data, set VFEED_DATABASE_URL or VFEED_DATA_DIR to where they are, or run vfeed "
            "restore. Other data need another VFEED_KEY_FILE; to begin with nothing, move that folder away."
        ),
        folder=settings.clip_keys,
        database=database,
    )


def older_database(database: Database, keys: KeyStore) -> VfeedError:
    """The refusal of a database that was put back by hand: a start would sweep away the films that it lacks."""
    with database.read() as session:
        lacking = keys.ids() - set(session.scalars(select(Clip.id)))
    return VfeedError(
        "database_older",
        _("The database is older than what vfeed last wrote: %(count)s of the films with a key are not in it."),
        hint=_("Put the newest database back. Where there is none, vfeed take-older goes on without what is lost."),
        count=len(lacking),
    )


def holds_films(settings: Settings, vault: Vault) -> bool:
    """Whether there is anything in the vault."""
    return bool(settings.vault or settings.vault_dir.exists()) and not vault.is_empty()


def holds_keys(settings: Settings) -> bool:
    """Whether there is something beside the master key that belongs to data: a film's key, an audit trail's end."""
    folder = settings.clip_keys
    return (folder / ANCHOR).exists() or any(path.suffix != NEW for path in folder.glob(f"{KEYS}/*"))


def _file_holds_data(settings: Settings) -> bool:
    return holds_database(settings.data_dir / "vfeed.db")


def _server_holds_data(settings: Settings) -> bool:
    """Whether the database of a server is under a key already: then none is to be made here."""
    if not settings.database_url:
        return False
    engine = make_engine(settings.database, b"")
    try:
        with database_errors(), engine.connect() as connection:
            return revision_of(connection) is not None and connection.scalar(select(KeyCheck.id)) is not None
    finally:
        engine.dispose()
