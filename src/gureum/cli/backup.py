"""`gureum backup`: the control plane's state in one file, while it runs."""

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click

from gureum import __version__
from gureum.cli.archive import DATABASE, FORMAT, IMAGES, Manifest, Writer
from gureum.cli.place import Place
from gureum.cli.screen import screen
from gureum.settings import FILE, load

_ATTEMPTS = 5
_STAGING = ".backup-"


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--without-images", is_flag=True, help="Only list the images; their bytes are saved otherwise.")
@click.pass_obj
def backup(place: Place, file: Path, *, without_images: bool) -> None:
    """Save the control plane's state in FILE, also while it runs: database with its keys, settings, first password, policy files,
    images. Not what is on hosts: guests' disks and volumes. FILE holds secrets; only its owner may read it."""
    manifest = save(place, file, images=not without_images, say=screen.say)
    size = file.stat().st_size / 2**20
    screen.say(f"[green]saved[/green] {len(manifest.files)} files, {size:.1f} MiB, in {file}")


def save(place: Place, file: Path, *, images: bool, say: Callable[[str], None]) -> Manifest:
    """Make the archive. Raises ClickException with what to do instead."""
    try:
        settings = load(place.state)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    if settings.database:
        raise click.ClickException(
            "this cloud's database is PostgreSQL, which has tools of its own: "
            f"pg_dump --format=custom --file=FILE '{settings.database}'; "
            f"and keep copies of {place.state / FILE}, {place.password_file} and {place.control / 'images'}"
        )
    if not (place.state / DATABASE).exists():
        raise click.ClickException(f"there is no cloud in {place.state}")
    for left in place.control.glob(f"{_STAGING}*"):
        shutil.rmtree(left, ignore_errors=True)
    try:
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=place.control))
        try:
            writer = Writer(file)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from None
    try:
        return _write(place, staging, writer, images=images, say=say)
    except BaseException as error:
        writer.abandon()
        if isinstance(error, OSError | sqlite3.Error):
            raise click.ClickException(f"{file}: {error}") from None
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _write(place: Place, staging: Path, writer: Writer, *, images: bool, say: Callable[[str], None]) -> Manifest:
    copy = staging / "gureum.sqlite"
    missing = _snapshot(place, staging, copy)
    sizes = with_bytes(copy)
    writer.add(DATABASE, copy)
    paths = [place.state / FILE, place.password_file, *sorted((place.state / "policy").glob("*.yaml"))]
    for path in paths:
        if path.is_file():
            writer.add(str(path.relative_to(place.state)), path)
    if images:
        for id in sorted(sizes.keys() - missing):
            writer.add(f"{IMAGES}/{id}", staging / "images" / id)
        for id in sorted(missing):
            say(f"[yellow]image {id} has no bytes on this machine")
    made = datetime.now(UTC).isoformat(timespec="seconds")
    without = {id: sizes[id] for id in (missing if images else sizes)}
    manifest = Manifest(FORMAT, __version__, revision(copy), made, writer.files, without)
    writer.finish(manifest)
    return manifest


def _snapshot(place: Place, staging: Path, copy: Path) -> set[str]:
    """Copy the database as it is at one moment, and hold its images' bytes by links. Says which images have no bytes.

    An image may be deleted between the copy and the link: then a later moment is taken.
    """
    held = staging / "images"
    held.mkdir()
    missing: set[str] = set()
    for _ in range(_ATTEMPTS):
        copy.unlink(missing_ok=True)
        copy_database(place.state / DATABASE, copy)
        missing = set()
        for id in with_bytes(copy):
            with contextlib.suppress(FileExistsError):
                try:
                    os.link(place.state / IMAGES / id, held / id)
                except FileNotFoundError:
                    missing.add(id)
        if not missing:
            break
    return missing


def copy_database(source: Path, target: Path) -> None:
    """A copy of a SQLite database as it is at one moment, whoever writes to it meanwhile."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.close(descriptor)
    with (
        contextlib.closing(sqlite3.connect(f"file:{source}?mode=rw", uri=True, timeout=30)) as present,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        present.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def with_bytes(database: Path) -> dict[str, int | None]:
    """The images that have bytes, with their sizes."""
    with contextlib.closing(sqlite3.connect(database)) as found:
        return dict(found.execute("SELECT id, size FROM images WHERE status IN ('active', 'deactivated')").fetchall())


def revision(database: Path) -> str:
    """The revision that a database is at."""
    with contextlib.closing(sqlite3.connect(database)) as found:
        return str(found.execute("SELECT version_num FROM alembic_version").fetchone()[0])
