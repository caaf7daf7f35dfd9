"""An operator's policy files on a started cloud, asked by the stock client; and why somebody may, by the command."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.system.started import Started

_MOST_SECONDS = 1.0
"""How long a change may take to count, as the documents say."""
PASSWORD = "viewer-password"


@pytest.fixture(scope="module")
def viewer(simulated: Started) -> Mapping[str, str]:
    """The environment of a user whose only role is vm-list-viewer, in a project of its own."""
    role = simulated.openstack("role", "create", "vm-list-viewer", "-f", "json")
    assert set(role) >= {"description", "domain_id", "id", "name"}  # older clients show the options too
    simulated.openstack("project", "create", "viewed", "-f", "json")
    simulated.openstack("user", "create", "--password", PASSWORD, "viewer", "-f", "json")
    simulated.openstack("role", "add", "--project", "viewed", "--user", "viewer", "vm-list-viewer")
    return {"OS_USERNAME": "viewer", "OS_PASSWORD": PASSWORD, "OS_PROJECT_NAME": "viewed"}


@pytest.fixture
def policy(simulated: Started) -> Iterator[Path]:
    """The compute service's policy file; gone afterwards."""
    path = simulated.state / "policy" / "compute.yaml"
    path.parent.mkdir(mode=0o755, exist_ok=True)
    yield path
    path.unlink(missing_ok=True)


def in_time(holds: Callable[[], bool]) -> bool:
    """Whether something holds when the time is over that a change may take."""
    time.sleep(_MOST_SECONDS)
    return holds()


def refused(simulated: Started, viewer: Mapping[str, str], *words: str) -> bool:
    """Whether the stock client is told 403."""
    answer = simulated.openstack(*words, "-f", "json", check=False, user=viewer)
    return isinstance(answer, str) and "403" in answer


def test_a_role_may_list_servers_and_nothing_else(simulated: Started, viewer: Mapping[str, str], policy: Path) -> None:
    before = simulated.processes()
    assert refused(simulated, viewer, "server", "list")
    policy.write_text(_FILE)
    assert in_time(lambda: simulated.openstack("server", "list", "-f", "json", user=viewer) == [])
    for words in _ELSE:
        assert refused(simulated, viewer, *words), words
    told = simulated.gureum("policy", "explain", "viewer", "os_compute_api:servers:index").stdout
    assert "ALLOWED by compute's os_compute_api:servers:index (changed by the operator)" in told
    assert "because role:vm-list-viewer holds" in told
    assert (
        "REFUSED"
        in simulated.gureum("policy", "explain", "viewer", "os_compute_api:servers:create", check=False).stdout
    )
    assert "3 rules changed by" in simulated.gureum("policy", "list").stdout
    policy.unlink()
    assert in_time(lambda: refused(simulated, viewer, "server", "list"))
    assert simulated.processes() == before, "nothing was started anew"


_FILE = """
os_compute_api:servers:index: role:vm-list-viewer or rule:project_reader_or_admin
os_compute_api:servers:detail: role:vm-list-viewer or rule:project_reader_or_admin
# a key pair is its user's own, whatever the user's role
os_compute_api:os-keypairs:create: rule:context_is_admin or (role:member and user_id:%(user_id)s)
"""
_ELSE = (
    ("server", "create", "--image", "test-image", "--flavor", "test.tiny", "--network", "none", "s"),
    ("hypervisor", "list"),
    ("keypair", "create", "k"),
    ("network", "create", "n"),
)


def test_a_broken_file_keeps_the_rules_and_the_doctor_names_it(
    simulated: Started, viewer: Mapping[str, str], policy: Path
) -> None:
    policy.write_text('"os_compute_api:servers:detail": "role:vm-list-viewer"\n"os_compute_api:servers:fly": "@"\n')
    assert in_time(lambda: refused(simulated, viewer, "server", "list"))
    found = simulated.gureum("doctor", check=False)
    assert found.returncode == 1
    assert "the policy of compute is not as its file says" in found.stdout
    assert "no such rule: os_compute_api:servers:fly" in found.stdout
    assert str(policy) in found.stdout.replace("\n", "")
    policy.unlink()
    assert in_time(lambda: "nothing wrong" in simulated.gureum("doctor").stdout)


def test_an_unknown_action_is_refused_with_those_near_it(simulated: Started) -> None:
    done = simulated.gureum("policy", "explain", "admin", "servers:index", check=False)
    assert done.returncode == 1
    assert "os_compute_api:servers:index" in done.stdout + done.stderr
