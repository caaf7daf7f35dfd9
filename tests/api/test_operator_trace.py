"""`/gureum/v1/traces` and `/log`: the waterfall of a request, the changes of a thing, and who may read them."""

from typing import Any

import pytest

from gureum.kernel.trace.tables import requests
from gureum.web.hops import HOPS
from tests.api.server_kit import kit
from tests.cloud import PASSWORD, Client, Cloud


def trace(client: Client, request_id: str) -> dict[str, Any]:
    return client.get(f"/gureum/v1/traces/{request_id}").ok(200)["trace"]


def created(cloud: Cloud) -> tuple[Any, str, str]:
    """A tenant's kit, its active server and the request that made it."""
    made = kit(cloud)
    id = made.server()
    cloud.wait(lambda: not cloud.admin.get("/gureum/v1/status").ok(200)["operations"], "rest")
    actions = made.member.get(f"/compute/v2.1/servers/{id}/os-instance-actions").ok(200)["instanceActions"]
    return made, id, actions[-1]["request_id"]


def test_a_new_server_passes_the_twelve_hops_in_their_order(cloud: Cloud) -> None:
    _, id, request_id = created(cloud)
    found = trace(cloud.admin, request_id)
    assert (found["method"], found["path"], found["status"]) == ("POST", "/v2.1/servers", 202)
    (server,) = found["servers"]
    assert server["server"] == id
    assert [hop["hop"] for hop in server["hops"]] == [hop.title for hop in HOPS]
    assert all(hop["micros"] is not None for hop in server["hops"])
    # the scheduler is around placement and the choice; otherwise one hop begins after the other
    offsets = [hop["offset"] for hop in server["hops"]]
    assert offsets == sorted(offsets)


def test_the_waterfall_has_edge_token_policy_transaction_steps_asks_and_driver_work(cloud: Cloud) -> None:
    _, id, request_id = created(cloud)
    lines = trace(cloud.admin, request_id)["lines"]
    assert {"request", "edge", "token", "policy", "transaction", "handler"} <= {
        one["part"] for one in lines if one["within"] == "request"
    }
    steps = [one["name"] for one in lines if one["part"] == "step" and one["subject"] == f"server/{id}"]
    assert steps == ["BootServer.start", "BootServer.storage", "BootServer.wire", "BootServer.booted"]
    (ask,) = [one for one in lines if one["part"] == "ask" and one["name"] == "EnsureDomain"]
    assert (ask["agent"], ask["outcome"]) == (cloud.first_host, "DomainReport")
    driver = [one for one in lines if one["within"] == "EnsureDomain" and one["part"] == "driver"]
    assert [one["name"] for one in driver] == ["image", "metadata", "guest"]
    assert all(ask["offset"] <= one["offset"] for one in driver)
    transaction = next(one for one in lines if one["part"] == "transaction")
    assert transaction["micros"] >= next(one for one in lines if one["part"] == "handler")["micros"]


def test_a_fault_of_an_agent_is_in_the_trace(cloud: Cloud) -> None:
    made = kit(cloud)
    cloud.world.faults.add("EnsureDomain", None, "The roof leaks.")
    answer = made.member.post("/compute/v2.1/servers", made.ask("broken"))
    id = answer.ok(202)["server"]["id"]
    made.rest(id, "ERROR")
    lines = trace(cloud.admin, answer.headers["x-openstack-request-id"])["lines"]
    assert "fault: The roof leaks." in {one["outcome"] for one in lines if one["part"] == "ask"}


def test_members_read_their_projects_traces_without_hosts(cloud: Cloud) -> None:
    made, _, request_id = created(cloud)
    mine = trace(made.member, request_id)
    assert len(mine["servers"][0]["hops"]) == 12
    assert {one["agent"] for one in mine["lines"]} == {None}
    assert cloud.first_host in {one["agent"] for one in trace(cloud.admin, request_id)["lines"]}
    for stranger in (cloud.project().member, cloud.project("reader").reader):
        assert stranger.get(f"/gureum/v1/traces/{request_id}").status == 404
    assert cloud.anonymous().get(f"/gureum/v1/traces/{request_id}").status == 401
    by_admin = cloud.admin.get("/compute/v2.1/servers").headers["x-openstack-request-id"]
    assert made.member.get(f"/gureum/v1/traces/{by_admin}").status == 404


def test_a_request_is_found_by_the_id_that_its_client_gave(cloud: Cloud) -> None:
    given = "req-11111111-2222-3333-4444-555555555555"
    cloud.admin.get("/compute/v2.1/flavors", headers={"X-OpenStack-Request-ID": given}).ok(200)
    found = trace(cloud.admin, given)
    assert found["global_request_id"] == given
    assert found["request_id"] != given


def test_what_nobody_asked_is_unknown(cloud: Cloud) -> None:
    assert cloud.admin.get("/gureum/v1/traces/req-none").status == 404


def test_strangers_refused_leave_no_trace(cloud: Cloud) -> None:
    refused = cloud.anonymous().get("/compute/v2.1/servers").headers["x-openstack-request-id"]
    assert cloud.admin.get(f"/gureum/v1/traces/{refused}").status == 404


def test_a_login_is_traced_without_its_password(cloud: Cloud) -> None:
    user = {"name": "admin", "domain": {"id": "default"}, "password": PASSWORD}
    body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}}}
    answer = cloud.anonymous().post("/v3/auth/tokens", body)
    found = cloud.admin.get(f"/gureum/v1/traces/{answer.headers['x-openstack-request-id']}")
    assert found.ok(200)["trace"]["path"] == "/v3/auth/tokens"
    token = answer.headers["x-subject-token"]
    rows = cloud.read(lambda tx: str(tx.all(requests.select())))
    assert PASSWORD not in rows
    assert token not in rows


def log(client: Client, resource: str, **more: Any) -> list[dict[str, Any]]:
    query = "&".join(f"{name}={value}" for name, value in {"resource": resource, **more}.items())
    return client.get(f"/gureum/v1/log?{query}").ok(200)["entries"]


def test_the_log_tells_who_when_which_request_and_from_what_to_what(cloud: Cloud) -> None:
    made = kit(cloud)
    network = made.member.post("/network/v2.0/networks", {"network": {"name": "first"}}).ok(201)["network"]["id"]
    answer = made.member.put(f"/network/v2.0/networks/{network}", {"network": {"name": "second"}})
    answer.ok(200)
    entry = next(one for one in log(cloud.admin, network) if (one["before"] or {}).get("name"))
    assert (entry["kind"], entry["verb"], entry["resource"]) == ("network", "update", network)
    assert entry["request_id"] == answer.headers["x-openstack-request-id"]
    assert entry["user_id"] == made.member.user_id
    assert entry["user_name"].startswith("member")
    assert (entry["before"]["name"], entry["after"]["name"]) == ("first", "second")
    made.member.delete(f"/network/v2.0/networks/{network}").ok(204)
    assert log(cloud.admin, network)[0]["verb"] == "delete"


def test_members_read_the_log_of_their_own_things_without_the_operators_columns(cloud: Cloud) -> None:
    made, id, _ = created(cloud)
    mine, all_of_it = log(made.member, id), log(cloud.admin, id)
    assert [one["id"] for one in mine] == [one["id"] for one in all_of_it]
    assert any("host" in (one["after"] or {}) for one in all_of_it)
    assert not any("host" in (one["after"] or {}) for one in mine)
    assert cloud.project().member.get(f"/gureum/v1/log?resource={id}").status == 404
    assert cloud.anonymous().get(f"/gureum/v1/log?resource={id}").status == 401


def test_the_log_keeps_no_secret(cloud: Cloud) -> None:
    body = {"user": {"name": "logged", "password": "open-sesame-7", "domain_id": "default"}}
    id = cloud.admin.post("/v3/users", body).ok(201)["user"]["id"]
    (entry,) = log(cloud.admin, id)
    assert entry["after"]["password_hash"] == "***"
    assert "open-sesame-7" not in str(entry)


def test_the_log_comes_in_pages(cloud: Cloud) -> None:
    _, id, _ = created(cloud)
    whole = log(cloud.admin, id)
    first = log(cloud.admin, id, limit=1)
    assert first + log(cloud.admin, id, before=first[0]["id"]) == whole


@pytest.mark.parametrize("query", ["", "resource=", "resource=x&limit=0", "resource=x&limit=a", "resource=x&before=-1"])
def test_a_malformed_question_is_refused(cloud: Cloud, query: str) -> None:
    assert cloud.admin.get(f"/gureum/v1/log?{query}").status == 400


def test_what_never_was_is_unknown(cloud: Cloud) -> None:
    assert cloud.admin.get("/gureum/v1/log?resource=nothing").status == 404


def test_why_says_what_would_make_it_fit(cloud: Cloud) -> None:
    made = kit(cloud)
    huge = {"flavor": {"name": "huge", "ram": 64, "vcpus": 1, "disk": 95_000, "id": "huge"}}
    cloud.admin.post("/compute/v2.1/flavors", huge).ok(200)
    specs = {"extra_specs": {"capabilities:hypervisor_type": "xen"}}
    cloud.admin.post("/compute/v2.1/flavors/huge/os-extra_specs", specs).ok(200)
    id = made.create("giant", flavorRef="huge")
    made.rest(id, "ERROR")
    operator = cloud.admin.get(f"/gureum/v1/why/{id}").ok(200)["why"]["now"]
    (host,) = operator["hosts"]
    assert [one["filter"] for one in host["problems"]] == ["ComputeCapabilitiesFilter", "DiskFilter"]
    disk = host["problems"][1]
    assert disk["free"] <= disk["capacity"] < disk["wanted"] == 95_000
    (remedy,) = operator["remedies"]
    assert remedy.startswith(
        f"{cloud.first_host} would take it, if this were not so: the flavor wants hypervisor_type xen"
    )
    assert f"and it had {95_000 - disk['free']} more GiB of disk" in remedy
    member = made.member.get(f"/gureum/v1/why/{id}").ok(200)["why"]["now"]
    assert member == {
        "fitting": 0,
        "refused_by_filter": {"ComputeCapabilitiesFilter": 1, "DiskFilter": 1},
        "remedies": ["take a flavor whose extra specs want less", "take a flavor with less disk"],
    }


def test_why_says_so_when_it_would_fit_now(cloud: Cloud) -> None:
    made = kit(cloud)
    cloud.admin.put("/compute/v2.1/os-services/disable", {"host": cloud.first_host, "binary": "nova-compute"}).ok(200)
    id = made.create("early")
    made.rest(id, "ERROR")
    told = cloud.admin.get(f"/gureum/v1/why/{id}").ok(200)["why"]["now"]
    assert told["remedies"] == [f"{cloud.first_host} would take it, if this were not so: the host is disabled"]
    cloud.admin.put("/compute/v2.1/os-services/enable", {"host": cloud.first_host, "binary": "nova-compute"}).ok(200)
    told = made.member.get(f"/gureum/v1/why/{id}").ok(200)["why"]["now"]
    assert told == {"fitting": 1, "refused_by_filter": {}, "remedies": ["it fits now: make it again"]}
