"""The scene as upstream's samples want it: more than one of what lists have pages of, and new things for what is used up.

A sample's request names things that are not here. What stands in their place is the scene's, or a new thing where only a new one
will do: a volume is attached once, a port belongs to one server.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_network
from typing import Any

from gureum.kernel.http.history import Version
from tests.contract.operations import Operation
from tests.contract.replay import without_quotas
from tests.contract.scene import Scene

_COMPUTE, _NETWORK = "/compute/v2.1", "/network/v2.0"
_NEWEST = "2.104"


@dataclass
class Stage:
    """The scene and what is added to it."""

    scene: Scene
    made: Counter[str] = field(default_factory=Counter[str])
    ids: dict[str, str] = field(default_factory=dict[str, str])
    """What a thing is called in a path or body of the scene → the thing."""
    new_ones: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    """What was made for the body at hand: by kind and by the name that it has in the sample."""
    names: dict[str, str] = field(default_factory=dict[str, str])
    """Key of a body → its value here, whatever the sample says."""

    def __post_init__(self) -> None:
        without_quotas(self.scene)
        self.ids = dict(self.scene.ids)
        self._identity()
        self._compute()
        self._network()
        self._volumes()
        self.ids["role name"] = "member"
        self.names |= {
            "tenant_id": self.scene.a.id,
            "project_id": self.scene.a.id,
            "tenant": self.scene.b.id,
            "trustor_user_id": self.scene.a.member.user_id,
            "trustee_user_id": self.scene.b.member.user_id,
            "same_host": self.ids["servers"],
            "key_name": self.ids["os-keypairs"],
            "availability_zone": "nova",
            "volume_type": "scene",
            "expires_at": "2099-02-27T18:30:59Z",
            "nexthop": "10.9.0.13",
            "parent_group_id": self.ids["security-groups"],
        }

    @property
    def volumes(self) -> str:
        """Where project A's volumes are."""
        return f"/volume/v3/{self.scene.a.id}"

    def values(self, operation: Operation, version: Version) -> dict[str, str]:
        """The values of an operation's path parameters, by the word in front of each."""
        return (
            self.scene.values(operation) | {name: self.ids[name] for name in _OURS} | _special(self, operation, version)
        )

    def new(self, kind: str, instead: str) -> str | None:
        """A new thing of a kind that can be used only once, the same for the same name in a body; None for other kinds."""
        if kind in _NEW and (kind, instead) not in self.new_ones:
            self.new_ones[kind, instead] = _NEW[kind](self)
        return self.new_ones.get((kind, instead))

    def prepared(self, operation: Operation, body: Any) -> None:
        """Bring about what an operation wants to find: a server that rests, and what only this one needs."""
        if operation.service == "compute":
            self.scene.rest()
        for part, prepare in _BEFORE.items():
            if operation.name.endswith(part):
                prepare(self, body)

    def number(self, kind: str) -> int:
        """The next number of a kind."""
        self.made[kind] += 1
        return self.made[kind]

    def _identity(self) -> None:
        scene, admin = self.scene, self.scene.cloud.admin
        role = admin.post("/v3/roles", {"role": {"name": "implied", "description": "x"}}).ok(201)["role"]["id"]
        admin.put(f"/v3/roles/{scene.ids['roles']}/implies/{role}").ok(201)
        roles = {one["name"]: one["id"] for one in admin.get("/v3/roles").ok(200)["roles"]}
        admin.put(f"/v3/domains/default/users/{admin.user_id}/roles/{roles['admin']}").ok(204)
        rules = [{"path": "/v2.1/servers", "method": "GET", "service": "compute"}]
        made, self.credential = (
            scene.a.member.post(
                f"/v3/users/{scene.a.member.user_id}/application_credentials", {"application_credential": body}
            ).ok(201)["application_credential"]
            for body in ({"name": "ruled", "access_rules": rules}, {"name": "plain"})
        )
        self.ids |= {
            "implies": role,
            "access_rules": made["access_rules"][0]["id"],
            "application_credentials": made["id"],
        }

    def _compute(self) -> None:
        member = self.scene.a.member
        body = {"name": "another", "imageRef": self.ids["images"], "flavorRef": self.ids["flavors"], "networks": "auto"}
        member.post(f"{_COMPUTE}/servers", {"server": body}, version=_NEWEST).ok(202)
        services = self.scene.cloud.admin.get(f"{_COMPUTE}/os-services", version=_NEWEST).ok(200)["services"]
        service = next(one for one in services if one["binary"] == "nova-compute")
        self.ids |= {"os-services": service["id"], "nova-compute": service["host"]}
        made = self.scene.cloud.admin.post(f"{_COMPUTE}/os-aggregates", {"aggregate": {"name": "plain"}}).ok(200)
        self.ids["aggregate without a zone"] = str(made["aggregate"]["id"])
        first = self.scene.cloud.admin.get(f"{_COMPUTE}/os-hypervisors").ok(200)["hypervisors"][0]
        self.ids["numbered hypervisor"] = str(first["id"])
        key = member.get(f"{_COMPUTE}/os-keypairs/{self.ids['os-keypairs']}", version=_NEWEST).ok(200)["keypair"]
        another = {"name": "another", "public_key": key["public_key"], "type": "ssh"}
        member.post(f"{_COMPUTE}/os-keypairs", {"keypair": another}, version=_NEWEST).ok(201)

    def _volumes(self) -> None:
        admin = self.scene.cloud.admin
        services = admin.get(f"/volume/v3/{admin.project_id}/os-services").ok(200)["services"]
        self.ids["cinder-volume"] = next(one["host"] for one in services if one["binary"] == "cinder-volume")

    def _network(self) -> None:
        admin = self.scene.cloud.admin
        outside = admin.get(f"{_NETWORK}/networks?router:external=true").ok(200)["networks"][0]
        self.ids |= {"external": outside["id"], "external subnet": outside["subnets"][0]}
        self.names["pool"] = outside["name"]
        self.outside = admin.get(f"{_NETWORK}/subnets/{outside['subnets'][0]}").ok(200)["subnet"]


def _volume(stage: Stage) -> str:
    asked = {"volume": {"size": 1, "name": "once"}}
    made = stage.scene.a.member.post(f"{stage.volumes}/volumes", asked).ok(202)["volume"]["id"]
    admin = f"/volume/v3/{stage.scene.cloud.admin.project_id}"
    stage.scene.until(f"{admin}/volumes/{made}", "volume", "available")
    return made


def _port(stage: Stage) -> str:
    body = {"port": {"network_id": stage.ids["networks"], "name": "once"}}
    made = stage.scene.a.member.post(f"{_NETWORK}/ports", body).ok(201)["port"]
    stage.names["fixed_ip_address"] = made["fixed_ips"][0]["ip_address"]
    return made["id"]


def _address(stage: Stage) -> str:
    """A free address of the external network, from the end."""
    return str(ip_network(stage.outside["cidr"])[-10 - stage.number("addresses")])


def _network(stage: Stage) -> str:
    return stage.scene.a.member.post(f"{_NETWORK}/networks", {"network": {"name": "once"}}).ok(201)["network"]["id"]


def _group(stage: Stage) -> str:
    body = {"security_group": {"name": "once"}}
    return stage.scene.a.member.post(f"{_NETWORK}/security-groups", body).ok(201)["security_group"]["id"]


def _subnet(stage: Stage) -> str:
    number = stage.number("subnets")
    body = {
        "network_id": stage.ids["networks"],
        "ip_version": 4,
        "cidr": f"10.{100 + number // 250}.{number % 250}.0/24",
    }
    return stage.scene.a.member.post(f"{_NETWORK}/subnets", {"subnet": body}).ok(201)["subnet"]["id"]


_NEW: dict[str, Callable[[Stage], str]] = {
    "volumes": _volume,
    "ports": _port,
    "subnets": _subnet,
    "new network": _network,
    "new group": _group,
    "free address": _address,
}


def _snapshot(stage: Stage) -> str:
    asked = {"snapshot": {"volume_id": stage.ids["volumes"], "name": "once", "force": True}}
    made = stage.scene.a.member.post(f"{stage.volumes}/snapshots", asked).ok(202)["snapshot"]["id"]
    admin = f"/volume/v3/{stage.scene.cloud.admin.project_id}"
    stage.scene.until(f"{admin}/snapshots/{made}", "snapshot", "available")
    return made


def _member(stage: Stage, body: Any, action: str) -> None:
    path = f"{_COMPUTE}/os-aggregates/{stage.ids['aggregate without a zone']}/action"
    stage.scene.cloud.admin.post(path, {action: {"host": stage.ids["nova-compute"]}})


def _interface(stage: Stage, body: Any) -> None:
    path = f"{_NETWORK}/routers/{stage.ids['routers']}/add_router_interface"
    stage.scene.a.member.put(path, body)  # where it is refused, so is what comes after


_OURS = ("implies", "access_rules", "application_credentials", "os-services")
"""What the scene has not, or not like this."""


def _special(stage: Stage, operation: Operation, version: Version) -> dict[str, str]:
    if operation.name.endswith("TenantAccess"):
        return {"flavors": stage.ids["private flavor"]}
    if operation.name == "PUT /v2.0/quotas/{}":
        return {"quotas": stage.scene.b.id}  # project A has more by now than the sample allows
    if operation.name.endswith("_host"):
        return {"os-aggregates": stage.ids["aggregate without a zone"]}
    if operation.name.endswith("/snapshots/{}/action os-force_delete"):
        return {"snapshots": _snapshot(stage)}
    if version < (2, 53) and operation.name == "PUT /v2.1/os-services/{}":
        return {"os-services": "enable"}
    numbered = version < (2, 53) and operation.name in (
        "GET /v2.1/os-hypervisors/{}",
        "GET /v2.1/os-hypervisors/{}/uptime",
    )
    return {"os-hypervisors": stage.ids["numbered hypervisor"]} if numbered else {}


_BEFORE: dict[str, Callable[[Stage, Any], None]] = {
    "/remove_router_interface": _interface,
    " add_host": partial(_member, action="remove_host"),
    " remove_host": partial(_member, action="add_host"),
}
"""End of an operation's name → what must be so before it."""
