"""The test image, built and booted: what the labs do in a guest, done here without a cloud around it."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gureum.testimage import build, debian
from gureum.testimage.__main__ import default_work

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.xdist_group("testimage")]

USER_DATA = '#!/bin/sh\nid -u > /var/log/ran\necho "$(cat /var/log/runs 2>/dev/null)x" > /var/log/runs\n'
WEB = 'while true; do echo -e "HTTP/1.1 200 OK\\n\\n HELLO WORLD" | nc -l -p 80; done\n'


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_key(folder: Path) -> Path:
    key = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", str(key)], check=True)
    return key


def write_metadata(folder: Path, key: Path, uuid: str) -> Path:
    latest = folder / "openstack" / "latest"
    latest.mkdir(parents=True)
    public = key.with_suffix(".pub").read_text()
    facts = {
        "uuid": uuid,
        "name": "test instance",
        "hostname": "test-instance.novalocal",
        "public_keys": {"test-key": public},
        "keys": [{"name": "test-key", "type": "ssh", "data": public}],
        "meta": {"odd": 'a"\\/b'},
    }
    (latest / "meta_data.json").write_text(json.dumps(facts))
    (latest / "user_data").write_text(USER_DATA)
    return folder


def config_drive(folder: Path, key: Path, uuid: str) -> Path:
    tree, drive = write_metadata(folder / "drive", key, uuid), folder / "drive.iso"
    subprocess.run(["xorriso", "-as", "mkisofs", "-quiet", "-J", "-R", "-V", "config-2", "-o", drive, tree], check=True)
    return drive


class Guest:
    """One QEMU with the image's overlay as its disk; all ways into it are on this machine only."""

    def __init__(
        self,
        folder: Path,
        image: Path,
        machine: str,
        *,
        drive: Path | None = None,
        network: str = "",
        memory: int = 128,
    ):
        self.folder, self.key, self.user = folder, folder / "key", "cirros"
        self.ssh_port, self.web_port = free_port(), free_port()
        disk = folder / "disk.qcow2"
        make = ["qemu-img", "create", "-q", "-f", "qcow2", "-b", str(image), "-F", "qcow2", str(disk), "1G"]
        subprocess.run(make, check=True)
        forwards = f"hostfwd=tcp:127.0.0.1:{self.ssh_port}-:22,hostfwd=tcp:127.0.0.1:{self.web_port}-:80"
        command = ["timeout", "-k", "5", "400", "nice", "-n", "5", "qemu-system-x86_64", "-nodefaults", "-M", machine]
        command += ["-accel", "tcg,tb-size=128", "-cpu", "max", "-m", str(memory), "-display", "none", "-device", "VGA"]
        command += ["-chardev", "socket,id=console,path=console.sock,server=on,wait=off,logfile=console.log"]
        command += ["-serial", "chardev:console", "-qmp", "unix:qmp.sock,server=on,wait=off"]
        command += ["-smbios", "type=1,manufacturer=OpenStack Foundation,product=OpenStack Nova"]
        command += ["-drive", "if=none,id=disk,file=disk.qcow2,format=qcow2", "-device", "virtio-blk-pci,drive=disk"]
        command += ["-netdev", f"user,id=net,restrict=on,{forwards}{network}"]
        command += ["-device", "virtio-net-pci,netdev=net,romfile="]
        if machine == "q35":  # q35's own bus takes no devices later: those go to a root port
            command += ["-device", "pcie-root-port,id=later,chassis=1"]
        if drive:
            command += ["-device", "virtio-scsi-pci", "-device", "scsi-cd,drive=cd"]
            command += ["-drive", f"if=none,id=cd,file={drive},format=raw,media=cdrom,readonly=on"]
        self.hotplug_bus = {"bus": "later"} if machine == "q35" else {}
        self.process = subprocess.Popen(command, cwd=folder)

    def console(self) -> str:
        log = self.folder / "console.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def wait_for(self, pattern: str, seconds: float = 60) -> re.Match[str]:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := re.search(pattern, self.console()):
                return found
            assert self.process.poll() is None, f"QEMU ended: {self.console()[-2000:]}"
            time.sleep(0.1)
        raise AssertionError(f"{pattern!r} is not on the console: {self.console()[-3000:]}")

    def ssh(self, command: str, *options: str, check: bool = True) -> str:
        fixed = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "ConnectTimeout=10", "LogLevel=ERROR"]
        words = ["ssh", "-i", str(self.key), "-p", str(self.ssh_port), "-o", "BatchMode=yes", *options]
        for option in fixed:
            words += ["-o", option]
        done = subprocess.run([*words, f"{self.user}@127.0.0.1", command], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 or not check, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout.strip() if check else done.stderr

    def qmp(self, *commands: tuple[str, dict[str, Any]]) -> None:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(10)
            link.connect(str(self.folder / "qmp.sock"))
            lines = link.makefile("rw")
            lines.readline()
            for name, arguments in (("qmp_capabilities", {}), *commands):
                lines.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
                lines.flush()
                while "event" in (answer := json.loads(lines.readline())):
                    pass
                assert "return" in answer, answer

    def type(self, text: str) -> None:
        time.sleep(1)  # a prompt throws away what was typed before it was ready
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(self.folder / "console.sock"))
            link.sendall(text.encode())
            time.sleep(1)  # what QEMU has not taken when the link closes is lost

    def ends(self, seconds: float) -> bool:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        return self.process.poll() is not None

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)


@contextlib.contextmanager
def running(*arguments: Any, **options: Any) -> Iterator[Guest]:
    guest = Guest(*arguments, **options)
    try:
        yield guest
    finally:
        guest.kill()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = default_work()
    work.mkdir(parents=True, exist_ok=True)
    return build(tmp_path_factory.mktemp("image") / "test.qcow2", work)


def eventually(check: Any, seconds: float = 15) -> Any:
    until = time.monotonic() + seconds
    while True:
        value = check()
        if value or time.monotonic() > until:
            return value
        time.sleep(0.3)


def test_a_current_image_is_not_built_again(image: Path):
    before = image.stat()
    began = time.monotonic()
    assert build(image, default_work()) == image
    assert image.stat().st_mtime_ns == before.st_mtime_ns
    assert image.stat().st_ino == before.st_ino
    assert time.monotonic() - began < 10
    assert image.stat().st_size < 32 * 1024 * 1024
    assert list(image.parent.glob("*.part")) == []


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_the_lab_in_a_guest(image: Path, tmp_path: Path, machine: str):
    drive = config_drive(tmp_path, make_key(tmp_path), f"11111111-0000-0000-0000-{machine.encode().hex():0>12}")
    began = time.monotonic()
    with running(tmp_path, image, machine, drive=drive) as guest:
        address = guest.wait_for(r"gureum test image ready, address (\S+), after [\d.]+ s\r?\n")[1]
        ready = time.monotonic() - began
        assert guest.ssh("id -un") == "cirros"
        print(f"{machine}: start to ready {ready:.1f} s")
        print(f"{machine}: start to ssh login {time.monotonic() - began:.1f} s")
        assert address == "10.0.2.15"
        assert "Linux version" in guest.console()
        assert guest.ssh("hostname") == "test-instance"
        assert guest.ssh("sudo id -u") == "0"
        assert eventually(lambda: guest.ssh("cat /var/log/ran || true")) == "0"
        assert int(guest.ssh("df -m / | awk 'END { print $2 }'")) > 900
        assert "norandmaps" in guest.ssh("cat /proc/cmdline")
        assert guest.ssh("ping -c 1 -W 5 10.0.2.2 >/dev/null && echo yes") == "yes"
        refused = guest.ssh(
            "true", "-o", "IdentityFile=none", "-o", "IdentitiesOnly=yes", "-F", "none", "-v", check=False
        )
        assert "password" not in "".join(re.findall(r"Authentications that can continue: (.*)", refused))
        volume_is_usable(guest)
        web_loop_answers(guest)
        guest.qmp(("system_powerdown", {}))
        assert guest.ends(30), guest.console()[-1000:]
        assert "power button" in guest.console()


def volume_is_usable(guest: Guest) -> None:
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(guest.folder / "volume.qcow2"), "1G"], check=True)
    file = {"driver": "file", "filename": "volume.qcow2"}
    guest.qmp(
        ("blockdev-add", {"driver": "qcow2", "node-name": "volume", "file": file}),
        ("device_add", {"driver": "virtio-blk-pci", "drive": "volume", "id": "vdb", **guest.hotplug_bus}),
    )
    assert eventually(lambda: "vdb" in guest.ssh("lsblk -n -o NAME"))
    for kind in ("ext3", "ext4"):
        guest.ssh(f"sudo mkfs.{kind} -q -F /dev/vdb && sudo mkdir -p /mnt/vol && sudo mount /dev/vdb /mnt/vol")
        assert guest.ssh("echo data | sudo tee /mnt/vol/file; mount | grep vdb").count(kind) == 1
        guest.ssh("sudo umount /mnt/vol")
    guest.qmp(("device_del", {"id": "vdb"}))
    assert eventually(lambda: "vdb" not in guest.ssh("lsblk -n -o NAME"))


def web_loop_answers(guest: Guest) -> None:
    copy = ["scp", "-q", "-i", str(guest.key), "-P", str(guest.ssh_port), "-o", "StrictHostKeyChecking=no"]
    (guest.folder / "web.sh").write_text(WEB)
    subprocess.run(
        [*copy, "-o", "UserKnownHostsFile=/dev/null", str(guest.folder / "web.sh"), "cirros@127.0.0.1:"],
        check=True,
        timeout=60,
    )
    guest.ssh("sudo sh web.sh </dev/null >/dev/null 2>&1 &")
    for _ in range(3):
        assert eventually(lambda: "HELLO WORLD" in fetch(guest.web_port))


def fetch(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def metadata_network(folder: Path, tree: Path) -> str:
    """A network in which 169.254.169.254 answers with files, by a program that QEMU starts for each connection."""
    program = folder / "answer.py"
    program.write_text(
        "import pathlib, sys\n"
        f"root = pathlib.Path({str(tree)!r})\n"
        "path = sys.stdin.buffer.readline().decode().split()[1]\n"
        "while sys.stdin.buffer.readline().strip(): pass\n"
        "file = root / path.lstrip('/')\n"
        "names = sorted(one.name for one in file.iterdir()) if file.is_dir() else []\n"
        "body = file.read_bytes() if file.is_file() else '\\n'.join(names).encode()\n"
        "status = '200 OK' if file.exists() else '404 Not Found'\n"
        "head = f'HTTP/1.0 {status}\\r\\nContent-Length: {len(body)}\\r\\nConnection: close\\r\\n\\r\\n'\n"
        "sys.stdout.buffer.write(head.encode() + body)\n"
    )
    addresses = "net=169.254.0.0/16,host=169.254.0.2,dhcpstart=169.254.0.15"
    return f",{addresses},guestfwd=tcp:169.254.169.254:80-cmd:{sys.executable} {program}"


def test_the_metadata_service_and_a_reboot(image: Path, tmp_path: Path):
    tree = write_metadata(tmp_path / "service", make_key(tmp_path), "22222222-0000-0000-0000-000000000000")
    with running(tmp_path, image, "pc", network=metadata_network(tmp_path, tree)) as guest:
        guest.wait_for(r"metadata from the metadata service: 1 ssh key")
        guest.wait_for(r"gureum test image ready, address 169\.254\.0\.15")
        guest.wait_for(r"user data ended with status 0")
        host_key = guest.ssh("sudo cat /etc/dropbear/ed25519.pub")
        assert host_key.startswith("ssh-ed25519 ")
        assert guest.ssh("hostname; cat /var/log/runs") == "test-instance\nx"
        dhcp_answers_are_followed(guest)
        guest.ssh("sudo reboot")
        guest.wait_for(r"(?s)ready, address.*Linux version.*ready, address")
        assert guest.ssh("sudo cat /etc/dropbear/ed25519.pub; cat /var/log/runs") == f"{host_key}\nx"
        guest.ssh("sudo poweroff")
        assert guest.ends(30)


def dhcp_answers_are_followed(guest: Guest) -> None:
    said = "interface=dummy0 ip=10.9.0.5 mask=24 router=10.9.0.9 mtu=1400 dns='10.9.0.53 10.9.0.54' domain=lab.example"
    routes = "staticroutes='169.254.169.254/32 10.9.0.2 0.0.0.0/0 10.9.0.1 10.8.0.0/16 0.0.0.0'"
    script = "/usr/share/udhcpc/default.script"
    guest.ssh(
        "sudo cp /etc/resolv.conf /tmp/; sudo modprobe dummy; sudo ip link add dummy0 type dummy 2>/dev/null; true"
    )
    guest.ssh("sudo ip link set dummy0 up")
    guest.ssh(f"sudo env interface=dummy0 {script} deconfig && sudo env {said} {routes} {script} bound")
    shown = guest.ssh("ip addr show dev dummy0; ip route; cat /etc/resolv.conf")
    assert "mtu 1400" in shown
    assert "inet 10.9.0.5/24" in shown
    assert "inet6 fe80" in shown
    assert "169.254.169.254 via 10.9.0.2 dev dummy0" in shown
    assert "default via 10.9.0.1 dev dummy0" in shown
    assert "10.8.0.0/16 dev dummy0" in shown
    assert "10.9.0.9" not in shown
    assert "search lab.example\nnameserver 10.9.0.53\nnameserver 10.9.0.54" in shown
    guest.ssh("sudo ip link del dummy0; sudo cp /tmp/resolv.conf /etc/")


def test_without_metadata_it_says_so_and_lets_the_console_in(image: Path, tmp_path: Path):
    with running(tmp_path, image, "pc") as guest:
        guest.wait_for(r"metadata attempt 1 of 20 failed")
        guest.wait_for(r"login: ")
        guest.type("cirros\n")
        guest.wait_for(r"Password: ")
        guest.type("gocubsgo\n")
        guest.wait_for(r"cirros@\S+:~\$ ")
        guest.type("sudo id -u | sed s/0/is-root/\n")
        guest.wait_for(r"\nis-root\r?\n")
        guest.type("sudo reboot -f\n")
        guest.wait_for(r"(?s)metadata attempt 1 of.*Linux version")


def test_a_copied_disk_is_another_instance(image: Path, tmp_path: Path):
    shown: list[str] = []
    for turn, uuid in enumerate(("33333333-0000-0000-0000-000000000000", "44444444-0000-0000-0000-000000000000")):
        folder = tmp_path / str(turn)
        folder.mkdir()
        drive = config_drive(folder, make_key(folder), uuid)
        with running(folder, image, "q35", drive=drive) as guest:
            guest.wait_for(r"user data ended with status 0")
            shown.append(guest.ssh("sudo cat /etc/dropbear/ed25519.pub | cut -d' ' -f2; cat /var/log/runs"))
            guest.ssh("sudo poweroff")
            assert guest.ends(30)
        image = tmp_path / f"copy{turn}.qcow2"
        shutil.copyfile(folder / "disk.qcow2", image)
    first, second = (text.splitlines() for text in shown)
    assert first[0] != second[0]
    assert [first[1], second[1]] == ["x", "xx"]


def test_a_debian_image_takes_its_metadata_with_cloud_init(tmp_path: Path):
    """GRUB, initramfs-tools and cloud-init, as in the images that people bring along."""
    image = debian.build(default_work() / "debian.qcow2", default_work())
    tree = write_metadata(tmp_path / "service", make_key(tmp_path), "55555555-0000-0000-0000-000000000000")
    with running(tmp_path, image, "q35", network=metadata_network(tmp_path, tree), memory=512) as guest:
        guest.user = "debian"
        found = guest.wait_for(r"gureum debian image ready, (DataSource\w+)", 240)[1]
        assert found.startswith("DataSourceOpenStack"), guest.console()[-3000:]
        assert guest.ssh("sudo id -u; hostname; sudo cat /var/log/runs; cloud-id") == "0\ntest-instance\nx\nopenstack"
        guest.qmp(("system_powerdown", {}))
        assert guest.ends(60)
