"""Servers on the wire: how they are shown, and what each microversion did to that."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gureum.compute.server import Server
from gureum.compute.store.volumes import ServerVolume
from gureum.kernel.clock import iso_micros, iso_seconds
from gureum.kernel.http import Call, Change, History

_WITH_PROGRESS = ("ACTIVE", "BUILD", "DELETED", "MIGRATING", "REBUILD", "RESIZE", "REVERT_RESIZE", "VERIFY_RESIZE")
_WITH_FAULT = ("ERROR", "DELETED")


class EmbeddedFlavor(dict[str, Any]):
    """A flavor as servers show it since 2.47; remembers the id and link that older clients get in its place."""

    id: str
    link: str


@dataclass(frozen=True, slots=True)
class View:
    """Who looks, and what belongs to the servers that are looked at, by server id."""

    base_url: str
    sees_attributes: Callable[[Server], bool]
    sees_host_status: Callable[[Server], bool]
    sees_extra_specs: Callable[[Server], bool]
    addresses: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict[str, Any])
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Any])
    volumes: Mapping[str, Sequence[ServerVolume]] = field(default_factory=dict[str, Any])
    tags: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Any])
    details_of_fault: bool = False


def links(server_id: str, base_url: str) -> list[dict[str, str]]:
    """Where a server is found."""
    return [
        {"rel": "self", "href": f"{base_url}/v2.1/servers/{server_id}"},
        {"rel": "bookmark", "href": f"{base_url}/servers/{server_id}"},
    ]


def brief(server: Server, base_url: str) -> dict[str, Any]:
    """A server in the short list."""
    return {"id": server.id, "name": server.name, "links": links(server.id, base_url)}


def show(server: Server, view: View) -> dict[str, Any]:
    """A server in full, as the newest microversion shows it."""
    shown: dict[str, Any] = {
        "id": server.id,
        "name": server.name,
        "status": server.status,
        "tenant_id": server.project_id,
        "user_id": server.user_id,
        "metadata": server.metadata,
        "hostId": server.host_id,
        "image": _image(server, view),
        "flavor": _flavor(server, view),
        "created": iso_seconds(server.created_at),
        "updated": iso_seconds(server.updated_at or server.created_at),
        "addresses": addresses(view.addresses.get(server.id, ()), full=True),
        "accessIPv4": server.access_ip_v4 or "",
        "accessIPv6": server.access_ip_v6 or "",
        "links": links(server.id, view.base_url),
        "OS-DCF:diskConfig": server.disk_config,
    }
    if server.status in _WITH_PROGRESS:
        shown["progress"] = 0
    if server.fault is not None and server.status in _WITH_FAULT:
        shown["fault"] = _fault(server.fault, view)
    shown |= {
        "OS-EXT-AZ:availability_zone": server.zone,
        "config_drive": "True" if server.config_drive else "",
        "key_name": server.key_name,
        "OS-SRV-USG:launched_at": iso_micros(server.launched_at),
        "OS-SRV-USG:terminated_at": iso_micros(server.terminated_at),
    }
    groups = view.groups.get(server.id) or (server.security_groups if server.vm_state == "building" else ())
    if groups:
        shown["security_groups"] = [{"name": name} for name in groups]
    if view.sees_attributes(server):
        shown |= _attributes(server)
    else:
        shown["OS-EXT-SRV-ATTR:hostname"] = server.hostname
    shown |= {
        "OS-EXT-STS:task_state": server.task_state,
        "OS-EXT-STS:vm_state": server.vm_state,
        "OS-EXT-STS:power_state": server.power_state,
        "os-extended-volumes:volumes_attached": [
            {"id": one.volume_id, "delete_on_termination": one.delete_on_termination}
            for one in view.volumes.get(server.id, ())
        ],
        "locked": server.locked_by is not None,
    }
    if view.sees_host_status(server):
        shown["host_status"] = server.host_status
    return shown | {
        "description": server.description,
        "tags": list(view.tags.get(server.id, ())),
        "trusted_image_certificates": None,
        "locked_reason": server.locked_reason,
        "pinned_availability_zone": server.requested_zone,
        "scheduler_hints": server.hints,
    }


def show_one(server: Server, view: View) -> dict[str, Any]:
    """A server by itself shows its groups too."""
    return show(server, view) | {"server_groups": [server.group_id] if server.group_id else []}


def show_rebuilt(server: Server, view: View, admin_password: str) -> dict[str, Any]:
    """A server that is being rebuilt, with the password that it gets; its user data has a name of its own here."""
    shown = show_one(server, view) | {"adminPass": admin_password, "user_data": server.user_data}
    shown.pop("OS-EXT-SRV-ATTR:user_data", None)
    return shown


def addresses(found: Sequence[Mapping[str, Any]], *, full: bool) -> dict[str, list[dict[str, Any]]]:
    """Addresses by network; in `full` with MAC and kind."""
    shown: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        item = {"version": one["version"], "addr": one["address"]}
        if full:
            item |= {"OS-EXT-IPS:type": one["type"], "OS-EXT-IPS-MAC:mac_addr": one["mac"]}
        shown.setdefault(one["network"], []).append(item)
    return shown


def _image(server: Server, view: View) -> dict[str, Any] | str:
    if not server.image_id:
        return ""
    href = f"{view.base_url}/images/{server.image_id}"
    return {
        "id": server.image_id,
        "links": [{"rel": "bookmark", "href": href}],
        "properties": server.image_properties,
    }


def _flavor(server: Server, view: View) -> EmbeddedFlavor:
    flavor = server.flavor
    shown = EmbeddedFlavor(
        {name: flavor[name] for name in ("vcpus", "ram", "disk", "ephemeral", "swap", "original_name")}
    )
    if view.sees_extra_specs(server):
        shown["extra_specs"] = flavor["extra_specs"]
    shown.id = flavor["id"]
    shown.link = f"{view.base_url}/flavors/{flavor['id']}"
    return shown


def _fault(fault: Mapping[str, Any], view: View) -> dict[str, Any]:
    shown = {"code": fault["code"], "created": iso_seconds(fault["created"]), "message": fault["message"]}
    if view.details_of_fault and fault.get("details"):
        shown["details"] = fault["details"]
    return shown


def _attributes(server: Server) -> dict[str, Any]:
    return {
        "OS-EXT-SRV-ATTR:host": server.host,
        "OS-EXT-SRV-ATTR:instance_name": server.domain_name,
        "OS-EXT-SRV-ATTR:hypervisor_hostname": server.host,
        "OS-EXT-SRV-ATTR:hostname": server.hostname,
        "OS-EXT-SRV-ATTR:kernel_id": "",
        "OS-EXT-SRV-ATTR:launch_index": server.launch_index,
        "OS-EXT-SRV-ATTR:ramdisk_id": "",
        "OS-EXT-SRV-ATTR:reservation_id": server.reservation_id,
        "OS-EXT-SRV-ATTR:root_device_name": "/dev/vda" if server.host else None,
        "OS-EXT-SRV-ATTR:user_data": server.user_data,
    }


def _flavor_as_link(item: dict[str, Any], _: Call) -> None:
    flavor = item.get("flavor")
    if isinstance(flavor, EmbeddedFlavor):
        item["flavor"] = {"id": flavor.id, "links": [{"rel": "bookmark", "href": flavor.link}]}


def _hostname_for_administrators(item: dict[str, Any], _: Call) -> None:
    if "OS-EXT-SRV-ATTR:host" not in item:
        item.pop("OS-EXT-SRV-ATTR:hostname", None)


def _image_without_properties(item: dict[str, Any], _: Call) -> None:
    if isinstance(item.get("image"), dict):
        item["image"].pop("properties", None)


def _volumes_by_id(item: dict[str, Any], _: Call) -> None:
    for volume in item.get("os-extended-volumes:volumes_attached", ()):
        volume.pop("delete_on_termination", None)


def _addresses_without_kinds(item: dict[str, Any], _: Call) -> None:
    for addresses in item.get("addresses", {}).values():
        for address in addresses:
            address.pop("OS-EXT-IPS:type", None)
            address.pop("OS-EXT-IPS-MAC:mac_addr", None)


def _any_network(item: dict[str, Any], _: Call) -> None:
    item.setdefault("networks", "if-any")


_SINCE_2_3 = frozenset(
    f"OS-EXT-SRV-ATTR:{name}"
    for name in (
        "hostname",
        "kernel_id",
        "launch_index",
        "ramdisk_id",
        "reservation_id",
        "root_device_name",
        "user_data",
    )
)
_SHOWN = (
    Change((2, 3), "more attributes; volumes say what becomes of them", shows=_SINCE_2_3, down=_volumes_by_id),
    Change((2, 9), "servers show whether they are locked", shows=frozenset({"locked"})),
    Change((2, 16), "the state of the host", shows=frozenset({"host_status"})),
    Change((2, 19), "descriptions", shows=frozenset({"description"})),
    Change((2, 26), "tags", shows=frozenset({"tags"})),
    Change((2, 47), "the flavor is embedded", down=_flavor_as_link),
    Change((2, 63), "trusted certificates", shows=frozenset({"trusted_image_certificates"})),
    Change((2, 71), "server groups", shows=frozenset({"server_groups"})),
    Change((2, 73), "why a server is locked", shows=frozenset({"locked_reason"})),
    Change((2, 90), "the hostname is shown to everybody", down=_hostname_for_administrators),
    Change((2, 96), "the zone that was asked for", shows=frozenset({"pinned_availability_zone"})),
    Change((2, 98), "properties of the image", down=_image_without_properties),
    Change((2, 100), "scheduler hints", shows=frozenset({"scheduler_hints"})),
)
_LATE_IN_ACTIONS = frozenset(
    {
        "OS-EXT-AZ:availability_zone",
        "config_drive",
        "OS-SRV-USG:launched_at",
        "OS-SRV-USG:terminated_at",
        "security_groups",
        "OS-EXT-SRV-ATTR:host",
        "OS-EXT-SRV-ATTR:instance_name",
        "OS-EXT-SRV-ATTR:hypervisor_hostname",
        "OS-EXT-STS:task_state",
        "OS-EXT-STS:vm_state",
        "OS-EXT-STS:power_state",
        "os-extended-volumes:volumes_attached",
        "host_status",
        *_SINCE_2_3,
    }
)

SERVER = History("server", "servers", _SHOWN)
CREATED = History("server", "servers", [Change((2, 37), "networks must be said", up=_any_network)])
UPDATED = History(
    "server",
    "servers",
    [
        *_SHOWN,
        Change(
            (2, 75),
            "updates are answered in full",
            shows=_LATE_IN_ACTIONS | {"key_name"},
            down=_addresses_without_kinds,
        ),
    ],
)
REBUILT = History(
    "server",
    "servers",
    [
        *_SHOWN,
        Change((2, 54), "another key", shows=frozenset({"key_name"})),
        Change((2, 57), "other user data", shows=frozenset({"user_data"})),
        Change((2, 75), "rebuilds are answered in full", shows=_LATE_IN_ACTIONS, down=_addresses_without_kinds),
    ],
)
