"""The host below the drivers: daemons, bridges, and the closed box."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from gureum.agent.host import accelerator, bridges, enclosure, process
from gureum.agent.host.host import Host, check_reach
from gureum.agent.host.settings import HostFault, HostSettings
from tests.drivers.real.driver_set import real_host, require_box

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    with real_host("host") as made:
        yield made


def test_bringing_up_again_changes_nothing(host: Host) -> None:
    before = host.running()
    assert None not in before.values()
    began = time.monotonic()
    host.ensure()
    assert time.monotonic() - began < 2
    assert host.running() == before


def test_daemons_belong_to_no_process_of_ours(host: Host) -> None:
    for pid in host.running().values():
        parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
        assert parent == "1" or "monitoring" in " ".join(process.command_line(int(parent)))
    assert Host(host.settings).running() == host.running()


@contextlib.contextmanager
def device(name: str, address: str) -> Iterator[None]:
    process.run(("ip", "link", "add", name, "type", "veth", "peer", "name", f"{name}p"))
    process.run(("ip", "addr", "add", address, "dev", name))
    process.run(("ip", "link", "set", name, "up"))
    process.run(("ip", "link", "set", f"{name}p", "up"))
    try:
        yield
    finally:
        process.run(("ip", "link", "del", name))


def test_an_address_in_use_is_never_taken(host: Host) -> None:
    other = msgspec.structs.replace(host.settings, external_address="10.77.0.9/24")
    bridges.check_address(other)
    refusal = pytest.raises(HostFault, match=r"10\.77\.0\.0/24 is already used on this host \(by taken\)")
    with device("taken", "10.77.0.1/16"), refusal:
        bridges.check_address(other)
    bridges.check_address(host.settings)


def test_the_next_free_range_is_found(host: Host) -> None:
    with device("taken", "10.78.0.1/23"):
        assert bridges.free_range("10.78.0.0/24", "br-ex") == "10.78.2.0/24"
    assert bridges.free_range("10.78.0.0/24", "br-ex") == "10.78.0.0/24"


def test_the_external_address_comes_back(host: Host) -> None:
    process.run(("ip", "addr", "flush", "dev", "br-ex"))
    for _ in range(50):
        if bridges._has("br-ex", bridges.ipaddress.ip_interface(host.settings.external_address)):
            return
        time.sleep(0.1)
    pytest.fail("the address did not come back")


def test_only_our_processes_are_signalled(tmp_path: Path) -> None:
    require_box()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        pidfile = tmp_path / "daemon.pid"
        pidfile.write_text(str(stranger.pid))
        daemon = process.Daemon(name="daemon", argv=(), pidfile=pidfile, ready=lambda: True)
        assert daemon.pid() is None
        daemon.stop()
        assert stranger.poll() is None
        stranger.kill()


def test_a_probe_guest_tells_whether_an_accelerator_works() -> None:
    require_box()
    assert accelerator.guest_runs("tcg")
    assert not accelerator.guest_runs("nonsense")


def test_settings_say_what_is_wrong() -> None:
    with pytest.raises(HostFault, match="absolute"):
        HostSettings(state=Path("here"))
    with pytest.raises(HostFault, match="too long"):
        HostSettings(state=Path("/" + "x" * 90), daemons="own")


def test_a_closed_directory_above_is_named(tmp_path: Path) -> None:
    require_box()
    (tmp_path / "closed").mkdir(mode=0o700)
    state = tmp_path / "closed" / "state"
    state.mkdir()
    with pytest.raises(HostFault, match="cannot get through /"):
        check_reach(state)


def test_a_box_leaves_nothing_even_when_killed(tmp_path: Path) -> None:
    require_box()
    argv = [sys.executable, "-m", enclosure.MODULE, "inner", "--"]
    mark = f"90{os.getpid()}"
    script = f"ip netns add inside && mount -t tmpfs none /mnt && (setsid sleep {mark} &) ; sleep {mark}"
    box = subprocess.Popen([*argv, "sh", "-c", script])
    _until(lambda: len(_sleeping(mark)) == 2)
    box.send_signal(signal.SIGKILL)
    box.wait()
    _until(lambda: not _sleeping(mark))
    assert not Path("/run/netns/inside").exists()
    assert "none /mnt " not in Path("/proc/mounts").read_text()
    done = subprocess.run([*argv, "sh", "-c", "ip -o link | wc -l; ip route; exit 7"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (7, "1\n")


def _sleeping(mark: str) -> list[int]:
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in pids if process.command_line(pid) == ["sleep", mark]]


def _until(true: Callable[[], bool]) -> None:
    for _ in range(100):
        if true():
            return
        time.sleep(0.1)
    pytest.fail("it did not come about")
