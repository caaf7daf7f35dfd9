"""The self-service lab's data plane, for real: a guest on a network, reached from the host through a floating IP."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
import pytest

from gureum.agent.drivers import registry
from gureum.agent.drivers.metadata.server import MetadataService
from gureum.agent.host.host import Host
from gureum.contracts import hypervisor as hv
from gureum.contracts import switch as sw
from gureum.contracts import volumes as vol
from tests.drivers.real import scene
from tests.drivers.real.driver_set import ROLES, Looks, find_image, real_host

pytestmark = pytest.mark.real

WEB_LOOP = (
    'sudo sh -c \'while true; do printf "HTTP/1.0 200 OK\\r\\nContent-Length: 12\\r\\n\\r\\nHELLO WORLD\\n" |'
    " nc -l -p 80 >/dev/null; done' >/dev/null 2>&1 </dev/null &"
)
VOLUME = scene.uid(60)


@dataclass
class Lab:
    """The host, its drivers, and the guest as it was last asked for."""

    host: Host
    drivers: registry.Drivers
    shell: scene.Shell
    spec: hv.EnsureDomain
    seen: list[hv.DomainSeen] = field(default_factory=list)
    generation: int = 1

    def ask(self, **changes: object) -> hv.DomainReport:
        """The guest shall be like this from now on."""
        assert self.drivers.hypervisor and self.drivers.images
        words = {name: getattr(self.spec, name) for name in self.spec.__struct_fields__}
        self.spec = hv.EnsureDomain(**{**words, **changes})
        assert isinstance(self.spec.root, hv.RootDisk)
        base = self.drivers.images.ensure(self.spec.root.image, lambda percent: None)
        return self.drivers.hypervisor.ensure(self.spec, base)

    def write(self, *asks: sw.SwitchAsk) -> None:
        assert self.drivers.switch
        self.generation += 1
        failed = self.drivers.switch.apply([(self.generation, ask) for ask in asks])
        assert not any(failed.values()), failed

    def uptime(self) -> float:
        return float(self.shell.run("cat /proc/uptime").split()[0])


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with real_host("lab") as host:
        drivers = registry.open_real(ROLES, host.settings.state, {"host": {"name": "lab", "daemons": "own"}})
        assert drivers.hypervisor and drivers.metadata
        key = host.settings.state / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        guest = scene.metadata(key.with_suffix(".pub").read_text().strip())
        spec = scene.server(scene.image(find_image(host.settings.state)), guest)
        lab = Lab(host, drivers, scene.Shell(host.settings, key), spec)
        drivers.hypervisor.watch(lab.seen.append)
        try:
            lab.write(*scene.topology())
            drivers.metadata.ensure(spec.metadata_ports, spec.server_id, guest)
            began = time.monotonic()
            report = lab.ask()
            lab.shell.wait()
            print(f"\nensure to ssh: {time.monotonic() - began:.1f} s")
            assert report == hv.DomainReport(server_id=scene.SERVER, power="running", boots=1)
            yield lab
        finally:
            drivers.close()


def test_the_guest_is_on_its_network(lab: Lab) -> None:
    assert lab.shell.pings() == 3
    assert f"inet {scene.FIXED}/24" in lab.shell.run("ip -4 addr show eth0")
    assert "mtu 1442" in lab.shell.run("ip link show eth0")
    assert lab.shell.run("cat /tmp/user-data") == "user data ran\n"


def test_it_learns_about_itself_both_ways(lab: Lab) -> None:
    said = lab.shell.run("timeout 10 wget -q -O - http://169.254.169.254/openstack/latest/meta_data.json")
    assert scene.SERVER in said
    assert "instance-id" in lab.shell.run("timeout 10 wget -q -O - http://169.254.169.254/latest/meta-data/")
    look = "sudo mkdir -p /mnt && sudo mount -o ro /dev/sr0 /mnt && cat /mnt/openstack/latest/meta_data.json; sudo umount /mnt"
    assert lab.shell.run(look) == said
    assert (lab.host.settings.state / "instances" / scene.SERVER / "config.iso").stat().st_mode & 0o777 == 0o600


def test_metadata_answers_after_a_restart_of_the_agent(lab: Lab) -> None:
    assert isinstance(lab.drivers.metadata, MetadataService)
    lab.drivers.metadata.close()
    again = MetadataService(lab.host.settings)
    try:
        time.sleep(1)
        assert scene.SERVER in lab.shell.run(
            "timeout 10 wget -q -O - http://169.254.169.254/openstack/latest/meta_data.json"
        )
    finally:
        again.close()
        lab.drivers.metadata.ensure(lab.spec.metadata_ports, scene.SERVER, lab.spec.metadata)  # type: ignore[arg-type]


def test_nothing_leads_out(lab: Lab) -> None:
    routes = subprocess.run(["ip", "route"], capture_output=True, text=True).stdout
    assert "default" not in routes
    assert lab.shell.run("timeout 3 ping -c1 -W1 192.0.2.1 >/dev/null 2>&1; echo $?").strip() != "0"


def test_the_web_answers_by_its_rule(lab: Lab) -> None:
    lab.shell.run(WEB_LOOP)
    time.sleep(0.5)
    assert lab.shell.curl() == "HELLO WORLD\n"
    lab.write(scene.group(scene.EGRESS, scene.PING, scene.SSH))
    assert lab.shell.curl() == ""
    lab.write(scene.group(scene.EGRESS, scene.PING, scene.SSH, scene.WEB))
    assert lab.shell.curl() == "HELLO WORLD\n"


def test_a_removed_rule_stops_a_ping_that_runs(lab: Lab) -> None:
    lab.shell.ours()
    argv = ["ping", "-D", "-O", "-i", "0.1", "-c", "40", scene.FLOATING]
    running = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    time.sleep(1.5)
    removed = time.time()
    lab.write(scene.group(scene.EGRESS, scene.SSH, scene.WEB))
    lines = running.communicate(timeout=30)[0].splitlines()
    answered = [float(line[1 : line.index("]")]) for line in lines if "bytes from" in line]
    print(f"\nlast answer {max(answered) - removed:+.2f} s after the rule was removed")
    assert len(answered) > 5 and max(answered) - removed < 1.0
    lab.write(scene.group(scene.EGRESS, scene.PING, scene.SSH, scene.WEB))
    time.sleep(0.3)
    assert lab.shell.pings() == 3


def test_a_second_subnet_with_ipv6(lab: Lab) -> None:
    six, prefix = scene.uid(61), "fd00:5ca1::"
    own = f"{prefix}f816:3eff:fe00:1"
    asks = scene.topology()
    switch = next(ask for ask in asks if isinstance(ask, sw.EnsureSwitch) and ask.network_id == scene.NETWORK)
    router = next(ask for ask in asks if isinstance(ask, sw.EnsureRouter))
    leg = msgspec.structs.replace(router.interfaces[0], networks=("172.16.0.1/24", f"{prefix}1/64"))
    subnet = sw.SubnetSpec(subnet_id=six, cidr=f"{prefix}/64", dhcp=None)
    guest = scene.guest_port(scene.PORT, scene.FIXED, "fa:16:3e:00:00:01")
    egress = sw.SecurityRule(rule_id=scene.uid(54), direction="egress", ethertype="IPv6")
    lab.write(
        msgspec.structs.replace(switch, subnets=(*switch.subnets, subnet)),
        msgspec.structs.replace(router, interfaces=(leg,)),
        msgspec.structs.replace(guest, addresses=(scene.FIXED, own), subnet_ids=(scene.SUBNET, six)),
        scene.group(scene.EGRESS, egress, scene.PING, scene.SSH, scene.WEB),
    )
    time.sleep(0.5)
    knob = "/proc/sys/net/ipv6/conf/eth0/disable_ipv6"
    lab.shell.run(f"sudo sh -c 'echo 1 >{knob}; echo 0 >{knob}'")  # the guest asks for a router anew
    for _ in range(30):
        if own in (addresses := lab.shell.run("ip -6 addr show eth0")):
            break
        time.sleep(0.5)
    assert own in addresses
    assert f"64 bytes from {prefix}1" in lab.shell.run(f"ping -6 -c 3 {prefix}1")


def test_a_volume_is_plugged_written_and_unplugged(lab: Lab) -> None:
    assert lab.drivers.volumes
    lab.drivers.volumes.ensure(
        vol.EnsureVolume(volume_id=VOLUME, size_gib=1), lab.drivers.hypervisor, lambda percent: None
    )
    disk = hv.VolumeDisk(device="vdb", volume_id=VOLUME, source=lab.drivers.volumes.export(VOLUME, "lab"))
    began = time.monotonic()
    lab.ask(volumes=(disk,))
    attached = time.monotonic() - began
    made = "for i in 1 2 3 4 5 6 7 8 9; do test -b /dev/vdb && break; sleep 0.3; done; sudo mkfs.ext4 -q /dev/vdb"
    lab.shell.run(f"{made} && sudo mount /dev/vdb /mnt && echo kept | sudo tee /mnt/file && sudo umount /mnt", 60)
    assert lab.shell.run("cat /sys/block/vdb/serial").strip() == VOLUME[:20]
    began = time.monotonic()
    lab.ask(volumes=())
    print(f"\nattach {attached:.2f} s, detach {time.monotonic() - began:.2f} s")
    assert lab.shell.run("test -b /dev/vdb; echo $?").strip() == "1"
    lab.ask(volumes=(disk,))
    lab.shell.run("sleep 0.5")
    assert lab.shell.run("sudo mount /dev/vdb /mnt && cat /mnt/file") == "kept\n"


def test_a_second_port_is_plugged_and_unplugged(lab: Lab) -> None:
    assert lab.drivers.switch
    mac, first = "fa:16:3e:00:00:05", lab.spec.nics
    # Without an address: a second one on the same subnet would take the guest's answers another way.
    lab.write(msgspec.structs.replace(scene.guest_port(scene.SECOND, "", mac), addresses=(), subnet_ids=()))
    began = time.monotonic()
    lab.ask(nics=(*first, hv.Nic(port_id=scene.SECOND, mac=mac, mtu=1442, network_id=scene.NETWORK)))
    lab.shell.run("for i in 1 2 3 4 5 6 7 8 9; do test -d /sys/class/net/eth1 && break; sleep 0.3; done")
    print(f"\nthe guest has its second port after {time.monotonic() - began:.1f} s")
    assert lab.shell.run("cat /sys/class/net/eth1/address").strip() == mac
    assert scene.SECOND in set(lab.drivers.switch.ports_up())
    began = time.monotonic()
    lab.ask(nics=first)
    print(f"and has lost it after {time.monotonic() - began:.1f} s")
    assert lab.shell.run("test -d /sys/class/net/eth1; echo $?").strip() == "1"
    for _ in range(50):
        if scene.SECOND not in set(lab.drivers.switch.ports_up()):
            break
        time.sleep(0.1)
    assert set(lab.drivers.switch.ports_up()) >= {scene.PORT} and scene.SECOND not in lab.drivers.switch.ports_up()
    assert lab.shell.pings() == 3


@pytest.mark.parametrize(
    "daemon", ["libvirtd", "ovs-vswitchd", "ovn-northd", "ovsdb", "ovnnb", "ovnsb", "ovn-controller"]
)
def test_the_guest_survives_a_killed_daemon(lab: Lab, daemon: str) -> None:
    before = lab.uptime()
    pid = lab.host.running()[daemon]
    assert pid is not None
    killed = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    while lab.host.running()[daemon] in (None, pid):
        assert time.monotonic() - killed < 20
        time.sleep(0.05)
    started = time.monotonic() - killed
    while not lab.shell.pings(1):
        assert time.monotonic() - killed < 30
    print(f"\n{daemon}: started after {started:.1f} s, ping back {time.monotonic() - killed:.1f} s after the kill")
    assert lab.uptime() > before
    # And the drivers work again by themselves.
    lab.write(scene.group(scene.EGRESS, scene.PING, scene.SSH))
    lab.write(scene.group(scene.EGRESS, scene.PING, scene.SSH, scene.WEB))
    assert lab.ask().power == "running"


def test_the_guest_survives_all_of_them_killed_at_once(lab: Lab) -> None:
    before, running = lab.uptime(), lab.host.running()
    killed = time.monotonic()
    for name, pid in running.items():
        if name != "virtlogd" and pid is not None:
            os.kill(pid, signal.SIGKILL)
    while not (lab.shell.pings(1) and None not in lab.host.running().values()):
        assert time.monotonic() - killed < 40
        time.sleep(0.1)
    print(f"\nall back {time.monotonic() - killed:.1f} s after the kill")
    assert lab.uptime() > before
    lab.write(scene.group(scene.EGRESS, scene.PING, scene.SSH, scene.WEB))
    assert lab.ask().power == "running"


def test_a_database_that_is_away_is_tried_again(lab: Lab) -> None:
    assert lab.drivers.switch
    lab.host.close()  # nobody restarts it meanwhile
    pid = lab.host.running()["ovnnb"]
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    lab.generation += 1
    fault = lab.drivers.switch.apply([(lab.generation, scene.group(scene.EGRESS, scene.PING, scene.SSH, scene.WEB))])[0]
    assert fault is not None and fault.again
    lab.host.watch()
    lab.write(scene.group(scene.EGRESS, scene.PING, scene.SSH, scene.WEB))


def test_paused_it_holds_still_and_keeps_what_runs(lab: Lab) -> None:
    before, shell = lab.uptime(), lab.shell.run("sleep 600 >/dev/null 2>&1 & echo $!").strip()
    assert lab.ask(power="paused").power == "paused"
    assert lab.shell.pings(2) == 0
    time.sleep(3)
    assert lab.ask(power="running").power == "running"
    assert lab.shell.wait() < 30
    assert lab.shell.run(f"cat /proc/{shell}/comm") == "sleep\n"
    assert before < lab.uptime() < before + 60


def test_suspended_its_memory_is_on_disk_and_nothing_runs(lab: Lab) -> None:
    before, shell = lab.uptime(), lab.shell.run("sleep 600 >/dev/null 2>&1 & echo $!").strip()
    lab.shell.run("echo kept >/dev/shm/file")
    assert lab.ask(power="suspended").power == "stopped"
    home = str(lab.host.settings.state / "instances" / scene.SERVER)
    running = subprocess.run(["pgrep", "-af", "qemu-system"], capture_output=True, text=True).stdout
    assert home not in running, "the host's memory is not free"
    began = time.monotonic()
    report = lab.ask(power="running")
    assert (report.power, report.boots) == ("running", lab.spec.boots)
    lab.shell.wait()
    print(f"\nresumed: ssh after {time.monotonic() - began:.1f} s")
    assert lab.shell.run(f"cat /proc/{shell}/comm /dev/shm/file") == "sleep\nkept\n"
    assert lab.uptime() > before
    assert lab.shell.curl() in ("", "HELLO WORLD\n")


@pytest.mark.parametrize("manner", ["soft", "hard"])
def test_a_reboot(lab: Lab, manner: hv.Manner) -> None:
    before = lab.uptime()
    began = time.monotonic()
    report = lab.ask(boots=lab.spec.boots + 1, manner=manner, soft_timeout=30)
    down = time.monotonic() - began
    assert (report.power, report.boots) == ("running", lab.spec.boots)
    lab.shell.wait()
    print(f"\n{manner} reboot: started again after {down:.1f} s, ssh after {time.monotonic() - began:.1f} s")
    assert lab.uptime() < max(before, 60)
    assert down < 25 or manner == "hard"
    assert "vdb" in lab.shell.run("lsblk")


def test_rebuilt_its_root_is_fresh_and_the_rest_stays(lab: Lab) -> None:
    lab.shell.run("sudo touch /etc/mark && sync")
    address = lab.shell.run("cat /sys/class/net/eth0/address")
    assert isinstance(lab.spec.root, hv.RootDisk)
    root = msgspec.structs.replace(lab.spec.root, incarnation=lab.spec.root.incarnation + 1)
    assert lab.ask(root=root, boots=lab.spec.boots + 1).power == "running"
    lab.shell.wait()
    assert lab.shell.run("test -e /etc/mark; echo $?").strip() == "1"
    assert lab.shell.run("cat /sys/class/net/eth0/address") == address
    assert lab.shell.run("sudo mount /dev/vdb /mnt && cat /mnt/file && sudo umount /mnt") == "kept\n"
    home = lab.host.settings.state / "instances" / scene.SERVER
    assert [path.name for path in home.glob("root-*")] == [f"root-{root.incarnation}.qcow2"]


def test_a_guest_that_shuts_itself_down_is_stopped(lab: Lab) -> None:
    lab.seen.clear()
    lab.shell.run("sudo poweroff")
    stopped = hv.DomainSeen(server_id=scene.SERVER, power="stopped", boots=lab.spec.boots)
    for _ in range(300):
        if stopped in lab.seen:
            break
        time.sleep(0.1)
    assert stopped in lab.seen and lab.seen[-1] == stopped
    assert lab.drivers.hypervisor and lab.drivers.hypervisor.domains() == [stopped]
    assert lab.ask(boots=lab.spec.boots + 1).power == "running"
    lab.shell.wait()


def test_a_guest_whose_process_died_is_crashed(lab: Lab) -> None:
    lab.seen.clear()
    Looks(lab.host.settings).kill(scene.SERVER)
    for _ in range(100):
        if lab.seen and lab.seen[-1].power == "crashed":
            break
        time.sleep(0.1)
    assert lab.seen[-1].power == "crashed"


def test_stopped_softly_and_started(lab: Lab) -> None:
    assert lab.ask().power == "running"
    lab.shell.wait()
    began = time.monotonic()
    assert lab.ask(power="stopped", manner="soft").power == "stopped"
    print(f"\nsoft stop: {time.monotonic() - began:.1f} s")
    assert lab.shell.pings(1) == 0
    assert lab.ask(power="running", boots=lab.spec.boots + 1).power == "running"
    lab.shell.wait()


def test_the_console_was_kept(lab: Lab) -> None:
    assert lab.drivers.console
    assert "test-instance" in lab.drivers.console.read(scene.NAME, None)
    assert len(lab.drivers.console.read(scene.NAME, 5).splitlines()) == 5


def test_ovn_understood_everything(lab: Lab) -> None:
    for name in ("ovn-controller", "ovn-northd"):
        log = (lab.host.settings.state / f"log/{name}.log").read_text()
        assert [line for line in log.splitlines() if "error parsing" in line or "|ERR|" in line] == []


def test_removal_leaves_nothing(lab: Lab) -> None:
    drivers = lab.drivers
    assert drivers.hypervisor and drivers.metadata and drivers.volumes and drivers.images
    drivers.hypervisor.remove(hv.RemoveDomain(server_id=scene.SERVER, name=scene.NAME))
    drivers.metadata.remove(scene.SERVER)
    drivers.volumes.remove(VOLUME)
    lab.write(*scene.teardown())
    drivers.images.prune(0)
    looks = Looks(lab.host.settings)
    assert {kind: left for kind, left in looks.left().items() if left} == {}
    bridge = subprocess.run(
        ["ovs-vsctl", f"--db={lab.host.settings.openvswitch_db}", "list-ports", "br-int"],
        capture_output=True,
        text=True,
    )
    assert [port for port in bridge.stdout.split() if not port.startswith("patch-")] == []
    assert list((lab.host.settings.state / "images").iterdir()) == []
    for table in ("DHCP_Options", "NAT", "Logical_Router_Port", "Logical_Router_Static_Route", "Gateway_Chassis"):
        argv = ["ovn-nbctl", f"--db={lab.host.settings.northbound_db}", "--bare", "list", table]
        assert subprocess.run(argv, capture_output=True, text=True).stdout.strip() == "", table


def test_a_guest_from_a_volume_with_extra_disks(lab: Lab) -> None:
    drivers = lab.drivers
    assert drivers.hypervisor and drivers.volumes and isinstance(lab.spec.root, hv.RootDisk)
    lab.write(*scene.topology())
    asked = vol.EnsureVolume(volume_id=VOLUME, size_gib=1, image=lab.spec.root.image)
    drivers.volumes.ensure(asked, drivers.hypervisor, lambda percent: None)
    root = hv.VolumeDisk(device="vda", volume_id=VOLUME, source=drivers.volumes.export(VOLUME, "lab"))
    blanks = (
        hv.BlankDisk(device="vdb", size_mib=64, kind="ephemeral"),
        hv.BlankDisk(device="vdc", size_mib=32, kind="swap"),
    )
    words = {name: getattr(lab.spec, name) for name in lab.spec.__struct_fields__}
    spec = hv.EnsureDomain(**{**words, "root": root, "blanks": blanks, "volumes": (), "boots": 1})
    assert drivers.hypervisor.ensure(spec, None).power == "running"
    lab.shell.wait()
    assert lab.shell.run("sudo mount /dev/vdb /mnt && df /mnt | tail -1").startswith("/dev/vdb")
    assert lab.shell.run("sudo swapon /dev/vdc && tail -1 /proc/swaps").startswith("/dev/vdc")
    assert drivers.hypervisor.ensure(spec, None).boots == 1
    drivers.hypervisor.remove(hv.RemoveDomain(server_id=scene.SERVER, name=scene.NAME))
    assert list((lab.host.settings.state / "libvirt/log/qemu").iterdir()) == []
    drivers.volumes.remove(VOLUME)
    lab.write(*scene.teardown())
