"""Things of project A made anew for one request each, as what the path of an operation names."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from tests.cloud import Client, Tenant
from tests.contract import fitting
from tests.contract.fitting import name
from tests.contract.makers import AFTER, BEFORE, MAKERS, NEEDS
from tests.contract.operations import Operation, operations
from tests.contract.scene import Scene

_RELATIONS = ("tags", "roles", "implies")
"""What a PUT makes and a DELETE takes away again."""
_UNLIMITED: Mapping[str, dict[str, Any]] = {
    "/compute/v2.1/os-quota-sets/{}": {"quota_set": dict.fromkeys(("instances", "cores", "ram", "server_groups"), -1)},
    "/volume/v3/{admin}/os-quota-sets/{}": {"quota_set": dict.fromkeys(("volumes", "gigabytes", "snapshots"), -1)},
    "/network/v2.0/quotas/{}": {
        "quota": dict.fromkeys(
            ("network", "subnet", "port", "router", "floatingip", "security_group", "security_group_rule"), -1
        )
    },
}


def prepare(scene: Scene) -> None:
    """Lift the quotas of both projects, for many things are made, and make what the scene lacks."""
    admin, member = scene.cloud.admin, scene.a.member
    for tenant in (scene.a, scene.b):
        for path, body in _UNLIMITED.items():
            admin.put(path.format(tenant.id, admin=admin.project_id), body).ok(200)
    path = f"/v3/users/{member.user_id}"
    rules = [{"service": "compute", "method": "GET", "path": "/v2.1/servers"}]
    asked = {"application_credential": {"name": name(), "access_rules": rules}}
    made = member.post(f"{path}/application_credentials", asked).ok(201)["application_credential"]
    scene.ids["access_rules"] = made["access_rules"][0]["id"]
    made = member.post(f"{path}/credentials/OS-EC2", {"tenant_id": scene.a.id}).ok(201)["credential"]
    scene.ids["OS-EC2"] = made["access"]
    services = admin.get("/compute/v2.1/os-services?binary=nova-compute", version="2.53").ok(200)["services"]
    scene.ids["os-services"] = services[0]["id"]


@cache
def _found(service: str, name: str) -> list[Operation]:
    """The served operations of that name, of those that know a project in their path only these."""
    found = [one for one in operations() if (one.service, one.name) == (service, name)]
    return [one for one in found if "{project_id}" in one.route.path] or found


class Fresh:
    """What one request is about: the things of the scene, or after `make` new ones of `owner`. `by` is who will ask."""

    def __init__(self, scene: Scene, operation: Operation, owner: Tenant, by: Client) -> None:
        self.scene, self.operation, self.owner, self.by = scene, operation, owner, by
        self.admin, self.member = scene.cloud.admin, owner.member
        self.ids: dict[str, str] = dict(scene.values(operation))
        if operation.name == "PUT /v2.1/os-services/{}" and operation.route.until:
            self.ids["os-services"] = "enable"  # the verb stands there, and the host in the body

    def make(self) -> "Fresh":
        """Make what the path and the body name, and bring about what must be so before."""
        service, operation = self.operation.service, self.operation
        for word in (*NEEDS.get(operation.name, ()), *operation.collections):
            maker = MAKERS.get(word)
            if maker is not None:
                self.ids[word] = maker(self)
        for before in BEFORE.get(operation.name, ()):
            self._do(service, before, ...)
        put = operation.name.replace("DELETE ", "PUT ", 1)
        relation = (operation.collections or [""])[-1] in _RELATIONS or "/groups/{}/users/{}" in put
        if operation.route.method == "DELETE" and relation and _found(service, put):
            self._do(service, put, {} if service == "identity" else None)
        return self

    def restore(self) -> None:
        """Undo what would be in the way of all that follows."""
        for after in AFTER.get(self.operation.name, ()):
            self._do(self.operation.service, after, ...)

    def _do(self, service: str, name: str, body: Any) -> None:
        (operation, *_) = _found(service, name)
        other = Fresh(self.scene, operation, self.owner, self.admin)
        other.ids = self.ids
        asked = fitting.body(other) if body is ... else body
        path = other.path(self.admin.project_id)
        self.admin.call(operation.route.method, path, asked, version=operation.version()).ok()

    def path(self, project: str = "") -> str:
        """The path about it, in block storage by way of a project: else the owner's."""
        path = self.operation.path(self.ids, project or self.owner.id, "00000000-0000-4000-8000-00000000dead")
        more = f"?user_id={self.member.user_id}" if self.operation.name.endswith("/os-keypairs/{}") else ""
        return path + more

    def create(self, path: str, key: str, by: Client | None = None, **attributes: Any) -> str:
        """Make a thing and return its id (its name where it has no id)."""
        body = {key: attributes} if key else attributes
        answer = (by or self.member).post(path, body, version=self.version(path)).ok()
        thing = answer[key] if key else answer
        return str(thing.get("id", thing.get("name")))

    def version(self, path: str) -> str | None:
        """The newest microversion of a path's service."""
        words = {"compute": ("compute", "GET /v2.1/servers"), "volume": ("block-storage", "GET /v3/volumes")}
        found = words.get(path.split("/")[1])
        return _found(*found)[0].version() if found else None

    def until(self, path: str, key: str, status: str) -> None:
        """Wait until a thing has a status."""
        self.scene.until(path, key, status)

    def upload(self, id: str) -> None:
        """Give an image its bytes."""
        octets = {"content-type": "application/octet-stream"}
        self.member.put(f"/image/v2/images/{id}/file", b"\0" * 512, headers=octets).ok(204)
        self.scene.cloud.wait(
            lambda: self.admin.get(f"/image/v2/images/{id}").ok(200)["status"] == "active", "the image"
        )
