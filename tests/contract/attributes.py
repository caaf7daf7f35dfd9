"""Rules about single attributes: for each a request that sets the attribute, or a read that shows it.

Those of the network service follow from the rule's name and the attributes that its wire declares; the others are told here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from gureum.kernel.http.route import AUTHENTICATED
from gureum.network.wire import floating_ips, networks, ports, routers, security_groups, subnets
from gureum.network.wire.body import Body
from tests.contract import fitting
from tests.contract.fitting import CIDR
from tests.contract.fresh import Fresh
from tests.contract.operations import Operation, operations
from tests.contract.policies import UpstreamRule, deciding, rules

NETWORK: Mapping[str, Body] = {
    body.member: body
    for body in (networks.BODY, subnets.BODY, ports.BODY, routers.BODY, floating_ips.BODY, security_groups.GROUP)
}


@dataclass(frozen=True)
class Write:
    """`rule` is asked of `operation` when its body is `body`. `before` is what the administrator does first."""

    rule: str
    operation: str
    body: Callable[[Fresh], Any]
    before: Callable[[Fresh], None] | None = None
    query: str = ""


@dataclass(frozen=True)
class Read:
    """`rule` decides whether an answer of `operation` has the key (a path with dots; of a list, in one of its members).

    `query` is what is asked for; where `refuses`, who may not ask for it is refused; where `unheeded`, the key is there although
    the query would have left it out.
    """

    rule: str
    operation: str
    key: str = ""
    query: str = ""
    refuses: bool = False
    unheeded: bool = False


Case = Write | Read


@cache
def of_attributes(service: str) -> dict[str, UpstreamRule]:
    """The rules that upstream names for what is served and that no route asks as a whole."""
    mine = [one for one in operations() if one.service == service]
    served, routed = {one.name for one in mine}, {one.route.rule for one in mine}
    routed |= {rule for one in mine if one.route.rule == AUTHENTICATED for rule in deciding(one)}
    return {name: rule for name, rule in rules(service).items() if rule.operations & served and name not in routed}


@cache
def operation(service: str, name: str) -> Operation:
    """The served operation, where there are two paths that with a project in it, of several versions the newest."""
    found = [one for one in operations() if (one.service, one.name) == (service, name)]
    return max(found, key=lambda one: ("{project_id}" in one.route.path, one.route.since or (0, 0)))


def cases(service: str, rule: str) -> list[Case]:
    """How a rule is asked; empty where nothing of it is served."""
    if service == "network":
        return _networks(rule)
    return [case for case in _TOLD.get(service, ()) if case.rule == rule]


def _networks(rule: str) -> list[Case]:
    action, _, attribute = rule.partition(":")
    verb, _, member = action.partition("_")
    body = NETWORK.get(member)
    top = attribute if attribute in _COLONS else attribute.split(":")[0]
    if body is None or attribute == "tags":
        return []
    one = next((one for one in body.attributes if one.name == top), None)
    method = {"create": "POST", "update": "PUT", "get": "GET"}[verb]
    if one is None or (method == "POST" and not one.post) or (method == "PUT" and not one.put):
        return []
    path = f"/v2.0/{body.collection.replace('_', '-')}"
    if method == "GET":
        return [
            Read(rule, f"GET {path}/{{}}", f"{member}.{top}"),
            Read(rule, f"GET {path}", f"{body.collection}.{top}"),
        ]
    return [Write(rule, f"{method} {path}" + ("/{}" if method == "PUT" else ""), _setting(member, attribute))]


_COLONS = (
    *(f"provider:{name}" for name in ("network_type", "physical_network", "segmentation_id")),
    "router:external",
    *(f"binding:{name}" for name in ("host_id", "profile", "vnic_type", "vif_type", "vif_details")),
)
"""Attributes with a colon of their own; in others it stands before a part."""


def _setting(member: str, attribute: str) -> Callable[[Fresh], Any]:
    def body(f: Fresh) -> Any:
        least = fitting.body(f) if f.operation.route.method == "POST" else {member: {}}
        return {member: least[member] | _VALUES[f"{member}:{attribute}"](f)}

    return body


def _pair(f: Fresh, **more: str) -> dict[str, Any]:
    return {"allowed_address_pairs": [{"ip_address": "10.99.0.77"} | more]}


def _subnet_of(f: Fresh) -> str:
    """A subnet on the port's network."""
    network = f.ids["networks"]
    if f.operation.route.method == "PUT":
        network = f.admin.get(f"/network/v2.0/ports/{f.ids['ports']}").ok(200)["port"]["network_id"]
    made = {"subnet": {"network_id": network, "ip_version": 4, "cidr": CIDR, "project_id": f.owner.id}}
    return f.admin.post("/network/v2.0/subnets", made).ok(201)["subnet"]["id"]


def _fixed(f: Fresh, **more: str) -> dict[str, Any]:
    return {"fixed_ips": [{"subnet_id": _subnet_of(f)} | more]}


def _free() -> str:
    """An address of the external network that nothing has."""
    return f"203.0.113.{100 + fitting.number() % 140}"


def _gateway(f: Fresh, **more: Any) -> dict[str, Any]:
    return {"external_gateway_info": {"network_id": fitting.external(f.scene)} | more}


def _with_id(f: Fresh) -> dict[str, Any]:
    number = {"provider:segmentation_id": 3000 + fitting.number()}
    return {"provider:network_type": "vlan", "provider:physical_network": "extnet"} | number


_VALUES: Mapping[str, Callable[[Fresh], dict[str, Any]]] = {
    "network:shared": lambda f: {"shared": True},
    "network:router:external": lambda f: {"router:external": True},
    "network:is_default": lambda f: {"is_default": False},
    "network:port_security_enabled": lambda f: {"port_security_enabled": False},
    "network:provider:network_type": lambda f: {"provider:network_type": "geneve"},
    "network:provider:physical_network": _with_id,
    "network:provider:segmentation_id": _with_id,
    "subnet:service_types": lambda f: {"service_types": ["compute:nova"]},
    "port:allowed_address_pairs": _pair,
    "port:allowed_address_pairs:ip_address": _pair,
    "port:allowed_address_pairs:mac_address": lambda f: _pair(f, mac_address="fa:16:3e:00:00:77"),
    "port:binding:host_id": lambda f: {"binding:host_id": f.scene.cloud.first_host},
    "port:binding:profile": lambda f: {"binding:profile": {"a": "b"}},
    "port:binding:vnic_type": lambda f: {"binding:vnic_type": "normal"},
    "port:device_id": lambda f: {"device_id": "somewhere"},
    "port:device_owner": lambda f: {"device_owner": "network:mine"},
    "port:fixed_ips": _fixed,
    "port:fixed_ips:subnet_id": _fixed,
    "port:fixed_ips:ip_address": lambda f: _fixed(f, ip_address="10.99.0.50"),
    "port:mac_address": lambda f: {
        "mac_address": f"fa:16:3e:00:{fitting.number() // 250:02x}:{fitting.number() % 250:02x}"
    },
    "port:port_security_enabled": lambda f: {"port_security_enabled": False, "security_groups": []},
    "router:external_gateway_info": _gateway,
    "router:external_gateway_info:network_id": _gateway,
    "router:external_gateway_info:enable_snat": lambda f: _gateway(f, enable_snat=False),
    "router:external_gateway_info:external_fixed_ips": lambda f: _gateway(
        f, external_fixed_ips=[{"ip_address": _free()}]
    ),
    "floatingip:floating_ip_address": lambda f: {"floating_ip_address": _free()},
}
"""Resource and attribute → what sets it."""


def _server(**more: Any) -> Callable[[Fresh], Any]:
    return lambda f: {"server": fitting.server(f) | more}


def _on_network(of: Callable[[Fresh], str]) -> Callable[[Fresh], Any]:
    return lambda f: {"server": fitting.server(f) | {"networks": [{"uuid": of(f)}]}}


def _wired(f: Fresh) -> str:
    """A network with a subnet."""
    id = f.create("/network/v2.0/networks", "network")
    f.create("/network/v2.0/subnets", "subnet", network_id=id, ip_version=4, cidr=CIDR)
    return id


def _volume_for(f: Fresh) -> str:
    path = f"/volume/v3/{f.owner.id}/volumes"
    volume = f.create(path, "volume", size=1)
    f.until(f"/volume/v3/{f.admin.project_id}/volumes/{volume}", "volume", "available")
    return volume


def _with_volume(f: Fresh) -> Any:
    device = {"uuid": _volume_for(f), "source_type": "volume", "destination_type": "volume", "boot_index": -1}
    root = {"uuid": f.ids["images"], "source_type": "image", "destination_type": "local", "boot_index": 0}
    return {"server": fitting.server(f) | {"block_device_mapping_v2": [root, device]}}


def _without_disk(f: Fresh) -> Any:
    flavor = {"name": fitting.name(), "ram": 64, "vcpus": 1, "disk": 0}
    id = f.create("/compute/v2.1/flavors", "flavor", f.admin, **flavor)
    return {"server": fitting.server(f) | {"flavorRef": id}}


def _lock(f: Fresh) -> None:
    """By somebody of another project, so that it is an administrator's lock."""
    path = f"/compute/v2.1/servers/{f.ids['servers']}/action"
    f.admin.post(path, {"lock": None}).ok(202)


_CONNECTOR = {"host": "h", "ip": "192.0.2.1", "initiator": "i"}


def _hold(f: Fresh) -> None:
    """Make the volume one that is in use."""
    _attach(f, f.ids["volumes"], fitting.INSTANCE)


def _attach(f: Fresh, volume: str, server: str) -> None:
    asked = {"volume_uuid": volume, "instance_uuid": server, "connector": _CONNECTOR}
    made = f.create(f"/volume/v3/{f.owner.id}/attachments", "attachment", **asked)
    f.member.post(f"/volume/v3/{f.owner.id}/attachments/{made}/action", {"os-complete": None}, version="3.44").ok(204)


def _from_image(f: Fresh) -> Any:
    image = f.create("/image/v2/images", "", name="m", disk_format="raw", container_format="bare")
    f.upload(image)
    return {"volume": {"size": 1, "imageRef": image}}


def _domain_role(f: Fresh) -> None:
    f.ids["roles"] = f.create("/v3/roles", "role", f.admin, name=fitting.name(), domain_id="default")


def _many(f: Fresh) -> str:
    """A volume type whose volumes several servers may have."""
    body = {"name": fitting.name(), "extra_specs": {"multiattach": "<is> True"}}
    return f.create(f"/volume/v3/{f.admin.project_id}/types", "volume_type", f.admin, **body)


def _of_many(f: Fresh) -> Any:
    return {"volume": {"size": 1, "volume_type": _many(f)}}


def _bootable_held(f: Fresh) -> Any:
    """A second server for a volume that one has, and that may be booted from."""
    path = f"/volume/v3/{f.owner.id}"
    id = f.create(f"{path}/volumes", "volume", size=1, volume_type=_many(f))
    f.until(f"/volume/v3/{f.admin.project_id}/volumes/{id}", "volume", "available")
    f.member.post(f"{path}/volumes/{id}/action", {"os-set_bootable": {"bootable": True}}).ok()
    _attach(f, id, "5a5b6c6d-0000-4000-8000-00000000000c")
    return {"attachment": {"volume_uuid": id, "instance_uuid": fitting.INSTANCE}}


def _visibility(value: str) -> Callable[[Fresh], Any]:
    return lambda f: [{"op": "replace", "path": "/visibility", "value": value}]


_EXTENDED = "os_compute_api:os-extended-server-attributes"
_SERVER, _DETAIL = "GET /v2.1/servers/{}", "GET /v2.1/servers/detail"
_ACTION = "GET /v2.1/servers/{}/os-instance-actions/{}"
_TOLD: Mapping[str, tuple[Case, ...]] = {
    "identity": (
        Write(
            "identity:create_domain_role",
            "POST /v3/roles",
            lambda f: {"role": {"name": fitting.name(), "domain_id": "default"}},
        ),
        Write("identity:get_domain_role", "GET /v3/roles/{}", lambda f: None, _domain_role),
        Write("identity:update_domain_role", "PATCH /v3/roles/{}", fitting.body, _domain_role),
        Write("identity:delete_domain_role", "DELETE /v3/roles/{}", lambda f: None, _domain_role),
    ),
    "compute": (
        *(
            Read(_EXTENDED, operation, f"{word}.OS-EXT-SRV-ATTR:{key}")
            for operation, word in ((_SERVER, "server"), (_DETAIL, "servers"))
            for key in (
                "host",
                "instance_name",
                "hypervisor_hostname",
                "user_data",
                "root_device_name",
                "reservation_id",
            )
        ),
        Read("os_compute_api:servers:show:host_status", _SERVER, "server.host_status"),
        Read("os_compute_api:servers:show:host_status", _DETAIL, "servers.host_status"),
        Read("os_compute_api:servers:show:flavor-extra-specs", _SERVER, "server.flavor.extra_specs"),
        Read("os_compute_api:servers:show:flavor-extra-specs", _DETAIL, "servers.flavor.extra_specs"),
        Read("os_compute_api:os-instance-actions:events", _ACTION, "instanceAction.events.traceback"),
        Read("os_compute_api:os-instance-actions:events:details", _ACTION, "instanceAction.events.details"),
        Read(
            "os_compute_api:servers:allow_all_filters", "GET /v2.1/servers", "servers.id", "host=nowhere", unheeded=True
        ),
        Read("os_compute_api:servers:allow_all_filters", _DETAIL, "servers.id", "host=nowhere", unheeded=True),
        Read("os_compute_api:limits:other_project", "GET /v2.1/limits", query="tenant_id={b}", refuses=True),
        Read("os_compute_api:servers:index:get_all_tenants", "GET /v2.1/servers", query="all_tenants=1", refuses=True),
        Read("os_compute_api:servers:detail:get_all_tenants", _DETAIL, query="all_tenants=1", refuses=True),
        Read(
            "os_compute_api:os-server-groups:index:all_projects",
            "GET /v2.1/os-server-groups",
            query="all_projects=True",
            refuses=True,
        ),
        Write(
            "os_compute_api:os-lock-server:unlock:unlock_override",
            "POST /v2.1/servers/{}/action unlock",
            fitting.body,
            _lock,
        ),
        Write(
            "os_compute_api:os-volumes-attachments:swap",
            "PUT /v2.1/servers/{}/os-volume_attachments/{}",
            lambda f: {"volumeAttachment": {"volumeId": _volume_for(f)}},
        ),
        Write(
            "os_compute_api:servers:create:attach_network",
            "POST /v2.1/servers",
            _on_network(_wired),
        ),
        Write(
            "network:attach_external_network", "POST /v2.1/servers", _on_network(lambda f: fitting.external(f.scene))
        ),
        Write(
            "network:attach_external_network",
            "POST /v2.1/servers/{}/os-interface",
            lambda f: {"interfaceAttachment": {"net_id": fitting.external(f.scene)}},
        ),
        Write("os_compute_api:servers:create:attach_volume", "POST /v2.1/servers", _with_volume),
        Write("os_compute_api:servers:create:zero_disk_flavor", "POST /v2.1/servers", _without_disk),
        Write(
            "os_compute_api:servers:create:forced_host",
            "POST /v2.1/servers",
            lambda f: {"server": fitting.server(f) | {"availability_zone": f"nova:{f.scene.cloud.first_host}"}},
        ),
        Write(
            "compute:servers:create:requested_destination",
            "POST /v2.1/servers",
            lambda f: {"server": fitting.server(f) | {"host": f.scene.cloud.first_host}},
        ),
    ),
    "image": (
        Write("publicize_image", "PATCH /v2/images/{}", _visibility("public")),
        Write("communitize_image", "PATCH /v2/images/{}", _visibility("community")),
        Write("publicize_image", "POST /v2/images", lambda f: {"name": "m", "visibility": "public"}),
        Write("communitize_image", "POST /v2/images", lambda f: {"name": "m", "visibility": "community"}),
    ),
    "block-storage": (
        *(
            Read(f"volume_extension:{rule}", operation, f"{word}.{key}")
            for operation, word in (("GET /v3/volumes/{}", "volume"), ("GET /v3/volumes/detail", "volumes"))
            for rule, key in (
                ("volume_host_attribute", "os-vol-host-attr:host"),
                ("volume_mig_status_attribute", "os-vol-mig-status-attr:migstat"),
                ("volume_tenant_attribute", "os-vol-tenant-attr:tenant_id"),
            )
        ),
        *(
            Read(f"volume_extension:{rule}", operation, f"{word}.{key}")
            for operation, word in (("GET /v3/types/{}", "volume_type"), ("GET /v3/types", "volume_types"))
            for rule, key in (
                ("access_types_extra_specs", "extra_specs"),
                ("access_types_qos_specs_id", "qos_specs_id"),
                ("volume_type_access", "os-volume-type-access:is_public"),
                ("types_extra_specs:read_sensitive", "extra_specs.k"),
            )
        ),
        Read("volume_extension:types_extra_specs:read_sensitive", "GET /v3/types/{}/extra_specs", "extra_specs.k"),
        *(
            Read(
                "volume_extension:extended_snapshot_attributes",
                operation,
                f"{word}.os-extended-snapshot-attributes:progress",
            )
            for operation, word in (("GET /v3/snapshots/{}", "snapshot"), ("GET /v3/snapshots/detail", "snapshots"))
        ),
        Write("volume:force_delete", "DELETE /v3/volumes/{}", lambda f: None, query="force=true"),
        Write("volume:extend_attached_volume", "POST /v3/volumes/{}/action os-extend", fitting.body, _hold),
        Write("volume:create_from_image", "POST /v3/volumes", _from_image),
        Write("volume:multiattach", "POST /v3/volumes", _of_many),
        Write("volume:multiattach_bootable_volume", "POST /v3/attachments", _bootable_held),
    ),
}
