"""Ports."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gureum.kernel.caller import Caller
from gureum.kernel.events import events
from gureum.kernel.faults import Conflict, Forbidden, Invalid
from gureum.kernel.store.tx import Tx
from gureum.network import dhcp_options, faults
from gureum.network.events import PortDeleted
from gureum.network.flows import realise
from gureum.network.network import Network
from gureum.network.port import FLOATING, GATEWAY, INTERFACE, Port
from gureum.network.service import access, default_groups, holding, ipam, networks, quotas
from gureum.network.store import networks as network_store
from gureum.network.store import ports as store
from gureum.network.store import routers, security_groups

Values = Mapping[str, Any]
NETWORK_OWNED = "network:"


def target(port: Values, network: Network) -> dict[str, Any]:
    """A port (its attributes) as rules see it: some are about its network."""
    return {
        "project_id": port["project_id"],
        "tenant_id": port["project_id"],
        "device_owner": port.get("device_owner", ""),
        "network:project_id": network.project_id,
        "shared": network.shared,
    }


def _target_of(tx: Tx, port: Port) -> dict[str, Any]:
    network = network_store.get(tx, port.network_id)
    return target({"project_id": port.project_id, "device_owner": port.device_owner}, network)


def reach(caller: Caller) -> sa.ColumnElement[bool]:
    """The ports that the caller may see: its own, and those on its networks."""
    table, nets = store.ports, network_store.networks
    mine = sa.select(nets.c.id).where(nets.c.project_id == caller.project_id)
    return access.reach(
        caller,
        "get_port",
        [
            access.owned(caller, table.c.project_id),
            ({"network:project_id": caller.project_id}, table.c.network_id.in_(mine)),
        ],
    )


def get(tx: Tx, caller: Caller, id: str) -> Port:
    """A port. Raises NotFound, also for one that the caller may not see."""
    port = store.get(tx, id)
    if not access.allows(caller, "get_port", _target_of(tx, port)):
        raise faults.port_not_found(id)
    return port


def create(tx: Tx, caller: Caller, values: Values, given: Values | None = None) -> Port:
    """A new port. Raises NotFound for its network or groups, Forbidden, OverQuota, Invalid, Conflict."""
    network = networks.get(tx, caller, values["network_id"])
    access.demand(caller, "create_port", target(values, network), given or {})
    project_id = str(values["project_id"])
    quotas.check(tx, project_id, "port")
    mac = values.get("mac_address")
    if mac is not None and store.mac_taken(tx, network.id, mac):
        raise _mac_in_use(network.id, mac)
    owner = values.get("device_owner", "")
    secure = values.get("port_security_enabled")
    secure = (network.port_security_enabled and not owner.startswith(NETWORK_OWNED)) if secure is None else secure
    groups = values.get("security_groups")
    if groups is None:
        groups = [default_groups.ensure(tx, project_id)] if secure and project_id else []
    else:
        check_groups(tx, caller, groups)
    _check_guarded(secure, groups, values.get("allowed_address_pairs") or [])
    port = holding.make(
        tx,
        network,
        values.get("fixed_ips"),
        mac_address=mac,
        project_id=project_id,
        name=values.get("name", ""),
        description=values.get("description", ""),
        admin_state_up=values.get("admin_state_up", True),
        device_id=values.get("device_id", ""),
        device_owner=owner,
        host_id=values.get("binding:host_id") or "",
        vnic_type=values.get("binding:vnic_type", "normal"),
        profile=values.get("binding:profile") or {},
        port_security_enabled=secure,
        security_groups=groups,
        allowed_address_pairs=[],
        extra_dhcp_opts=dhcp_options.merged([], values.get("extra_dhcp_opts") or []),
    )
    dhcp_options.check(port)
    pairs = _paired(values.get("allowed_address_pairs") or [], port.mac_address)
    if pairs:
        store.change(tx, port.id, allowed_address_pairs=pairs)
    return store.get(tx, port.id)


def check_groups(tx: Tx, caller: Caller, ids: Sequence[str]) -> None:
    """Raise NotFound unless all are groups of the caller's project (or the caller may see any)."""
    table = security_groups.groups
    visible = access.reach(caller, "get_security_group", [access.owned(caller, table.c.project_id)])
    known = {row.id for row in tx.all(sa.select(table.c.id).where(table.c.id.in_(ids), visible))}
    for id in ids:
        if id not in known:
            raise faults.group_not_found(id)


def _mac_in_use(network_id: str, mac: str) -> Conflict:
    return Conflict(
        f"Unable to complete operation for network {network_id}. The mac address {mac} is in use.",
        name="MacAddressInUse",
    )


def _check_guarded(secure: bool, groups: Sequence[str], pairs: Sequence[Any]) -> None:
    if secure:
        return
    if groups:
        raise Conflict(
            "Port has security group associated. Cannot disable port security or IP address until security group is "
            "removed.",
            name="PortSecurityPortHasSecurityGroup",
        )
    if pairs:
        raise Conflict(
            "Port Security must be enabled in order to have allowed address pairs on a port.",
            name="AddressPairAndPortSecurityRequired",
        )


def _paired(pairs: Sequence[Values], mac: str) -> list[dict[str, str]]:
    return [{"mac_address": pair.get("mac_address") or mac, "ip_address": str(pair["ip_address"])} for pair in pairs]


_PLAIN = {
    "name": "name",
    "description": "description",
    "admin_state_up": "admin_state_up",
    "device_id": "device_id",
    "device_owner": "device_owner",
    "binding:host_id": "host_id",
    "binding:vnic_type": "vnic_type",
    "binding:profile": "profile",
    "port_security_enabled": "port_security_enabled",
}


def update(tx: Tx, caller: Caller, id: str, values: Values) -> Port:
    """Change a port. Raises NotFound, Forbidden, Invalid, Conflict."""
    port = get(tx, caller, id)
    about = _target_of(tx, port) | {name: values[name] for name in ("device_owner",) if name in values}
    access.demand(caller, "update_port", about, values)
    columns = {column: values[name] for name, column in _PLAIN.items() if name in values}
    columns = {column: "" if column == "host_id" and value is None else value for column, value in columns.items()}
    columns |= _new_mac(tx, port, values) | _new_guard(tx, caller, port, values)
    if values.get("device_id") == "" or columns.get("host_id") == "":
        columns["status"] = "DOWN"
    mac = columns.get("mac_address", port.mac_address)
    if "fixed_ips" in values:
        _check_movable(port, values["fixed_ips"])
        owner = columns.get("device_owner", port.device_owner)
        holding.move(tx, port, ipam.choose(tx, port.network_id, mac, values["fixed_ips"] or [], owner, port.id))
    if "extra_dhcp_opts" in values:
        columns["extra_dhcp_opts"] = dhcp_options.merged(port.extra_dhcp_opts, values["extra_dhcp_opts"] or [])
    store.change(tx, id, **columns)
    if "extra_dhcp_opts" in values or "fixed_ips" in values:
        dhcp_options.check(store.get(tx, id))
    realise.port(tx, id, port.network_id)
    if port.device_owner in (INTERFACE, GATEWAY):
        realise.router(tx, port.device_id)
    return store.get(tx, id)


def _new_mac(tx: Tx, port: Port, values: Values) -> dict[str, Any]:
    mac = values.get("mac_address", port.mac_address)
    if mac == port.mac_address:
        return {}
    if port.host_id:
        raise Conflict(
            f"Unable to complete operation on port {port.id}, port is already bound, port type: {port.vif_type}, "
            f"old_mac {port.mac_address}, new_mac {mac}.",
            name="PortBound",
        )
    if store.mac_taken(tx, port.network_id, mac):
        raise _mac_in_use(port.network_id, mac)
    return {"mac_address": mac}


def _new_guard(tx: Tx, caller: Caller, port: Port, values: Values) -> dict[str, Any]:
    """The columns about security, checked together."""
    secure = values.get("port_security_enabled", port.port_security_enabled)
    groups = port.security_groups
    pairs = port.allowed_address_pairs
    columns: dict[str, Any] = {}
    if "security_groups" in values:
        groups = list(values["security_groups"] or [])
        check_groups(tx, caller, groups)
        if groups and not secure:
            raise Invalid(
                "Port security must be enabled and port must have an IP address in order to use security groups.",
                name="PortSecurityAndIPRequiredForSecurityGroups",
            )
        columns["security_groups"] = groups
    if "allowed_address_pairs" in values:
        pairs = _paired(values["allowed_address_pairs"] or [], port.mac_address)
        columns["allowed_address_pairs"] = pairs
    _check_guarded(secure, groups, pairs)
    return columns


def _check_movable(port: Port, wishes: Sequence[Values] | None) -> None:
    kept = {wish.get("ip_address") for wish in wishes or ()}
    if port.device_owner == FLOATING and any(one.ip_address not in kept for one in port.fixed_ips):
        raise faults.bad_request("port", f"Cannot change the IP address of port {port.id} of a floating IP")


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Remove a port. Raises NotFound, Forbidden, Conflict for one that a router or floating IP needs."""
    port = get(tx, caller, id)
    access.demand(caller, "delete_port", _target_of(tx, port))
    if port.device_owner in (INTERFACE, GATEWAY) and routers.find(tx, port.device_id) is not None:
        raise faults.service_port_in_use(id, f"has device owner {port.device_owner}")
    if port.device_owner == FLOATING:
        raise faults.service_port_in_use(id, f"has device owner {port.device_owner}")
    holding.drop(tx, port)
    if port.device_id and not port.device_owner.startswith(NETWORK_OWNED):
        events.emit(tx, PortDeleted(id, port.device_id))


def set_groups(tx: Tx, port: Port, groups: Sequence[str]) -> None:
    """Put a port into exactly these groups. Raises Forbidden where its security is switched off."""
    if groups and not port.port_security_enabled:
        raise Forbidden("The port has no port security, so it cannot be in a security group.")
    store.change(tx, port.id, security_groups=list(groups))
    realise.port(tx, port.id, port.network_id)
