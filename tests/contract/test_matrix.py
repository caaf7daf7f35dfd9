"""The policy matrix: every operation by every kind of caller, against what oslo.policy makes of upstream's rules.

What upstream refuses must be refused, or a list must be empty. What upstream allows must not be refused: that is asked of reads
only, for a write that is allowed would change what the others are asked about. A write whose body is refused before its rule is
asked says nothing: those operations are listed as undecided, once each.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from gureum.kernel.http.route import ANYONE, AUTHENTICATED
from tests.cloud import PASSWORD, Client, Response
from tests.contract import bodies, golden
from tests.contract.operations import Operation, operations
from tests.contract.policies import allows, listed, own, rules
from tests.contract.scene import Scene

SERVICES = ("identity", "image", "compute", "network", "block-storage", "placement")
REFUSED = (403, 404)
UNDECIDED = (400, 415)
NOBODYS = ("flavors", "types", "agents", "extensions", "os-services", "os-quota-class-sets")
"""Collections whose things belong to no project: the rule is asked about the caller's own."""
Callers = Mapping[str, Client]


@pytest.fixture(scope="module")
def callers(scene: Scene) -> Callers:
    """One client of each kind; `other project` is a member of project B."""
    cloud = scene.cloud
    ids = {role["name"]: role["id"] for role in cloud.admin.get("/v3/roles").ok(200)["roles"]}

    def user(name: str, role: str, path: str) -> str:
        body = {"user": {"name": name, "password": PASSWORD, "domain_id": "default"}}
        id = cloud.admin.post("/v3/users", body).ok(201)["user"]["id"]
        cloud.admin.put(f"/v3/{path}/users/{id}/roles/{ids[role]}").ok(204)
        return name

    found = {"other project": scene.b.member, "reader": scene.a.reader, "member": scene.a.member}
    for role in ("manager", "admin", "service"):
        found[role] = cloud.login(user(f"matrix-{role}", role, f"projects/{scene.a.id}"), PASSWORD, scene.a.name)
    found["system reader"] = cloud.login(user("matrix-system", "reader", "system"), PASSWORD, system=True)
    domain = user("matrix-domain", "admin", "domains/default")
    found["domain admin"] = cloud.login(domain, PASSWORD, domain={"id": "default"})
    return found


def _credentials(client: Client) -> dict[str, Any]:
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


def _kind(client: Client) -> str:
    return "system" if client.said.get("system") else "domain" if client.said.get("domain") else "project"


def _deciding(operation: Operation) -> list[str]:
    """The rules that decide about the operation as a whole: of a write those that upstream names for the fewest operations."""
    names = listed(operation.service, operation.name)
    if not names or operation.route.method in ("GET", "HEAD"):
        return list(names)
    known = rules(operation.service)
    least = min(len(known[name].operations) for name in names)
    return [name for name in names if len(known[name].operations) == least]


def _expected(operation: Operation, client: Client, about: Mapping[str, Any]) -> bool:
    """Whether upstream allows it: a rule does that is open to this kind of token."""
    known = rules(operation.service)
    credentials = _credentials(client)
    return any(
        (not known[name].scope or _kind(client) in known[name].scope)
        and allows(operation.service, name, credentials, about)
        for name in _deciding(operation)
    )


def _about(operation: Operation, scene: Scene, client: Client) -> dict[str, Any]:
    """What the rule is asked about: the thing of project A that the path names, else what is the caller's own."""
    if operation.parameters and operation.collections[0] not in NOBODYS:
        return own({"user_id": scene.a.member.user_id, "project_id": scene.a.id, "tenant_id": scene.a.id})
    project = (client.said.get("project") or {}).get("id")
    return own({"user_id": client.user_id, "project_id": project, "tenant_id": project})


def _wrong(operation: Operation, scene: Scene, callers: Callers) -> Iterator[str]:
    reads = operation.route.method in ("GET", "HEAD")
    for name, client in callers.items():
        allowed = _expected(operation, client, _about(operation, scene, client))
        if allowed and not reads:
            continue
        body = _body(operation, scene)
        project = (client.said.get("project") or {}).get("id")
        answer = client.call(
            operation.route.method, scene.address(operation, project), body, version=operation.version()
        )
        if allowed:
            right = answer.status not in REFUSED or _not_there(operation, scene)
        elif answer.status in UNDECIDED and not _elsewhere(operation, scene, client):
            yield f"{operation}: {answer.status} before its rule is asked"
            continue
        else:
            right = _refused(operation, answer, scene, client)
        if not right:
            yield f"{operation} by {name}: {answer.status}, upstream {'allows' if allowed else 'refuses'} it"


def _external(scene: Scene) -> str:
    return scene.cloud.admin.get("/network/v2.0/networks?router:external=true").ok(200)["networks"][0]["id"]


def _body(operation: Operation, scene: Scene) -> Any:
    """A body that fits the things of the scene, so that the rule is what refuses it."""
    if operation.name.endswith("/tags"):
        return {"tags": ["red"]}
    owner = {"project_id": scene.a.id}  # tokens of a domain or the system have none of their own
    network = owner | {"network_id": scene.ids["networks"]}
    rule = owner | {"security_group_id": scene.ids["security-groups"], "direction": "ingress", "protocol": "udp"}
    fitting: dict[str, Any] = {
        "POST /v2.0/networks": {"network": owner | {"name": "matrix"}},
        "POST /v2.0/subnets": {"subnet": network | {"ip_version": 4, "cidr": "10.77.0.0/24"}},
        "POST /v2.0/ports": {"port": network},
        "POST /v2.0/routers": {"router": owner | {"name": "matrix"}},
        "POST /v2.0/security-groups": {"security_group": owner | {"name": "matrix"}},
        "POST /v2.0/security-group-rules": {"security_group_rule": rule},
        "POST /v2.0/floatingips": {"floatingip": owner | {"floating_network_id": _external(scene)}},
        "PUT /v2.1/servers/{}/metadata/{}": {"meta": {"k": "v"}},
        "PUT /v3/volumes/{}/metadata/{}": {"meta": {"k": "v"}},
        "PUT /v3/snapshots/{}/metadata/{}": {"meta": {"k": "v"}},
    }
    return fitting.get(operation.name) or bodies.request(operation, parsed=operation.service == "network")


def _refused(operation: Operation, answer: Response, scene: Scene, client: Client) -> bool:
    """Whether the answer gives nothing away: a refusal, a list of nothing, or the word that the path is another project's."""
    if answer.status == 200 and not operation.parameters and operation.route.method == "GET":
        lists = [value for value in answer.json.values() if isinstance(value, list)]
        return len(lists) > 0 and not any(lists)
    return answer.status in REFUSED or (answer.status == 400 and _elsewhere(operation, scene, client))


def _elsewhere(operation: Operation, scene: Scene, client: Client) -> bool:
    """Whether the request names another project than the token does: block storage's path, the network service's new things."""
    project = (client.said.get("project") or {}).get("id")
    names = operation.route.path.startswith("/v3/{project_id}") or operation.name.startswith("POST /v2.0/")
    return names and project != scene.a.id


def _not_there(operation: Operation, scene: Scene) -> bool:
    """Whether the scene has no such thing, so that nobody finds it."""
    found = scene.cloud.admin.call(operation.route.method, scene.address(operation), version=operation.version())
    return found.status == 404


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_answers_every_kind_of_caller_as_upstreams_rules_say(
    scene: Scene, callers: Callers, service: str
) -> None:
    mine = [one for one in operations() if one.service == service and one.route.rule not in (ANYONE, AUTHENTICATED)]
    asked = [one for one in mine if _deciding(one)]
    assert len(asked) > 10
    golden.compare(f"matrix_{service}", {line for one in asked for line in _wrong(one, scene, callers)})
