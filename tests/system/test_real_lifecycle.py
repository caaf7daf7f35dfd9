"""What becomes of guests, on a real host and typed with the stock client: each step is seen from within the guest."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system.boxed import OWN, Boxed, boxed

pytestmark = pytest.mark.real

BOOT = "cat /proc/sys/kernel/random/boot_id"
"""While it answers the same, so is what the guest has in its memory."""


@pytest.fixture(scope="module")
def cloud() -> Iterator[Boxed]:
    """A real cloud with the lab built."""
    with boxed("life") as started:
        started.gureum("lab", "self-service", "start", seconds=600)
        yield started


def show(cloud: Boxed, what: str, column: str) -> Any:
    """A column of what `show` prints."""
    return cloud.type(f"{what} -f json")[column]


def until(cloud: Boxed, ready: Callable[[], object], what: str, seconds: float = 90) -> None:
    """Wait for something to come true."""
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, f"no {what} within {seconds} s{cloud.logs()}"
        time.sleep(0.5)


def becomes(cloud: Boxed, what: str, status: str) -> None:
    """Wait for the status of what `show` prints."""
    until(cloud, lambda: show(cloud, what, "status") == status, f"{what}: {status}")


def reachable(cloud: Boxed, server: str) -> str:
    """A floating IP of the server's own."""
    address: str = cloud.type("floating ip create ext-net -f json")["floating_ip_address"]
    cloud.type(f"server add floating ip {server} {address}")
    return address


def deleted(cloud: Boxed, server: str, address: str) -> None:
    """Take a server and its floating IP away."""
    cloud.type(f"server delete --wait {server}")
    cloud.type(f"floating ip delete {address}")


def test_a_paused_and_a_suspended_guest_go_on_where_they_were(cloud: Boxed) -> None:
    boot = cloud.inside(BOOT)
    cloud.type("server pause test-instance")
    becomes(cloud, "server show test-instance", "PAUSED")
    assert cloud.ssh(f"cirros@{cloud.address}", "true").returncode != 0
    cloud.type("server unpause test-instance")
    becomes(cloud, "server show test-instance", "ACTIVE")
    assert cloud.inside(BOOT) == boot
    cloud.type("server suspend test-instance")
    becomes(cloud, "server show test-instance", "SUSPENDED")
    assert not cloud.guests(), "a suspended guest holds memory of its host"
    cloud.type("server resume test-instance")
    becomes(cloud, "server show test-instance", "ACTIVE")
    assert cloud.inside(BOOT) == boot


def test_a_locked_server_is_left_alone(cloud: Boxed) -> None:
    cloud.type("server lock test-instance")
    refused = cloud.type("server stop test-instance", check=False)
    assert "409" in refused and "locked" in refused
    cloud.type("server unlock test-instance")
    assert show(cloud, "server show test-instance", "status") == "ACTIVE"


def test_a_volume_grows_under_a_running_guest_and_its_snapshot_holds_the_data(cloud: Boxed) -> None:
    cloud.type("volume set --size 2 test-vol")
    until(cloud, lambda: "vdb 2G" in cloud.inside("lsblk -no NAME,SIZE | tr -s ' '"), "larger vdb in the guest")
    becomes(cloud, "volume show test-vol", "in-use")
    cloud.inside("sudo dd if=/dev/urandom of=/mydisk/blob bs=1M count=3 2>/dev/null; sync")
    wanted = cloud.inside("md5sum </mydisk/blob")
    # from 3.66 on no force is needed: the client leaves it out, and yet asks at 3.65
    cloud.type("--os-volume-api-version 3.50 volume snapshot create --force --volume test-vol kept")
    becomes(cloud, "volume snapshot show kept", "available")
    cloud.inside("sudo rm /mydisk/blob; sync")
    cloud.type("volume create --snapshot kept --size 2 copy")
    becomes(cloud, "volume show copy", "available")
    cloud.type("server add volume test-instance copy")
    cloud.inside(
        "for _ in 1 2 3 4 5 6 7 8 9; do ls /dev/vdc && break; sleep 1; done; sudo mkdir -p /copy; sudo mount /dev/vdc /copy"
    )
    assert cloud.inside("md5sum </copy/blob") == wanted
    cloud.inside("sudo umount /copy")
    cloud.type("server remove volume test-instance copy")
    becomes(cloud, "volume show copy", "available")
    assert "snapshots" in cloud.type("volume delete test-vol", check=False)
    cloud.type("volume delete copy")
    cloud.type("volume snapshot delete kept")


def test_an_interface_comes_and_goes_under_a_running_guest(cloud: Boxed) -> None:
    cloud.type("network create second-net")
    cloud.type("subnet create --network second-net --subnet-range 172.31.9.0/24 --gateway none second-subnet")
    cloud.type("server add network test-instance second-net")
    until(
        cloud,
        lambda: "172.31.9." in cloud.inside("ip -4 -o address show dev eth1 2>/dev/null; true"),
        "address on eth1",
    )
    cloud.type("server remove network test-instance second-net")
    until(cloud, lambda: not cloud.inside("ls /sys/class/net | grep eth1; true"), "end of eth1")
    until(cloud, lambda: cloud.type("network delete second-net", check=False) == "", "network without ports")


def test_an_image_of_a_running_guest_boots_with_its_files(cloud: Boxed) -> None:
    cloud.inside("echo kept | sudo tee /root-file && sync")
    cloud.type("server image create --name snap1 --wait test-instance")
    shown = cloud.type("image show snap1 -f json")
    assert (shown["status"], shown["visibility"], shown["min_disk"]) == ("active", "private", 1)
    assert shown["properties"]["image_type"] == "snapshot" and shown["properties"]["base_image_ref"]
    server = "server create --image snap1 --flavor test.tiny --network test-net --security-group test-group"
    cloud.type(f"{server} --key-name test-key --wait again")
    address = reachable(cloud, "again")
    assert cloud.inside("cat /root-file; hostname", address) == "kept\nagain"
    deleted(cloud, "again", address)
    cloud.type("image delete snap1")


def test_a_group_lets_in_whom_it_names_while_they_are_in_it(cloud: Boxed, tmp_path: Path) -> None:
    script = tmp_path / "user-data"
    script.write_text("#!/bin/sh\n(while true; do echo database | nc -l -p 3306; done >/dev/null 2>&1 </dev/null &)\n")
    cloud.type("security group create web")
    cloud.type("security group create db")
    cloud.type("security group rule create --proto tcp --dst-port 3306 --remote-group web db")
    server = "server create --image test-image --flavor test.tiny --network test-net --security-group db"
    cloud.type(f"{server} --user-data {script} --wait db")
    address = show(cloud, "server show db", "addresses")["test-net"][0]
    ask = f"timeout 4 nc {address} 3306 </dev/null; true"
    console = "gureum test image ready"
    until(cloud, lambda: console in cloud.type("console log show db"), console)
    assert cloud.inside(ask) == ""
    cloud.type("server add security group test-instance web")
    until(cloud, lambda: cloud.inside(ask) == "database", "answer to a member of the group", 15)
    cloud.type("server remove security group test-instance web")
    until(cloud, lambda: cloud.inside(ask) == "", "silence for who is no member", 15)
    cloud.type("server delete --wait db")
    cloud.type("security group delete db web")


def test_the_boot_volume_goes_with_its_server_or_stays(cloud: Boxed) -> None:
    image = show(cloud, "image show test-image", "id")
    server = (
        "server create --flavor test.tiny --network test-net --security-group test-group --key-name test-key --wait"
    )
    root = f"uuid={image},source_type=image,destination_type=volume,volume_size=1,boot_index=0"
    volumes = {one["ID"] for one in cloud.type("volume list -f json")}
    cloud.type(f"{server} --block-device {root},delete_on_termination=true goes")
    assert len(cloud.type("volume list -f json")) == len(volumes) + 1
    cloud.type("server delete --wait goes")
    until(cloud, lambda: {one["ID"] for one in cloud.type("volume list -f json")} == volumes, "end of the boot volume")
    cloud.type(f"{server} --block-device {root},delete_on_termination=false stays")
    address = reachable(cloud, "stays")
    cloud.inside("echo kept | sudo tee /root-file && sync", address)
    deleted(cloud, "stays", address)
    (left,) = [one for one in cloud.type("volume list -f json") if one["ID"] not in volumes]
    becomes(cloud, f"volume show {left['ID']}", "available")
    cloud.type(f"{server} --volume {left['ID']} back")
    address = reachable(cloud, "back")
    assert cloud.inside("cat /root-file; hostname", address) == "kept\nback"
    deleted(cloud, "back", address)
    cloud.type(f"volume delete {left['ID']}")


def test_a_soft_reboot_shuts_the_guest_down_and_a_hard_one_does_not(cloud: Boxed) -> None:
    for kind, orderly in (("--soft", True), ("--hard", False)):
        boot = cloud.inside(BOOT)
        farewell = cloud.type("console log show test-instance").count("reboot: ")
        cloud.type(f"server reboot {kind} --wait test-instance")
        assert cloud.inside(BOOT) != boot
        said = cloud.type("console log show test-instance").count("reboot: ") > farewell
        assert said is orderly, kind


def test_a_rebuilt_server_has_a_fresh_root_and_the_rest_as_before(cloud: Boxed) -> None:
    shown = cloud.type("server show test-instance -f json")
    cloud.inside("echo old | sudo tee /root-file && sync")
    cloud.type("server rebuild --image test-image --wait test-instance")
    again = cloud.type("server show test-instance -f json")
    assert [again[name] for name in ("id", "name", "addresses")] == [
        shown[name] for name in ("id", "name", "addresses")
    ]
    mounted = "sudo mkdir -p /mydisk && sudo mount /dev/vdb /mydisk && cat /mydisk/file"
    assert cloud.inside(f"ls /root-file 2>/dev/null; {mounted}") == "kept"


def test_guests_keep_disk_and_network_while_the_management_plane_is_dead(cloud: Boxed) -> None:
    cloud.kill(*OWN)
    cloud.kill_daemons("libvirtd", "ovn-northd", "ovn-controller")
    written = cloud.inside("echo alone | sudo tee /mydisk/alone && sync && cat /mydisk/alone", seconds=5)
    assert written == "alone\nalone"
    assert cloud.run("ping", "-c", "2", "-W", "2", cloud.address, check=False).returncode == 0
    cloud.gureum("up")
    assert cloud.inside("cat /mydisk/alone") == "alone"
    assert "nothing wrong" in cloud.gureum("doctor").stdout
