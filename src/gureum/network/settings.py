"""Settings of the network service, filled in from the settings file at start."""

from dataclasses import dataclass

from gureum.network.network import ON_THE_WIRE, TUNNEL_OVERHEAD, NetworkType


@dataclass
class NetworkSettings:
    """What an operator may choose."""

    physical_networks: tuple[str, ...] = ("extnet",)
    """Provider networks that flat and VLAN networks may be on."""
    network_types: tuple[NetworkType, ...] = ("local", "flat", "vlan", "gre", "vxlan", "geneve")
    """Types that an administrator may ask for."""
    tenant_type: NetworkType = "geneve"
    """Type of networks for which none is asked."""
    tunnel_ids: tuple[int, int] = (1, 65536)
    vlan_ids: tuple[int, int] = (1, 4094)
    physical_mtu: int = 1500
    """Bytes of a packet on the wire between hosts and on provider networks."""
    most_fixed_ips: int = 5
    most_nameservers: int = 5
    most_host_routes: int = 20
    dns_servers: tuple[str, ...] = ()
    """What DHCP names where a subnet has no name servers of its own."""
    dns_domain: str = ""
    lease_seconds: int = 43200

    def most_mtu(self, network_type: str) -> int:
        """The largest packet that a network of a type carries, in bytes."""
        return self.physical_mtu - (0 if network_type in ON_THE_WIRE else TUNNEL_OVERHEAD)


settings = NetworkSettings()
