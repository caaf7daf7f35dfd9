"""What the compute service asks of networks: ports for its servers, from the request to the last trace.

Faults carry the sentences of the compute API.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from gureum.contracts import hypervisor as hv
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Forbidden, Invalid, NotFound, OverQuota
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx
from gureum.network.flows import realise
from gureum.network.network import Network
from gureum.network.port import Port
from gureum.network.service import default_groups, holding, networks, ports, quotas
from gureum.network.service import metadata_ports as metadata
from gureum.network.store import networks as network_store
from gureum.network.store import ports as store
from gureum.network.store import security_groups, subnets

OWNER = "compute:nova"


@dataclass(frozen=True, slots=True)
class NetworkRequest:
    """One NIC that a server shall have: on a network (maybe with an address), or a port that exists."""

    network_id: str | None = None
    port_id: str | None = None
    fixed_ip: str | None = None
    tag: str | None = None


def available_networks(tx: Tx, caller: Caller) -> list[Network]:
    """The networks that a server may be on when none is named: the project's own and shared ones with a subnet."""
    table = network_store.networks
    mine = sa.or_(table.c.project_id == caller.project_id, table.c.shared)
    with_subnet = sa.select(subnets.subnets.c.network_id)
    where = [mine, table.c.admin_state_up, table.c.id.in_(with_subnet)]
    if not _may_attach_external(caller):
        where.append(sa.or_(~table.c.external, table.c.shared))
    return network_store.select(tx, *where)


def check_requests(tx: Tx, caller: Caller, requests: Sequence[NetworkRequest], count: int = 1) -> None:
    """Refuse what could not be had: Invalid, Conflict, Forbidden or OverQuota, before anything is made."""
    seen: set[str] = set()
    new = 0
    for request in requests:
        if request.port_id is not None:
            _check_port(tx, caller, request.port_id, seen, count)
        else:
            new += 1
            _check_network(tx, caller, request, count)
    if new and caller.project_id:
        tx_free = _ports_left(tx, caller.project_id)
        if tx_free is not None and new * count > tx_free:
            raise OverQuota("Maximum number of ports exceeded", over=[], resource="port")


def _ports_left(tx: Tx, project_id: str) -> int | None:
    limit = quotas.quotas.of(tx, project_id)["port"]
    return None if limit < 0 else limit - quotas.used(tx, project_id, "port")


def _check_port(tx: Tx, caller: Caller, id: str, seen: set[str], count: int) -> None:
    try:
        port = ports.get(tx, caller, id)
    except NotFound:
        raise Invalid(f"Port id {id} could not be found.", name="PortNotFound") from None
    if count > 1:
        raise Invalid(
            "Unable to launch multiple instances with a single configured port ID. Please launch your "
            "instance one by one with different ports.",
            name="MultiplePortsNotApplicable",
        )
    if port.device_id or id in seen:
        raise Conflict(f"Port {id} is still in use.", name="PortInUse")
    seen.add(id)
    if not port.fixed_ips:
        raise Invalid(f"Port {id} requires a FixedIP in order to be used.", name="PortRequiresFixedIP")


def _may_attach_external(caller: Caller) -> bool:
    """Whether servers may be on external networks: a rule of the compute service, by its name."""
    return policy.allows("compute", "network:attach_external_network", caller)


def _check_network(tx: Tx, caller: Caller, request: NetworkRequest, count: int) -> None:
    id = request.network_id or ""
    try:
        network = networks.get(tx, caller, id)
    except NotFound:
        raise Invalid(f"Network {id} could not be found.", name="NetworkNotFound") from None
    mine = network.shared or network.project_id == caller.project_id
    if network.external and not mine and not _may_attach_external(caller):
        raise Forbidden(
            f"It is not allowed to create an interface on external network {id}", name="ExternalNetworkAttachForbidden"
        )
    present = subnets.of_network(tx, id)
    if not present:
        raise Invalid(f"Network {id} requires a subnet in order to boot instances on.", name="NetworkRequiresSubnet")
    if request.fixed_ip is None:
        return
    if count > 1:
        raise Invalid(
            "Failed to launch instances: fixed_ip can't be specified when launching more than one.",
            name="InvalidFixedIpAndMaxCountRequest",
        )
    for subnet in present:
        holder = store.holder(tx, subnet.id, request.fixed_ip)
        if holder is not None:
            device = store.get(tx, holder).device_id
            raise Invalid(
                f"Fixed IP address {request.fixed_ip} is already in use on instance {device}.",
                name="FixedIpAlreadyInUse",
            )


def check_security_groups(tx: Tx, caller: Caller, names: Sequence[str]) -> list[str]:
    """The ids of groups given by name or id; `default` is made when it is not there yet. Raises Invalid, Conflict."""
    project_id = caller.project_id or ""
    if "default" in names:
        default_groups.ensure(tx, project_id)
    found = security_groups.ids_named(tx, project_id, names)
    ids: list[str] = []
    for name in names:
        matches = found.get(name, [])
        if not matches:
            raise Invalid(f"Security group {name} not found.", name="SecurityGroupNotFound")
        if len(matches) > 1:
            raise Conflict(
                f"Multiple security groups found matching '{name}'. Use an ID to be more specific.",
                name="NoUniqueMatch",
            )
        ids.append(matches[0])
    return list(dict.fromkeys(ids))


def allocate(
    tx: Tx,
    caller: Caller,
    server_id: str,
    requests: Sequence[NetworkRequest],
    groups: Sequence[str] = (),
    hostname: str = "",
) -> list[Port]:
    """Give a server its ports, in the order of the requests; further ones come behind those it has.

    `groups` are names or ids for the ports that are made (none: `default`). Raises what `check_requests` does.
    """
    check_requests(tx, caller, requests)
    group_ids = check_security_groups(tx, caller, groups) if groups else None
    place = len(store.of_device(tx, server_id))
    made: list[Port] = []
    for offset, request in enumerate(requests):
        columns = {"device_id": server_id, "device_owner": OWNER, "hostname": hostname, "device_tag": request.tag}
        port = store.get(tx, request.port_id) if request.port_id else _make(tx, caller, request, group_ids)
        made_here = request.port_id is None
        store.change(tx, port.id, **columns, device_place=place + offset, made_for_device=made_here)
        realise.port(tx, port.id, port.network_id)
        made.append(store.get(tx, port.id))
    return made


def _make(tx: Tx, caller: Caller, request: NetworkRequest, group_ids: Sequence[str] | None) -> Port:
    project_id = caller.project_id or ""
    network = network_store.get(tx, request.network_id or "")
    quotas.check(tx, project_id, "port")
    secure = network.port_security_enabled
    if not secure and group_ids:
        raise Invalid(
            "Network requires port_security_enabled and subnet associated in order to apply security groups.",
            name="SecurityGroupCannotBeApplied",
        )
    if group_ids is None:
        group_ids = [default_groups.ensure(tx, project_id)] if secure else []
    wishes = [{"ip_address": request.fixed_ip}] if request.fixed_ip else None
    return holding.make(
        tx,
        network,
        wishes,
        project_id=project_id,
        device_owner=OWNER,
        port_security_enabled=secure,
        security_groups=list(group_ids),
    )


def bind(tx: Tx, server_id: str, host: str, zone: str = "nova") -> None:
    """The server will run on `host`: its ports are bound there."""
    for port in store.of_device(tx, server_id):
        if port.host_id != host:
            store.change(tx, port.id, host_id=host, device_owner=f"compute:{zone}")


def unbind(tx: Tx, server_id: str) -> None:
    """The server runs nowhere now; its ports stay its own."""
    for port in store.of_device(tx, server_id):
        if port.host_id:
            store.change(tx, port.id, host_id="", status="DOWN")


def ports_of(tx: Tx, server_id: str) -> list[Port]:
    """The server's ports in order."""
    return store.of_device(tx, server_id)


def nics(tx: Tx, server_id: str, leaving: Collection[str] = ()) -> tuple[hv.Nic, ...]:
    """The server's NICs in order, for its host, without those of the ports that are `leaving`."""
    found = _staying(tx, server_id, leaving)
    mtus = {network.id: network.mtu for network in _networks(tx, found)}
    return tuple(
        hv.Nic(port_id=port.id, mac=port.mac_address, mtu=mtus[port.network_id], network_id=port.network_id)
        for port in found
    )


def _networks(tx: Tx, of: Sequence[Port]) -> list[Network]:
    return network_store.select(tx, network_store.networks.c.id.in_({port.network_id for port in of}))


def _staying(tx: Tx, server_id: str, leaving: Collection[str]) -> list[Port]:
    return [port for port in store.of_device(tx, server_id) if port.id not in leaving]


def metadata_ports(tx: Tx, server_id: str, leaving: Collection[str] = ()) -> tuple[hv.MetadataPort, ...]:
    """Where the server's host answers for metadata, a place for each of its networks that has one."""
    wanted = {port.network_id for port in _staying(tx, server_id, leaving)}
    found = metadata.of_networks(tx, wanted)
    ranges = subnets.by_id(tx, (one.subnet_id for port in found for one in port.fixed_ips))
    return tuple(
        hv.MetadataPort(
            network_id=port.network_id,
            port_id=port.id,
            mac=port.mac_address,
            addresses=tuple(f"{one.ip_address}/{ranges[one.subnet_id].network.prefixlen}" for one in port.fixed_ips),
        )
        for port in found
    )


def devices(tx: Tx, *, made_for: bool = False) -> set[str]:
    """The ids of servers that ports say they belong to; `made_for`: only ports that were made for them."""
    table = store.ports
    where = [table.c.device_owner.startswith("compute:"), table.c.device_id != ""]
    if made_for:
        where.append(table.c.made_for_device)
    return {row.device_id for row in tx.all(sa.select(table.c.device_id).where(*where).distinct())}


def release(tx: Tx, server_id: str) -> None:
    """The server is gone: remove the ports that were made for it, give back those it was given."""
    for port in store.of_device(tx, server_id):
        release_port(tx, port)


def release_port(tx: Tx, port: Port) -> None:
    """Take one port from its server."""
    if port.made_for_device:
        holding.drop(tx, port)
        return
    store.change(
        tx,
        port.id,
        device_id="",
        device_owner="",
        host_id="",
        status="DOWN",
        hostname="",
        device_tag=None,
        device_place=0,
    )
    realise.port(tx, port.id, port.network_id)


def add_security_group(tx: Tx, caller: Caller, server_id: str, name: str) -> None:
    """Put the server's ports into a group. Raises NotFound for the group, Invalid for a server without fit ports."""
    id = _group(tx, caller, name)
    fit = [port for port in store.of_device(tx, server_id) if port.port_security_enabled and port.fixed_ips]
    if not fit:
        raise Invalid(
            "Network requires port_security_enabled and subnet associated in order to apply security groups.",
            name="SecurityGroupCannotBeApplied",
        )
    for port in fit:
        if id not in port.security_groups:
            ports.set_groups(tx, port, [*port.security_groups, id])


def remove_security_group(tx: Tx, caller: Caller, server_id: str, name: str) -> None:
    """Take the server's ports out of a group. Raises NotFound when the group is none, or none of them is in it."""
    id = _group(tx, caller, name)
    members = [port for port in store.of_device(tx, server_id) if id in port.security_groups]
    if not members:
        raise NotFound(
            f"Security group {name} not associated with the instance {server_id}",
            name="SecurityGroupNotExistsForInstance",
        )
    for port in members:
        ports.set_groups(tx, port, [one for one in port.security_groups if one != id])


def _group(tx: Tx, caller: Caller, name: str) -> str:
    try:
        return check_security_groups(tx, caller, [name])[0]
    except Invalid as fault:
        raise NotFound(f"Security group {name} is not found for project {caller.project_id}", name=fault.name) from None
