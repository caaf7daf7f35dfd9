"""A cloud with one of each thing in a project, as far as it is served: what the sweeps ask about.

Things are found by the word that stands in front of their id in a path: `servers`, `os-volume_attachments`, …
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.cloud import Client, Cloud, Tenant
from tests.contract.operations import Operation, named

_KEY = "ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0 " + b"k" * 32).decode() + " scene"

_QUERIES = {
    "placement GET /usages": "project_id={project}",
    "placement GET /allocation_candidates": "resources=VCPU:1",
}
"""Queries that operations cannot do without."""


@dataclass
class Scene:
    """The cloud, project A with its things, and project B that has none. `failed` are creations that were refused."""

    cloud: Cloud
    a: Tenant
    b: Tenant
    ids: dict[str, str] = field(default_factory=dict[str, str])
    failed: list[str] = field(default_factory=list[str])
    special: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    """Part of an operation's name → ids that it wants instead."""

    def values(self, operation: Operation) -> dict[str, str]:
        """The values of an operation's path parameters, by the word in front of each."""
        found = dict(self.ids)
        for part, instead in self.special.items():
            if part in operation.name:
                found |= instead
        return found

    def path(self, operation: Operation, otherwise: str = "00000000-0000-4000-8000-00000000dead") -> str:
        """An operation's path about the things of the scene; `otherwise` is the id of what the scene has not."""
        return operation.path(self.values(operation), self.a.id, otherwise)

    def address(self, operation: Operation, project: str | None = None) -> str:
        """An operation's path about the things of the scene, with the query that it cannot do without: about a project."""
        return self.path(operation) + self.query(operation, project)

    def query(self, operation: Operation, project: str | None = None) -> str:
        """The query that an operation cannot do without, with its `?`: about a project."""
        found = _QUERIES.get(f"{operation.service} {operation.name}")
        return f"?{found.format(project=project or self.a.id)}" if found else ""

    def make(self, kind: str, path: str, key: str, attributes: dict[str, Any], by: Client | None = None) -> Any:
        """Create a thing and remember its id (its name where it has no id); None where it is not served or refused."""
        answer = (by or self.a.member).post(path, {key: attributes}, version=_newest(path))
        if not 200 <= answer.status < 300:
            self.failed.append(f"POST {path}: {answer.status} {answer.body.decode(errors='replace')[:300]}")
            return None
        thing = answer.json if kind == "images" else answer.json[key]
        self.ids[kind] = str(thing.get("id", thing.get("name")))
        return thing

    def shown(self, path: str, key: str) -> Any:
        """A thing as the administrator sees it now."""
        return self.cloud.admin.get(path, version=_newest(path)).ok(200)[key]

    def until(self, path: str, key: str, status: str) -> None:
        """Wait until a thing has a status."""
        self.cloud.wait(lambda: self.shown(path, key)["status"] == status, f"{path} {status}")

    def generation(self) -> int:
        """The generation of the scene's resource provider now."""
        path = f"/placement/resource_providers/{self.ids['resource_providers']}"
        return self.cloud.admin.get(path).ok(200)["generation"]

    def rest(self) -> None:
        """Wait until nothing goes on with the server: some of what is asked of it takes its time."""
        path = f"/compute/v2.1/servers/{self.ids.get('servers')}"
        if self.cloud.admin.get(path).status == 200:
            self.cloud.wait(lambda: self.shown(path, "server")["OS-EXT-STS:task_state"] is None, "rest of the server")


def _newest(path: str) -> str | None:
    service = path.split("/")[1]
    operation = {"compute": ("compute", "GET /v2.1/servers"), "volume": ("block-storage", "GET /v3/volumes")}.get(
        service
    )
    found = operation and named(*operation)
    return found.version() if found else None


def _serves(service: str, name: str) -> bool:
    return named(service, name) is not None


def build(cloud: Cloud) -> Scene:
    """The scene, of everything that is served."""
    scene = Scene(cloud, *(cloud.project("member", "reader", passwords=True) for _ in range(2)))
    parts: list[tuple[str, str, Callable[[Scene], None]]] = [
        ("identity", "GET /v3/users", _identity),
        ("image", "POST /v2/images", _image),
        ("network", "POST /v2.0/networks", _network),
        ("block-storage", "POST /v3/volumes", _volumes),
        ("compute", "POST /v2.1/flavors", _compute),
        ("compute", "POST /v2.1/servers", _server),
        ("placement", "POST /resource_providers", _placement),
    ]
    for service, operation, part in parts:
        if _serves(service, operation):
            try:
                part(scene)
            except (AssertionError, KeyError, TypeError) as error:
                scene.failed.append(f"{part.__name__}: {error!r}"[:600])
    return scene


def _identity(scene: Scene) -> None:
    admin = scene.cloud.admin
    scene.ids |= {"projects": scene.a.id, "users": scene.a.member.user_id, "domains": "default", "regions": "RegionOne"}
    if _serves("identity", "POST /v3/roles"):
        scene.make("roles", "/v3/roles", "role", {"name": "scene"}, admin)
    for kind, key in (("services", "service"), ("endpoints", "endpoint")):
        if _serves("identity", f"GET /v3/{kind}"):
            scene.ids[kind] = admin.get(f"/v3/{kind}").ok(200)[kind][0]["id"]
            assert admin.get(f"/v3/{kind}/{scene.ids[kind]}").ok(200)[key]
    if _serves("identity", "POST /v3/groups"):
        scene.make("groups", "/v3/groups", "group", {"name": "scene", "domain_id": "default"}, admin)
        admin.put(f"/v3/groups/{scene.ids['groups']}/users/{scene.a.member.user_id}").ok(204)
    if _serves("identity", "PUT /v3/projects/{}/tags/{}"):
        admin.put(f"/v3/projects/{scene.a.id}/tags/red").ok(201)
    if _serves("identity", "POST /v3/credentials"):
        body = {"type": "other", "blob": "x", "user_id": scene.a.member.user_id}
        scene.make("credentials", "/v3/credentials", "credential", body)
    if _serves("identity", "POST /v3/users/{}/application_credentials"):
        path = f"/v3/users/{scene.a.member.user_id}/application_credentials"
        scene.make("application_credentials", path, "application_credential", {"name": "scene"})
    if _serves("identity", "POST /v3/policies"):
        scene.make("policies", "/v3/policies", "policy", {"type": "application/json", "blob": "{}"}, admin)
    if _serves("identity", "POST /v3/OS-TRUST/trusts"):
        parties = {"trustor_user_id": scene.a.member.user_id, "trustee_user_id": admin.user_id}
        given = {"project_id": scene.a.id, "impersonation": False, "roles": [{"name": "member"}]}
        trust = scene.make("trusts", "/v3/OS-TRUST/trusts", "trust", parties | given)
        scene.special["/trusts/{}/roles/{}"] = {"roles": trust["roles"][0]["id"]}
    scene.ids["tags"] = "red"


def _image(scene: Scene) -> None:
    member = scene.a.member
    body = {"name": "scene", "disk_format": "raw", "container_format": "bare", "tags": ["red"], "k": "v"}
    image = member.post("/image/v2/images", body).ok(201)
    scene.ids["images"] = image["id"]
    octets = {"content-type": "application/octet-stream"}
    member.put(f"/image/v2/images/{image['id']}/file", b"\0" * 4096, headers=octets).ok(204)
    scene.cloud.wait(lambda: member.get(f"/image/v2/images/{image['id']}").ok(200)["status"] == "active", "the image")
    if _serves("image", "POST /v2/images/{}/members"):
        member.patch(
            f"/image/v2/images/{image['id']}",
            b'[{"op": "replace", "path": "/visibility", "value": "shared"}]',
            headers={"content-type": "application/openstack-images-v2.1-json-patch"},
        ).ok(200)
        third = scene.cloud.project("member")
        member.post(f"/image/v2/images/{image['id']}/members", {"member": third.id}).ok(200)
        scene.ids["members"] = third.id


def _network(scene: Scene) -> None:
    api = "/network/v2.0"
    outside = {"name": "outside", "router:external": True, "provider:network_type": "flat"}
    found = scene.cloud.admin.get(f"{api}/networks?router:external=true").ok(200)["networks"]
    physical = {"provider:physical_network": "extnet"}
    external = (
        found[0]
        if found
        else scene.make("external", f"{api}/networks", "network", outside | physical, scene.cloud.admin)
    )
    if external and not external["subnets"]:
        body = {"network_id": external["id"], "ip_version": 4, "cidr": "203.0.113.0/24", "enable_dhcp": False}
        scene.make("external subnet", f"{api}/subnets", "subnet", body, scene.cloud.admin)
    network = scene.make("networks", f"{api}/networks", "network", {"name": "scene"})
    inside = {"network_id": network["id"], "ip_version": 4, "cidr": "10.9.0.0/24", "name": "scene"}
    subnet = scene.make("subnets", f"{api}/subnets", "subnet", inside)
    group = scene.make("security-groups", f"{api}/security-groups", "security_group", {"name": "scene"})
    rule = {"security_group_id": group["id"], "direction": "ingress", "protocol": "tcp", "port_range_min": 22}
    scene.make(
        "security-group-rules", f"{api}/security-group-rules", "security_group_rule", rule | {"port_range_max": 22}
    )
    port = scene.make("ports", f"{api}/ports", "port", {"network_id": network["id"], "name": "scene"})
    if _serves("network", "POST /v2.0/routers") and external:
        gateway = {"external_gateway_info": {"network_id": external["id"]}, "name": "scene"}
        router = scene.make("routers", f"{api}/routers", "router", gateway)
        scene.a.member.put(f"{api}/routers/{router['id']}/add_router_interface", {"subnet_id": subnet["id"]}).ok(200)
        body = {"floating_network_id": external["id"], "port_id": port["id"]}
        scene.make("floatingips", f"{api}/floatingips", "floatingip", body)
    scene.ids["quotas"] = scene.a.id
    agents = scene.cloud.admin.get(f"{api}/agents")
    if agents.status == 200 and agents.json["agents"]:
        scene.ids["agents"] = agents.json["agents"][0]["id"]
    for kind in ("networks", "subnets", "ports", "routers", "floatingips", "security-groups"):
        if _serves("network", f"PUT /v2.0/{kind}/{{}}/tags/{{}}"):
            scene.a.member.put(f"{api}/{kind}/{scene.ids[kind]}/tags/red").ok(201)
    scene.ids["extensions"] = "router"


def _volumes(scene: Scene) -> None:
    api = f"/volume/v3/{scene.a.id}"
    admin = f"/volume/v3/{scene.cloud.admin.project_id}"
    volume = scene.make("volumes", f"{api}/volumes", "volume", {"size": 1, "name": "scene", "metadata": {"k": "v"}})
    scene.until(f"{admin}/volumes/{volume['id']}", "volume", "available")
    reserved = scene.make("reserved volume", f"{api}/volumes", "volume", {"size": 1, "name": "reserved"})
    scene.until(f"{admin}/volumes/{reserved['id']}", "volume", "available")
    body = {"volume_uuid": reserved["id"], "instance_uuid": "5a5b6c6d-0000-4000-8000-00000000000a"}
    scene.make("attachments", f"{api}/attachments", "attachment", body)
    if _serves("block-storage", "POST /v3/snapshots"):
        asked = {"volume_id": volume["id"], "name": "scene", "metadata": {"k": "v"}}
        snapshot = scene.make("snapshots", f"{api}/snapshots", "snapshot", asked)
        scene.until(f"{admin}/snapshots/{snapshot['id']}", "snapshot", "available")
    kind = {"name": "scene", "extra_specs": {"k": "v"}}
    if _serves("block-storage", "POST /v3/types"):
        scene.make("types", f"{admin}/types", "volume_type", kind, scene.cloud.admin)
        private = {"name": "private", "os-volume-type-access:is_public": False}
        scene.make("private type", f"{admin}/types", "volume_type", private, scene.cloud.admin)
        scene.special["/os-volume-type-access"] = {"types": scene.ids["private type"]}
    if _serves("block-storage", "POST /v3/volume-transfers"):
        offered = scene.make("offered volume", f"{api}/volumes", "volume", {"size": 1, "name": "offered"})
        scene.until(f"{admin}/volumes/{offered['id']}", "volume", "available")
        given = {"volume_id": offered["id"], "name": "scene"}
        scene.ids["os-volume-transfer"] = scene.make("volume-transfers", f"{api}/volume-transfers", "transfer", given)[
            "id"
        ]
    if _serves("block-storage", "GET /v3/os-hosts"):
        host = scene.shown(f"{admin}/volumes/{volume['id']}", "volume")["os-vol-host-attr:host"].partition("#")[0]
        scene.ids["capabilities"] = host
        scene.special["/v3/os-hosts/"] = {"os-hosts": host}
        scene.special["/v3/extensions/"] = {"extensions": "os-hosts"}
    scene.ids |= {"os-quota-sets": scene.a.id, "os-quota-class-sets": "default", "metadata": "k", "extra_specs": "k"}


def _compute(scene: Scene) -> None:
    api = "/compute/v2.1"
    flavor = {"name": "scene", "ram": 64, "vcpus": 1, "disk": 1}
    made = scene.make("flavors", f"{api}/flavors", "flavor", flavor, scene.cloud.admin)
    if made and _serves("compute", "POST /v2.1/flavors/{}/os-extra_specs"):
        specs = {"extra_specs": {"hw:cpu_policy": "shared"}}
        scene.cloud.admin.post(f"{api}/flavors/{made['id']}/os-extra_specs", specs, version=_newest(api)).ok(200)
        scene.ids["os-extra_specs"] = "hw:cpu_policy"
    private = {"name": "private", "ram": 64, "vcpus": 1, "disk": 1, "os-flavor-access:is_public": False}
    if scene.make("private flavor", f"{api}/flavors", "flavor", private, scene.cloud.admin):
        scene.special["/os-flavor-access"] = {"flavors": scene.ids["private flavor"]}
    if _serves("compute", "POST /v2.1/os-keypairs"):
        body = {"name": "scene", "public_key": _KEY, "type": "ssh"}
        scene.make("os-keypairs", f"{api}/os-keypairs", "keypair", body)
    if _serves("compute", "POST /v2.1/os-aggregates"):
        scene.make("os-aggregates", f"{api}/os-aggregates", "aggregate", {"name": "scene"}, scene.cloud.admin)
    if _serves("compute", "POST /v2.1/os-server-groups"):
        group = {"name": "scene", "policy": "anti-affinity", "rules": {"max_server_per_host": 9}}
        scene.make("os-server-groups", f"{api}/os-server-groups", "server_group", group)
    for kind, key in (("os-services", "services"), ("os-hypervisors", "hypervisors")):
        if _serves("compute", f"GET /v2.1/{kind}"):
            found = scene.cloud.admin.get(f"{api}/{kind}", version=_newest(api)).ok(200)[key]
            if found:
                scene.ids[kind] = found[0]["id"]
                name = {"os-hypervisors": str(found[0].get("hypervisor_hostname"))}
                scene.special |= {"/os-hypervisors/{}/search": name, "/os-hypervisors/{}/servers": name}
    scene.ids |= {"os-quota-sets": scene.a.id, "os-quota-class-sets": "default"}
    scene.ids["os-simple-tenant-usage"] = scene.a.id


def _server(scene: Scene) -> None:
    api = "/compute/v2.1"
    body: dict[str, Any] = {"name": "scene", "imageRef": scene.ids["images"], "flavorRef": scene.ids["flavors"]}
    body |= {
        "networks": [{"uuid": scene.ids["networks"]}],
        "metadata": {"k": "v"},
        "key_name": "scene",
        "tags": ["red"],
    }
    made = scene.make("servers", f"{api}/servers", "server", body)
    path = f"{api}/servers/{made['id']}"
    scene.until(path, "server", "ACTIVE")
    version = _newest(api)
    if _serves("compute", "GET /v2.1/servers/{}/os-interface"):
        found = scene.a.member.get(f"{path}/os-interface", version=version).ok(200)["interfaceAttachments"]
        scene.ids["os-interface"] = found[0]["port_id"]
    if _serves("compute", "GET /v2.1/servers/{}/os-instance-actions"):
        found = scene.a.member.get(f"{path}/os-instance-actions", version=version).ok(200)["instanceActions"]
        scene.ids["os-instance-actions"] = found[0]["request_id"]
    if _serves("compute", "POST /v2.1/servers/{}/os-volume_attachments") and "volumes" in scene.ids:
        attached = {"volumeAttachment": {"volumeId": scene.ids["volumes"]}}
        scene.a.member.post(f"{path}/os-volume_attachments", attached, version=version).ok()
        scene.ids["os-volume_attachments"] = scene.ids["volumes"]
        volume = f"/volume/v3/{scene.cloud.admin.project_id}/volumes/{scene.ids['volumes']}"
        scene.until(volume, "volume", "in-use")
    hypervisor = scene.special.get("/os-hypervisors/{}/search", {}).get("os-hypervisors", "")
    scene.ids |= {
        "os-hosts": hypervisor,
        "os-volumes": scene.ids.get("volumes", ""),
        "os-snapshots": scene.ids.get("snapshots", ""),
        "os-networks": scene.ids["networks"],
        "os-tenant-networks": scene.ids["networks"],
        "os-floating-ips": scene.ids.get("floatingips", ""),
        "os-security-groups": scene.ids["security-groups"],
        "os-security-group-rules": scene.ids["security-group-rules"],
    }
    scene.special["/v2.1/extensions/"] = {"extensions": "os-hosts"}
    if _serves("compute", "GET /v2.1/servers/{}/ips"):
        scene.ids["ips"] = "scene"


def _placement(scene: Scene) -> None:
    api, newest, admin = "/placement", "1.39", scene.cloud.admin
    made = admin.post(f"{api}/resource_providers", {"name": "scene"}, version=newest).ok(200)
    path = f"{api}/resource_providers/{made['uuid']}"
    admin.post(f"{path}/inventories", {"resource_class": "VCPU", "total": 8}, version=newest).ok(201)
    for kind in ("resource_classes", "traits"):
        if _serves("placement", f"PUT /{kind}/{{}}"):
            admin.put(f"{api}/{kind}/CUSTOM_SCENE", version=newest).ok(201)
    consumer = "5a5b6c6d-0000-4000-8000-00000000000c"
    for name in ("CUSTOM_HW_FPGA_CLASS1", "CUSTOM_HW_FPGA_CLASS3"):
        admin.put(f"{api}/traits/{name}", version=newest).ok(201)
    above = admin.post(f"{api}/resource_providers", {"name": "above"}, version=newest).ok(200)
    held = {"allocations": {made["uuid"]: {"resources": {"VCPU": 1}}}, "consumer_type": "SCENE"}
    owner = {"project_id": scene.a.id, "user_id": scene.a.member.user_id, "consumer_generation": None}
    admin.put(f"{api}/allocations/{consumer}", held | owner, version=newest).ok(204)
    scene.ids |= {"resource_providers": made["uuid"], "inventories": "VCPU", "allocations": consumer}
    scene.ids |= {"resource_classes": "CUSTOM_SCENE", "parents": above["uuid"]}
    scene.special["/traits/{}"] = {"traits": "CUSTOM_SCENE"}
