"""Kills parts of a started cloud at random instants while a test works with it."""

import random
import threading
import time
from collections.abc import Callable, Sequence

from tests.system.started import Started


class Killer(threading.Thread):
    """Each of some strokes at a random instant within `span` seconds; after each, the cloud is started again.

    `strokes` are chosen from at random, by a generator with this seed; `up` starts the cloud again.
    """

    def __init__(
        self,
        seed: int,
        strokes: Sequence[Callable[[], None]],
        up: Callable[[], object],
        times: int,
        span: float,
    ) -> None:
        super().__init__(daemon=True)
        self._random = random.Random(seed)
        self._strokes, self._up = strokes, up
        self._pauses = [self._random.uniform(0.1, span / times * 2) for _ in range(times)]
        self.killed = 0
        self.ending = threading.Event()
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            for pause in self._pauses:
                if self.ending.wait(pause):
                    return
                self._random.choice(self._strokes)()
                self.killed += 1
                self._up()
        except BaseException as error:
            self.error = error


def build_under(killer: Killer, cloud: Started, note: str, seconds: float = 900) -> None:
    """Build the self-service lab, typing on whatever fails, until it stands and the killer has ended."""
    killer.start()
    deadline = time.monotonic() + seconds
    try:
        while True:
            done = cloud.gureum("lab", "self-service", "start", check=False, seconds=600)
            if done.returncode == 0 and not killer.is_alive():
                break
            assert time.monotonic() < deadline, f"{note}: {done.stdout[-3000:]}{done.stderr}{cloud.logs()}"
    finally:
        killer.ending.set()
        killer.join()
    assert killer.error is None, f"{note}: {killer.error}"
