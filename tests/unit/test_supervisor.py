"""The supervisor's children."""

import time
from pathlib import Path

from gureum.cli.supervisor import Child


def test_a_child_that_stays_up_is_no_longer_one_that_was_started_again(tmp_path: Path) -> None:
    child = Child("sleeper", ["sleep", "60"])
    child.check(tmp_path)
    try:
        for _ in range(3):
            assert child.process is not None
            child.process.kill()
            child.process.wait()
            assert child.check(tmp_path), "it died"
            child.not_before = 0.0
            assert child.check(tmp_path), "it was started"
        assert child.state()["restarts"] == 3
        assert not child.check(tmp_path), "it has only just been started"
        child.started = time.monotonic() - 3600
        assert child.check(tmp_path)
        assert child.state()["restarts"] == 0
        assert not child.check(tmp_path)
    finally:
        child.end()
