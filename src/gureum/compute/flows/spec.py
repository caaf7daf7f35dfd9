"""A server's guest as its host shall make it: from rows alone, so that it is the same whenever it is asked."""

from collections.abc import Sequence
from typing import Any

import msgspec

from gureum.block_storage.service import for_compute as block_storage
from gureum.compute.guest_metadata import Surroundings, files
from gureum.compute.server import Server
from gureum.compute.settings import settings
from gureum.compute.store import interfaces, volumes
from gureum.compute.store import servers as store
from gureum.contracts.hypervisor import (
    BlankDisk,
    EnsureDomain,
    GuestMetadata,
    ImageSource,
    Manner,
    RootDisk,
    VolumeDisk,
)
from gureum.image.service import for_compute as images
from gureum.kernel.faults import Conflict
from gureum.kernel.store.tx import Tx
from gureum.kernel.trace import span
from gureum.network.service import for_compute as network
from gureum.network.service import server_addresses

ROOT_DEVICE = "vda"
_PASSED_ON = ("hw_", "os_", "hw:")


def domain_spec(tx: Tx, server: Server, manner: Manner = "hard") -> EnsureDomain:
    """The guest of a server, without what is secret. Raises Conflict for one that boots from a volume which is not there."""
    leaving = interfaces.leaving(tx, server.id)
    disks = block_storage.disks(tx, server.id)
    root = _root(server, disks)
    return EnsureDomain(
        server_id=server.id,
        name=server.domain_name,
        vcpus=server.vcpus,
        memory_mib=server.ram,
        power=server.power,
        boots=server.boots,
        manner=manner,
        soft_timeout=settings.soft_reboot_seconds,
        root=root,
        blanks=blanks(server.flavor),
        volumes=tuple(disk for disk in disks if disk is not root),
        nics=network.nics(tx, server.id, leaving),
        metadata_ports=network.metadata_ports(tx, server.id, leaving),
        config_drive=server.config_drive is not False,
        properties=_properties(server),
    )


def _root(server: Server, disks: Sequence[VolumeDisk]) -> RootDisk | VolumeDisk:
    if server.image_source:
        image = msgspec.convert(server.image_source | {"type": "ImageSource"}, ImageSource)
        return RootDisk(image=image, size_gib=server.flavor["disk"], incarnation=server.incarnation)
    for disk in disks:
        if disk.device == ROOT_DEVICE:
            return disk
    raise Conflict(f"The volume that instance {server.id} boots from is not attached.")


def blanks(flavor: dict[str, Any]) -> tuple[BlankDisk, ...]:
    """The empty disks that a flavor gives: ephemeral, then swap, behind the root disk."""
    sizes = (("ephemeral", flavor["ephemeral"] * 1024), ("swap", flavor["swap"]))
    found: list[BlankDisk] = []
    for kind, size in sizes:
        if size:
            device = f"vd{'bc'[len(found)]}"
            found.append(BlankDisk(device=device, size_mib=size, kind="swap" if kind == "swap" else "ephemeral"))
    return tuple(found)


def _properties(server: Server) -> dict[str, str]:
    """Image properties and extra specs that a hypervisor understands; the flavor's word counts where both have one."""
    both = server.image_properties | server.flavor["extra_specs"]
    return {name: str(value) for name, value in both.items() if name.startswith(_PASSED_ON)}


def fill(tx: Tx, spec: EnsureDomain) -> EnsureDomain:
    """The message as it is delivered: with the path of the image, and what the guest learns about itself."""
    root = spec.root
    if isinstance(root, RootDisk):
        with span("image", "location"):
            root = msgspec.structs.replace(root, image=images.with_path(root.image))
    server = store.find(tx, spec.server_id)
    if server is None:
        return msgspec.structs.replace(spec, root=root)
    return msgspec.structs.replace(spec, root=root, metadata=_metadata(tx, server))


def _metadata(tx: Tx, server: Server) -> GuestMetadata:
    shown = server_addresses.addresses(tx, [server.id]).get(server.id, [])
    around = Surroundings(
        network_data=server_addresses.network_data(tx, server.id),
        fixed=[one["address"] for one in shown if one["type"] == "fixed"],
        floating=[one["address"] for one in shown if one["type"] == "floating"],
        security_groups=server_addresses.security_group_names(tx, [server.id]).get(server.id, []),
        devices=[*_tagged_disks(tx, server), *_tagged_nics(tx, server)],
    )
    where: dict[str, list[str]] = {}
    leaving = interfaces.leaving(tx, server.id)
    for port in (one for one in network.ports_of(tx, server.id) if one.id not in leaving):
        where.setdefault(port.network_id, []).extend(one.ip_address for one in port.fixed_ips)
    return GuestMetadata(files=files(server, around), addresses=where)


def _tagged_disks(tx: Tx, server: Server) -> list[dict[str, Any]]:
    return [
        {
            "type": "disk",
            "bus": "virtio",
            "address": "none",
            "serial": one.volume_id,
            "path": one.device,
            "tags": [one.tag],
        }
        for one in volumes.of(tx, server.id)
        if one.tag is not None
    ]


def _tagged_nics(tx: Tx, server: Server) -> list[dict[str, Any]]:
    return [
        {"type": "nic", "bus": "pci", "address": "none", "mac": port.mac_address, "tags": [port.device_tag]}
        for port in network.ports_of(tx, server.id)
        if port.device_tag is not None
    ]
