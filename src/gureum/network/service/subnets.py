"""Subnets."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gureum.kernel.caller import Caller
from gureum.kernel.ids import new_uuid
from gureum.kernel.store.tx import Tx
from gureum.network import addressing, faults
from gureum.network.flows import realise
from gureum.network.network import Network
from gureum.network.port import AUTO_DELETED, GATEWAY, INTERFACE
from gureum.network.service import access, holding, ipam, metadata_ports, networks, quotas, subnet_checks
from gureum.network.store import networks as network_store
from gureum.network.store import ports, routers
from gureum.network.store import subnets as store
from gureum.network.subnet import Range, Subnet

Values = Mapping[str, Any]


def target(project_id: str, network: Network) -> dict[str, Any]:
    """A subnet as rules see it: most is its network's."""
    return {
        "project_id": project_id,
        "tenant_id": project_id,
        "network:project_id": network.project_id,
        "shared": network.shared,
        "router:external": network.external,
    }


def reach(caller: Caller) -> sa.ColumnElement[bool]:
    """The subnets that the caller may see; the statement must join networks."""
    table, nets = store.subnets, network_store.networks
    return access.reach(
        caller,
        "get_subnet",
        [
            access.owned(caller, table.c.project_id),
            ({"network:project_id": caller.project_id}, nets.c.project_id == caller.project_id),
            ({"shared": True}, nets.c.shared),
            ({"router:external": True}, nets.c.external),
        ],
    )


def get(tx: Tx, caller: Caller, id: str) -> tuple[Subnet, Network]:
    """A subnet and its network. Raises NotFound, also for one that the caller may not see."""
    subnet = store.get(tx, id)
    network = network_store.get(tx, subnet.network_id)
    if not access.allows(caller, "get_subnet", target(subnet.project_id, network)):
        raise faults.subnet_not_found(id)
    return subnet, network


def create(tx: Tx, caller: Caller, values: Values, given: Values | None = None) -> Subnet:
    """A new subnet. Raises NotFound for its network, Forbidden, OverQuota, Invalid, Conflict."""
    network = networks.get(tx, caller, values["network_id"])
    project_id = str(values["project_id"])
    access.demand(caller, "create_subnet", target(project_id, network), given or {})
    quotas.check(tx, project_id, "subnet")
    tx.lock("network", network.id)
    cidr = subnet_checks.cidr(tx, network.id, values)
    gateway = values["gateway_ip"] if "gateway_ip" in values else addressing.default_gateway(cidr)
    pools = values.get("allocation_pools")
    if pools is None:
        pools = addressing.pools_without(cidr, [gateway] if gateway else [])
    subnet_checks.gateway(cidr, gateway)
    pools = subnet_checks.pools(cidr, pools, gateway)
    subnet_checks.lists(values, "new subnet")
    id = new_uuid()
    store.add(
        tx,
        id=id,
        project_id=project_id,
        network_id=network.id,
        name=values.get("name", ""),
        description=values.get("description", ""),
        ip_version=values["ip_version"],
        cidr=cidr,
        gateway_ip=gateway,
        enable_dhcp=values.get("enable_dhcp", True),
        ipv6_ra_mode=values.get("ipv6_ra_mode"),
        ipv6_address_mode=values.get("ipv6_address_mode"),
        allocation_pools=pools,
        host_routes=list(values.get("host_routes") or []),
        dns_nameservers=list(values.get("dns_nameservers") or []),
        service_types=list(values.get("service_types") or []),
    )
    network_store.change(tx, network.id)
    subnet = store.get(tx, id)
    if subnet.automatic:
        _address_present_ports(tx, subnet)
    metadata_ports.ensure(tx, network.id)
    realise.network(tx, network.id)
    return subnet


def _address_present_ports(tx: Tx, subnet: Subnet) -> None:
    """Ports that were there before get the address that their guest will make for itself."""
    table = ports.ports
    for port in ports.select(tx, table.c.network_id == subnet.network_id, table.c.device_owner.not_like("network:%")):
        wishes = [{"subnet_id": one.subnet_id, "ip_address": one.ip_address} for one in port.fixed_ips]
        wishes.append({"subnet_id": subnet.id})
        holding.move(tx, port, ipam.choose(tx, port.network_id, port.mac_address, wishes, port.device_owner, port.id))
        realise.port(tx, port.id, port.network_id)


_PLAIN = ("name", "description", "enable_dhcp", "gateway_ip", "host_routes", "dns_nameservers", "service_types")


def update(tx: Tx, caller: Caller, id: str, values: Values) -> tuple[Subnet, Network]:
    """Change a subnet. Raises NotFound, Forbidden, Invalid, Conflict for a gateway that is in use."""
    subnet, network = get(tx, caller, id)
    access.demand(caller, "update_subnet", target(subnet.project_id, network), values)
    tx.lock("subnet", id)
    columns: dict[str, Any] = {name: values[name] for name in _PLAIN if name in values}
    for name in ("host_routes", "dns_nameservers", "service_types"):
        if name in columns:
            columns[name] = list(columns[name] or [])
    subnet_checks.lists(values, id)
    gateway = columns.get("gateway_ip", subnet.gateway_ip)
    if "gateway_ip" in columns:
        subnet_checks.gateway(subnet.cidr, gateway)
        _check_gateway_unused(tx, subnet, gateway)
    pools: Sequence[Range] = values.get("allocation_pools") or subnet.allocation_pools
    if "allocation_pools" in values or "gateway_ip" in columns:
        columns["allocation_pools"] = subnet_checks.pools(subnet.cidr, pools, gateway)
    store.change(tx, id, **columns)
    metadata_ports.ensure(tx, network.id)
    realise.network(tx, network.id)
    if "gateway_ip" in columns:
        for router in routers.select(tx, routers.routers.c.gateway_network_id == network.id):
            realise.router(tx, router.id)
    return store.get(tx, id), network


def _check_gateway_unused(tx: Tx, subnet: Subnet, gateway: str | None) -> None:
    if subnet.gateway_ip is None or gateway == subnet.gateway_ip:
        return
    holder = ports.holder(tx, subnet.id, subnet.gateway_ip)
    port = None if holder is None else ports.find(tx, holder)
    if port is not None and port.device_owner == INTERFACE:
        raise faults.gateway_in_use(subnet.gateway_ip, port.id)


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Remove a subnet. Raises NotFound, Forbidden, Conflict while ports of somebody hold addresses of it."""
    subnet, network = get(tx, caller, id)
    access.demand(caller, "delete_subnet", target(subnet.project_id, network))
    tx.lock("subnet", id)
    holders = ports.with_address_in(tx, id)
    if any(port.device_owner not in AUTO_DELETED and not _derived(port.device_owner, subnet) for port in holders):
        raise faults.subnet_in_use(id)
    for port in holders:
        rest = [one for one in port.fixed_ips if one.subnet_id != id]
        holding.move(tx, port, rest)
        realise.port(tx, port.id, port.network_id)
    store.remove(tx, id)
    network_store.change(tx, network.id)
    metadata_ports.ensure(tx, network.id)
    realise.network(tx, network.id)


def _derived(owner: str, subnet: Subnet) -> bool:
    """Whether a port of this owner loses an address of the subnet without a word, as one it never asked for."""
    return subnet.automatic and owner not in (INTERFACE, GATEWAY)
