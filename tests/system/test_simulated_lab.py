"""The self-service lab on the simulator, by the stock client: built, graded, disturbed, taken away."""

import random
import threading
import time

from tests.system.started import Started, free_port

KILLS = 20


def test_the_lab_is_built_graded_and_taken_away(simulated: Started) -> None:
    built = simulated.gureum("lab", "self-service", "start").stdout
    assert "openstack server create" in built
    assert "left out" in built
    graded = simulated.gureum("lab", "self-service", "grade").stdout
    assert "FAIL" not in graded
    assert graded.count("PASS") >= 7
    again = simulated.gureum("lab", "self-service", "start").stdout
    assert "openstack server create" not in again, "what is done is not done again"
    finished = simulated.gureum("lab", "self-service", "finish").stdout
    assert "nothing is left" in finished
    assert "nothing wrong" in simulated.gureum("doctor").stdout


class Killer(threading.Thread):
    """Kills processes of a cloud at random instants and starts it again, until it is told to end."""

    def __init__(self, started: Started, seed: int, times: int, span: float) -> None:
        super().__init__(daemon=True)
        self._cloud = started
        self._random = random.Random(seed)
        self._pauses = [self._random.uniform(0.1, span / times * 2) for _ in range(times)]
        self.killed = 0
        self.ending = threading.Event()
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            for pause in self._pauses:
                if self.ending.wait(pause):
                    return
                names = self._random.choice(
                    [
                        ("control",),
                        ("agent",),
                        ("control", "agent"),
                        ("supervisor",),
                        ("supervisor", "control", "agent"),
                    ]
                )
                self._cloud.kill(*names)
                self.killed += 1
                self._cloud.gureum("up", "--sim")
        except BaseException as error:
            self.error = error


def test_killed_at_random_instants_the_lab_still_gets_built() -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    started = Started()
    try:
        started.gureum("up", "--sim", "--port", str(free_port()))
        killer = Killer(started, seed, KILLS, 60.0)
        killer.start()
        deadline = time.monotonic() + 300
        while True:
            done = started.gureum("lab", "self-service", "start", check=False)
            if done.returncode == 0 and not killer.is_alive():
                break
            assert time.monotonic() < deadline, f"seed {seed}: {done.stdout[-3000:]}{done.stderr}{started.logs()}"
        killer.join()
        assert killer.error is None, f"seed {seed}: {killer.error}"
        assert killer.killed == KILLS, f"seed {seed}"
        started.gureum("up", "--sim")
        assert "FAIL" not in started.gureum("lab", "self-service", "grade").stdout, f"seed {seed}"
        assert "nothing is left" in started.gureum("lab", "self-service", "finish").stdout, f"seed {seed}"
        assert "nothing wrong" in started.gureum("doctor").stdout, f"seed {seed}"
    finally:
        started.close()
