"""How to make what stands behind each word of a path, for `Fresh`."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from uuid import uuid4

from tests.cloud import PASSWORD
from tests.contract import fitting
from tests.contract.fitting import CIDR, name

if TYPE_CHECKING:
    from tests.contract.fresh import Fresh

# identity


def _project(f: "Fresh") -> str:
    return f.create("/v3/projects", "project", f.admin, name=name(), domain_id="default")


def _domain(f: "Fresh") -> str:
    """One that may be deleted, where the domain itself is asked about."""
    alone = f.operation.collections == ["domains"]
    return f.create("/v3/domains", "domain", f.admin, name=name(), enabled=False) if alone else "default"


def _user(f: "Fresh") -> str:
    """The member, where it is about what is the user's own."""
    path = f.operation.route.path
    if "credentials" in path or "access_rules" in path:
        return f.member.user_id
    password = {"password": PASSWORD} if path.endswith("/password") else {}
    return f.create("/v3/users", "user", f.admin, name=name(), domain_id="default", **password)


def _group(f: "Fresh") -> str:
    return f.create("/v3/groups", "group", f.admin, name=name(), domain_id="default")


def _role(f: "Fresh") -> str:
    return f.create("/v3/roles", "role", f.admin, name=name())


def _policy(f: "Fresh") -> str:
    return f.create("/v3/policies", "policy", f.admin, type="application/json", blob="{}")


def _credential(f: "Fresh") -> str:
    return f.create("/v3/credentials", "credential", type="other", blob="x", user_id=f.member.user_id)


def _ec2(f: "Fresh") -> str:
    path = f"/v3/users/{f.member.user_id}/credentials/OS-EC2"
    return f.member.post(path, {"tenant_id": f.owner.id}).ok(201)["credential"]["access"]


def _application_credential(f: "Fresh") -> str:
    path = f"/v3/users/{f.member.user_id}/application_credentials"
    return f.create(path, "application_credential", name=name())


def _trust(f: "Fresh") -> str:
    return f.create("/v3/OS-TRUST/trusts", "trust", **fitting.trust(f, f.member))


def _access_rule(f: "Fresh") -> str:
    """One that no application credential uses any more."""
    path = f"/v3/users/{f.member.user_id}"
    rules = [{"service": "compute", "method": "GET", "path": f"/v2.1/{name()}"}]
    body = {"application_credential": {"name": name(), "access_rules": rules}}
    made = f.member.post(f"{path}/application_credentials", body).ok(201)["application_credential"]
    f.member.delete(f"{path}/application_credentials/{made['id']}").ok(204)
    return made["access_rules"][0]["id"]


def _region(f: "Fresh") -> str:
    return f.create("/v3/regions", "region", f.admin, id=name())


def _service(f: "Fresh") -> str:
    return f.create("/v3/services", "service", f.admin, type=name())


def _endpoint(f: "Fresh") -> str:
    service = f.scene.ids["services"]
    url = {"interface": "public", "url": "http://example.org/"}
    return f.create("/v3/endpoints", "endpoint", f.admin, service_id=service, **url)


# compute and image


def _flavor(f: "Fresh") -> str:
    body = {"name": name(), "ram": 64, "vcpus": 1, "disk": 1, "os-flavor-access:is_public": False}
    id = f.create("/compute/v2.1/flavors", "flavor", f.admin, **body)
    if "os-extra_specs" in f.operation.collections:
        specs = {"extra_specs": {"hw:cpu_policy": "shared"}}
        f.admin.post(f"/compute/v2.1/flavors/{id}/os-extra_specs", specs).ok(200)
    return id


def _server(f: "Fresh") -> str:
    body = fitting.server(f) | {"metadata": {"k": "v"}, "tags": ["red"]}
    if "os-interface" in f.operation.name or "SecurityGroup" in f.operation.name or "FloatingIp" in f.operation.name:
        body["networks"] = [{"uuid": f.scene.ids["networks"]}]
    id = f.create("/compute/v2.1/servers", "server", **body)
    f.until(f"/compute/v2.1/servers/{id}", "server", "ACTIVE")
    return id


def _attached(f: "Fresh") -> str:
    """A volume on the server."""
    path = f"/compute/v2.1/servers/{f.ids['servers']}/os-volume_attachments"
    volume = _volume(f)
    f.member.post(path, {"volumeAttachment": {"volumeId": volume}}, version=f.version(path)).ok()
    f.until(f"/volume/v3/{f.admin.project_id}/volumes/{volume}", "volume", "in-use")
    return volume


def _interface(f: "Fresh") -> str:
    path = f"/compute/v2.1/servers/{f.ids['servers']}/os-interface"
    return f.member.get(path, version=f.version(path)).ok(200)["interfaceAttachments"][0]["port_id"]


def _server_group(f: "Fresh") -> str:
    return f.create("/compute/v2.1/os-server-groups", "server_group", name=name(), policy="affinity")


def _keypair(f: "Fresh") -> str:
    return f.create("/compute/v2.1/os-keypairs", "keypair", **fitting.keypair())


def _aggregate(f: "Fresh") -> str:
    return f.create("/compute/v2.1/os-aggregates", "aggregate", f.admin, name=name())


def _image(f: "Fresh") -> str:
    visibility = "shared" if "members" in f.operation.name else "private"
    id = f.create(
        "/image/v2/images", "", name=name(), disk_format="raw", container_format="bare", visibility=visibility
    )
    if "/actions/" in f.operation.name or f.operation.service == "compute":
        f.upload(id)
    return id


def _image_member(f: "Fresh") -> str:
    f.member.post(f"/image/v2/images/{f.ids['images']}/members", {"member": f.scene.b.id}).ok(200)
    return f.scene.b.id


# network


def _network(f: "Fresh") -> str:
    return f.create("/network/v2.0/networks", "network", name=name())


def _subnet(f: "Fresh") -> str:
    return f.create("/network/v2.0/subnets", "subnet", network_id=_network(f), ip_version=4, cidr=CIDR)


def _port(f: "Fresh") -> str:
    return f.create("/network/v2.0/ports", "port", network_id=_network(f))


def _router(f: "Fresh") -> str:
    return f.create("/network/v2.0/routers", "router", name=name())


def _floating_ip(f: "Fresh") -> str:
    network = fitting.external(f.scene)
    return f.create("/network/v2.0/floatingips", "floatingip", floating_network_id=network)


def _group_of_rules(f: "Fresh") -> str:
    return f.create("/network/v2.0/security-groups", "security_group", name=name())


def _rule(f: "Fresh") -> str:
    rule = {"security_group_id": _group_of_rules(f), "direction": "ingress", "protocol": "udp"}
    return f.create("/network/v2.0/security-group-rules", "security_group_rule", **rule)


# block storage


def _volume(f: "Fresh") -> str:
    id = f.create(f"/volume/v3/{f.owner.id}/volumes", "volume", size=1, metadata={"k": "v"})
    f.until(f"/volume/v3/{f.admin.project_id}/volumes/{id}", "volume", "available")
    if f.operation.name.endswith("image_metadata"):
        body = {"os-set_image_metadata": {"metadata": {"k": "v"}}}
        f.member.post(f"/volume/v3/{f.owner.id}/volumes/{id}/action", body).ok()
    return id


def _snapshot(f: "Fresh") -> str:
    path = f"/volume/v3/{f.owner.id}/snapshots"
    id = f.create(path, "snapshot", volume_id=_volume(f), metadata={"k": "v"})
    f.until(f"/volume/v3/{f.admin.project_id}/snapshots/{id}", "snapshot", "available")
    return id


def _attachment(f: "Fresh") -> str:
    asked = {"volume_uuid": _volume(f), "instance_uuid": fitting.INSTANCE}
    return f.create(f"/volume/v3/{f.owner.id}/attachments", "attachment", **asked)


def _transfer(f: "Fresh") -> str:
    body = {"transfer": {"volume_id": _volume(f)}}
    made = f.member.post(f"/volume/v3/{f.owner.id}/volume-transfers", body).ok(202)["transfer"]
    f.ids["auth_key"] = made["auth_key"]
    return str(made["id"])


def _type(f: "Fresh") -> str:
    body = {"name": name(), "os-volume-type-access:is_public": False, "extra_specs": {"k": "v"}}
    return f.create(f"/volume/v3/{f.admin.project_id}/types", "volume_type", f.admin, **body)


# placement


def _provider(f: "Fresh") -> str:
    made = f.admin.post("/placement/resource_providers", {"name": name()}, version=fitting.PLACEMENT).ok(200)
    return made["uuid"]


def _inventory(f: "Fresh") -> str:
    path = f"/placement/resource_providers/{f.ids['resource_providers']}/inventories"
    f.admin.post(path, {"resource_class": "VCPU", "total": 8}, version=fitting.PLACEMENT).ok(201)
    return "VCPU"


def _class(f: "Fresh") -> str:
    made = fitting.custom()
    f.admin.put(f"/placement/resource_classes/{made}", version=fitting.PLACEMENT).ok(201)
    return made


def _trait(f: "Fresh") -> str:
    made = fitting.custom()
    f.admin.put(f"/placement/traits/{made}", version=fitting.PLACEMENT).ok(201)
    return made


def _allocation(f: "Fresh") -> str:
    """A consumer of the scene's provider."""
    consumer = str(uuid4())
    body = fitting.allocation(f, None)
    f.admin.put(f"/placement/allocations/{consumer}", body, version=fitting.PLACEMENT).ok(204)
    return consumer


# compute's ways to other services, for old clients


def _proxied_floating_ip(f: "Fresh") -> str:
    id = _floating_ip(f)
    shown = f.admin.get(f"/network/v2.0/floatingips/{id}").ok(200)["floatingip"]
    f.ids["address"] = shown["floating_ip_address"]
    return id


MAKERS: Mapping[str, Callable[["Fresh"], str]] = {
    "projects": _project,
    "domains": _domain,
    "users": _user,
    "groups": _group,
    "roles": _role,
    "implies": _role,
    "policies": _policy,
    "credentials": _credential,
    "OS-EC2": _ec2,
    "application_credentials": _application_credential,
    "access_rules": _access_rule,
    "trusts": _trust,
    "regions": _region,
    "services": _service,
    "endpoints": _endpoint,
    "flavors": _flavor,
    "servers": _server,
    "os-volume_attachments": _attached,
    "os-interface": _interface,
    "os-server-groups": _server_group,
    "os-keypairs": _keypair,
    "os-aggregates": _aggregate,
    "os-quota-sets": _project,
    "quotas": _project,
    "images": _image,
    "members": _image_member,
    "networks": _network,
    "subnets": _subnet,
    "ports": _port,
    "routers": _router,
    "floatingips": _floating_ip,
    "security-groups": _group_of_rules,
    "security-group-rules": _rule,
    "volumes": _volume,
    "snapshots": _snapshot,
    "attachments": _attachment,
    "volume-transfers": _transfer,
    "os-volume-transfer": _transfer,
    "types": _type,
    "resource_providers": _provider,
    "inventories": _inventory,
    "resource_classes": _class,
    "traits": _trait,
    "allocations": _allocation,
    "os-volumes": _volume,
    "os-snapshots": _snapshot,
    "os-floating-ips": _proxied_floating_ip,
    "os-security-groups": _group_of_rules,
    "os-security-group-rules": _rule,
}
"""Word of a path → how to make what it stands for."""
NEEDS: Mapping[str, tuple[str, ...]] = {
    "POST /v2.0/subnets": ("networks",),
    "POST /v2.0/ports": ("networks",),
    "POST /v2.0/security-group-rules": ("security-groups",),
    "PUT /v2.0/routers/{}/add_router_interface": ("subnets",),
    "PUT /v2.0/routers/{}/remove_router_interface": ("subnets",),
    "PUT /v2.0/routers/{}/add_extraroutes": ("subnets",),
    "PUT /v2.0/routers/{}/remove_extraroutes": ("subnets",),
    "POST /v2.1/servers": ("images",),
    "POST /v2.1/servers/{}/os-volume_attachments": ("volumes",),
    "POST /v3/snapshots": ("volumes",),
    "POST /v2.1/os-snapshots": ("volumes",),
    "POST /v2.1/os-security-group-rules": ("security-groups",),
    "POST /v2.1/servers/{}/action addFloatingIp": ("os-floating-ips",),
    "POST /v2.1/servers/{}/action removeFloatingIp": ("os-floating-ips",),
    "POST /v3/attachments": ("volumes",),
    "POST /v3/volume-transfers": ("volumes",),
    "POST /v3/os-volume-transfer": ("volumes",),
}
"""What the body names and must be new."""
_INTERFACE = "PUT /v2.0/routers/{}/add_router_interface"
BEFORE: Mapping[str, tuple[str, ...]] = {
    "PUT /v2.0/routers/{}/remove_router_interface": (_INTERFACE,),
    "PUT /v2.0/routers/{}/add_extraroutes": (_INTERFACE,),
    "PUT /v2.0/routers/{}/remove_extraroutes": (_INTERFACE, "PUT /v2.0/routers/{}/add_extraroutes"),
    "POST /v2.1/flavors/{}/action removeTenantAccess": ("POST /v2.1/flavors/{}/action addTenantAccess",),
    "POST /v2.1/os-aggregates/{}/action remove_host": ("POST /v2.1/os-aggregates/{}/action add_host",),
    "POST /v2.1/servers/{}/action removeFloatingIp": ("POST /v2.1/servers/{}/action addFloatingIp",),
    "DELETE /v2.0/quotas/{}": ("PUT /v2.0/quotas/{}",),
    "POST /v3/types/{}/action removeProjectAccess": ("POST /v3/types/{}/action addProjectAccess",),
    "POST /v2/images/{}/actions/reactivate": ("POST /v2/images/{}/actions/deactivate",),
    "POST /v3/attachments/{}/action os-complete": ("PUT /v3/attachments/{}",),
}
"""What must have been asked before."""
AFTER: Mapping[str, tuple[str, ...]] = {
    "PUT /v3/os-services/disable": ("PUT /v3/os-services/enable",),
    "PUT /v3/os-services/disable-log-reason": ("PUT /v3/os-services/enable",),
}
"""What is asked behind it."""
