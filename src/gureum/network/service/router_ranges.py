"""No address twice behind one router."""

from collections.abc import Sequence

from gureum.kernel.store.tx import Tx
from gureum.network import addressing, faults
from gureum.network.port import ROUTER_OWNERS
from gureum.network.store import ports, subnets
from gureum.network.subnet import Subnet


def check_no_overlap(tx: Tx, router_id: str, fresh: Sequence[Subnet], leave_out: str | None = None) -> None:
    """Raise Invalid when a subnet is on the router already, or its range overlaps one that is."""
    legs = [port for port in ports.of_device(tx, router_id, *ROUTER_OWNERS) if port.id != leave_out]
    present = subnets.by_id(tx, (one.subnet_id for port in legs for one in port.fixed_ips))
    for subnet in fresh:
        if subnet.id in present:
            raise faults.bad_request("router", f"Router already has a port on subnet {subnet.id}")
        for other in present.values():
            if addressing.overlap(subnet.cidr, other.cidr):
                raise faults.bad_request(
                    "router",
                    f"Cidr {subnet.cidr} of subnet {subnet.id} overlaps with cidr {other.cidr} of subnet {other.id}",
                )
