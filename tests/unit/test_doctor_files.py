"""What the doctor does to files, as root, where control's user may have put something else meanwhile."""

from contextlib import suppress
from pathlib import Path

from gureum.cli.doctor import files
from gureum.cli.doctor.finding import Fix
from gureum.cli.place import Place


def _fix(place: Place) -> Fix:
    found = [one.fix for one in files.examine(place) if "has mode" in one.what]
    assert len(found) == 1
    assert found[0] is not None
    return found[0]


def _open_database(directory: Path) -> tuple[Place, Path]:
    place = Place(directory)
    place.control.mkdir(mode=0o700)
    database = place.control / "gureum.sqlite"
    database.touch()
    database.chmod(0o666)
    return place, database


def test_a_mode_is_set(tmp_path: Path) -> None:
    place, database = _open_database(tmp_path)
    _fix(place).do()
    assert database.stat().st_mode & 0o777 == 0o640


def test_of_what_a_link_leads_to_it_is_not(tmp_path: Path) -> None:
    place, database = _open_database(tmp_path)
    fix, other = _fix(place), tmp_path / "other"
    database.unlink()
    other.touch(mode=0o600)
    database.symlink_to(other)
    with suppress(OSError):
        fix.do()
    assert other.stat().st_mode & 0o777 == 0o600
    assert not [one for one in files.examine(place) if "has mode" in one.what]
