"""`gureum restore`: the state of a backup in place of what there is, wholly or not at all.

Everything is unpacked and checked beside the state. One rename says that it counts; from then on it is put in place, again
and again until it is, by whoever starts the cloud next.
"""

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path

import click

from gureum import migrations
from gureum.cli import archive
from gureum.cli.archive import DATABASE, IMAGES, Bad, Manifest
from gureum.cli.place import Place, account, prepare
from gureum.cli.screen import screen
from gureum.cli.supervisor import LOCK, running
from gureum.processes import lock
from gureum.settings import load

_UNPACKED = ".restore-unpacking"
_COUNTS = ".restore-counts"
_CONTROL_SECONDS = 10.0


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Throw the present state away.")
@click.pass_obj
def restore(place: Place, file: Path, *, replace: bool) -> None:
    """Put the state that FILE holds in place. The cloud must not run; with a state that is there already, --replace is needed."""
    manifest = bring_back(place, file, replace=replace)
    screen.say(f"[green]restored[/green] the state of {manifest.made_at}; next: gureum up, and gureum doctor")
    if manifest.without:
        screen.say(
            f"[yellow]without the bytes of {len(manifest.without)} images: {', '.join(sorted(manifest.without)[:10])}"
        )


def bring_back(place: Place, file: Path, *, replace: bool) -> Manifest:
    """Restore. Raises ClickException, with nothing changed."""
    if running(place) is not None:
        raise click.ClickException("the cloud runs; end it first: gureum down")
    place.run.mkdir(mode=0o755, parents=True, exist_ok=True)
    try:
        held = lock(place.run / LOCK)
    except BlockingIOError:
        raise click.ClickException("the cloud runs; end it first: gureum down") from None
    try:
        _wait_for_control(place)
        finish(place)
        if (place.state / DATABASE).exists() and not replace:
            raise click.ClickException(f"there is a cloud in {place.state}; to throw its state away: --replace")
        manifest = _unpack(place, file)
        os.rename(place.state / _UNPACKED, place.state / _COUNTS)
        archive.sync(place.state)
        finish(place)
        return manifest
    finally:
        held.close()


def _wait_for_control(place: Place) -> None:
    """Until no control process is left: they outlive a supervisor that was killed by moments."""
    for path in place.control.glob("*.lock"):
        try:
            lock(path, wait=_CONTROL_SECONDS).close()
        except BlockingIOError:
            raise click.ClickException("a control process still runs; end it first: gureum down") from None


def _unpack(place: Place, file: Path) -> Manifest:
    target = place.state / _UNPACKED
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(mode=0o700, parents=True)
    try:
        manifest = archive.extract(file, target)
        _check(file, target, manifest)
        return manifest
    except (Bad, OSError, ValueError) as error:
        shutil.rmtree(target, ignore_errors=True)
        raise click.ClickException(str(error)) from None


def _check(file: Path, target: Path, manifest: Manifest) -> None:
    """Raise Bad for a state that this version cannot run."""
    if DATABASE not in manifest.files:
        raise Bad(f"{file} holds no database")
    if manifest.revision > migrations.HEAD:
        raise Bad(f"{file} was made by gureum {manifest.version}, whose database is newer; install that version first")
    load(target)
    with contextlib.closing(sqlite3.connect(target / DATABASE)) as database:
        try:
            answer = database.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            answer = str(error)
    if answer != "ok":
        raise Bad(f"{file}: its database is damaged: {answer}")


def finish(place: Place) -> None:
    """Put in place what a restore has unpacked and checked; nothing where there was none. May be cut short and run again."""
    counts = place.state / _COUNTS
    if not counts.is_dir():
        return
    who = account(load(counts if (counts / "settings.yaml").exists() else place.state))
    prepare(place, who)
    if (counts / DATABASE).exists():
        _make_room(place, counts)
        if (place.state / IMAGES).is_symlink():
            (place.state / IMAGES).unlink()  # control's user may have led root elsewhere
        (place.state / IMAGES).mkdir(mode=0o750, exist_ok=True)
        _give(place.state / IMAGES, who.uid, who.gid, 0o750)
    for path in sorted(path for path in counts.rglob("*") if path.is_file()):
        inside = path.relative_to(counts)
        target = place.state / inside
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        if inside.parts[0] == "control":
            _give(path, who.uid, who.gid, 0o640)
        else:
            path.chmod(0o600 if target == place.password_file else 0o644)
        os.replace(path, target)
        archive.sync(target.parent)
    shutil.rmtree(counts)


def _make_room(place: Place, counts: Path) -> None:
    """Take away what belongs to the old database, and policy files that the backup has not."""
    for stale in ("-wal", "-shm", "-journal"):
        (place.state / f"{DATABASE}{stale}").unlink(missing_ok=True)
    for path in (place.state / "policy").glob("*.yaml"):
        if not (counts / "policy" / path.name).exists():
            path.unlink()


def _give(path: Path, uid: int, gid: int, mode: int) -> None:
    path.chmod(mode)
    if os.geteuid() == 0:
        os.chown(path, uid, gid)
