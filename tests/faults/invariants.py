"""What holds of every cloud where nothing goes on, whatever befell it: rows among themselves, and rows against the world.

`broken` says what does not. The storm, the state machines, the power cut and the harness of flows all ask it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from gureum.agent.drivers.sim import World
from gureum.block_storage.service import existing as storage_existing
from gureum.block_storage.store.attachments import attachments
from gureum.block_storage.store.snapshots import snapshots
from gureum.block_storage.store.volumes import volumes
from gureum.compute.flows.server_flow import POWER_STATES
from gureum.compute.service import existing as compute_existing
from gureum.compute.store.hosts import hosts
from gureum.compute.store.interfaces import interfaces
from gureum.compute.store.servers import servers
from gureum.compute.store.volumes import volumes as server_volumes
from gureum.contracts.hypervisor import VolumeDisk
from gureum.image.store.images import with_bytes
from gureum.image.store.tables import images
from gureum.kernel.flow.tables import asks, signals
from gureum.kernel.store.tx import Tx
from gureum.network.flows import statements
from gureum.network.port import FLOATING, ROUTER_OWNERS
from gureum.network.store.networks import networks
from gureum.network.store.ports import addresses, ports
from gureum.network.store.routers import routers
from gureum.network.store.security_groups import groups
from gureum.placement.store.allocations import allocations
from tests.cloud import Cloud
from tests.faults.journal import gaps

Check = Callable[[Tx, World], Iterator[str]]

_POWERS = {
    "active": ("running",),
    "paused": ("paused",),
    "stopped": ("stopped", "crashed"),
    "suspended": ("stopped",),
    "error": ("running", "paused", "stopped", "crashed"),
}
_VOLUMES = {"available", "in-use", "reserved", "attaching", "error", "error_extending", "error_deleting"}
_WHOLE = {"available", "in-use", "reserved", "attaching"}
_SNAPSHOTS = {"available", "error", "error_deleting"}


def broken(cloud: Cloud, *, planted: frozenset[str] = frozenset()) -> list[str]:
    """Every sentence that is not as it should be. `planted`: ids in the world without a row, because the test put them there."""

    def look(tx: Tx) -> list[str]:
        with cloud.world.lock:
            return [says for check in CHECKS for says in check(tx, cloud.world)]

    found: list[str] = cloud.read(look)
    return [says for says in found if not any(id in says for id in planted)]


def untold(cloud: Cloud) -> list[str]:
    """What the journal does not tell as it was: it costs more, and may be asked once at the end."""
    found: list[str] = cloud.read(gaps)
    return found


def strange_files(cloud: Cloud) -> set[str]:
    """Bytes of images that have no row, and images whose bytes are not there. A deletion's bytes go a moment later."""
    there = {path.name for path in (cloud.state / "images").glob("*")}
    whole: set[str] = cloud.read(with_bytes)
    return there ^ whole


def _ids(tx: Tx, table: sa.Table) -> set[str]:
    return {row.id for row in tx.all(sa.select(table.c.id))}


def servers_rest(tx: Tx, world: World) -> Iterator[str]:
    """ACTIVE, SHUTOFF, PAUSED, SUSPENDED, or ERROR with a fault text; and nothing is still being done."""
    columns = servers.c.id, servers.c.vm_state, servers.c.task_state, servers.c.fault
    for row in tx.all(sa.select(*columns)):
        if row.vm_state not in _POWERS or row.task_state is not None:
            yield f"server {row.id} does not rest: {row.vm_state}, {row.task_state}"
        if row.vm_state == "error" and not (row.fault or {}).get("message"):
            yield f"server {row.id} is in error, and nobody says why"


def guests_are_as_servers(tx: Tx, world: World) -> Iterator[str]:
    """A server has one guest, on its host, in its power; one in error at most one there; nobody else has any."""
    guests: dict[str, list[Any]] = {}
    for guest in world.guests.values():
        guests.setdefault(guest.spec.server_id, []).append(guest)
    columns = servers.c.id, servers.c.vm_state, servers.c.host, servers.c.power_state
    for row in tx.all(sa.select(*columns)):
        found = guests.pop(row.id, [])
        if [guest.host for guest in found] not in ([row.host], *([[]] if row.vm_state == "error" else [])):
            yield f"server {row.id} is {row.vm_state} on {row.host}, its guests are on {[one.host for one in found]}"
        for guest in found:
            if guest.power not in _POWERS.get(row.vm_state, ()) or (guest.saved and row.vm_state != "suspended"):
                yield f"server {row.id} is {row.vm_state}, its guest is {guest.power}, saved: {guest.saved}"
            elif row.vm_state != "error" and POWER_STATES[guest.power] != row.power_state:
                yield f"server {row.id} shows power {row.power_state}, its guest is {guest.power}"
    for id, strays in guests.items():
        yield f"guest of {id} on {[one.host for one in strays]} without a server"


def guests_have_what_rows_give(tx: Tx, world: World) -> Iterator[str]:
    """The ports of its device, and the volumes that are attached to it; and metadata is told to guests only."""
    nics: dict[str, set[str]] = {}
    for row in tx.all(sa.select(ports.c.id, ports.c.device_id).where(ports.c.device_owner.startswith("compute:"))):
        nics.setdefault(row.device_id, set()).add(row.id)
    disks: dict[str, set[str]] = {}
    for row in tx.all(sa.select(attachments).where(attachments.c.by_compute)):
        disks.setdefault(row.server_id, set()).add(row.volume_id)
    failed = {row.id for row in tx.all(sa.select(servers.c.id).where(servers.c.vm_state == "error"))}
    for guest in world.guests.values():
        id = guest.spec.server_id
        plugged = {nic.port_id for nic in guest.spec.nics}
        both = [*guest.spec.volumes, *([guest.spec.root] if isinstance(guest.spec.root, VolumeDisk) else [])]
        opened = {disk.volume_id for disk in both}
        if id not in failed and plugged != nics.get(id, set()):
            yield f"guest of {id} has ports {plugged}, its rows say {nics.get(id)}"
        if id not in failed and opened != disks.get(id, set()):
            yield f"guest of {id} has volumes {opened}, its rows say {disks.get(id)}"
    for name in set(world.answering) - set(world.guests):
        yield f"metadata is told to {name}, where no guest is"
    for name in world.copies:
        yield f"a copy of a disk that nobody needs: {name}"


def claims_are_held_exactly_by_placed_servers(tx: Tx, world: World) -> Iterator[str]:
    """Who has a host has its flavor claimed there, and nobody else claims anything."""
    uuids = {row.name: row.uuid for row in tx.all(sa.select(hosts.c.name, hosts.c.uuid))}
    placed = tx.all(sa.select(servers.c.id, servers.c.host, servers.c.vcpus, servers.c.ram).where(servers.c.host != ""))
    right = {(row.id, uuids.get(row.host), "VCPU", row.vcpus) for row in placed}
    right |= {(row.id, uuids.get(row.host), "MEMORY_MB", row.ram) for row in placed}
    held = tx.all(sa.select(allocations).where(allocations.c.resource_class != "DISK_GB"))
    for claim in right ^ {(row.consumer, row.provider, row.resource_class, row.amount) for row in held}:
        yield f"claim {claim}: should be {claim in right}"
    for row in tx.all(sa.select(allocations.c.consumer).distinct()):
        if row.consumer not in {one.id for one in placed}:
            yield f"a claim of {row.consumer}, which is on no host"


def attached_exactly_when_in_use(tx: Tx, world: World) -> Iterator[str]:
    """What a server has is attached and done with, in compute's rows and in block storage's."""
    for row in tx.all(sa.select(server_volumes).where(server_volumes.c.state != "attached")):
        yield f"volume {row.volume_id} of server {row.server_id} is {row.state}"
    for row in tx.all(sa.select(interfaces)):
        yield f"port {row.port_id} of server {row.server_id} is {row.state}"
    theirs = {(row.attachment_id, row.server_id, row.volume_id) for row in tx.all(sa.select(server_volumes))}
    held = tx.all(sa.select(attachments).where(attachments.c.by_compute))
    for one in theirs ^ {(row.id, row.server_id, row.volume_id) for row in held}:
        yield f"attachment {one} is known to one of compute and block storage only"
    for row in held:
        if row.status != "attached":
            yield f"attachment {row.id} of server {row.server_id} is {row.status}"
    for row in tx.all(sa.select(attachments).where(attachments.c.status.in_(("detaching", "unexporting")))):
        yield f"attachment {row.id} goes for ever"


def volumes_are_there(tx: Tx, world: World) -> Iterator[str]:
    """At rest, with their bytes and no others; and hosts open only what is held for them."""
    for table, outside, rests, whole in (
        (volumes, world.volumes, _VOLUMES, _WHOLE),
        (snapshots, world.snapshots, _SNAPSHOTS, {"available"}),
    ):
        rows = tx.all(sa.select(table.c.id, table.c.status, table.c.agent, table.c.fault))
        for row in rows:
            if row.status not in rests:
                yield f"{table.name} {row.id} does not rest: {row.status}"
            if row.status.startswith("error") and not row.fault:
                yield f"{table.name} {row.id} is {row.status}, and nobody says why"
            if row.status in whole and row.id not in outside:
                yield f"{table.name} {row.id} is {row.status}, without bytes"
        for id in set(outside) - {row.id for row in rows if row.agent is not None}:
            yield f"bytes of {table.name} {id}, which is in no pool"
    held = tx.all(sa.select(attachments.c.volume_id, attachments.c.export_host, attachments.c.source))
    exported = {(id, host) for id, volume in world.volumes.items() for host in volume.hosts}
    for id, host in exported - {(row.volume_id, row.export_host) for row in held}:
        yield f"volume {id} is exported to {host}, and held for nobody there"
    for id, host in {(row.volume_id, row.export_host) for row in held if row.source} - exported:
        yield f"volume {id} is held for {host}, and not exported"
    sizes = tx.all(sa.select(volumes.c.id, volumes.c.size).where(volumes.c.status.in_(_WHOLE)))
    for row in sizes:
        found = world.volumes.get(row.id)
        if found is not None and found.size_gib < row.size:
            yield f"volume {row.id} has {found.size_gib} of its {row.size} GiB"


def ports_have_devices(tx: Tx, world: World) -> Iterator[str]:
    """What a port belongs to is there, and no address is given twice."""
    there = _ids(tx, servers) | _ids(tx, routers)
    for row in tx.all(sa.select(ports.c.id, ports.c.device_id, ports.c.device_owner)):
        owned = row.device_owner.startswith("compute:") or row.device_owner in ROUTER_OWNERS
        if owned and row.device_id not in there:
            yield f"port {row.id} belongs to {row.device_owner} {row.device_id}, which is no more"
    given = Counter((row.subnet_id, row.ip_address) for row in tx.all(sa.select(addresses)))
    for address, times in given.items():
        if times > 1:
            yield f"address {address} is given {times} times"


def the_switch_has_what_rows_say(tx: Tx, world: World) -> Iterator[str]:
    """Each network, port, router and group is written as its rows say now, and nothing else is."""
    wired = tx.all(sa.select(ports.c.id, ports.c.network_id).where(ports.c.device_owner != FLOATING))
    says: dict[str, dict[str, Any]] = {
        "switch": {id: statements.of_network(tx, id) for id in _ids(tx, networks)},
        "port": {row.id: statements.of_port(tx, row.id, row.network_id) for row in wired},
        "router": {id: statements.of_router(tx, id) for id in _ids(tx, routers)},
        "group": {id: statements.of_group(tx, id) for id in _ids(tx, groups)},
    }
    for kind, wanted in says.items():
        written = {id: row.statement for id, row in world.written(kind).items()}
        for id in written.keys() - wanted.keys():
            yield f"the switch has {kind} {id}, which has no row"
        for id, statement in wanted.items():
            if written.get(id) != statement:
                yield f"the switch has {kind} {id} as {written.get(id)}, its rows say {statement}"


def images_rest(tx: Tx, world: World) -> Iterator[str]:
    """No image is still being written."""
    for row in tx.all(sa.select(images).where(images.c.status.not_in(("active", "queued", "deactivated")))):
        yield f"image {row.id} does not rest: {row.status}"


def nothing_is_asked(tx: Tx, world: World) -> Iterator[str]:
    """Where nothing goes on, nobody is asked anything, and nothing waits to begin."""
    for row in tx.all(sa.select(asks.c.body, asks.c.subject)):
        yield f"{row.subject} is asked, and nobody waits for the answer: {row.body}"
    for row in tx.all(sa.select(signals)):
        yield f"{row.flow} of {row.subject_id} waits, and nothing goes on"


def the_doctor_finds_nothing(tx: Tx, world: World) -> Iterator[str]:
    """Usage equals rows, and whatever else the product itself looks for."""
    for stray in (*compute_existing.astray(tx), *storage_existing.astray(tx)):
        yield stray.says


CHECKS: list[Check] = [
    servers_rest,
    guests_are_as_servers,
    guests_have_what_rows_give,
    claims_are_held_exactly_by_placed_servers,
    attached_exactly_when_in_use,
    volumes_are_there,
    ports_have_devices,
    the_switch_has_what_rows_say,
    images_rest,
    nothing_is_asked,
    the_doctor_finds_nothing,
]
