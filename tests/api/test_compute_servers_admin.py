"""What administrators say of servers' states, deletes that are not put off, and wishes about neighbours."""

from collections.abc import Iterator

import pytest

from gureum.compute.flows import FollowGuest
from gureum.kernel.flow import busy, intend
from tests.api.server_kit import V2, Kit, fault, kit
from tests.cloud import Client, Cloud, Response

NOBODY = "00000000-0000-4000-8000-00000000dead"


@pytest.fixture(scope="module")
def mine(cloud: Cloud) -> Iterator[Kit]:
    yield kit(cloud)


@pytest.fixture(scope="module")
def wide() -> Iterator[Kit]:
    """A project of a cloud with three hosts."""
    cloud = Cloud(hosts=3)
    yield kit(cloud)
    cloud.close()


def act(client: Client, id: str, verb: str, said: object = None) -> Response:
    return client.post(f"{V2}/servers/{id}/action", {verb: said}, version="2.96")


def test_a_state_is_reset_to_error_and_to_what_the_host_saw(mine: Kit) -> None:
    admin, id = mine.cloud.admin, mine.server()
    act(admin, id, "os-resetState", {"state": "error"}).ok(202)
    shown = mine.show(id)
    assert (shown["status"], shown["fault"]["message"]) == ("ERROR", "An administrator set it.")
    assert [one["id"] for one in mine.member.get(f"{V2}/servers?status=ERROR").ok(200)["servers"]] == [id]
    act(admin, id, "os-resetState", {"state": "active"}).ok(202)
    assert mine.show(id)["status"] == "ACTIVE"
    assert "fault" not in mine.show(id)
    mine.act(id, {"os-stop": None})
    mine.rest(id, "SHUTOFF")
    act(admin, id, "os-resetState", {"state": "error"}).ok(202)
    act(admin, id, "os-resetState", {"state": "active"}).ok(202)
    assert mine.show(id)["status"] == "SHUTOFF"
    act(admin, id, "os-resetState", {"state": "error"}).ok(202)
    mine.gone(id)


def test_it_is_reset_while_the_last_word_of_the_host_is_waited_for(mine: Kit) -> None:
    id = mine.server()
    host = mine.cloud.admin.get(f"{V2}/servers/{id}").ok(200)["server"]["OS-EXT-SRV-ATTR:host"]
    mine.cloud.write(lambda tx: intend(tx, FollowGuest, id, host=host, power="running"))
    act(mine.cloud.admin, id, "os-resetState", {"state": "error"}).ok(202)
    mine.cloud.wait(lambda: not mine.cloud.read(lambda tx: busy(tx, "server", id)), "the end of the wait")
    assert mine.show(id)["status"] == "ERROR"
    mine.gone(id)


def test_who_may_reset_it_and_to_what(mine: Kit) -> None:
    id = mine.server()
    assert act(mine.member, id, "os-resetState", {"state": "error"}).status == 403
    for wrong in ({"state": "bogus"}, {}, None):
        assert act(mine.cloud.admin, id, "os-resetState", wrong).status == 400
    assert act(mine.cloud.admin, NOBODY, "os-resetState", {"state": "error"}).status == 404
    mine.gone(id)


def test_a_state_is_not_reset_under_what_goes_on(mine: Kit) -> None:
    id = mine.server()
    mine.cloud.disconnect_agent()
    mine.act(id, {"os-stop": None})
    answer = act(mine.cloud.admin, id, "os-resetState", {"state": "active"})
    assert fault(answer) == (409, f"Cannot 'reset_state' instance {id} while it is in task_state powering-off")
    mine.cloud.connect_agent()
    mine.rest(id, "SHUTOFF")
    mine.gone(id)


def test_deletes_are_not_put_off(mine: Kit) -> None:
    id = mine.server()
    assert fault(act(mine.member, id, "restore")) == (
        409,
        f"Cannot 'restore' instance {id} while it is in vm_state active",
    )
    assert act(mine.tenant.reader, id, "forceDelete").status == 403
    act(mine.member, id, "forceDelete").ok(202)
    mine.cloud.wait(lambda: mine.member.get(f"{V2}/servers/{id}").status == 404, "the end of the server")
    for verb in ("restore", "forceDelete"):
        assert act(mine.member, id, verb).status == 404


def host(mine: Kit, id: str) -> str:
    return mine.show(id, client=mine.cloud.admin)["OS-EXT-SRV-ATTR:host"]


def hinted(mine: Kit, status: str = "ACTIVE", **hints: object) -> str:
    """A server with scheduler hints."""
    body = mine.ask("hinted") | {"os:scheduler_hints": hints}
    id = mine.member.post(f"{V2}/servers", body, version="2.96").ok(202)["server"]["id"]
    mine.rest(id, status)
    return id


def test_servers_are_put_beside_others_or_away_from_them(wide: Kit) -> None:
    first = wide.server()
    beside = hinted(wide, same_host=first)
    assert host(wide, beside) == host(wide, first)
    second = hinted(wide, different_host=[first])
    third = hinted(wide, different_host=[first, second])
    assert len({host(wide, id) for id in (first, second, third)}) == 3
    assert host(wide, hinted(wide, same_host=[first, second], different_host=first)) == host(wide, second)
    nowhere = hinted(wide, "ERROR", different_host=[first, second, third])
    assert "DifferentHostFilter" in str(wide.cloud.admin.get(f"/gureum/v1/why/{nowhere}").json)


def test_wishes_about_servers_that_are_none_or_of_others(wide: Kit) -> None:
    hinted(wide, different_host=NOBODY)
    hinted(wide, "ERROR", same_host=NOBODY)
    other = kit(wide.cloud)
    hinted(wide, "ERROR", same_host=other.server())
    for wrong in ({"same_host": "no id"}, {"different_host": ["no id"]}, {"different_host": 5}):
        body = wide.ask() | {"os:scheduler_hints": wrong}
        assert wide.member.post(f"{V2}/servers", body, version="2.96").status == 400
