"""Bodies that fit the things that a request is about, so that nothing but a rule refuses it."""

import base64
import itertools
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from uuid import uuid4

from tests.cloud import PASSWORD, Client, Tenant
from tests.contract import bodies
from tests.contract.operations import Operation
from tests.contract.scene import Scene

_numbers = itertools.count(1)
INSTANCE = "5a5b6c6d-0000-4000-8000-00000000000b"
_KEY = "ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0 " + b"m" * 32).decode() + " matrix"
_ROUTES = {"router": {"routes": [{"destination": "192.0.2.0/24", "nexthop": "10.99.0.9"}]}}
PLACEMENT = "1.39"
CIDR = "10.99.0.0/24"
"""Of the subnet that a router's route leads through."""


class About(Protocol):
    """What a request is about: ids by the word in front of each, whose new things are to be, who asks."""

    scene: Scene
    operation: Operation
    owner: Tenant
    by: Client
    ids: dict[str, str]


def body(about: About) -> Any:
    """The body of a request."""
    operation = about.operation
    if operation.name.endswith("/tags") and operation.route.method != "DELETE":
        return {"tags": ["red"]}
    make = _BODIES.get(operation.name)
    return make(about) if make else bodies.request(operation, parsed=operation.service == "network")


def headers(scene: Scene, operation: Operation) -> dict[str, str]:
    """The headers that an operation cannot do without."""
    if operation.name.endswith("/v3/auth/tokens") and operation.route.method != "POST":
        auth = {"identity": {"methods": ["token"], "token": {"id": scene.a.member.token}}}
        made = scene.cloud.anonymous().post("/v3/auth/tokens", {"auth": auth})
        return {"x-subject-token": made.headers["x-subject-token"]}
    if operation.name == "PATCH /v2/images/{}":
        return {"content-type": "application/openstack-images-v2.1-json-patch"}
    return {}


def number() -> int:
    """One more than the last."""
    return next(_numbers)


def name() -> str:
    """A name that nothing has yet."""
    return f"fresh-{next(_numbers)}"


def cidr() -> str:
    """A range that no subnet has yet."""
    number = next(_numbers)
    return f"10.{100 + number // 250}.{number % 250}.0/24"


def custom() -> str:
    """A resource class or trait that is not there yet."""
    return f"CUSTOM_FRESH_{next(_numbers)}"


def allocation(about: About, generation: int | None) -> dict[str, Any]:
    """What a consumer holds of the scene's provider. `generation` is the consumer's, None for a new one."""
    held = {about.scene.ids["resource_providers"]: {"resources": {"VCPU": 1}}}
    owner = {"project_id": about.owner.id, "user_id": about.owner.member.user_id, "consumer_type": "MATRIX"}
    return {"allocations": held, "consumer_generation": generation, **owner}


def trust(about: About, trustor: Client) -> dict[str, Any]:
    """A trust of somebody in the other project's member, with the first of the trustor's roles."""
    said = trustor.said
    parties = {"trustor_user_id": said.get("user", {}).get("id"), "trustee_user_id": about.scene.b.member.user_id}
    roles = [{"name": one["name"]} for one in said.get("roles", ())[:1]]
    return parties | {"project_id": said.get("project", {}).get("id"), "impersonation": False, "roles": roles}


def keypair() -> dict[str, str]:
    """A keypair that is there not yet."""
    return {"name": name(), "public_key": _KEY, "type": "ssh"}


def server(about: About) -> dict[str, Any]:
    """A server that needs nothing but an image and a flavor."""
    return {"name": name(), "imageRef": about.ids["images"], "flavorRef": about.ids["flavors"], "networks": "none"}


def external(scene: Scene) -> str:
    """The id of the network that floating IPs come from."""
    if "external" not in scene.ids:
        found = scene.cloud.admin.get("/network/v2.0/networks?router:external=true").ok(200)["networks"]
        scene.ids["external"] = found[0]["id"]
    return scene.ids["external"]


def _of(about: About, **more: Any) -> dict[str, Any]:
    # said, since tokens of a domain or the system have no project of their own
    return {"project_id": about.owner.id, **more}


def _rule(about: About) -> dict[str, Any]:
    port = next(_numbers)
    ports = {"port_range_min": port, "port_range_max": port}
    return _of(about, security_group_id=about.ids["security-groups"], direction="ingress", protocol="udp", **ports)


def _generation(about: About) -> dict[str, int]:
    path = f"/placement/resource_providers/{about.ids['resource_providers']}"
    found = about.scene.cloud.admin.get(path).ok(200)
    return {"resource_provider_generation": found["generation"]}


def _aggregates(about: About) -> Any:
    old = about.operation.route.until is not None
    return [INSTANCE] if old else {"aggregates": [INSTANCE]} | _generation(about)


def _old_rule(about: About) -> dict[str, Any]:
    port = next(_numbers)
    group = about.ids["security-groups"]
    return {"parent_group_id": group, "ip_protocol": "tcp", "from_port": port, "to_port": port, "cidr": "0.0.0.0/0"}


def _pool(about: About) -> str:
    return about.scene.cloud.admin.get(f"/network/v2.0/networks/{external(about.scene)}").ok(200)["network"]["name"]


def _service(about: About) -> dict[str, str]:
    """The pool of the volumes."""
    admin = about.scene.cloud.admin
    found = admin.get(f"/volume/v3/{admin.project_id}/os-services?binary=cinder-volume").ok(200)["services"]
    return {"binary": found[0]["binary"], "host": found[0]["host"]}


def _address(about: About) -> str:
    return about.ids.get("address", "203.0.113.250")


def _login(about: About) -> dict[str, Any]:
    return {"id": about.scene.a.member.user_id, "password": PASSWORD}


def _switch(about: About) -> dict[str, str]:
    old = about.operation.route.until is not None
    return {"host": about.scene.cloud.first_host, "binary": "nova-compute"} if old else {"status": "enabled"}


def _class(about: About, path: str, key: str) -> dict[str, Any]:
    """The default class as it is: to change it would change everybody's quotas."""
    found = about.scene.cloud.admin.get(f"{path}/os-quota-class-sets/default").ok(200)["quota_class_set"]
    return {"quota_class_set": {key: found[key]}}


_BODIES: Mapping[str, Callable[[About], Any]] = {
    "POST /v2.0/networks": lambda f: {"network": _of(f, name="matrix")},
    "POST /v2.0/subnets": lambda f: {
        "subnet": _of(f, network_id=f.ids["networks"], ip_version=4, cidr=cidr()),
    },
    "POST /v2.0/ports": lambda f: {"port": _of(f, network_id=f.ids["networks"])},
    "POST /v2.0/routers": lambda f: {"router": _of(f, name="matrix")},
    "POST /v2.0/security-groups": lambda f: {"security_group": _of(f, name="matrix")},
    "POST /v2.0/security-group-rules": lambda f: {"security_group_rule": _rule(f)},
    "POST /v2.0/floatingips": lambda f: {"floatingip": _of(f, floating_network_id=external(f.scene))},
    "PUT /v2.0/routers/{}/add_router_interface": lambda f: {"subnet_id": f.ids["subnets"]},
    "PUT /v2.0/routers/{}/remove_router_interface": lambda f: {"subnet_id": f.ids["subnets"]},
    "PUT /v2.0/routers/{}/add_extraroutes": lambda f: _ROUTES,
    "PUT /v2.0/routers/{}/remove_extraroutes": lambda f: _ROUTES,
    "PUT /v2.0/quotas/{}": lambda f: {"quota": {"network": 10}},
    "PUT /v2.0/security-group-rules/{}": lambda f: {"security_group_rule": {"description": "new"}},
    "PUT /v2.1/os-services/{}": lambda f: _switch(f),
    "POST /v2.1/servers": lambda f: {"server": server(f)},
    "PUT /v2.1/servers/{}/metadata/{}": lambda f: {"meta": {"k": "v"}},
    "POST /v2.1/servers/{}/action rebuild": lambda f: {"rebuild": {"imageRef": f.ids["images"]}},
    "POST /v2.1/servers/{}/remote-consoles": lambda f: {"remote_console": {"protocol": "vnc", "type": "novnc"}},
    "POST /v2.1/servers/{}/os-volume_attachments": lambda f: {"volumeAttachment": {"volumeId": f.ids["volumes"]}},
    "PUT /v2.1/servers/{}/os-volume_attachments/{}": lambda f: {
        "volumeAttachment": {"volumeId": f.ids["os-volume_attachments"], "delete_on_termination": True}
    },
    "POST /v2.1/servers/{}/os-interface": lambda f: {"interfaceAttachment": {"net_id": f.ids["networks"]}},
    "POST /v2.1/flavors": lambda f: {"flavor": {"name": name(), "ram": 64, "vcpus": 1, "disk": 1}},
    "POST /v2.1/flavors/{}/os-extra_specs": lambda f: {"extra_specs": {"hw:cpu_policy": "shared"}},
    "PUT /v2.1/flavors/{}/os-extra_specs/{}": lambda f: {"hw:cpu_policy": "shared"},
    "POST /v2.1/flavors/{}/action addTenantAccess": lambda f: {"addTenantAccess": {"tenant": f.scene.b.id}},
    "POST /v2.1/flavors/{}/action removeTenantAccess": lambda f: {"removeTenantAccess": {"tenant": f.scene.b.id}},
    "POST /v2.1/os-keypairs": lambda f: {"keypair": keypair()},
    "POST /v2.1/os-aggregates": lambda f: {"aggregate": {"name": name()}},
    "PUT /v2.1/os-aggregates/{}": lambda f: {"aggregate": {"name": name()}},
    "POST /v2.1/os-aggregates/{}/action add_host": lambda f: {"add_host": {"host": f.scene.cloud.first_host}},
    "POST /v2.1/os-aggregates/{}/action remove_host": lambda f: {"remove_host": {"host": f.scene.cloud.first_host}},
    "PUT /v2.1/os-quota-sets/{}": lambda f: {"quota_set": {"instances": 10}},
    "PUT /v2.1/os-quota-class-sets/{}": lambda f: _class(f, "/compute/v2.1", "cores"),
    "POST /v2/images": lambda f: {"name": "matrix"},
    "PATCH /v2/images/{}": lambda f: [{"op": "replace", "path": "/name", "value": "matrix"}],
    "POST /v2/images/{}/members": lambda f: {"member": f.scene.b.id},
    "PUT /v2/images/{}/members/{}": lambda f: {"status": "accepted"},
    "POST /v3/volumes": lambda f: {"volume": {"size": 1}},
    "POST /v3/volumes/{}/action os-extend": lambda f: {"os-extend": {"new_size": 2}},
    "POST /v3/volumes/{}/action os-unset_image_metadata": lambda f: {"os-unset_image_metadata": {"key": "k"}},
    "PUT /v3/volumes/{}/metadata/{}": lambda f: {"meta": {"k": "v"}},
    "PUT /v3/snapshots/{}/metadata/{}": lambda f: {"meta": {"k": "v"}},
    "POST /v3/snapshots": lambda f: {"snapshot": {"volume_id": f.ids["volumes"], "force": True}},
    "POST /v3/volume-transfers": lambda f: {"transfer": {"volume_id": f.ids["volumes"]}},
    "POST /v3/os-volume-transfer": lambda f: {"transfer": {"volume_id": f.ids["volumes"]}},
    "POST /v3/volume-transfers/{}/accept": lambda f: {"accept": {"auth_key": f.ids.get("auth_key", "none")}},
    "POST /v3/os-volume-transfer/{}/accept": lambda f: {"accept": {"auth_key": f.ids.get("auth_key", "none")}},
    "POST /v3/attachments": lambda f: {"attachment": {"volume_uuid": f.ids["volumes"], "instance_uuid": INSTANCE}},
    "POST /v3/types": lambda f: {"volume_type": {"name": name()}},
    "PUT /v3/types/{}": lambda f: {"volume_type": {"name": name()}},
    "POST /v3/types/{}/action addProjectAccess": lambda f: {"addProjectAccess": {"project": f.scene.b.id}},
    "POST /v3/types/{}/action removeProjectAccess": lambda f: {"removeProjectAccess": {"project": f.scene.b.id}},
    "PUT /v3/os-quota-class-sets/{}": lambda f: _class(f, f"/volume/v3/{f.scene.cloud.admin.project_id}", "volumes"),
    "PUT /v3/os-services/enable": lambda f: _service(f),
    "PUT /v3/os-services/disable": lambda f: _service(f),
    "PUT /v3/os-services/disable-log-reason": lambda f: _service(f) | {"disabled_reason": "matrix"},
    "POST /resource_providers": lambda f: {"name": name()},
    "PUT /resource_providers/{}": lambda f: {"name": name()},
    "POST /resource_providers/{}/inventories": lambda f: {"resource_class": "VCPU", "total": 4},
    "PUT /resource_providers/{}/inventories": lambda f: {"inventories": {"VCPU": {"total": 4}}} | _generation(f),
    "PUT /resource_providers/{}/inventories/{}": lambda f: {"total": 5} | _generation(f),
    "PUT /resource_providers/{}/traits": lambda f: {"traits": []} | _generation(f),
    "PUT /resource_providers/{}/aggregates": _aggregates,
    "PUT /allocations/{}": lambda f: allocation(f, 1),
    "POST /allocations": lambda f: {str(uuid4()): allocation(f, None)},
    "POST /reshaper": lambda f: {
        "inventories": {f.ids["resource_providers"]: {"inventories": {"VCPU": {"total": 8}}} | _generation(f)},
        "allocations": {},
    },
    "POST /resource_classes": lambda f: {"name": custom()},
    "PUT /resource_classes/{}": lambda f: {"name": custom()} if f.operation.route.until else None,
    "PUT /traits/{}": lambda f: None,
    "POST /v2.1/os-volumes": lambda f: {"volume": {"size": 1}},
    "POST /v2.1/os-snapshots": lambda f: {"snapshot": {"volume_id": f.ids["volumes"], "force": True}},
    "POST /v2.1/os-floating-ips": lambda f: {"pool": _pool(f)},
    "POST /v2.1/os-security-groups": lambda f: {"security_group": {"name": name(), "description": "matrix"}},
    "PUT /v2.1/os-security-groups/{}": lambda f: {"security_group": {"name": name(), "description": "matrix"}},
    "POST /v2.1/os-security-group-rules": lambda f: {"security_group_rule": _old_rule(f)},
    "POST /v2.1/servers/{}/action addFloatingIp": lambda f: {"addFloatingIp": {"address": _address(f)}},
    "POST /v2.1/servers/{}/action removeFloatingIp": lambda f: {"removeFloatingIp": {"address": _address(f)}},
    "PUT /v2.1/images/{}/metadata/{}": lambda f: {"meta": {f.ids.get("metadata", "k"): "v"}},
    "POST /v3/auth/tokens": lambda f: {
        "auth": {"identity": {"methods": ["password"], "password": {"user": _login(f)}}}
    },
    "POST /v3/users/{}/password": lambda f: {"user": {"password": "another", "original_password": PASSWORD}},
    "POST /v3/projects": lambda f: {"project": {"name": name(), "domain_id": "default"}},
    "PATCH /v3/projects/{}": lambda f: {"project": {"description": "matrix"}},
    "POST /v3/domains": lambda f: {"domain": {"name": name(), "enabled": False}},
    "POST /v3/users": lambda f: {"user": {"name": name(), "domain_id": "default"}},
    "POST /v3/groups": lambda f: {"group": {"name": name(), "domain_id": "default"}},
    "PATCH /v3/groups/{}": lambda f: {"group": {"name": name()}},
    "POST /v3/roles": lambda f: {"role": {"name": name()}},
    "PATCH /v3/roles/{}": lambda f: {"role": {"name": name()}},
    "POST /v3/users/{}/application_credentials": lambda f: {"application_credential": {"name": name()}},
    "POST /v3/credentials": lambda f: {
        "credential": {"type": "other", "blob": "x", "user_id": f.by.said.get("user", {}).get("id", "nobody")}
    },
    "POST /v3/OS-TRUST/trusts": lambda f: {"trust": trust(f, f.by)},
    "POST /v3/users/{}/credentials/OS-EC2": lambda f: {"tenant_id": f.scene.a.id},
    "POST /v3/regions": lambda f: {"region": {"description": "matrix"}},
    "POST /v3/endpoints": lambda f: {
        "endpoint": {"service_id": f.ids["services"], "interface": "public", "url": "http://example.org/"}
    },
}
