"""Which extension of the network service an attribute belongs to: upstream's samples show those of many that we do not serve."""

from gureum.network.wire.extensions import EXTENSIONS

_ATTRIBUTES = {
    "address-scope": ("ipv4_address_scope", "ipv6_address_scope"),
    "auto-allocated-topology": ("is_default",),
    "data-plane-status": ("data_plane_status",),
    "dns-integration": ("dns_domain", "dns_name", "dns_assignment"),
    "dvr": ("distributed",),
    "expose-l3-conntrack-helper": ("conntrack_helpers",),
    "expose-port-forwarding-in-fip": ("port_forwardings",),
    "extra_dhcp_opt": ("extra_dhcp_opts",),
    "ip_allocation": ("ip_allocation",),
    "l2_adjacency": ("l2_adjacency",),
    "l3-flavors": ("flavor_id",),
    "l3-ha": ("ha",),
    "multi-provider": ("segments",),
    "network_availability_zone": ("availability_zones", "availability_zone_hints"),
    "port-hardware-offload-type": ("hardware_offload_type",),
    "port-hints": ("hints",),
    "port-resource-request": ("resource_request",),
    "port-trusted-vif": ("trusted",),
    "pvlan": ("pvlan", "pvlan_type", "pvlan_community"),
    "qinq": ("qinq",),
    "qos": ("qos_policy_id", "qos_network_policy_id"),
    "rbac-policies": ("rbac_policy",),
    "security-groups-remote-address-group": ("remote_address_group_id",),
    "segment": ("segment_id",),
    "stateful-security-group": ("stateful",),
    "subnet-dns-publish-fixed-ip": ("dns_publish_fixed_ip",),
    "subnet_allocation": ("subnetpool",),
    "uplink-status-propagation": ("propagate_uplink_status",),
    "vlan-transparent": ("vlan_transparent",),
}
"""Alias → its attributes of networks, subnets, ports, routers, floating IPs, security groups and quotas."""


def unserved(attribute: str) -> bool:
    """Whether an attribute belongs to an extension that is not served. Once it is, its attributes must be there."""
    return any(attribute in found for alias, found in _ATTRIBUTES.items() if alias not in EXTENSIONS)
