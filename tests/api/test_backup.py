"""`gureum backup` of a cloud that is written to, and `gureum restore`: whole, or nothing."""

import json
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from gureum.cli import archive
from gureum.cli.backup import save
from gureum.cli.place import Place
from gureum.cli.restore import bring_back, finish
from gureum.processes import lock
from tests.api.server_kit import image
from tests.cloud import Cloud
from tests.databases import ON_POSTGRESQL

pytestmark = pytest.mark.skipif(ON_POSTGRESQL, reason="PostgreSQL is saved by pg_dump")


@pytest.fixture
def place(cloud: Cloud, tmp_path: Path) -> Iterator[Place]:
    """A state directory around the running cloud's."""
    found = Place(tmp_path / "state")
    found.state.mkdir()
    found.control.symlink_to(cloud.state)
    (found.state / "settings.yaml").write_text("region: Seoul\n")
    found.password_file.write_text("first-password\n")
    (found.state / "policy").mkdir()
    (found.state / "policy" / "compute.yaml").write_text("# none\n")
    yield found


def backup(place: Place, file: Path, *, images: bool = True) -> archive.Manifest:
    return save(place, file, images=images, say=print)


def rows(place: Place, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(place.state / archive.DATABASE) as database:
        return database.execute(query).fetchall()


def test_what_was_acknowledged_before_a_backup_is_in_it_while_others_write(
    cloud: Cloud, place: Place, tmp_path: Path
) -> None:
    id = image(cloud)
    acknowledged: list[str] = []
    ending = threading.Event()

    def write() -> None:
        while not ending.is_set():
            body = {"region": {"id": f"region-{len(acknowledged)}"}}
            acknowledged.append(cloud.admin.post("/v3/regions", body).ok(201)["region"]["id"])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        cloud.wait(lambda: len(acknowledged) > 20, "writes")
        before = list(acknowledged)
        backup(place, tmp_path / "b.tar")
    finally:
        ending.set()
        writer.join()
    assert stat.S_IMODE((tmp_path / "b.tar").stat().st_mode) == 0o600
    fresh = Place(tmp_path / "fresh")
    bring_back(fresh, tmp_path / "b.tar", replace=False)
    there = {row[0] for row in rows(fresh, "SELECT id FROM regions")}
    assert set(before) <= there
    assert (fresh.control / "images" / id).read_bytes() == (cloud.state / "images" / id).read_bytes()
    assert (fresh.state / "settings.yaml").read_text() == "region: Seoul\n"
    assert fresh.password() == "first-password"
    assert (fresh.state / "policy" / "compute.yaml").exists()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (fresh.password_file, fresh.control)}
    assert modes == {"admin.password": 0o600, "control": 0o700}
    assert not list(cloud.state.glob(".backup-*"))


def test_images_may_be_left_out_and_are_listed(cloud: Cloud, place: Place, tmp_path: Path) -> None:
    id = image(cloud)
    manifest = backup(place, tmp_path / "b.tar", images=False)
    assert id in manifest.without
    assert not [name for name in manifest.files if name.startswith(archive.IMAGES)]


def test_a_restore_replaces_a_state_only_when_told(place: Place, tmp_path: Path) -> None:
    backup(place, tmp_path / "b.tar")
    other = Place(tmp_path / "other")
    bring_back(other, tmp_path / "b.tar", replace=False)
    with sqlite3.connect(other.state / archive.DATABASE) as database:
        database.execute("DELETE FROM users")
    (other.state / "policy" / "network.yaml").write_text("# of the old state\n")
    stray = other.state / f"{archive.DATABASE}-wal"
    stray.write_bytes(b"of the old state")
    with pytest.raises(click.ClickException, match="--replace"):
        bring_back(other, tmp_path / "b.tar", replace=False)
    assert stray.exists()
    bring_back(other, tmp_path / "b.tar", replace=True)
    assert not stray.exists()
    assert rows(other, "SELECT count(*) FROM users") != [(0,)]
    assert sorted(path.name for path in (other.state / "policy").iterdir()) == ["compute.yaml"]


def test_a_running_cloud_is_not_restored_over(place: Place, tmp_path: Path) -> None:
    backup(place, tmp_path / "b.tar")
    fresh = Place(tmp_path / "fresh")
    with lock(fresh.run / "supervisor.lock"), pytest.raises(click.ClickException, match="the cloud runs"):
        bring_back(fresh, tmp_path / "b.tar", replace=True)
    assert not fresh.control.exists()


def test_a_control_process_that_is_left_is_not_restored_under(cloud: Cloud, place: Place, tmp_path: Path) -> None:
    backup(place, tmp_path / "b.tar")
    fresh = Place(tmp_path / "fresh")
    held = lock(fresh.control / "control.lock")
    ending = threading.Timer(0.3, held.close)
    ending.start()
    bring_back(fresh, tmp_path / "b.tar", replace=False)
    assert held.closed
    ending.join()


def _edited(file: Path, target: Path, **changes: object) -> Path:
    """The archive with a changed manifest."""
    with tarfile.open(file) as old, tarfile.open(target, "w") as new:
        for entry in old:
            source = old.extractfile(entry)
            assert source is not None
            raw = source.read()
            if entry.name == archive.MANIFEST:
                raw = json.dumps(json.loads(raw) | changes).encode()
                entry.size = len(raw)
            (target.parent / "piece").write_bytes(raw)
            with (target.parent / "piece").open("rb") as piece:
                new.addfile(entry, piece)
    return target


def test_what_is_damaged_cut_short_or_newer_changes_nothing(place: Place, tmp_path: Path) -> None:
    backup(place, tmp_path / "b.tar", images=False)
    raw = (tmp_path / "b.tar").read_bytes()
    at = raw.index(b"first-password")
    bad = {
        "is damaged: admin.password": raw[:at] + b"F" + raw[at + 1 :],
        "its end is missing": raw[: raw.index(b"manifest.json")],
        "is no whole backup": raw[: len(raw) // 2],
    }
    fresh = Place(tmp_path / "fresh")
    for reason, content in bad.items():
        (tmp_path / "bad.tar").write_bytes(content)
        with pytest.raises(click.ClickException, match=reason):
            bring_back(fresh, tmp_path / "bad.tar", replace=False)
    for changes in ({"format": 2}, {"revision": "9999"}):
        newer = _edited(tmp_path / "b.tar", tmp_path / "newer.tar", version="99.0", **changes)
        with pytest.raises(click.ClickException, match=r"made by gureum 99\.0"):
            bring_back(fresh, newer, replace=False)
    assert sorted(path.name for path in fresh.state.iterdir()) == ["run"]


def test_names_that_lead_outside_are_refused(tmp_path: Path) -> None:
    (tmp_path / "evil").write_text("x")
    for name in ("../evil", "/etc/evil"):
        with tarfile.open(tmp_path / "b.tar", "w") as tar:
            entry = tarfile.TarInfo(name)
            entry.size = 1
            with (tmp_path / "evil").open("rb") as source:
                tar.addfile(entry, source)
        with pytest.raises(click.ClickException, match="is no backup"):
            bring_back(Place(tmp_path / "fresh"), tmp_path / "b.tar", replace=False)
    assert not (tmp_path / "fresh" / "evil").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_nothing_but_plain_files_is_unpacked(tmp_path: Path, kind: bytes) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as tar:
        entry = tarfile.TarInfo("control/x")
        entry.type, entry.linkname = kind, "/etc/passwd"
        tar.addfile(entry)
    (tmp_path / "into").mkdir()
    with pytest.raises(archive.Bad, match="is no backup"):
        archive.extract(tmp_path / "x.tar", tmp_path / "into")
    assert not list((tmp_path / "into").iterdir())


def test_a_small_archive_does_not_fill_the_disk(tmp_path: Path) -> None:
    """A file with holes, as GNU's tar marks it: 4 GiB in an archive of a few blocks."""
    entry = tarfile.TarInfo("control/gureum.sqlite")
    entry.type = tarfile.GNUTYPE_SPARSE
    head = bytearray(entry.tobuf(tarfile.GNU_FORMAT))
    head[386:410] = b"%011o\0%011o\0" % (0, 0)
    head[483:495] = b"%011o\0" % (4 << 30)
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    (tmp_path / "x.tar").write_bytes(bytes(head) + b"\0" * 1024)
    with tarfile.open(tmp_path / "x.tar") as tar:
        assert tar.next().size == 4 << 30
    (tmp_path / "into").mkdir()
    with pytest.raises(archive.Bad, match="is no backup"):
        archive.extract(tmp_path / "x.tar", tmp_path / "into")
    assert not list((tmp_path / "into").rglob("*"))


def test_a_folder_that_leads_elsewhere_is_not_followed(place: Place, tmp_path: Path) -> None:
    backup(place, tmp_path / "b.tar")
    fresh, elsewhere = Place(tmp_path / "fresh"), tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    fresh.control.mkdir(parents=True)
    (fresh.control / "images").symlink_to(elsewhere)
    bring_back(fresh, tmp_path / "b.tar", replace=False)
    assert not (fresh.control / "images").is_symlink()
    assert not list(elsewhere.iterdir())
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o700


def test_a_restore_that_was_cut_short_anywhere_is_finished_by_the_next_start(place: Place, tmp_path: Path) -> None:
    wanted = sorted(backup(place, tmp_path / "b.tar").files)
    for cut in range(len(wanted) + 1):
        fresh = Place(tmp_path / f"fresh-{cut}")
        counts = fresh.state / ".restore-counts"
        counts.mkdir(parents=True)
        archive.extract(tmp_path / "b.tar", counts)
        for name in wanted[:cut]:
            (fresh.state / name).parent.mkdir(parents=True, exist_ok=True)
            (counts / name).rename(fresh.state / name)
        finish(fresh)
        assert all((fresh.state / name).is_file() for name in wanted)
        assert rows(fresh, "PRAGMA integrity_check") == [("ok",)]
        assert not list(fresh.state.glob(".restore*"))


def test_what_was_only_unpacked_does_not_count(place: Place, tmp_path: Path) -> None:
    backup(place, tmp_path / "b.tar")
    fresh = Place(tmp_path / "fresh")
    (fresh.state / ".restore-unpacking").mkdir(parents=True)
    archive.extract(tmp_path / "b.tar", fresh.state / ".restore-unpacking")
    finish(fresh)
    assert not fresh.control.exists()
    bring_back(fresh, tmp_path / "b.tar", replace=False)
    assert not list(fresh.state.glob(".restore*"))


def test_postgresql_is_left_to_pg_dump(place: Place, tmp_path: Path) -> None:
    (place.state / "settings.yaml").write_text("database: postgresql://gureum@db/gureum\n")
    with pytest.raises(
        click.ClickException, match="pg_dump --format=custom --file=FILE 'postgresql://gureum@db/gureum'"
    ):
        backup(place, tmp_path / "b.tar")
    assert not (tmp_path / "b.tar").exists()


def test_a_backup_that_fails_leaves_nothing(place: Place, tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="No such file or directory"):
        backup(place, tmp_path / "nowhere" / "b.tar")
    with pytest.raises(click.ClickException, match="there is no cloud"):
        backup(Place(tmp_path / "empty"), tmp_path / "b.tar")
    assert not list(tmp_path.glob("*.tar"))
    assert not list(place.control.glob(".backup-*"))
