"""What lists have in common, tags, and what operators look at."""

import pytest

from tests.api.network_scene import V, external, fault, make, network, port, subnet
from tests.cloud import Client, Cloud


def names(client: Client, query: str = "") -> list[str]:
    return [one["name"] for one in client.get(f"{V}/networks?router:external=false{query}").ok()["networks"]]


def test_pages_follow_each_other_both_ways(cloud: Cloud) -> None:
    member = cloud.project().member
    for name in "edcba":
        network(member, name=name)
    url = f"{V}/networks?sort_key=name&sort_dir=asc&limit=2"
    first = member.get(url).ok()
    assert [one["name"] for one in first["networks"]] == ["a", "b"]
    links = {one["rel"]: one["href"] for one in first["networks_links"]}
    assert set(links) == {"next", "previous"}
    assert links["next"].startswith("http://cloud.test:5000/network/v2.0/networks?sort_key=name&sort_dir=asc&limit=2&")
    second = member.get(links["next"].removeprefix("http://cloud.test:5000")).ok()
    assert [one["name"] for one in second["networks"]] == ["c", "d"]
    links = {one["rel"]: one["href"] for one in second["networks_links"]}
    back = member.get(links["previous"].removeprefix("http://cloud.test:5000")).ok()
    assert [one["name"] for one in back["networks"]] == ["a", "b"]
    last = member.get(links["next"].removeprefix("http://cloud.test:5000")).ok()
    assert [one["name"] for one in last["networks"]] == ["e"]
    assert [one["rel"] for one in last["networks_links"]] == ["previous"]
    assert "networks_links" not in member.get(f"{V}/networks").ok()


def test_pages_go_on_behind_flags_and_nothing(cloud: Cloud) -> None:
    member = cloud.project().member
    for place, up in enumerate((True, False, True, False)):
        net = network(member, name=str(place), admin_state_up=up)
        subnet(member, net["id"], f"10.{place}.0.0/24", gateway_ip=None if up else f"10.{place}.0.1")
    for collection, key in (("networks", "admin_state_up"), ("networks", "status"), ("subnets", "gateway_ip")):
        for direction in ("asc", "desc"):
            query = f"{V}/{collection}?router:external=false&sort_key={key}&sort_dir={direction}&limit=1"
            whole = member.get(query.replace("limit=1", "limit=0")).ok()[collection]
            found: list[str] = []
            while page := member.get(query + (f"&marker={found[-1]}" if found else "")).ok()[collection]:
                found += [one["id"] for one in page]
            assert found == [one["id"] for one in whole], (collection, key, direction)


def test_filters_sorts_and_fields(cloud: Cloud) -> None:
    member = cloud.project().member
    network(member, name="b", description="x")
    network(member, name="a", admin_state_up=False)
    assert names(member, "&sort_key=name&sort_dir=asc") == ["a", "b"]
    assert names(member, "&sort_key=name&sort_dir=desc") == ["b", "a"]
    assert names(member, "&admin_state_up=false") == ["a"]
    assert names(member, "&name=a&name=b&sort_key=name&sort_dir=asc") == ["a", "b"]
    assert names(member, "&description=") == ["a"]
    assert names(member, "&provider:network_type=geneve") == []
    fields = member.get(f"{V}/networks?fields=name&fields=id&name=a").ok()["networks"]
    assert [set(one) for one in fields] == [{"id", "name"}]


@pytest.mark.parametrize(
    ("query", "status", "name", "sentence"),
    [
        ("bogus_filter=1", 400, "HTTPBadRequest", "['bogus_filter'] is invalid attribute for filtering"),
        ("limit=abc", 400, "BadRequest", "Bad limit request: Limit must be an integer 0 or greater and not 'abc'."),
        ("limit=-1", 400, "BadRequest", "Bad limit request: Limit must be an integer 0 or greater and not '-1'."),
        ("limit=2&marker=not-an-id", 404, "NetworkNotFound", "Network not-an-id could not be found."),
        ("shared=perhaps", 400, "InvalidInput", "Invalid input for operation: 'perhaps' cannot be converted to boolean."),
        ("sort_key=id&sort_key=name&sort_dir=asc", 400, "HTTPBadRequest", "The number of sort_keys and sort_dirs must be same"),
        ("sort_key=bogus", 400, "HTTPBadRequest", "The number of sort_keys and sort_dirs must be same"),
        ("sort_key=bogus&sort_dir=sideways", 400, "HTTPBadRequest", "['bogus'] is invalid attribute for sort_keys"),
        (
            "sort_key=id&sort_dir=sideways", 400, "HTTPBadRequest",
            "['sideways'] is invalid value for sort_dirs, valid value is 'asc' and 'desc'",
        ),
    ],
)  # fmt: skip
def test_a_wrong_query_is_told(cloud: Cloud, query: str, status: int, name: str, sentence: str) -> None:
    member = cloud.project().member
    assert fault(member.get(f"{V}/networks?{query}"), status) == (name, sentence)


def test_an_unknown_marker_is_the_beginning_where_upstream_takes_it_so(cloud: Cloud) -> None:
    member = cloud.project().member
    group = member.post(f"{V}/security-groups", {"security_group": {"name": "g"}}).ok(201)["security_group"]["id"]
    for collection in ("security-groups", "security-group-rules", "subnets", "floatingips"):
        first = member.get(f"{V}/{collection}?limit=5").ok(200)
        unknown = member.get(f"{V}/{collection}?limit=5&marker=not-an-id").ok(200)
        assert unknown[collection.replace("-", "_")] == first[collection.replace("-", "_")]
    assert group in [
        one["id"] for one in member.get(f"{V}/security-groups?limit=5&marker=x").ok(200)["security_groups"]
    ]


def test_tags_of_every_resource(cloud: Cloud) -> None:
    tenant = cloud.project()
    member = tenant.member
    net = network(member)
    sub = subnet(member, net["id"])
    things = {
        "networks": net["id"],
        "subnets": sub["id"],
        "ports": port(member, net["id"])["id"],
        "routers": make(member, "routers", "router")["id"],
        "floatingips": make(member, "floatingips", "floatingip", floating_network_id=external(cloud)["id"])["id"],
        "security-groups": make(member, "security-groups", "security_group")["id"],
    }
    for collection, id in things.items():
        url = f"{V}/{collection}/{id}/tags"
        assert member.put(url, {"tags": ["red", "blue", "red"]}).ok(200) == {"tags": ["red", "blue"]}
        member.put(f"{url}/green").ok(201)
        member.get(f"{url}/green").ok(204)
        assert fault(member.get(f"{url}/Green"), 404) == ("TagNotFound", "Tag Green could not be found.")
        found = member.get(f"{V}/{collection}?tags=red,green&not-tags=black").ok()
        assert [one["id"] for one in found[collection.replace("-", "_")]] == [id]
        assert member.get(f"{V}/{collection}?not-tags-any=red,black&id={id}").ok()[collection.replace("-", "_")] == []
        member.delete(f"{url}/red").ok(204)
        assert member.get(url).ok() == {"tags": ["blue", "green"]}
        assert tenant.reader.put(f"{url}/x").status == 403
        assert cloud.project().member.get(url).status == 404
        member.delete(url).ok(204)
        assert member.get(url).ok() == {"tags": []}


def test_wrong_tags_are_refused(cloud: Cloud) -> None:
    member = cloud.project().member
    url = f"{V}/networks/{network(member)['id']}/tags"
    assert fault(member.put(url, {"tags": "x"}), 400) == (
        "InvalidInput",
        "Invalid input for operation: 'x' is not a list.",
    )
    assert fault(member.put(url, {}), 400)[1] == "Invalid input for operation: Invalid tags body."
    many = member.put(url, {"tags": [str(place) for place in range(51)]})
    assert fault(many, 400)[1] == "Bad networks request: The number of tags exceed the per-resource limit of 50."
    assert member.get(url).ok() == {"tags": []}


def test_quotas(cloud: Cloud) -> None:
    tenant = cloud.project()
    url = f"{V}/quotas/{tenant.id}"
    defaults = {
        "network": 100, "subnet": 100, "port": 500, "router": 10, "floatingip": 50, "security_group": 10,
        "security_group_rule": 100,
    }  # fmt: skip
    assert tenant.member.get(url).ok() == {"quota": defaults}
    assert cloud.admin.put(url, {"quota": {"network": 7}}).ok()["quota"] == defaults | {"network": 7}
    assert tenant.member.get(f"{url}/default").ok() == {"quota": defaults}
    network(tenant.member)
    details = tenant.member.get(f"{url}/details.json").ok()["quota"]
    assert details["network"] == {"limit": 7, "used": 1, "reserved": 0}
    assert tenant.id in [one["project_id"] for one in cloud.admin.get(f"{V}/quotas").ok()["quotas"]]
    assert fault(cloud.admin.put(url, {"quota": {"network": 0}}), 400) == (
        "HTTPBadRequest",
        "Quota limit 0 for network must be greater than or equal to already used 1",
    )
    cloud.admin.put(url, {"quota": {"network": 0, "force": True}}).ok(200)
    too_small = cloud.admin.put(url, {"quota": {"network": -5}})
    assert fault(too_small, 400)[1] == "Invalid input for network. Reason: '-5' is too small - must be at least '-1'."
    assert fault(cloud.admin.put(url, {"quota": {"bogus": 5}}), 400)[1] == "Unrecognized attribute(s) 'bogus'"
    cloud.admin.delete(url).ok(204)
    assert tenant.member.get(url).ok() == {"quota": defaults}
    assert fault(cloud.admin.delete(url), 404) == (
        "TenantQuotaNotFound",
        f"Quota for project {tenant.id} could not be found.",
    )
    for answer, rule in (
        (tenant.member.put(url, {"quota": {"network": 5}}), "update_quota"),
        (tenant.member.delete(url), "delete_quota"),
        (cloud.project().member.get(url), "get_quota"),
    ):
        assert fault(answer, 403)[1] == f"rule:{rule} is disallowed by policy"


def test_agents_are_alive_while_their_host_is(cloud: Cloud) -> None:
    shown = cloud.admin.get(f"{V}/agents").ok()["agents"]
    assert [(one["host"], one["agent_type"], one["alive"]) for one in shown] == [("host", "OVN Controller agent", True)]
    assert cloud.admin.get(f"{V}/agents/{shown[0]['id']}").ok()["agent"]["binary"] == "ovn-controller"
    assert cloud.admin.get(f"{V}/agents?alive=false").ok()["agents"] == []
    member = cloud.project().member
    assert member.get(f"{V}/agents").ok()["agents"] == []
    assert fault(member.get(f"{V}/agents/{shown[0]['id']}"), 404)[0] == "AgentNotFound"
    cloud.disconnect_agent()
    cloud.wait(lambda: not cloud.admin.get(f"{V}/agents").ok()["agents"][0]["alive"], "the agent's death")
    cloud.connect_agent()


def test_discovery_and_extensions(cloud: Cloud) -> None:
    assert cloud.anonymous().get("/network/").ok(200) == {
        "versions": [
            {
                "id": "v2.0",
                "status": "CURRENT",
                "links": [{"rel": "self", "href": "http://cloud.test:5000/network/v2.0/"}],
            }
        ]
    }
    member = cloud.project().member
    listed = {one["alias"] for one in member.get(f"{V}/extensions").ok()["extensions"]}
    assert {"router", "external-net", "security-group", "provider", "quotas", "net-mtu", "standard-attr-tag"} <= listed
    assert not {"qos", "trunk", "dns-integration", "dvr"} & listed
    assert member.get(f"{V}/extensions/router").ok()["extension"]["name"] == "Neutron L3 Router"
    missing = member.get(f"{V}/extensions/bogus")
    assert missing.status == 404
    assert "Extension with alias bogus does not exist" in missing.json["message"]
    assert fault(member.get(f"{V}/trunks"), 404) == ("HTTPNotFound", "The resource could not be found.")
    assert cloud.anonymous().get(f"{V}/extensions").status == 401


def test_pages_of_agents(cloud: Cloud) -> None:
    """Also behind a marker that is none, as recorded."""
    path = "/network/v2.0/agents?limit=1"
    whole = cloud.admin.get("/network/v2.0/agents").ok(200)["agents"]
    page = cloud.admin.get(path).ok(200)
    assert [link["rel"] for link in page["agents_links"]] == ["next", "previous"] and page["agents"] == whole[:1]
    assert cloud.admin.get(f"{path}&marker=not-an-id").ok(200)["agents"] == whole[:1]
    assert cloud.admin.get(f"{path}&marker={whole[-1]['id']}").ok(200)["agents"] == []
    assert cloud.admin.get(f"{path}&marker={whole[0]['id']}&page_reverse=true").ok(200)["agents"] == []
    assert cloud.admin.get(f"{path}&page_reverse=true").ok(200)["agents"] == whole[-1:]
    assert cloud.admin.get(f"{path}&sort_key=id&sort_dir=desc").status == 200
