"""Networks."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, NoCapacity
from gureum.kernel.ids import new_uuid
from gureum.kernel.store.tx import Tx
from gureum.network import faults
from gureum.network.floating_ip import FloatingIp
from gureum.network.flows import realise
from gureum.network.network import Network
from gureum.network.port import AUTO_DELETED, FLOATING, GATEWAY
from gureum.network.service import access, default_groups, holding, quotas
from gureum.network.settings import settings
from gureum.network.store import floating_ips, ports, subnets
from gureum.network.store import networks as store

MOST_TUNNEL_ID = 2**24 - 1
Values = Mapping[str, Any]
"""Attributes as the API names them."""


def target(network: Network) -> dict[str, Any]:
    """A network as rules see it."""
    return {
        "project_id": network.project_id,
        "tenant_id": network.project_id,
        "shared": network.shared,
        "router:external": network.external,
    }


def reach(caller: Caller) -> sa.ColumnElement[bool]:
    """The networks that the caller may see."""
    table = store.networks
    return access.reach(
        caller,
        "get_network",
        [
            access.owned(caller, table.c.project_id),
            ({"shared": True}, table.c.shared),
            ({"router:external": True}, table.c.external),
        ],
    )


def get(tx: Tx, caller: Caller, id: str) -> Network:
    """A network. Raises NotFound, also for one that the caller may not see."""
    network = store.get(tx, id)
    if not access.allows(caller, "get_network", target(network)):
        raise faults.network_not_found(id)
    return network


def create(tx: Tx, caller: Caller, values: Values, given: Values | None = None) -> Network:
    """A new network. `given` are the attributes that were asked for, which may have rules of their own.

    Raises Forbidden, OverQuota, Invalid for an impossible segment, Conflict for one that is taken.
    """
    project_id = str(values["project_id"])
    access.demand(caller, "create_network", {"project_id": project_id, "tenant_id": project_id}, given or {})
    quotas.check(tx, project_id, "network")
    if project_id:
        default_groups.ensure(tx, project_id)
    segment = _segment(tx, values)
    most = settings.most_mtu(segment["network_type"])
    mtu = values.get("mtu") or most
    _check_mtu(mtu, most)
    id = new_uuid()
    store.add(
        tx,
        id=id,
        project_id=project_id,
        name=values.get("name", ""),
        description=values.get("description", ""),
        admin_state_up=values.get("admin_state_up", True),
        shared=values.get("shared", False),
        external=values.get("router:external", False),
        is_default=bool(values.get("is_default", False)),
        mtu=mtu,
        port_security_enabled=values.get("port_security_enabled", True),
        **segment,
    )
    realise.network(tx, id)
    return store.get(tx, id)


def _check_mtu(mtu: int, most: int) -> None:
    if mtu > most:
        raise faults.invalid_input(f"Requested MTU is too big, maximum is {most}")


def _segment(tx: Tx, values: Values) -> dict[str, Any]:
    """The columns that say where on the wire a network is."""
    kind = values.get("provider:network_type")
    physical, number = values.get("provider:physical_network"), values.get("provider:segmentation_id")
    if kind is None:
        if physical is not None or number is not None:
            raise faults.invalid_input("network_type required")
        kind = settings.tenant_type
    if kind not in settings.network_types:
        raise faults.invalid_input(f"network_type value '{kind}' not supported")
    tx.lock("segments", kind)
    if kind == "local":
        _without(kind, physical_network=physical, segmentation_id=number)
        return _columns(kind, None, None, None)
    if kind == "flat":
        return _flat(tx, physical, number)
    if kind == "vlan":
        return _vlan(tx, physical, number)
    _without(kind, physical_network=physical)
    _check_range(number, (1, MOST_TUNNEL_ID))
    number = _numbered(tx, kind, None, number, settings.tunnel_ids)
    return _columns(kind, None, number, f"{kind}/{number}")


def _columns(kind: str, physical: str | None, number: int | None, key: str | None) -> dict[str, Any]:
    return {"network_type": kind, "physical_network": physical, "segmentation_id": number, "segment_key": key}


def _without(kind: str, **unfit: Any) -> None:
    for name, value in unfit.items():
        if value is not None:
            shown = kind if kind == "local" else kind.upper() if kind == "vlan" else kind
            raise faults.invalid_input(f"{name} prohibited for {shown} provider network")


def _known(kind: str, physical: str) -> None:
    if physical not in settings.physical_networks:
        raise faults.invalid_input(f"physical_network '{physical}' unknown for {kind} provider network")


def _flat(tx: Tx, physical: str | None, number: int | None) -> dict[str, Any]:
    if physical is None:
        raise faults.invalid_input("physical_network required for flat provider network")
    _known("flat", physical)
    _without("flat", segmentation_id=number)
    key = f"flat/{physical}"
    if store.segment_owner(tx, key) is not None:
        raise Conflict(
            f"Unable to create the flat network. Physical network {physical} is in use.", name="FlatNetworkInUse"
        )
    return _columns("flat", physical, None, key)


def _vlan(tx: Tx, physical: str | None, number: int | None) -> dict[str, Any]:
    if physical is None:
        if number is not None:
            raise faults.invalid_input("segmentation_id requires physical_network for VLAN provider network")
        if not settings.physical_networks:
            raise NoCapacity("Unable to create the network. No tenant network is available for allocation.")
        physical = settings.physical_networks[0]
    _known("VLAN", physical)
    _check_range(number, settings.vlan_ids)
    number = _numbered(tx, "vlan", physical, number, settings.vlan_ids)
    return _columns("vlan", physical, number, f"vlan/{physical}/{number}")


def _check_range(number: int | None, allowed: tuple[int, int]) -> None:
    low, high = allowed
    if number is not None and not low <= number <= high:
        raise faults.invalid_input(f"segmentation_id out of range ({low} through {high})")


def _numbered(tx: Tx, kind: str, physical: str | None, number: int | None, allowed: tuple[int, int]) -> int:
    """The segmentation id asked for, when it is free, or the lowest free one."""
    if number is None:
        number = store.free_segment(tx, kind, physical, *allowed)
        if number is None:
            raise NoCapacity(
                "Unable to create the network. No tenant network is available for allocation.",
                name="NoNetworkAvailable",
            )
        return number
    if store.segment_owner(tx, f"vlan/{physical}/{number}" if kind == "vlan" else f"{kind}/{number}") is None:
        return number
    if kind == "vlan":
        raise Conflict(
            f"Unable to create the network. The VLAN {number} on physical network {physical} is in use.",
            name="VlanIdInUse",
        )
    raise Conflict(f"Unable to create the network. The tunnel ID {number} is in use.", name="TunnelIdInUse")


_PLAIN = ("name", "description", "admin_state_up", "shared", "is_default", "mtu", "port_security_enabled")


def update(tx: Tx, caller: Caller, id: str, values: Values) -> Network:
    """Change a network. Raises NotFound, Forbidden, Invalid, and Conflict for sharing or access that is in use."""
    network = get(tx, caller, id)
    access.demand(caller, "update_network", target(network), values)
    if any(name.startswith("provider:") for name in values):
        _refuse_segment(network, values)
    if "mtu" in values:
        values = {**values, "mtu": values["mtu"] or settings.most_mtu(network.network_type)}
        _check_mtu(values["mtu"], settings.most_mtu(network.network_type))
    columns = {name: values[name] for name in _PLAIN if name in values}
    if values.get("router:external", network.external) != network.external:
        columns["external"] = values["router:external"]
        if network.external:
            _check_no_gateways(tx, id)
    if network.shared and values.get("shared") is False:
        _check_no_strangers(tx, network)
    store.change(tx, id, **columns)
    realise.network(tx, id)
    return store.get(tx, id)


def _refuse_segment(network: Network, values: Values) -> None:
    present = {
        "provider:network_type": network.network_type,
        "provider:physical_network": network.physical_network,
        "provider:segmentation_id": network.segmentation_id,
    }
    changed = [name for name, value in present.items() if name in values and values[name] != value]
    if changed == ["provider:segmentation_id"]:
        raise faults.invalid_input("Only VLAN type networks can be updated.")
    if changed:
        raise faults.invalid_input(
            "Plugin does not support updating the following provider network attributes: provider:network_type, "
            "provider:physical_network"
        )


def _check_no_gateways(tx: Tx, id: str) -> None:
    table = ports.ports
    if ports.select(tx, table.c.network_id == id, table.c.device_owner.in_([GATEWAY, FLOATING])):
        raise Conflict(
            f"External network {id} cannot be updated to be made non-external, since it has existing gateway ports.",
            name="ExternalNetworkInUse",
        )


def _check_no_strangers(tx: Tx, network: Network) -> None:
    table = ports.ports
    strangers = ports.select(
        tx,
        table.c.network_id == network.id,
        table.c.project_id.not_in([network.project_id, ""]),
        table.c.device_owner.not_in([GATEWAY, FLOATING]),
    )
    if strangers:
        raise Conflict(
            f"Unable to reconfigure sharing settings for network {network.id}. Multiple projects are using it.",
            name="InvalidSharedSetting",
        )


def _idle_floating_ips(tx: Tx, id: str) -> list[FloatingIp]:
    table = floating_ips.floating_ips
    return floating_ips.select(tx, table.c.floating_network_id == id, table.c.port_id.is_(None))


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Remove a network with its subnets, and with floating IPs that lead nowhere.

    Raises NotFound, Forbidden, Conflict naming the ports that are still on it.
    """
    network = get(tx, caller, id)
    access.demand(caller, "delete_network", target(network))
    tx.lock("network", id)
    present = ports.select(tx, ports.ports.c.network_id == id)
    idle = _idle_floating_ips(tx, id)
    gone = {one.floating_port_id for one in idle}
    others = [port.id for port in present if port.device_owner not in AUTO_DELETED and port.id not in gone]
    if others:
        raise faults.network_in_use(id, sorted(others))
    for floating in idle:
        floating_ips.remove(tx, floating.id)
    for port in present:
        holding.drop(tx, port)
    for subnet in subnets.of_network(tx, id):
        subnets.remove(tx, subnet.id)
    store.remove(tx, id)
    realise.network(tx, id)
