"""From POST /servers to ssh through a floating IP, beside the bare QEMU boot of the same image, in turn, in one run.

To be run as root in a closed box, with the test image in place:
`python -m gureum.agent.host.enclosure bench -- python -m bench.boot`.
"""

import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import openstack
from tests.drivers.test_testimage import config_drive, make_key, running
from tests.system.started import Started

ROUNDS = 5
IMAGE = Path("/var/lib/gureum/images/gureum-test.qcow2")
_PAUSE = 0.1


def answers(key: Path, address: str, port: int = 22) -> bool:
    """Whether ssh logs in."""
    options = ["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "ConnectTimeout=2"]
    words = ["ssh", "-i", str(key), "-p", str(port), *(word for one in options for word in ("-o", one))]
    done = subprocess.run([*words, f"cirros@{address}", "true"], capture_output=True, timeout=60)
    return done.returncode == 0


def until_ssh(key: Path, address: str, port: int = 22) -> None:
    """Wait for the login."""
    deadline = time.monotonic() + 120
    while not answers(key, address, port):
        assert time.monotonic() < deadline, "no login"
        time.sleep(_PAUSE)


def bare() -> float:
    """Seconds from starting QEMU to the login."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        drive = config_drive(place, make_key(place), "11111111-0000-0000-0000-000000000000")
        began = time.monotonic()
        with running(place, IMAGE, "q35", drive=drive, memory=256) as guest:
            until_ssh(guest.key, "127.0.0.1", guest.ssh_port)
            return time.monotonic() - began


def cloud(client: Any, key: Path, round: int) -> float:
    """Seconds from POST to the login through a floating IP."""
    network = client.network.find_network("test-net")
    group = client.network.find_security_group("test-group")
    port = client.network.create_port(network_id=network.id, security_groups=[group.id])
    outside = client.network.find_network("ext-net")
    floating = client.network.create_ip(floating_network_id=outside.id, port_id=port.id)
    began = time.monotonic()
    server = client.compute.create_server(
        name=f"bench-{round}",
        image_id=client.image.find_image("test-image").id,
        flavor_id=client.compute.find_flavor("test.tiny").id,
        networks=[{"port": port.id}],
        key_name="test-key",
    )
    until_ssh(key, floating.floating_ip_address)
    took = time.monotonic() - began
    client.compute.delete_server(server)
    client.compute.wait_for_delete(server)
    client.network.delete_ip(floating)
    client.network.delete_port(port)
    return took


def main() -> None:
    """Measure and print."""
    started = Started(state=Path(tempfile.mkdtemp(prefix="gb-", dir="/var/tmp")))
    try:
        started.gureum("up")
        started.gureum("lab", "self-service", "start", seconds=600)
        folder = started.state / "lab" / "self-service"
        client = openstack.connect(
            auth_url="http://127.0.0.1:5000/v3",
            username="test-user",
            password=(folder / "test-user.password").read_text(),
            project_name="test-proj",
            user_domain_name="Default",
            project_domain_name="Default",
            region_name="RegionOne",
        )
        figures = [(bare(), cloud(client, folder / "test-key.pem", round)) for round in range(ROUNDS)]
        plain, ours = (statistics.median(column) for column in zip(*figures, strict=True))
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {ROUNDS} rounds: {figures}")
        print(f"bare QEMU to ssh {plain:.1f} s, POST to ssh {ours:.1f} s, ratio {ours / plain:.2f}")
    finally:
        started.close(guests=True)


if __name__ == "__main__":
    main()
