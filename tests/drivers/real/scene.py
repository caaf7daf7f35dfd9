"""A small cloud's data plane, made through the drivers alone: one network, one router, one guest with a floating IP."""

import json
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from gureum.agent.host.settings import HostSettings
from gureum.contracts import hypervisor as hv
from gureum.contracts import switch as sw

HOST = "192.168.122.1"
GATEWAY = "192.168.122.100"
FLOATING = "192.168.122.101"
FIXED = "172.16.0.10"
METADATA = "172.16.0.2"


def uid(number: int) -> str:
    return f"5ca1ab1e-0000-4000-8000-{number:012d}"


EXTERNAL, NETWORK, SUBNET, ROUTER, GROUP, PORT, METADATA_PORT, LEG, GATEWAY_PORT, FIP, SERVER, IMAGE = (
    uid(number) for number in range(1, 13)
)
SECOND = "5ec0ad00-0000-4000-8000-000000000001"
"""Another port of the guest; taps are named after the first eleven characters of an id."""
NAME = "instance-00000001"

EGRESS = sw.SecurityRule(rule_id=uid(50), direction="egress", ethertype="IPv4")
PING = sw.SecurityRule(rule_id=uid(51), direction="ingress", ethertype="IPv4", protocol="icmp")
SSH = sw.SecurityRule(rule_id=uid(52), direction="ingress", ethertype="IPv4", protocol="tcp", port_min=22, port_max=22)
WEB = sw.SecurityRule(rule_id=uid(53), direction="ingress", ethertype="IPv4", protocol="tcp", port_min=80, port_max=80)


def group(*rules: sw.SecurityRule) -> sw.EnsureSecurityGroup:
    return sw.EnsureSecurityGroup(group_id=GROUP, rules=rules)


def topology() -> list[sw.SwitchAsk]:
    """In an order in which nothing comes before what it needs last: the driver must bear it."""
    dhcp = sw.Dhcp(
        server_ip=METADATA,
        server_mac="fa:16:3e:00:00:99",
        gateway_ip="172.16.0.1",
        dns=("8.8.8.8",),
        routes=(("169.254.169.254/32", METADATA),),
        mtu=1442,
        lease_seconds=86400,
    )
    leg = sw.RouterPort(port_id=LEG, mac="fa:16:3e:00:00:02", networks=("172.16.0.1/24",), network_id=NETWORK)
    gateway = sw.RouterPort(
        port_id=GATEWAY_PORT, mac="fa:16:3e:00:00:03", networks=(f"{GATEWAY}/24",), network_id=EXTERNAL
    )
    return [
        guest_port(PORT, FIXED, "fa:16:3e:00:00:01"),
        sw.EnsureRouter(
            router_id=ROUTER,
            name="router",
            interfaces=(leg,),
            gateway=gateway,
            gateway_next_hop=HOST,
            snat_ip=GATEWAY,
            snat_cidrs=("172.16.0.0/24",),
            nat=(sw.NatRule(floating_ip_id=FIP, external_ip=FLOATING, internal_ip=FIXED, port_id=PORT),),
        ),
        sw.EnsurePort(
            port_id=LEG, network_id=NETWORK, kind="router", mac=leg.mac, addresses=("172.16.0.1",), subnet_ids=(SUBNET,)
        ),
        sw.EnsurePort(
            port_id=GATEWAY_PORT,
            network_id=EXTERNAL,
            kind="gateway",
            mac=gateway.mac,
            addresses=(GATEWAY,),
            subnet_ids=(),
        ),
        sw.EnsurePort(
            port_id=METADATA_PORT,
            network_id=NETWORK,
            kind="metadata",
            mac="fa:16:3e:00:00:04",
            addresses=(METADATA,),
            subnet_ids=(SUBNET,),
        ),
        group(EGRESS, PING, SSH, WEB),
        sw.EnsureSwitch(
            network_id=NETWORK,
            name="net",
            mtu=1442,
            subnets=(sw.SubnetSpec(subnet_id=SUBNET, cidr="172.16.0.0/24", dhcp=dhcp),),
        ),
        sw.EnsureSwitch(network_id=EXTERNAL, name="ext", mtu=1500, physical_network="extnet"),
    ]


def guest_port(port_id: str, address: str, mac: str) -> sw.EnsurePort:
    return sw.EnsurePort(
        port_id=port_id,
        network_id=NETWORK,
        kind="guest",
        mac=mac,
        addresses=(address,),
        subnet_ids=(SUBNET,),
        security_groups=(GROUP,),
        hostname="test-instance",
    )


def teardown() -> list[sw.SwitchAsk]:
    return [
        sw.RemoveRouter(router_id=ROUTER),
        sw.RemovePort(port_id=PORT, network_id=NETWORK),
        sw.RemovePort(port_id=SECOND, network_id=NETWORK),
        sw.RemoveSwitch(network_id=NETWORK),
        sw.RemoveSwitch(network_id=EXTERNAL),
        sw.RemoveSecurityGroup(group_id=GROUP),
    ]


def metadata(public_key: str) -> hv.GuestMetadata:
    """As the compute service writes it, cut down."""
    document = {
        "uuid": SERVER,
        "name": "test-instance",
        "hostname": "test-instance",
        "availability_zone": "nova",
        "launch_index": 0,
        "public_keys": {"test-key": public_key},
        "keys": [{"name": "test-key", "type": "ssh", "data": public_key}],
        "meta": {},
        "devices": [],
    }
    user_data = "#!/bin/sh\necho user data ran >/tmp/user-data\n"
    network = {"links": [], "networks": [], "services": []}
    files = {
        "openstack/latest/meta_data.json": json.dumps(document).encode(),
        "openstack/latest/user_data": user_data.encode(),
        "openstack/latest/network_data.json": json.dumps(network).encode(),
        "openstack/latest/vendor_data.json": b"{}",
        "latest/meta-data/instance-id": b"i-00000001",
        "latest/meta-data/hostname": b"test-instance",
        "latest/meta-data/public-keys/0/openssh-key": public_key.encode(),
        "latest/user-data": user_data.encode(),
    }
    return hv.GuestMetadata(files=files, addresses={NETWORK: [FIXED]})


def image(path: Path) -> hv.ImageSource:
    size = path.stat().st_size
    digest = subprocess.run(["sha512sum", str(path)], check=True, capture_output=True, text=True).stdout.split()[0]
    return hv.ImageSource(image_id=IMAGE, sha512=digest, size=size, format="qcow2", path=str(path))


def server(source: hv.ImageSource, guest: hv.GuestMetadata, **changes: object) -> hv.EnsureDomain:
    words: dict[str, object] = {
        "server_id": SERVER,
        "name": NAME,
        "vcpus": 1,
        "memory_mib": 192,
        "power": "running",
        "root": hv.RootDisk(image=source, size_gib=1),
        "nics": (hv.Nic(port_id=PORT, mac="fa:16:3e:00:00:01", mtu=1442, network_id=NETWORK),),
        "metadata_ports": (
            hv.MetadataPort(
                network_id=NETWORK, port_id=METADATA_PORT, mac="fa:16:3e:00:00:04", addresses=(f"{METADATA}/24",)
            ),
        ),
        "metadata": guest,
    }
    return hv.EnsureDomain(**{**words, **changes})  # type: ignore[arg-type]


@dataclass
class Shell:
    """ssh to the guest from the host's side of the external bridge."""

    settings: HostSettings
    key: Path
    address: str = FLOATING
    options: list[str] = field(default_factory=lambda: ["-oStrictHostKeyChecking=no", "-oUserKnownHostsFile=/dev/null"])

    def ours(self) -> None:
        """Nothing is sent to the address unless the way there is our own bridge."""
        way = subprocess.run(["ip", "route", "get", self.address], capture_output=True, text=True).stdout
        assert f"dev {self.settings.external_bridge} " in way, way

    def run(self, command: str, seconds: float = 30) -> str:
        self.ours()
        argv = ["ssh", "-q", "-i", str(self.key), *self.options, "-oBatchMode=yes", "-oConnectTimeout=5"]
        done = subprocess.run(
            [*argv, f"cirros@{self.address}", command], capture_output=True, text=True, timeout=seconds
        )
        assert done.returncode == 0, f"{command}: {done.returncode} {done.stdout} {done.stderr}"
        return done.stdout

    def wait(self, seconds: float = 90) -> float:
        """Seconds until a login worked."""
        began = time.monotonic()
        while True:
            try:
                self.run("true")
                return time.monotonic() - began
            except (AssertionError, subprocess.TimeoutExpired):
                if time.monotonic() - began > seconds:
                    raise
                time.sleep(0.3)

    def pings(self, count: int = 3, interval: float = 0.2) -> int:
        """How many of `count` pings were answered."""
        self.ours()
        argv = ["ping", "-c", str(count), "-i", str(interval), "-W", "1", self.address]
        out = subprocess.run(argv, capture_output=True, text=True).stdout
        return sum("bytes from" in line for line in out.splitlines())

    def curl(self) -> str:
        self.ours()
        argv = ["curl", "-s", "-m", "4", f"http://{self.address}/"]
        return subprocess.run(argv, capture_output=True, text=True).stdout
