"""Somebody uses a cloud while everything happens to it at random. Afterwards all is well, and everything can be taken away.

Each storm prints its seed; `GUREUM_SEED=SEED` (or `FIRST-LAST`) runs that one alone. The dice fall the same again, but threads
and files take their own time, so a storm may have to be run several times to fail as it did. `GUREUM_LONG=1`: 200 strokes
instead of 24, and a new seed each time.
"""

import random
import threading
from collections.abc import Iterator

import pytest

from tests import databases
from tests.chance import LONG, asked, new_seed
from tests.faults.invariants import strange_files, untold
from tests.faults.storm import Storm
from tests.faults.user import User

pytestmark = pytest.mark.skipif(databases.ON_POSTGRESQL, reason="a power cut is about the files of SQLite")

_STROKES = 20 if LONG else 12
_KNOWN = 9 if LONG else 2
"""Seeds from 1 on; the long form has a new one as well."""
_PATIENCE = 90.0
_BAD = {"lose": 0.01, "late": 0.1, "twice": 0.1, "mixed": 0.05}


def _seeds() -> list[int]:
    return asked() or [*range(1, _KNOWN + 1), *([0] if LONG else [])]


@pytest.fixture
def storm(seed: int) -> Iterator[Storm]:
    cloud = Storm(seed or new_seed())
    yield cloud
    cloud.close()


@pytest.mark.parametrize("seed", _seeds(), ids=lambda seed: str(seed or "new"))
def test_after_a_storm_all_is_well(storm: Storm) -> None:
    user = User(storm, random.Random(storm.seed + 2))
    print(f"seed {storm.seed}")
    try:
        user.settle()
        storm.rest()
        for name, chance in _BAD.items():
            setattr(storm.weather, name, chance)
        for _ in range(_STROKES):
            last = _use(storm, user)
            storm.strike()
            last.join(_PATIENCE)
        storm.subside()
        assert not user.hurt
        assert not user.missing(), "what was promised is not there"
        assert not untold(storm)
        storm.wait(lambda: not strange_files(storm), "files exactly as images")
        assert not user.leave(), "something is left"
        storm.wait(lambda: not strange_files(storm), "the end of files")
        assert not untold(storm)
    except BaseException as error:
        raise AssertionError(f"seed {storm.seed}: {error}\n" + "\n".join(storm.log)) from error


def _use(storm: Storm, user: User) -> threading.Thread:
    """Some steps of the user; the last is still under way when the next stroke comes."""
    for _ in range(storm.dice.randint(0, 2)):
        user.step()
    last = threading.Thread(target=user.step, daemon=True)
    last.start()
    last.join(storm.dice.uniform(0, 0.1))
    return last
