"""Consoles of simulated guests: a boot log that shows what the guest learned, and a small screen."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.drivers.sim.world import ALIVE, Answering, Guest, World, key
from gureum.contracts import hypervisor as hv

_KERNEL = """\
[    0.000000] Linux version 6.1.0-gureum-sim (simulated) #1 SMP PREEMPT_DYNAMIC
[    0.000000] Command line: root=LABEL=root ro console=tty1 console=ttyS0
[    0.004127] Memory: {memory_kib}K/{memory_kib}K available
[    0.081530] smp: Brought up 1 node, {vcpus} CPU{plural}
[    0.312209] virtio_blk virtio1: [vda] {root}
"""


def boot_log(spec: hv.EnsureDomain, answering: Answering | None, now: float) -> str:
    """What a guest writes on its serial console from power on to the login prompt."""
    metadata = answering.metadata if answering is not None else spec.metadata
    facts = _facts(metadata)
    name = str(facts.get("hostname") or spec.name)
    lines = [
        _KERNEL.format(
            memory_kib=spec.memory_mib * 1024, vcpus=spec.vcpus, plural="s" if spec.vcpus > 1 else "", root=_root(spec)
        ).rstrip(),
        *(
            f"[    0.4{index:05d}] virtio_blk: [{disk.device}] serial {disk.volume_id[:20]}"
            for index, disk in enumerate(spec.volumes)
        ),
        *(
            f"[    0.5{index:05d}] virtio_net eth{index}: {nic.mac} mtu {nic.mtu}"
            for index, nic in enumerate(spec.nics)
        ),
        *(f"udhcpc: lease of {address} obtained" for address in _addresses(metadata)),
        f"clock: {datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M:%S} UTC",
        f"config drive: {'found' if spec.config_drive else 'none'}",
    ]
    if metadata is None:
        lines.append("metadata: no answer")
    else:
        keys = facts.get("public_keys") or {}
        lines += [
            f"metadata: instance-id {facts.get('uuid', spec.server_id)}",
            f"metadata: hostname {name}",
            f"metadata: {len(keys)} public key{'' if len(keys) == 1 else 's'} {' '.join(sorted(keys))}".rstrip(),
            f"metadata: user data {'present' if _user_data(metadata) else 'none'}",
        ]
    return "\n".join([*lines, "", f"Debian GNU/Linux 12 {name} ttyS0", "", f"{name} login: "])


def _facts(metadata: hv.GuestMetadata | None) -> dict[str, Any]:
    """meta_data.json, or nothing when it is not there or no JSON object."""
    content = metadata.files.get("openstack/latest/meta_data.json", b"{}") if metadata is not None else b"{}"
    try:
        facts = json.loads(content)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def _user_data(metadata: hv.GuestMetadata) -> bool:
    return any(path.endswith("/user_data") for path in metadata.files)


def _addresses(metadata: hv.GuestMetadata | None) -> list[str]:
    return [] if metadata is None else [address for each in metadata.addresses.values() for address in each]


def _root(spec: hv.EnsureDomain) -> str:
    if isinstance(spec.root, hv.VolumeDisk):
        return f"volume {spec.root.volume_id}"
    return f"image {spec.root.image.image_id} {spec.root.size_gib} GiB"


class SimConsole:
    """Consoles of one simulated host."""

    def __init__(self, world: World, host: str) -> None:
        self._world = world
        self._host = host

    def read(self, name: str, lines: int | None) -> str:
        text = self._find(name).console
        return text if lines is None else "\n".join(text.split("\n")[-lines:]) if lines > 0 else ""

    def vnc_socket(self, name: str) -> Path:
        guest = self._find(name)
        if guest.power not in ALIVE:
            raise DriverFault("The server is not running.", f"{name} is {guest.power}")
        return self._world.screens.open(key(self._host, guest.spec.server_id), name)

    def _find(self, name: str) -> Guest:
        for guest in self._world.guests_on(self._host):
            if guest.spec.name == name:
                return guest
        raise DriverFault("The server is not on its host.", f"no guest {name} on {self._host}")
