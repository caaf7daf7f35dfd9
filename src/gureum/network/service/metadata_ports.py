"""The port through which guests of a network reach their metadata, made and kept by itself."""

from gureum.kernel.faults import Conflict
from gureum.kernel.store.tx import Tx
from gureum.network.flows import realise
from gureum.network.network import Network
from gureum.network.port import METADATA, FixedIp, Port
from gureum.network.service import holding, ipam
from gureum.network.store import networks, ports, subnets


def ensure(tx: Tx, network_id: str) -> None:
    """Give the network's metadata port one address in every IPv4 subnet with DHCP; without such a subnet there is none.

    A subnet whose addresses are all taken is left out until it is looked at again.
    """
    network = networks.get(tx, network_id)
    wanted = [one for one in subnets.of_network(tx, network_id) if one.enable_dhcp and one.ip_version == 4]
    port = find(tx, network_id)
    if not wanted:
        if port is not None:
            holding.drop(tx, port)
        return
    port = port or _make(tx, network)
    held = {one.subnet_id: one for one in port.fixed_ips}
    fixed_ips: list[FixedIp] = []
    for subnet in wanted:
        fixed_ips += [held[subnet.id]] if subnet.id in held else _one_of(tx, port, subnet.id)
    if fixed_ips != list(port.fixed_ips):
        ports.hold(tx, port.id, fixed_ips, ipam.by_id(tx, fixed_ips))
        realise.port(tx, port.id, network_id)


def find(tx: Tx, network_id: str) -> Port | None:
    """A network's metadata port, if it has one."""
    table = ports.ports
    return next(iter(ports.select(tx, table.c.network_id == network_id, table.c.device_owner == METADATA)), None)


def of_networks(tx: Tx, network_ids: set[str]) -> list[Port]:
    """The metadata ports of several networks."""
    table = ports.ports
    return ports.select(tx, table.c.network_id.in_(network_ids), table.c.device_owner == METADATA)


def _make(tx: Tx, network: Network) -> Port:
    return holding.make(tx, network, [], device_owner=METADATA, device_id=f"ovnmeta-{network.id}")


def _one_of(tx: Tx, port: Port, subnet_id: str) -> list[FixedIp]:
    try:
        return ipam.choose(tx, port.network_id, port.mac_address, [{"subnet_id": subnet_id}], METADATA)
    except Conflict:
        return []
