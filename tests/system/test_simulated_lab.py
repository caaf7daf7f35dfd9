"""The self-service lab on the simulator, by the stock client: built, graded, disturbed, taken away."""

from functools import partial

import pytest

from tests.chance import LONG, new_seed
from tests.system.killer import Killer, build_under
from tests.system.started import Started, free_port
from tests.system.watch import Watch

KILLS = 20
ROUNDS = 10 if LONG else 1
STROKES = (
    ("control",),
    ("agent",),
    ("control", "agent"),
    ("supervisor",),
    ("supervisor", "control", "agent"),
)


def test_the_lab_is_built_graded_and_taken_away(simulated: Started) -> None:
    password = simulated.state / "lab" / "self-service" / "test-user.password"
    password.parent.mkdir(parents=True)
    password.write_text("pLanTed-password-of-the-lab")
    with Watch({"the lab's password": password.read_text()}, ("cmdline",)) as watch:
        built = simulated.gureum("lab", "self-service", "start").stdout
    assert not watch.seen
    assert "pLanTed" not in built
    assert "openstack server create" in built
    assert "left out" in built
    graded = simulated.gureum("lab", "self-service", "grade").stdout
    assert "FAIL" not in graded
    assert graded.count("PASS") >= 7
    _its_history_is_told(simulated)
    again = simulated.gureum("lab", "self-service", "start").stdout
    assert "openstack server create" not in again, "what is done is not done again"
    finished = simulated.gureum("lab", "self-service", "finish").stdout
    assert "nothing is left" in finished
    assert "nothing wrong" in simulated.gureum("doctor").stdout


def _its_history_is_told(simulated: Started) -> None:
    """From the server to the request that made it, and from there to the twelve hops."""
    (server,) = simulated.openstack("server", "list", "--all-projects", "-f", "json")
    log = simulated.gureum("log", server["ID"]).stdout
    assert 'vm_state: "building" → "active"' in log
    request = next(
        word for line in log.splitlines() if "create server" in line for word in line.split() if "req-" in word
    )
    waterfall = simulated.gureum("trace", request).stdout
    assert "POST /v2.1/servers → 202" in waterfall
    assert "12 nova-compute/hypervisor" in waterfall
    assert "not reached" not in waterfall
    assert "EnsureDomain" in waterfall
    assert "placed on" in simulated.gureum("why", server["ID"]).stdout
    told = simulated.gureum("policy", "explain", "admin", "os_compute_api:servers:delete", server["ID"]).stdout
    assert "ALLOWED by compute's os_compute_api:servers:delete" in told


@pytest.mark.parametrize("nth", range(ROUNDS))
def test_killed_at_random_instants_the_lab_still_gets_built(nth: int) -> None:
    seed = new_seed()
    started = Started()
    try:
        started.gureum("up", "--sim", "--port", str(free_port()))
        strokes = [partial(started.kill, *names) for names in STROKES]
        killer = Killer(seed, strokes, partial(started.gureum, "up", "--sim"), KILLS, 60.0)
        build_under(killer, started, f"seed {seed}")
        assert killer.killed == KILLS, f"seed {seed}"
        started.gureum("up", "--sim")
        assert "FAIL" not in started.gureum("lab", "self-service", "grade").stdout, f"seed {seed}"
        assert "nothing is left" in started.gureum("lab", "self-service", "finish").stdout, f"seed {seed}"
        assert "nothing wrong" in started.gureum("doctor").stdout, f"seed {seed}"
    finally:
        started.close()
