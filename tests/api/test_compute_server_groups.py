"""Server groups: as a resource, and where their servers go."""

from collections.abc import Iterator
from typing import Any

import pytest

from gureum.compute.store import hosts
from tests.api.server_kit import V2, Kit, fault, kit
from tests.cloud import Client, Cloud, Response

PATH = f"{V2}/os-server-groups"
NOBODY = "00000000-0000-4000-8000-00000000dead"


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    cloud = Cloud(hosts=3)
    yield cloud
    cloud.close()


@pytest.fixture(scope="module")
def mine(cloud: Cloud) -> Kit:
    cloud.wait(lambda: cloud.read(lambda tx: sum(host.up for host in hosts.everyone(tx))) == 3, "the hosts")
    return kit(cloud)


def create(client: Client, version: str = "2.64", **values: Any) -> Response:
    return client.post(PATH, {"server_group": {"name": "g"} | values}, version=version)


def group(mine: Kit, policy: str, **more: Any) -> str:
    return create(mine.member, policy=policy, **more).ok(200)["server_group"]["id"]


def boot(mine: Kit, group: str) -> str:
    body = mine.ask(networks="none") | {"os:scheduler_hints": {"group": group}}
    return mine.member.post(f"{V2}/servers", body, version="2.96").ok(202)["server"]["id"]


def where(mine: Kit, id: str) -> str:
    return mine.show(id, client=mine.cloud.admin)["OS-EXT-SRV-ATTR:host"]


def end(mine: Kit, group: str, *servers: str) -> None:
    for id in servers:
        mine.gone(id)
    mine.member.delete(f"{PATH}/{group}").ok(204)


def test_made_shown_listed_and_deleted(mine: Kit) -> None:
    made = create(mine.member, policy="anti-affinity", rules={"max_server_per_host": "3"}).ok(200)["server_group"]
    owner = {"project_id": mine.tenant.id, "user_id": mine.member.user_id}
    assert made == owner | {
        "id": made["id"],
        "name": "g",
        "policy": "anti-affinity",
        "rules": {"max_server_per_host": 3},
        "members": [],
    }
    assert mine.tenant.reader.get(f"{PATH}/{made['id']}", version="2.64").ok(200)["server_group"] == made
    assert mine.member.get(PATH, version="2.64").ok(200)["server_groups"] == [made]
    old = {"id": made["id"], "name": "g", "policies": ["anti-affinity"], "metadata": {}, "members": []}
    assert mine.member.get(f"{PATH}/{made['id']}").ok(200)["server_group"] == old
    assert mine.member.get(f"{PATH}/{made['id']}", version="2.13").ok(200)["server_group"] == old | owner
    mine.member.delete(f"{PATH}/{made['id']}").ok(204)
    words = f"Instance group {made['id']} could not be found."
    assert fault(mine.member.delete(f"{PATH}/{made['id']}")) == (404, words)


def test_pages_and_all_projects(mine: Kit, cloud: Cloud) -> None:
    ids = [group(mine, "affinity", name=name) for name in ("a", "b", "c")]

    def listed(query: str = "", client: Client | None = None) -> list[str]:
        found = (client or mine.member).get(f"{PATH}{query}").ok(200)["server_groups"]
        return [one["id"] for one in found]

    assert listed() == ids and listed("?limit=1&offset=1") == [ids[1]]
    assert listed("?all_projects=1") == ids, "only administrators see all"
    assert listed("", cloud.admin) == [] and listed("?all_projects=1", cloud.admin) == ids
    assert listed("", cloud.project("reader").reader) == []
    for id in ids:
        mine.member.delete(f"{PATH}/{id}").ok(204)


def test_bodies_by_microversion(mine: Kit) -> None:
    words = "Invalid input for field/attribute 0. Value: soft-affinity. 'soft-affinity' is not one of "
    refused = create(mine.member, "2.14", policies=["soft-affinity"])
    assert fault(refused) == (400, words + "['anti-affinity', 'affinity']")
    assert create(mine.member, "2.63", policy="affinity").status == 400
    assert create(mine.member, policies=["affinity"]).status == 400
    both = create(mine.member, "2.63", policies=["affinity", "anti-affinity"])
    assert fault(both)[1].endswith("['affinity', 'anti-affinity'] is too long")
    ruled = create(mine.member, policy="affinity", rules={"max_server_per_host": 3})
    assert fault(ruled) == (400, "Only anti-affinity policy supports rules.")
    zero = create(mine.member, policy="anti-affinity", rules={"max_server_per_host": 0})
    words = "Invalid input for field/attribute max_server_per_host. Value: 0. 0 is less than the minimum of 1"
    assert fault(zero) == (400, words)
    made = create(mine.member, "2.15", policies=["soft-affinity"]).ok(200)["server_group"]
    assert made["policies"] == ["soft-affinity"]
    mine.member.delete(f"{PATH}/{made['id']}").ok(204)
    assert mine.member.get(PATH).ok(200)["server_groups"] == []


def test_who_may(mine: Kit, cloud: Cloud) -> None:
    id = group(mine, "affinity")
    stranger = cloud.project("member").member
    missing = (404, f"Instance group {id} could not be found.")
    assert fault(stranger.get(f"{PATH}/{id}")) == fault(stranger.delete(f"{PATH}/{id}")) == missing
    assert create(mine.tenant.reader, policy="affinity").status == 403
    assert mine.tenant.reader.delete(f"{PATH}/{id}").status == 403
    cloud.admin.get(f"{PATH}/{id}").ok(200)
    cloud.admin.delete(f"{PATH}/{id}").ok(204)


def test_apart(mine: Kit) -> None:
    id = group(mine, "anti-affinity")
    made = [boot(mine, id) for _ in range(3)]
    shown = [mine.rest(one) for one in made]
    assert [one["server_groups"] for one in shown] == [[id]] * 3
    assert len({where(mine, one) for one in made}) == 3
    assert mine.member.get(f"{PATH}/{id}").ok(200)["server_group"]["members"] == made
    fourth = boot(mine, id)
    assert "ServerGroupAntiAffinityFilter: 3" in mine.rest(fourth, "ERROR")["fault"]["message"]
    mine.gone(made[0])
    assert mine.member.get(f"{PATH}/{id}").ok(200)["server_group"]["members"] == [*made[1:], fourth]
    mine.gone(fourth)
    fifth = boot(mine, id)
    mine.rest(fifth)
    end(mine, id, *made[1:], fifth)


def test_together(mine: Kit) -> None:
    id = group(mine, "affinity")
    made = [boot(mine, id) for _ in range(4)]
    for one in made:
        mine.rest(one)
    assert len({where(mine, one) for one in made}) == 1
    end(mine, id, *made)


def test_rather_together_and_rather_apart(mine: Kit) -> None:
    near, far = group(mine, "soft-affinity"), group(mine, "soft-anti-affinity")
    together = [boot(mine, near) for _ in range(3)]
    apart = [boot(mine, far) for _ in range(4)]
    for one in [*together, *apart]:
        mine.rest(one)
    assert len({where(mine, one) for one in together}) == 1
    assert len({where(mine, one) for one in apart}) == 3, "and the fourth is somewhere"
    end(mine, near, *together)
    end(mine, far, *apart)


def test_a_deleted_group_leaves_its_servers(mine: Kit) -> None:
    id = group(mine, "affinity")
    server = boot(mine, id)
    mine.rest(server)
    mine.member.delete(f"{PATH}/{id}").ok(204)
    assert mine.show(server)["server_groups"] == []
    mine.gone(server)


def test_hints_that_name_no_group(mine: Kit, cloud: Cloud) -> None:
    stranger = create(cloud.project("member").member, policy="affinity").ok(200)["server_group"]["id"]
    for id in (NOBODY, stranger):
        body = mine.ask(networks="none") | {"os:scheduler_hints": {"group": id}}
        answer = mine.member.post(f"{V2}/servers", body, version="2.96")
        assert fault(answer) == (400, f"Instance group {id} could not be found.")
    body = mine.ask(networks="none") | {"os:scheduler_hints": {"group": "x"}}
    words = "Invalid input for field/attribute group. Value: x. 'x' is not a 'uuid'"
    assert fault(mine.member.post(f"{V2}/servers", body, version="2.96")) == (400, words)
    assert mine.member.get(f"{V2}/servers").ok(200)["servers"] == []


def test_quotas(mine: Kit, cloud: Cloud) -> None:
    quota = f"{V2}/os-quota-sets/{mine.tenant.id}"
    cloud.admin.put(quota, {"quota_set": {"server_groups": 1, "server_group_members": 1}}).ok(200)
    id = group(mine, "affinity")
    assert fault(create(mine.member, policy="affinity")) == (403, "Quota exceeded, too many server groups.")
    assert mine.member.get(f"{V2}/limits").ok(200)["limits"]["absolute"]["totalServerGroupsUsed"] == 1
    server = boot(mine, id)
    mine.rest(server)
    body = mine.ask(networks="none") | {"os:scheduler_hints": {"group": id}}
    answer = mine.member.post(f"{V2}/servers", body, version="2.96")
    assert fault(answer) == (403, "Quota exceeded, too many servers in group")
    end(mine, id, server)
    cloud.admin.delete(quota).ok(202)
