"""What was acknowledged survives: `kill -9` in the middle of writes, and disk images at random instants, torn at their end."""

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.chance import new_seed
from tests.databases import ON_POSTGRESQL

pytestmark = pytest.mark.skipif(ON_POSTGRESQL, reason="it is about the files of SQLite")

WRITER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import sqlalchemy as sa
from gureum.kernel.store.lanes import Lanes

things = sa.Table("things", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("much", sa.Text))
database = Lanes(Path(sys.argv[1]))
things.metadata.create_all(database.engine)

def write(number):
    database.write(lambda tx: tx.insert(things, id=number, much="x" * (number % 5000)))
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()

with ThreadPoolExecutor(8) as pool:
    list(pool.map(write, range(10**6)))
"""
CUTS = 12


class Writing:
    """A process that writes rows and says each number once its commit is answered."""

    def __init__(self, path: Path, said: Path) -> None:
        self._said = said
        with said.open("w") as output:
            self.process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=output)

    def acknowledged(self) -> set[int]:
        """The numbers said so far: whole lines only."""
        return {int(line) for line in self._said.read_text().splitlines(keepends=True) if line.endswith("\n")}


def stored(path: Path) -> set[int]:
    """What a database holds when it is opened after the accident; it must be sound."""
    database = sqlite3.connect(path)
    try:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {row[0] for row in database.execute("SELECT id FROM things")}
    finally:
        database.close()


def test_a_power_cut_at_any_instant_loses_nothing_acknowledged(tmp_path: Path) -> None:
    seed = new_seed()
    chance = random.Random(seed)
    path = tmp_path / "live" / "x.sqlite"
    path.parent.mkdir()
    writing = Writing(path, tmp_path / "said")
    try:
        deadline = time.monotonic() + 30
        while len(writing.acknowledged()) < 50:
            assert time.monotonic() < deadline, "the writer does not write"
            time.sleep(0.01)
        for cut in range(CUTS):
            time.sleep(chance.uniform(0.005, 0.15))
            writing.process.send_signal(signal.SIGSTOP)
            image = shutil.copytree(path.parent, tmp_path / f"cut-{cut}")
            said = writing.acknowledged()
            writing.process.send_signal(signal.SIGCONT)
            with (image / "x.sqlite-wal").open("ab") as tail:
                tail.write(chance.randbytes(chance.randrange(1, 9000)))
            (image / "x.sqlite-shm").unlink(missing_ok=True)
            assert said <= stored(image / "x.sqlite"), f"seed {seed}, cut {cut}"
    finally:
        writing.process.kill()
        writing.process.wait()
    said = writing.acknowledged()
    assert len(said) > 50
    assert said <= stored(path)
