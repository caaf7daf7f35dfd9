"""Where servers go: hosts, zones, no host at all, and why."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from gureum.compute.settings import settings
from gureum.compute.store import decisions, hosts
from gureum.compute.store.servers import servers
from gureum.kernel import clock
from gureum.kernel.clock import SECOND
from tests.api.server_kit import NET, V2, Kit, fault, kit
from tests.cloud import Cloud


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    cloud = Cloud(hosts=3)
    yield cloud
    cloud.close()


@pytest.fixture(scope="module")
def mine(cloud: Cloud) -> Kit:
    cloud.wait(lambda: cloud.read(lambda tx: sum(host.up for host in hosts.everyone(tx))) == 3, "the hosts")
    return kit(cloud)


def test_servers_spread(mine: Kit, cloud: Cloud) -> None:
    made = [mine.server(f"s{number}") for number in range(3)]
    where = {mine.show(id, client=cloud.admin)["OS-EXT-SRV-ATTR:host"] for id in made}
    assert where == {"host-1", "host-2", "host-3"}
    assert len({mine.show(id)["hostId"] for id in made}) == 3
    for id in made:
        mine.gone(id)


def test_an_administrator_names_the_host(mine: Kit, cloud: Cloud) -> None:
    asked = mine.ask(availability_zone="nova:host-2", networks="none")
    refused = mine.member.post(f"{V2}/servers", asked, version="2.74")
    assert fault(refused) == (403, "Policy doesn't allow os_compute_api:servers:create:forced_host to be performed.")
    for more in ({"availability_zone": "nova:host-2"}, {"host": "host-2"}, {"availability_zone": ":host-2"}):
        body = mine.ask(networks="none", **more)
        id = cloud.admin.post(f"{V2}/servers", body, version="2.74").ok(202)["server"]["id"]
        cloud.wait(lambda one=id: mine.show(one, client=cloud.admin)["status"] == "ACTIVE", "ACTIVE")
        shown = mine.show(id, client=cloud.admin)
        assert shown["OS-EXT-SRV-ATTR:host"] == "host-2"
        assert shown["pinned_availability_zone"] == ("nova" if "nova" in str(more) else None)
        cloud.admin.delete(f"{V2}/servers/{id}").ok(204)
    nobody = mine.ask(networks="none", host="nohost")
    answer = cloud.admin.post(f"{V2}/servers", nobody, version="2.74")
    assert fault(answer) == (400, "Compute host nohost could not be found.")


def nothing_of(cloud: Cloud, *ids: str) -> bool:
    """Whether nothing outside has one of the ids in its name."""
    return not [one for things in cloud.world.look().values() for one in things if any(id in one for id in ids)]


def boot_events(mine: Kit, cloud: Cloud, id: str) -> list[tuple[str, str]]:
    """Where the guest was tried to be made, and how it ended, first first."""
    path = f"{V2}/servers/{id}/os-instance-actions"
    request = cloud.admin.get(path, version="2.96").ok(200)["instanceActions"][-1]["request_id"]
    events = cloud.admin.get(f"{path}/{request}", version="2.96").ok(200)["instanceAction"]["events"]
    tried = [one for one in events if one["event"] == "compute__do_build_and_run_instance"]
    return [(one["host"], one["result"]) for one in reversed(tried)]


def test_a_host_that_refuses_is_followed_by_another(mine: Kit, cloud: Cloud) -> None:
    cloud.world.faults.add("EnsureDomain", text="The host is on fire.")
    id = mine.server()
    (first, failed), (second, made) = boot_events(mine, cloud, id)
    assert (failed, made) == ("Error", "Success") and first != second
    assert mine.show(id, client=cloud.admin)["OS-EXT-SRV-ATTR:host"] == second
    assert [guest.host for guest in cloud.world.find(id)] == [second]
    (port,) = cloud.admin.get(f"{NET}/ports?device_id={id}").ok(200)["ports"]
    assert port["binding:host_id"] == second
    why = cloud.admin.get(f"/gureum/v1/why/{id}").ok(200)["why"]
    assert why["chosen"] == second
    assert next((one["host"], one["filter"]) for one in why["refused"]) == (first, "RetryFilter")
    assert "The host is on fire." in why["refused"][0]["reason"]
    told = mine.member.get(f"/gureum/v1/why/{id}").ok(200)["why"]
    assert told["refused_by_filter"] == {"RetryFilter": 1} and first not in str(told)
    mine.gone(id)
    cloud.wait(lambda: nothing_of(cloud, id, port["id"]), "nothing left")


def test_when_every_host_refuses_the_last_one_says_why(mine: Kit, cloud: Cloud) -> None:
    for number in range(3):
        cloud.world.faults.add("EnsureDomain", text=f"Fire number {number}.")
    id = mine.create()
    assert mine.rest(id, "ERROR")["fault"]["message"] == "Fire number 2."
    assert len(boot_events(mine, cloud, id)) == 3
    cloud.wait(lambda: mine.show(id, client=cloud.admin)["OS-EXT-SRV-ATTR:host"] is None, "the release")
    assert cloud.admin.get(f"{NET}/ports?device_id={id}").ok(200)["ports"] == []
    mine.gone(id)
    cloud.wait(lambda: nothing_of(cloud, id), "nothing left")


def test_a_named_host_is_not_followed_by_another(mine: Kit, cloud: Cloud) -> None:
    cloud.world.faults.add("EnsureDomain", text="The host is on fire.")
    body = mine.ask(networks="none", host="host-2")
    id = cloud.admin.post(f"{V2}/servers", body, version="2.74").ok(202)["server"]["id"]
    cloud.wait(lambda: mine.show(id, client=cloud.admin)["status"] == "ERROR", "ERROR")
    assert mine.show(id, client=cloud.admin)["fault"]["message"] == "The host is on fire."
    why = cloud.admin.get(f"/gureum/v1/why/{id}").ok(200)["why"]
    assert ("host-2", "RetryFilter") in [(one["host"], one["filter"]) for one in why["refused"]]
    cloud.admin.delete(f"{V2}/servers/{id}").ok(204)


def test_a_flavor_may_want_something_of_an_aggregate(mine: Kit, cloud: Cloud) -> None:
    flavor = {"flavor": {"name": "fast", "id": "fast", "vcpus": 1, "ram": 64, "disk": 1}}
    cloud.admin.post(f"{V2}/flavors", flavor).ok(200)
    specs = {"extra_specs": {"aggregate_instance_extra_specs:ssd": "true", "unscoped": "x"}}
    cloud.admin.post(f"{V2}/flavors/fast/os-extra_specs", specs).ok(200)
    id = mine.create(flavorRef="fast")
    assert "AggregateInstanceExtraSpecsFilter: 3" in mine.rest(id, "ERROR")["fault"]["message"]
    mine.gone(id)
    aggregate = cloud.admin.post(f"{V2}/os-aggregates", {"aggregate": {"name": "fast"}}).ok(200)["aggregate"]["id"]
    action = f"{V2}/os-aggregates/{aggregate}/action"
    cloud.admin.post(action, {"add_host": {"host": "host-3"}}).ok(200)
    cloud.admin.post(action, {"set_metadata": {"metadata": {"ssd": "true"}}}).ok(200)
    made = [mine.server(flavorRef="fast") for _ in range(2)]
    assert {mine.show(id, client=cloud.admin)["OS-EXT-SRV-ATTR:host"] for id in made} == {"host-3"}
    for id in made:
        mine.gone(id)
    cloud.admin.post(action, {"remove_host": {"host": "host-3"}}).ok(200)
    cloud.admin.delete(f"{V2}/os-aggregates/{aggregate}").ok(200)


def test_no_host_is_an_error_with_its_reasons(mine: Kit, cloud: Cloud) -> None:
    flavor = {"flavor": {"name": "huge", "id": "huge", "vcpus": 16, "ram": 300_000, "disk": 1}}
    cloud.admin.post(f"{V2}/flavors", flavor).ok(200)
    cloud.admin.put(f"{V2}/os-quota-sets/{mine.tenant.id}", {"quota_set": {"ram": -1}}).ok(200)
    id = mine.create(flavorRef="huge")
    shown = mine.rest(id, "ERROR")
    assert shown["fault"]["code"] == 500 and "details" not in shown["fault"]
    assert shown["fault"]["message"].startswith("No valid host was found. ")
    assert "RamFilter: 3" in shown["fault"]["message"] and "host-" not in shown["fault"]["message"]
    assert shown["hostId"] == "" and shown["addresses"] == {}
    decision = cloud.read(lambda tx: decisions.latest(tx, id))
    assert {one["host"] for one in decision.refused} == {"host-1", "host-2", "host-3"}
    assert all(one["reason"].startswith("300000 MiB of memory wanted, ") for one in decision.refused)
    (action,) = mine.member.get(f"{V2}/servers/{id}/os-instance-actions").ok(200)["instanceActions"]
    assert (action["action"], action["message"]) == ("create", "Error")
    mine.gone(id)


def test_a_failed_boot_leaves_an_error_and_nothing_held(mine: Kit, cloud: Cloud) -> None:
    cloud.world.faults.add("EnsureDomain", text="The image is broken.", times=3)
    id = mine.create()
    shown = mine.rest(id, "ERROR")
    cloud.world.faults.clear()
    assert shown["fault"]["message"] == "The image is broken."
    cloud.wait(lambda: mine.show(id)["addresses"] == {}, "the end of the ports")
    assert cloud.read(lambda tx: decisions.latest(tx, id)).chosen is not None
    mine.gone(id)


def test_a_new_server_waits_for_a_host_that_is_coming(mine: Kit, cloud: Cloud) -> None:
    cloud.disconnect_agent()
    cloud.wait(lambda: not cloud.read(hosts.any_up), "the end of the hosts")
    id = mine.create()
    assert mine.show(id)["OS-EXT-STS:task_state"] == "scheduling"
    cloud.connect_agent()
    mine.rest(id)
    mine.gone(id)


@pytest.mark.parametrize("jump", [0, 7200])
def test_it_does_not_wait_for_ever_even_where_the_clock_is_set_back(mine: Kit, cloud: Cloud, jump: int) -> None:
    cloud.disconnect_agent()
    cloud.wait(lambda: not cloud.read(hosts.any_up), "the end of the hosts")
    before, settings.host_patience = settings.host_patience, SECOND // 10
    try:
        id = mine.create()
        clock.clock.offset -= jump
        failed = sa.select(servers.c.id).where(servers.c.id == id, servers.c.vm_state == "error")
        cloud.wait(lambda: cloud.read(lambda tx: tx.one(failed)), "the end of its patience")
        clock.clock.offset += jump
        assert "ComputeFilter: 3" in mine.rest(id, "ERROR")["fault"]["message"]
    finally:
        clock.clock.offset = 0.0
        settings.host_patience = before
        cloud.connect_agent()
    mine.gone(id)
