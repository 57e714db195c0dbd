"""The commands that keep what is kept: backups, checks, keys, accounts, and a family's own copy."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vfeed.config import Settings, load_settings
from vfeed.errors import VfeedError
from vfeed.practice.take_home import new_passphrase
from vfeed.private import keep_to_this_user
from vfeed.research.counting import count
from vfeed.terminal import console

if TYPE_CHECKING:
    from vfeed.store.store import Store

COMMAND_LINE = "command line"
FOLDER = click.Path(file_okay=False, path_type=Path)


def _opened(*, takes_older: bool = False) -> Store:
    """The store of this machine's settings; loaded only by the commands that need it."""
    from vfeed.launch import open_store

    return open_store(load_settings(), takes_older=takes_older)


def _settings_of_its_owner() -> Settings:
    """The settings, for what changes data without opening them; raises VfeedError as a start does."""
    from vfeed.doctor import refuse_unsafe

    keep_to_this_user()
    settings = load_settings()
    refuse_unsafe(settings)
    return settings


def _master(settings: Settings) -> bytes:
    from vfeed.store.keyring import read_master

    return read_master(settings.key_file, settings.key_passphrase_file)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--keep", type=click.IntRange(1), default=14, show_default=True, help="How many backups stay there.")
def backup(folder: Path, keep: int) -> None:
    """Add an encrypted backup to FOLDER, on another disk; vfeed may go on meanwhile."""
    from vfeed.store.backup import make_backup

    with _opened() as store:
        made = make_backup(store, folder, keep=keep)
    copied = f"{count(made.copied, 'file')} copied ({made.copied_bytes / 1e6:.1f} MB)"
    console.print(f"Backup {made.stamp}: {copied}, {made.kept} there before.")
    console.print("It opens with the key file alone: keep a copy of that elsewhere.")


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--backup", "stamp", help="Name of the backup (else the newest).")
def restore(folder: Path, stamp: str | None) -> None:
    """Put a backup from FOLDER into an empty data folder; what was erased since is erased from it."""
    from vfeed.services.services import Services
    from vfeed.store.backup import restore_backup

    settings = _settings_of_its_owner()
    name = restore_backup(settings, folder, stamp)
    with _opened() as store:
        Services(store).study_keeping.run(date.today())
    console.print(f"Backup {name} is restored to {settings.data_dir}. What was erased since is erased in it.")
    console.print("Accounts are as they were that day: look at who may sign in.")


@click.command("take-older")
@click.option("--yes", is_flag=True, help="Go on without asking.")
def take_older(yes: bool) -> None:
    """Go on with an older database than the one that vfeed last wrote, which is lost."""
    _settings_of_its_owner()
    console.print(
        "What was done since then is lost: films that the older database does not know are removed for good, and so is "
        "what people wrote. What was withdrawn or erased since is so again."
    )
    if not yes:
        click.confirm("Is there no newer database, and no newer backup?", abort=True)
    _opened(takes_older=True).close()
    console.print(
        "Done; if it was older, the audit trail says so, and accounts are as they were that day: see who may sign in."
    )


@click.command()
@click.option("--backup", "folder", type=FOLDER, help="Check the backups in this folder, too.")
@click.option("--noted", default="", metavar="NUMBER:HASH", help="An end of the audit trail that was written down.")
def verify(folder: Path | None, noted: str) -> None:
    """Read everything that is kept: database, films, keys, audit trail; exit status 4 when anything is wrong."""
    from vfeed.store.backup import check_backup, stamps
    from vfeed.store.checks import check_everything

    with _opened() as store:
        checked = check_everything(store, noted=noted)
        films = f"{count(checked.films, 'film')} with {count(checked.files, 'file')}"
        console.print(f"Read: {films}, {count(checked.audit_rows, 'audit row')}.")
        console.print(f"The audit trail ends at {checked.audit_rows}:{checked.audit_hash}")
        for stamp in stamps(folder) if folder else []:
            files = check_backup(folder, store.keyring, stamp) if folder else {}
            console.print(f"Backup {stamp}: {count(len(files), 'file')}, whole.")
    for fault in checked.faults:
        console.print(f"!! {fault}")
    if checked.faults:
        raise VfeedError(
            "vault_damaged",
            f"Of what was looked at, {count(len(checked.faults), 'thing')} should be otherwise.",
            hint="Restore them from a backup, and find out who had access to the data.",
        )


@click.command("rotate-key")
@click.option("--yes", is_flag=True, help="Go on without asking.")
def rotate_key(yes: bool) -> None:
    """Put a new master key in place of the old one; vfeed must be stopped."""
    from vfeed.store.rekey import rotate_key as change

    settings = _settings_of_its_owner()
    console.print(
        "What somebody typed while there was no line may still wait unsent in their browser. It is sealed with the key "
        "that goes now: after this it can never be sent nor read. Let everybody open vfeed on the computer they worked "
        "at until nothing waits there, and stop vfeed then.",
    )
    if not yes:
        click.confirm("Does nothing wait unsent any more?", abort=True)
    kept = change(settings)
    console.print(f"The new key is {settings.key_file}. Keep a copy of it somewhere safe.")
    console.print(
        f"The old one is {kept}: it still opens backups made before today. Make a new backup, then destroy it.",
    )


@click.command("reset-password")
@click.argument("name")
def reset_password(name: str) -> None:
    """Give the account NAME a new one-time password and take its second step away.

    For when nobody is left who could do it in the browser.
    """
    with _opened() as store:
        password = store.accounts.reset_password(name, COMMAND_LINE)
        store.accounts.set_active(name, True, COMMAND_LINE)
        store.second_steps.clear(name, COMMAND_LINE)
    console.print(f"One-time password of {name}: {password}")


@click.command("export-family")
@click.argument("code_name")
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
def export_family(code_name: str, output: Path) -> None:
    """Write all that is kept about the family CODE_NAME into OUTPUT, a zip locked with a passphrase."""
    from vfeed.store.handing_out import export_family as export

    passphrase = new_passphrase()
    with _opened() as store:
        files = export(store, code_name, output, passphrase, COMMAND_LINE)
    console.print(f"Written: {output}, with {count(files, 'file')}.")
    console.print(f"Passphrase, shown once: {passphrase}")


@click.command("broken-jobs")
def broken_jobs() -> None:
    """List the jobs that broke off, with where in the code; nothing of what they worked on."""
    with _opened() as store:
        broken = store.jobs.broken()
        for job in broken:
            console.print(f"{job.id}  {job.kind}  {job.state}  attempt {job.attempts}  {job.created_at:%Y-%m-%d %H:%M}")
            for line in (job.trace or "").splitlines():
                console.print(line)
    if not broken:
        console.print("No job broke off.")


@click.command("seal-key")
def seal_key() -> None:
    """Seal the key file by a passphrase, which is printed once: from then on the file alone opens nothing."""
    from vfeed.store.migrating import start_lock
    from vfeed.store.sealing import put_key_in_place

    settings, passphrase = _settings_of_its_owner(), new_passphrase()
    master = _master(settings)
    # Told first: a key that is sealed by what nobody was told is lost.
    console.print(f"Passphrase, shown once: {passphrase}")
    console.file.flush()
    # A start at the same time wipes what it takes for left over.
    with start_lock(settings.data_dir):
        put_key_in_place(settings.key_file, master, passphrase)
    console.print("Put it into a file on another disk or stick, and set VFEED_KEY_PASSPHRASE_FILE to that file.")
    console.print("Copies of the key file made before are not sealed: destroy them.")


@click.command("recovery-sheet")
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--parts", type=click.IntRange(1, 9), default=1, show_default=True, help="For how many people.")
@click.option("--needed", type=click.IntRange(1, 9), default=1, show_default=True, help="How many of them must come.")
def recovery_sheet(output: Path, parts: int, needed: int) -> None:
    """Write the key to the PDF file OUTPUT, to be printed, locked away, and deleted."""
    from vfeed.store.recovery_sheet import write_sheet

    keep_to_this_user()
    settings = load_settings()
    write_sheet(_master(settings), output, parts=parts, needed=needed)
    console.print(f"Print {output}, lock the paper away, and delete the file: it opens everything.")


@click.command("recover-key")
@click.option(
    "--needed", type=click.IntRange(1, 9), default=1, show_default=True, help="How many parts must come together."
)
def recover_key(needed: int) -> None:
    """Make the key file anew from what is typed off the recovery sheet."""
    from vfeed.store.keyring import write_key_file
    from vfeed.store.recovery import LINES, joined, secret_of

    keep_to_this_user()
    settings, shares = load_settings(), {}
    for _each in range(needed):
        number = click.prompt("Number of the part", type=click.IntRange(1, 9)) if needed > 1 else 0
        lines = [click.prompt(f"Line {at + 1}") for at in range(LINES)]
        shares[number] = secret_of(lines, number)
    write_key_file(settings.key_file, joined(shares) if needed > 1 else shares[0])
    console.print(f"The key is in {settings.key_file}. vfeed verify says whether it fits.")


COMMANDS = (
    backup,
    restore,
    take_older,
    verify,
    rotate_key,
    seal_key,
    recovery_sheet,
    recover_key,
    reset_password,
    export_family,
    broken_jobs,
)
