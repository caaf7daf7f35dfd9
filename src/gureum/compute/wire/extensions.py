"""Extensions: what parts of the API went by before there were microversions, as far as they are served."""

from typing import Any

_SERVED = {
    "OS-DCF": ("DiskConfig", "How a server's disk is laid out."),
    "OS-EXT-AZ": ("ExtendedAvailabilityZone", "Servers tell their availability zone."),
    "OS-EXT-IMG-SIZE": ("ImageSize", "Images tell their size."),
    "OS-EXT-IPS": ("ExtendedIps", "Addresses of servers tell whether they are fixed or floating."),
    "OS-EXT-IPS-MAC": ("ExtendedIpsMac", "Addresses of servers tell the hardware address."),
    "OS-EXT-SRV-ATTR": ("ExtendedServerAttributes", "Servers tell administrators their host."),
    "OS-EXT-STS": ("ExtendedStatus", "Servers tell what is being done to them."),
    "OS-FLV-DISABLED": ("FlavorDisabled", "Flavors tell whether they may be used."),
    "OS-FLV-EXT-DATA": ("FlavorExtraData", "Flavors with an ephemeral disk."),
    "OS-SCH-HNT": ("SchedulerHints", "Wishes about the place of a new server."),
    "OS-SRV-USG": ("ServerUsage", "Servers tell when they began and ended."),
    "os-access-ips": ("AccessIPs", "Addresses to reach a server by."),
    "os-aggregates": ("Aggregates", "Groups of hosts."),
    "os-attach-interfaces": ("AttachInterfaces", "Ports that servers get and lose."),
    "os-availability-zone": ("AvailabilityZone", "Availability zones, of hosts and for servers."),
    "os-block-device-mapping": ("BlockDeviceMapping", "Servers that boot from volumes."),
    "os-block-device-mapping-v2-boot": ("BlockDeviceMappingV2Boot", "The same in its second form."),
    "os-config-drive": ("ConfigDrive", "A disk with what a server is to know of itself."),
    "os-console-output": ("ConsoleOutput", "The text of a server's serial console."),
    "os-consoles": ("Consoles", "Screens of servers."),
    "os-extended-volumes": ("ExtendedVolumes", "Servers tell their volumes."),
    "os-flavor-access": ("FlavorAccess", "Flavors for some projects only."),
    "os-flavor-extra-specs": ("FlavorExtraSpecs", "Extra specs of flavors."),
    "os-flavor-manage": ("FlavorManage", "Flavors are made and deleted."),
    "os-flavor-rxtx": ("FlavorRxtx", "Flavors tell a network factor."),
    "os-flavor-swap": ("FlavorSwap", "Flavors with swap."),
    "os-floating-ip-pools": ("FloatingIpPools", "The networks that floating IPs are of."),
    "os-floating-ips": ("FloatingIps", "Floating IPs."),
    "os-hosts": ("Hosts", "Hosts by name."),
    "os-hypervisor-status": ("HypervisorStatus", "Hypervisors tell whether they are up and enabled."),
    "os-hypervisors": ("Hypervisors", "Hosts with what runs on them."),
    "os-instance-actions": ("InstanceActions", "What was done to a server."),
    "os-keypairs": ("Keypairs", "Keys to log in with."),
    "os-lock-server": ("LockServer", "Servers are locked and unlocked."),
    "os-multiple-create": ("MultipleCreate", "Several servers at once."),
    "os-networks": ("Networks", "Networks."),
    "os-pause-server": ("PauseServer", "Servers pause and go on."),
    "os-personality": ("Personality", "Files that are put into a new server."),
    "os-quota-class-sets": ("QuotaClasses", "The limits that projects begin with."),
    "os-quota-sets": ("Quotas", "Limits of projects."),
    "os-security-groups": ("SecurityGroups", "Security groups."),
    "os-server-group-quotas": ("ServerGroupQuotas", "Limits of groups of servers."),
    "os-server-groups": ("ServerGroups", "Groups of servers with a policy about their places."),
    "os-server-sort-keys": ("ServerSortKeys", "Lists of servers in a chosen order."),
    "os-server-start-stop": ("ServerStartStop", "Servers start and stop."),
    "os-services": ("Services", "The processes of the cloud."),
    "os-simple-tenant-usage": ("SimpleTenantUsage", "What projects used."),
    "os-suspend-server": ("SuspendServer", "Servers are suspended and resumed."),
    "os-tenant-networks": ("OSTenantNetworks", "Networks, in short."),
    "os-used-limits": ("UsedLimits", "Limits with what is used of them."),
    "os-used-limits-for-admin": ("UsedLimitsForAdmin", "Limits of other projects, for administrators."),
    "os-user-data": ("UserData", "Data that a new server is given."),
    "os-volumes": ("Volumes", "Volumes, and their attachment to servers."),
}


def show(alias: str) -> dict[str, Any] | None:
    """An extension; None for what is none here."""
    if alias not in _SERVED:
        return None
    name, description = _SERVED[alias]
    return {
        "alias": alias,
        "description": description,
        "links": [],
        "name": name,
        "namespace": "http://docs.openstack.org/compute/ext/fake_xml",
        "updated": "2014-12-03T00:00:00Z",
    }


def everything() -> list[dict[str, Any]]:
    """All of them."""
    return [shown for alias in sorted(_SERVED) if (shown := show(alias)) is not None]
