"""The kinds of callers that the matrix asks as, and what upstream's services see of their tokens."""

from collections.abc import Mapping
from typing import Any

from tests.cloud import PASSWORD, Client
from tests.contract.operations import Operation
from tests.contract.policies import allows, own, rules
from tests.contract.scene import Scene

Callers = Mapping[str, Client]
NO_TOKEN = "no token"
OTHER_PROJECT = "other project"
NOBODYS = ("flavors", "types", "agents", "extensions", "os-services", "os-quota-class-sets")
"""Collections whose things belong to no project: the rule is asked about the caller's own."""
_ANSWER = "PUT /v2/images/{}/members/{}"
"""That which only the member may say: project B."""


def every(scene: Scene) -> Callers:
    """One client of each kind: `other project` is a member of project B, the others have project A, the domain or the system."""
    cloud = scene.cloud
    ids = {role["name"]: role["id"] for role in cloud.admin.get("/v3/roles").ok(200)["roles"]}

    def user(name: str, role: str, path: str) -> str:
        body = {"user": {"name": name, "password": PASSWORD, "domain_id": "default"}}
        id = cloud.admin.post("/v3/users", body).ok(201)["user"]["id"]
        cloud.admin.put(f"/v3/{path}/users/{id}/roles/{ids[role]}").ok(204)
        return name

    found = {NO_TOKEN: cloud.anonymous(), OTHER_PROJECT: scene.b.member, "reader": scene.a.reader}
    found["member"] = scene.a.member
    for role in ("manager", "admin", "service"):
        found[role] = cloud.login(user(f"matrix-{role}", role, f"projects/{scene.a.id}"), PASSWORD, scene.a.name)
    found["system reader"] = cloud.login(user("matrix-system", "reader", "system"), PASSWORD, system=True)
    domain = user("matrix-domain", "admin", "domains/default")
    found["domain admin"] = cloud.login(domain, PASSWORD, domain={"id": "default"})
    return found


def project_of(client: Client) -> str | None:
    """The id of the project that the token is for; None for the domain's, the system's, and without one."""
    return (client.said.get("project") or {}).get("id")


def credentials(client: Client) -> dict[str, Any]:
    """What a token says, as upstream's services see it."""
    said = client.said
    project, domain = said.get("project"), said.get("domain")
    return {
        "user_id": said["user"]["id"],
        "user_domain_id": said["user"]["domain"]["id"],
        "project_id": project and project["id"],
        "tenant_id": project and project["id"],
        "project_domain_id": project and project["domain"]["id"],
        "domain_id": domain and domain["id"],
        "system_scope": "all" if said.get("system") else None,
        "roles": [role["name"] for role in said["roles"]],
        "is_admin": False,
        "is_admin_project": True,
        "token": {"user": {"domain": said["user"]["domain"]}, "project": project or {}, "domain": domain or {}},
    }


def may(client: Client, service: str, rule: str, about: Mapping[str, Any]) -> bool:
    """Whether upstream's default of a rule lets the caller: nobody without a token, and only with a token of its scope."""
    if client.token is None:
        return False
    kind = "system" if client.said.get("system") else "domain" if client.said.get("domain") else "project"
    scope = rules(service)[rule].scope
    return (not scope or kind in scope) and allows(service, rule, credentials(client), about)


def owned_by_member(scene: Scene) -> dict[str, Any]:
    """A thing of project A and its member, as rules look at it."""
    return own({"user_id": scene.a.member.user_id, "project_id": scene.a.id, "tenant_id": scene.a.id})


def owned_by(client: Client) -> dict[str, Any]:
    """The caller's own thing, as rules look at it."""
    project, user = project_of(client), client.said.get("user", {}).get("id")
    return own({"user_id": user, "project_id": project, "tenant_id": project})


def about(operation: Operation, scene: Scene, client: Client) -> dict[str, Any]:
    """What the rule is asked about: the thing of project A that the path names, else what is the caller's own."""
    named = operation.parameters and operation.collections[0] not in NOBODYS
    if named or operation.name.endswith("/v3/auth/tokens"):
        found = owned_by_member(scene)
        return found | ({"member_id": scene.b.id} if operation.name == _ANSWER else {})
    return owned_by(client)
