"""Which addresses a port gets. Everything that chooses holds the locks of the subnets it chooses from."""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from gureum.kernel.faults import Invalid
from gureum.kernel.store.tx import Tx
from gureum.network import addressing, faults
from gureum.network.port import INTERFACE, FixedIp
from gureum.network.settings import settings
from gureum.network.store import ports, subnets
from gureum.network.subnet import Subnet

Wanted = Mapping[str, Any]
"""{"subnet_id"?, "ip_address"?} of a request."""


class _Choice:
    """The addresses of one port while they are chosen."""

    def __init__(self, tx: Tx, network_id: str, mac: str, device_owner: str, port_id: str | None) -> None:
        self._tx = tx
        self._network_id = network_id
        self._mac = mac
        self._owner = device_owner
        self._port_id = port_id
        self.subnets = subnets.of_network(tx, network_id)
        for subnet in sorted(self.subnets, key=lambda one: one.id):
            tx.lock("subnet", subnet.id)
        self.chosen: list[FixedIp] = []

    def automatic(self) -> None:
        """One address of each version, from the first subnet that has one left."""
        fit = [one for one in self.subnets if not one.service_types or self._owner in one.service_types]
        for version in (4, 6):
            candidates = [one for one in fit if one.ip_version == version and not one.automatic]
            if candidates and not any(self._take_free(one) for one in candidates):
                raise faults.no_address_left(self._network_id)

    def derived(self) -> None:
        """On subnets where guests make their addresses, the one that follows from the MAC. Not for routers."""
        if self._owner == INTERFACE:
            return
        held = {one.subnet_id for one in self.chosen}
        for subnet in self.subnets:
            if subnet.automatic and subnet.id not in held:
                self._take(subnet, addressing.eui64(subnet.cidr, self._mac))

    def wanted(self, wish: Wanted) -> None:
        """An address, or any of a subnet, as a request has it."""
        address, subnet_id = wish.get("ip_address"), wish.get("subnet_id")
        if subnet_id is None and address is None:
            raise faults.invalid_input("IP allocation requires subnet_id or ip_address")
        subnet = self._subnet(subnet_id) if subnet_id is not None else self._around(str(address))
        if address is None:
            self._any_of(subnet)
            return
        address = str(ipaddress.ip_address(address))
        if not addressing.usable(subnet, address):
            raise faults.address_outside_subnet(address) if subnet_id else faults.address_outside_network(address)
        if subnet.automatic and self._owner != INTERFACE and address != addressing.eui64(subnet.cidr, self._mac):
            raise Invalid(
                f"IPv6 address {address} cannot be directly assigned to a port on subnet {subnet.id} as the subnet is "
                "configured for automatic addresses",
                name="AllocationOnAutoAddressSubnet",
            )
        self._take(subnet, address)

    def _any_of(self, subnet: Subnet) -> None:
        if subnet.automatic and self._owner != INTERFACE:
            self._take(subnet, addressing.eui64(subnet.cidr, self._mac))
        elif not self._take_free(subnet):
            raise faults.no_address_left(self._network_id)

    def _subnet(self, id: str) -> Subnet:
        for subnet in self.subnets:
            if subnet.id == id:
                return subnet
        subnets.get(self._tx, id)
        raise faults.invalid_input(
            f"Failed to create port on network {self._network_id}, because fixed_ips included invalid subnet {id}"
        )

    def _around(self, address: str) -> Subnet:
        ip = ipaddress.ip_address(address)
        for subnet in self.subnets:
            if ip.version == subnet.ip_version and ip in subnet.network:
                return subnet
        raise faults.address_outside_network(address)

    def _take(self, subnet: Subnet, address: str) -> None:
        if any(one.ip_address == address and one.subnet_id == subnet.id for one in self.chosen):
            return
        holder = ports.holder(self._tx, subnet.id, address)
        if holder is not None and holder != self._port_id:
            raise faults.address_taken(address, subnet.id)
        self.chosen.append(FixedIp(subnet.id, address))

    def _take_free(self, subnet: Subnet) -> bool:
        base = int(subnet.network.network_address)
        kind = type(subnet.network.network_address)
        mine = {one.ip_address for one in self.chosen if one.subnet_id == subnet.id}
        for pool in subnet.allocation_pools:
            first, last = (int(ipaddress.ip_address(pool[end])) - base for end in ("start", "end"))
            while (place := ports.free_place(self._tx, subnet.id, first, last)) is not None:
                address = str(kind(base + place))
                if address not in mine:
                    self.chosen.append(FixedIp(subnet.id, address))
                    return True
                first = place + 1
        return False


def choose(
    tx: Tx,
    network_id: str,
    mac: str,
    wishes: Sequence[Wanted] | None,
    device_owner: str = "",
    port_id: str | None = None,
) -> list[FixedIp]:
    """The addresses of a port: those it wishes for, or one of each version. `port_id` may keep what it has.

    Raises Invalid for an address that is not on the network, Conflict for one that is taken or when none is left.
    """
    choice = _Choice(tx, network_id, mac, device_owner, port_id)
    if wishes is None:
        choice.automatic()
    else:
        if len(wishes) > settings.most_fixed_ips:
            raise faults.invalid_input("Exceeded maximum amount of fixed ips per port")
        exact_first = sorted(wishes, key=lambda wish: wish.get("ip_address") is None)
        for wish in exact_first:
            choice.wanted(wish)
    if wishes is None or wishes:
        choice.derived()
    return choice.chosen


def by_id(tx: Tx, fixed_ips: Sequence[FixedIp]) -> dict[str, Subnet]:
    """The subnets of addresses."""
    return subnets.by_id(tx, (one.subnet_id for one in fixed_ips))
