"""What a user without root sees: a cloud started by one command."""

import os
import pwd
import stat
from pathlib import Path

from tests.system.started import Started


def test_up_again_changes_nothing(simulated: Started) -> None:
    before = simulated.processes()
    simulated.gureum("up", "--sim")
    assert simulated.processes() == before


def test_status_and_doctor_are_content(simulated: Started) -> None:
    assert "running" in simulated.gureum("status").stdout
    assert "nothing wrong" in simulated.gureum("doctor").stdout


def test_settings_are_listed_with_their_meaning(simulated: Started) -> None:
    done = simulated.gureum("settings")
    assert "host.drivers" in done.stdout
    assert "libvirt and OVN" in done.stdout


def test_control_is_not_root_and_what_it_keeps_is_its_own(simulated: Started) -> None:
    status = Path(f"/proc/{simulated.processes()['control']}/status").read_text()
    uid = int(next(line for line in status.splitlines() if line.startswith("Uid")).split()[1])
    expected = pwd.getpwnam("gureum").pw_uid if os.geteuid() == 0 else os.geteuid()
    assert uid == expected
    assert uid != 0
    for name, mode in (
        ("control", 0o700),
        ("control/gureum.sqlite", 0o640),
        ("control/agents.sock", 0o600),
        ("control/bulk.sock", 0o600),
        ("admin.password", 0o600),
    ):
        found = (simulated.state / name).stat()
        assert stat.S_IMODE(found.st_mode) & ~mode == 0, f"{name}: {found.st_mode:o}"


def test_agents_have_no_way_to_the_database(simulated: Started) -> None:
    pid = simulated.processes()["agent"]
    opened = [os.readlink(one) for one in Path(f"/proc/{pid}/fd").iterdir() if one.exists() or one.is_symlink()]
    assert not [path for path in opened if "gureum.sqlite" in path]
    config = (simulated.state / "run" / "agent.json").read_text()
    environment = Path(f"/proc/{pid}/environ").read_bytes()
    password = (simulated.state / "admin.password").read_text().strip()
    for place in (config, environment.decode(errors="replace")):
        assert password not in place
        assert "sqlite" not in place


def test_no_process_shows_the_password(simulated: Started) -> None:
    password = (simulated.state / "admin.password").read_bytes().strip()
    for pid in simulated.processes().values():
        assert password not in Path(f"/proc/{pid}/cmdline").read_bytes()
        assert password not in Path(f"/proc/{pid}/environ").read_bytes()


def test_what_is_killed_comes_back(simulated: Started) -> None:
    for names in (("control",), ("agent",), ("control", "agent"), ("supervisor",), ("supervisor", "control", "agent")):
        simulated.kill(*names)
        simulated.gureum("up", "--sim")
        assert set(simulated.processes()) == {"supervisor", "control", "agent"}
        assert simulated.openstack("project", "list", "-f", "json")
    assert "nothing wrong" in simulated.gureum("doctor").stdout
