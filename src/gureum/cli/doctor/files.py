"""The state directory: settings, owners and modes, space, the database."""

import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from gureum import migrations
from gureum.cli import client
from gureum.cli.doctor.finding import Finding, Fix
from gureum.cli.place import Place, account
from gureum.settings import FILE, load

_KEPT_LOG = 1024**2
_LARGE_LOG = 16 * 1024**2
_MOST_CHECKED = 512 * 1024**2


def settings(place: Place) -> Iterator[Finding]:
    """Whether the settings can be read. They were good when the cloud last came up."""
    path, good = place.state / FILE, place.good_settings
    try:
        load(place.state)
    except (ValueError, OSError) as error:
        restore = Fix(
            f"put {path} aside as {path}.broken and take the settings of the last start", lambda: _restore(place)
        )
        yield Finding(
            f"the settings cannot be used: {error}",
            "the cloud will not start with them",
            f"edit {path}; gureum settings lists what there is",
            restore if good.exists() else None,
        )


def _restore(place: Place) -> None:
    path = place.state / FILE
    path.replace(path.with_name(f"{FILE}.broken"))
    shutil.copy(place.good_settings, path)


def examine(place: Place) -> Iterator[Finding]:
    """What is wrong with the files."""
    yield from _modes(place)
    yield from _owners(place)
    yield from _space(place)
    settings = load(place.state)
    if not settings.database and not client.alive(settings):
        yield from _database(place)


def _modes(place: Place) -> Iterator[Finding]:
    """Nobody else may read what is secret, or change what is not his."""
    database = place.control / "gureum.sqlite"
    for path, most in (
        (place.state, 0o755),
        (place.password_file, 0o600),
        (place.control, 0o700),
        (place.socket, 0o600),
        (place.control / "bulk.sock", 0o600),
        *((database.with_name(database.name + end), 0o640) for end in ("", "-wal", "-shm")),
        (place.agent, 0o711),
        (place.run, 0o755),
        (place.run / "agent.json", 0o644),
        (place.log, 0o750),
    ):
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() and not path.is_symlink() else 0
        if mode & ~most:
            yield Finding(
                f"{path} has mode {mode:o}",
                f"others may {'write' if mode & ~most & 0o022 else 'read'} it",
                f"chmod {most:o} {path}",
                Fix(f"set the mode of {path} to {most:o}", partial(_set_mode, path, most)),
            )


def _set_mode(path: Path, mode: int) -> None:
    """Not of what a link leads to: control's user, whom root must not serve so, may have put one there by now."""
    opened = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.chmod(f"/proc/self/fd/{opened}", mode)
    finally:
        os.close(opened)


def _owners(place: Place) -> Iterator[Finding]:
    """What control must open belongs to control's user."""
    try:
        who = account(load(place.state))
    except KeyError:
        user = load(place.state).user
        yield Finding(
            f"user {user} does not exist",
            "the control plane runs as that user",
            f"useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin {user}",
        )
        return
    if os.geteuid() != 0:
        return
    for path in (place.control, *place.control.glob("*")):
        owner = path.lstat().st_uid
        if owner != who.uid:
            yield Finding(
                f"{path} belongs to user {owner} and not to {who.name}",
                "the control plane may not be able to open it",
                f"chown {who.name} {path}",
                Fix(f"give {path} to {who.name}", partial(os.chown, path, who.uid, who.gid, follow_symlinks=False)),
            )


def _space(place: Place) -> Iterator[Finding]:
    """A full disk stops everything; logs and copies made before migrations are what nobody needs."""
    free = shutil.disk_usage(place.state).free / 2**30
    least = load(place.state).least_free_gib
    if free >= least:
        return
    spare = [*_large_logs(place), *_old_copies(place)]
    size = sum(path.stat().st_size for path in spare)
    fix = Fix(f"free {size / 2**20:.0f} MiB: shorten logs, remove copies from before migrations", lambda: _spare(place))
    yield Finding(
        f"only {free:.1f} GiB are free below {place.state}",
        "writes fail when it is full: nothing can be created or deleted then, and guests with growing disks stop",
        "delete images and volumes, or add space",
        fix if spare else None,
    )


def _large_logs(place: Place) -> list[Path]:
    return [path for path in place.log.glob("*.log") if path.stat().st_size > _LARGE_LOG]


def _old_copies(place: Place) -> list[Path]:
    return [path for path in place.control.glob("gureum.sqlite.*") if path.suffix != "." + migrations.HEAD]


def _spare(place: Place) -> None:
    for path in _large_logs(place):
        with path.open("rb") as log:
            log.seek(-_KEPT_LOG, os.SEEK_END)
            last = log.read()
        # Processes append to it: the file must stay the same one.
        os.truncate(path, 0)
        with path.open("ab") as log:
            log.write(last)
    for path in _old_copies(place):
        path.unlink()


def _database(place: Place) -> Iterator[Finding]:
    """Whether the database of a cloud that does not answer can be opened by this version. Looks at a copy: opening it here
    would leave files that control may not open."""
    path = place.control / "gureum.sqlite"
    if not path.exists():
        yield Finding(
            f"the database {path} is not there",
            "the next start would make an empty cloud",
            "put the database back, from a backup where it is lost, before gureum up",
        )
        return
    if path.stat().st_size > _MOST_CHECKED:
        return
    try:
        revision, harm = _looked_into(path)
    except sqlite3.Error as error:
        revision, harm = None, str(error)
    if harm:
        yield Finding(
            f"the database {path} is damaged: {harm}",
            "the control plane cannot work with it",
            "put back a backup; gureum.sqlite.<revision> beside it are copies from before migrations",
        )
    elif revision is not None and revision != migrations.HEAD:
        yield _other_revision(path, revision)


def _looked_into(path: Path) -> tuple[str | None, str]:
    """The revision of a copy of the database, and what is damaged in it (empty: nothing)."""
    with tempfile.TemporaryDirectory(prefix="gureum-doctor-") as directory:
        copy = Path(directory) / path.name
        shutil.copy(path, copy)
        wal = path.with_name(path.name + "-wal")
        if wal.exists():
            shutil.copy(wal, copy.with_name(wal.name))
        with closing(sqlite3.connect(copy)) as opened:
            (said,) = opened.execute("PRAGMA quick_check(1)").fetchone()
            if not opened.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
                return None, "" if said == "ok" else str(said)
            row = opened.execute("SELECT version_num FROM alembic_version").fetchone()
    return (row[0] if row else None), "" if said == "ok" else str(said)


def _other_revision(path: Path, revision: str) -> Finding:
    versions = Path(migrations.__file__).parent / "versions"
    if any(versions.glob(f"{revision}_*.py")):
        return Finding(
            f"the database {path} is at revision {revision}, this version works with {migrations.HEAD}",
            "it was written by an older version; the next start brings it forward and keeps a copy",
            "gureum up",
            serious=False,
        )
    return Finding(
        f"the database {path} is at revision {revision}, which this version does not know",
        f"it was written by a newer version; this one works with {migrations.HEAD} and will not touch it",
        "install the newer version again",
    )
