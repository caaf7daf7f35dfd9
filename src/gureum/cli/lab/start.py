"""Building the self-service lab."""

import ipaddress
import os
import subprocess
from collections.abc import Sequence
from typing import Any

import click

from gureum.cli import testimage
from gureum.cli.lab import guest
from gureum.cli.lab.shell import ADMIN, USER, Lab, until

INNER_RANGE = "172.16.0.0/24"
WEB = 'while true; do echo -e "HTTP/1.1 200 OK\\n\\n HELLO WORLD" | nc -l -p 80; done'
_BOOT_SECONDS = 240


def start(lab: Lab) -> None:
    """Do every step that is not done."""
    _administrator(lab)
    _networks(lab)
    _server(lab)
    _volume(lab)
    address = _floating_ip(lab)
    if lab.simulated:
        click.echo("the cloud is simulated: the steps inside the guest are left out (mkfs, mount, web server)")
        return
    _inside(lab, address)
    click.echo(f"\nlog in: ssh -i {lab.key} {guest.USER}@{address}")


def _steps(lab: Lab, who: str, commands: Sequence[str], why: str = "") -> None:
    """Type each command once; when one fails, `why` shows more."""
    for command in commands:
        words = [lab.password() if word == "PASSWORD" else word for word in command.split()]
        try:
            lab.once(command, lambda words=words: lab.must(who, *words)[:0], lambda words=words: _made(lab, who, words))
        except click.ClickException:
            if why:
                lab.type(who, *why.split())
            raise


_ALREADY = ("already exists", "already has a port", "already attached", "is already", "Invalid volume")


def _made(lab: Lab, who: str, words: list[str]) -> str | None:
    """Whether a command that was typed before did its work after all: what it makes is there, or it is refused as done."""
    if "create" in words and "rule" not in words:
        kind, name = words[: words.index("create")], words[-1]
        if name not in {one["Name"] for one in _listed(lab, who, kind)}:
            return None
        return _server_made(lab, name) if kind == ["server"] else ""
    done = lab.type(who, *words)
    return "" if done.returncode == 0 or any(text in done.stdout + done.stderr for text in _ALREADY) else None


def _listed(lab: Lab, who: str, kind: Sequence[str]) -> list[dict[str, Any]]:
    """All of a kind. Raises ClickException when nobody answers: that says nothing about what is there."""
    found = lab.ask(who, *kind, "list")
    if found is None:
        raise click.ClickException(f"openstack {' '.join(kind)} list failed; then again: gureum lab self-service start")
    return found


def _server_made(lab: Lab, name: str) -> str | None:
    """Whether a server that is there becomes active. One that cannot goes, to be made again."""

    def settled() -> str | None:
        status = (lab.ask(USER, "server", "show", name) or {}).get("status")
        return None if status == "BUILD" else status

    if until(settled, _BOOT_SECONDS) == "ACTIVE":
        return ""
    lab.must(USER, "server", "delete", "--wait", name)
    return None


def _administrator(lab: Lab) -> None:
    network = ipaddress.ip_network(lab.external_range)
    image = testimage.path(lab.place, lab.simulated)
    _steps(
        lab,
        ADMIN,
        [
            "project create test-proj",
            "user create --project test-proj --password PASSWORD test-user",
            "role add --project test-proj --user test-user member",
            "flavor create --vcpus 1 --ram 256 --disk 1 test.tiny",
            "network create --external --provider-network-type flat --provider-physical-network "
            f"{lab.settings.network.physical_network} ext-net",
            f"subnet create --network ext-net --subnet-range {network} --no-dhcp --gateway {network[1]} "
            f"--allocation-pool start={network[100]},end={network[199]} --dns-nameserver 8.8.8.8 ext-subnet",
            f"image create --public --disk-format qcow2 --container-format bare --file {image} test-image",
        ],
    )


def _networks(lab: Lab) -> None:
    _steps(
        lab,
        USER,
        [
            "network create test-net",
            f"subnet create --network test-net --subnet-range {INNER_RANGE} --dns-nameserver 8.8.8.8 test-subnet",
            "router create test-router",
            "router set --external-gateway ext-net test-router",
            "router add subnet test-router test-subnet",
            "security group create test-group",
            "security group rule create --proto icmp test-group",
            "security group rule create --proto tcp --dst-port 22 test-group",
            "security group rule create --proto tcp --dst-port 80 test-group",
        ],
    )
    lab.once("keypair create test-key", lambda: _key(lab))


def _key(lab: Lab) -> str:
    """The private key is printed once, so it is kept at once, with the mode that a redirection would give it."""
    lab.type(USER, "keypair", "delete", "test-key", quiet=True)
    done = lab.type(USER, "keypair", "create", "test-key", quiet=True)
    click.secho(f"[{USER}]$ openstack keypair create test-key > {lab.key}", bold=True)
    if done.returncode != 0:
        raise click.ClickException(done.stderr.strip())
    descriptor = os.open(lab.key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(done.stdout)
    return ""


def _server(lab: Lab) -> None:
    _steps(
        lab,
        USER,
        [
            "server create --image test-image --flavor test.tiny --network test-net --security-group test-group "
            "--key-name test-key --wait test-instance",
        ],
        why="server show -c status -c fault test-instance",
    )


def _volume(lab: Lab) -> None:
    _steps(lab, USER, ["volume create --size 1 test-vol"])
    if "server add volume test-instance test-vol" not in lab.steps():
        ready = until(
            lambda: (lab.ask(USER, "volume", "show", "test-vol") or {}).get("status") in ("available", "in-use"), 60
        )
        if not ready:
            raise click.ClickException("the volume does not become available; openstack volume show test-vol")
    _steps(lab, USER, ["server add volume test-instance test-vol"])


def _floating_ip(lab: Lab) -> str:
    address = lab.once("floating ip create ext-net", lambda: _new_address(lab), lambda: _address(lab))
    _steps(lab, USER, [f"server add floating ip test-instance {address}"])
    return address


def _address(lab: Lab) -> str | None:
    """The floating IP that the project has already."""
    found = _listed(lab, USER, ("floating", "ip"))
    return found[0]["Floating IP Address"] if found else None


def _new_address(lab: Lab) -> str:
    output = lab.must(USER, "floating", "ip", "create", "ext-net")
    for line in output.splitlines():
        words = [word.strip() for word in line.split("|")]
        if len(words) > 2 and words[1] == "floating_ip_address":
            return words[2]
    raise click.ClickException("the client printed no floating_ip_address")


def _inside(lab: Lab, address: str) -> None:
    """What a person does in the guest: the volume, the web server."""
    click.echo(f"waiting for ssh on {address}")
    if not until(lambda: guest.ssh(lab.key, address, "true").returncode == 0, _BOOT_SECONDS, 2.0):
        raise click.ClickException("the guest does not answer ssh; openstack console log show test-instance")
    for what, command in (
        ("the volume", "ls /dev | grep vd"),
        ("a filesystem", "sudo mkfs.ext3 -q -F /dev/vdb && sudo mkdir -p /mydisk && sudo mount /dev/vdb /mydisk"),
        ("a file", "echo kept | sudo tee /mydisk/file && sync"),
        (
            "the web server",
            f"printf '%s\\n' '{WEB}' > web.sh && (sudo sh web.sh >/dev/null 2>&1 </dev/null &); sleep 1",
        ),
    ):
        lab.once(f"guest: {what}", lambda command=command: _in_guest(lab, address, command))
    done = until(lambda: _hello(address), 20)
    click.secho(f"$ curl {address}", bold=True)
    if done is None:
        raise click.ClickException(f"{address} does not answer HTTP")
    click.echo(done.stdout.strip())


def _hello(address: str) -> "subprocess.CompletedProcess[str] | None":
    done = guest.curl(address)
    return done if "HELLO WORLD" in done.stdout else None


def _in_guest(lab: Lab, address: str, command: str) -> str:
    click.secho(f"{guest.USER}@test-instance$ {command}", bold=True)
    done = guest.ssh(lab.key, address, command)
    click.echo((done.stdout + done.stderr).rstrip())
    if done.returncode != 0:
        raise click.ClickException("that failed in the guest")
    return ""
