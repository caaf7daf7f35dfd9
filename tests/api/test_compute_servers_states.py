"""Pausing, suspending and locking servers."""

from collections.abc import Iterator
from typing import Any

import pytest

from gureum.compute.flows import FollowGuest
from gureum.kernel.flow import busy, intend
from tests.api.server_kit import V2, Kit, fault, kit
from tests.api.test_compute_servers_actions import guest
from tests.cloud import Client, Cloud


@pytest.fixture(scope="module")
def mine(cloud: Cloud) -> Iterator[Kit]:
    yield kit(cloud)


@pytest.fixture
def server(mine: Kit) -> Iterator[str]:
    id = mine.server()
    yield id
    mine.member.cloud.admin.post(f"{V2}/servers/{id}/action", {"unlock": None}).ok(202)
    mine.gone(id)


def latest(mine: Kit, server: str, client: Client | None = None) -> tuple[str, str | None, list[tuple[str, str]]]:
    """The last instance action: its name, its message, and (event, result) of each part."""
    path = f"{V2}/servers/{server}/os-instance-actions"
    (last, *_) = mine.member.get(path, version="2.96").ok(200)["instanceActions"]
    found = mine.cloud.admin.get(f"{path}/{last['request_id']}", version="2.96").ok(200)["instanceAction"]
    return last["action"], last["message"], [(one["event"], one["result"]) for one in found["events"]]


def states(shown: dict[str, Any]) -> tuple[str, str, int]:
    return shown["status"], shown["OS-EXT-STS:vm_state"], shown["OS-EXT-STS:power_state"]


def refusal(mine: Kit, server: str, action: dict[str, Any], client: Client | None = None) -> tuple[int, str]:
    return fault((client or mine.member).post(f"{V2}/servers/{server}/action", action, version="2.96"))


def test_pause_and_unpause(mine: Kit, cloud: Cloud, server: str) -> None:
    console = guest(cloud, server).console
    mine.act(server, {"pause": None})
    assert states(mine.rest(server, "PAUSED")) == ("PAUSED", "paused", 3)
    assert guest(cloud, server).power == "paused"
    assert latest(mine, server) == ("pause", None, [("compute_pause_instance", "Success")])
    for action in ("pause", "suspend", "resume", "os-start", "os-stop"):
        verb = action.removeprefix("os-")
        words = f"Cannot '{verb}' instance {server} while it is in vm_state paused"
        assert refusal(mine, server, {action: None}) == (409, words)
    soft = refusal(mine, server, {"reboot": {"type": "SOFT"}})
    assert soft == (409, f"Cannot 'reboot' instance {server} while it is in vm_state paused")
    mine.act(server, {"unpause": {}})
    assert states(mine.rest(server)) == ("ACTIVE", "active", 1)
    assert guest(cloud, server).console == console, "it did not boot again"
    assert latest(mine, server) == ("unpause", None, [("compute_unpause_instance", "Success")])
    again = refusal(mine, server, {"unpause": None})
    assert again == (409, f"Cannot 'unpause' instance {server} while it is in vm_state active")


def test_suspend_and_resume(mine: Kit, cloud: Cloud, server: str) -> None:
    console = guest(cloud, server).console
    mine.act(server, {"suspend": None})
    assert states(mine.rest(server, "SUSPENDED")) == ("SUSPENDED", "suspended", 4)
    assert guest(cloud, server).saved
    assert latest(mine, server) == ("suspend", None, [("compute_suspend_instance", "Success")])
    for action in ("pause", "suspend", "unpause"):
        words = f"Cannot '{action}' instance {server} while it is in vm_state suspended"
        assert refusal(mine, server, {action: None}) == (409, words)
    mine.act(server, {"resume": None})
    assert states(mine.rest(server)) == ("ACTIVE", "active", 1)
    assert guest(cloud, server).console == console, "it did not boot again"
    assert latest(mine, server) == ("resume", None, [("compute_resume_instance", "Success")])


@pytest.mark.parametrize(("there", "status"), [("pause", "PAUSED"), ("suspend", "SUSPENDED")])
def test_a_hard_reboot_starts_what_holds_still(mine: Kit, cloud: Cloud, server: str, there: str, status: str) -> None:
    mine.act(server, {there: None})
    mine.rest(server, status)
    before = guest(cloud, server).boots
    mine.act(server, {"reboot": {"type": "HARD"}})
    mine.rest(server)
    assert (guest(cloud, server).boots, guest(cloud, server).power) == (before + 1, "running")


@pytest.mark.parametrize(
    ("there", "back", "status"), [("pause", "unpause", "PAUSED"), ("suspend", "resume", "SUSPENDED")]
)
def test_what_fails_leaves_it_as_it_was(
    mine: Kit, cloud: Cloud, server: str, there: str, back: str, status: str
) -> None:
    cloud.world.faults.add("EnsureDomain", text="The host is on fire.")
    mine.act(server, {there: None})
    assert mine.rest(server)["OS-EXT-STS:power_state"] == 1
    assert latest(mine, server)[:2] == (there, "Error")
    mine.act(server, {there: None})
    mine.rest(server, status)
    cloud.world.faults.add("EnsureDomain", text="The host is on fire.")
    mine.act(server, {back: None})
    mine.rest(server, status)
    cloud.world.faults.clear()
    mine.act(server, {back: None})
    mine.rest(server)


def test_a_paused_guest_that_ends_is_off_and_a_suspended_one_outlives_its_host(mine: Kit, cloud: Cloud) -> None:
    paused, suspended = mine.server(), mine.server()
    mine.act(paused, {"pause": None})
    mine.act(suspended, {"suspend": None})
    mine.rest(paused, "PAUSED")
    mine.rest(suspended, "SUSPENDED")
    cloud.disconnect_agent()
    cloud.world.power_cut(cloud.first_host)
    cloud.connect_agent()
    cloud.wait(lambda: mine.show(paused)["status"] == "SHUTOFF", "SHUTOFF")
    assert mine.show(suspended)["status"] == "SUSPENDED"
    mine.act(suspended, {"resume": None})
    mine.rest(suspended)
    assert guest(cloud, suspended).boots == 1
    mine.gone(paused)
    mine.gone(suspended)


def test_late_word_of_a_crash_changes_nothing_of_a_suspended_server(mine: Kit, cloud: Cloud, server: str) -> None:
    mine.act(server, {"suspend": None})
    mine.rest(server, "SUSPENDED")
    cloud.write(lambda tx: intend(tx, FollowGuest, server, host=cloud.first_host, power="crashed"))
    cloud.wait(lambda: not cloud.read(lambda tx: busy(tx, "server", server)), "the end of the wait")
    assert states(mine.show(server)) == ("SUSPENDED", "suspended", 4)


def test_listed_by_state(mine: Kit, server: str) -> None:
    mine.act(server, {"pause": None})
    mine.rest(server, "PAUSED")

    def listed(query: str) -> list[str]:
        found = mine.member.get(f"{V2}/servers?{query}", version="2.96").ok(200)["servers"]
        return [one["id"] for one in found]

    assert listed("status=paused") == listed("status=PAUSED") == [server]
    assert listed("status=suspended") == []
    mine.act(server, {"lock": None})
    assert listed("locked=true") == [server] and listed("locked=false") == []
    assert listed("sort_key=locked") == [server]
    assert mine.member.get(f"{V2}/servers?locked=x", version="2.96").status == 400


def test_locked_is_locked_to_members(mine: Kit, cloud: Cloud, server: str) -> None:
    volume = mine.volume()
    path = f"{V2}/servers/{server}"
    assert mine.show(server)["locked"] is False
    mine.act(server, {"lock": {"locked_reason": "audit"}})
    shown = mine.show(server)
    assert (shown["locked"], shown["locked_reason"]) == (True, "audit")
    assert "locked_reason" not in mine.show(server, version="2.72") and "locked" not in mine.show(server, version="2.8")
    refused = (409, f"Instance {server} is locked")
    for action in ("os-stop", "pause", "suspend", "resume", "unpause", "os-start"):
        assert refusal(mine, server, {action: None}) == refused
    assert refusal(mine, server, {"reboot": {"type": "HARD"}}) == refused
    assert fault(mine.member.delete(path)) == refused
    assert fault(mine.member.post(f"{path}/metadata", {"metadata": {"a": "b"}})) == refused
    assert fault(mine.member.put(f"{path}/metadata", {"metadata": {"a": "b"}})) == refused
    assert fault(mine.member.put(f"{path}/metadata/a", {"meta": {"a": "b"}})) == refused
    attach = {"volumeAttachment": {"volumeId": volume}}
    assert fault(mine.member.post(f"{path}/os-volume_attachments", attach)) == refused
    assert states(mine.show(server)) == ("ACTIVE", "active", 1) and mine.show(server)["metadata"] == {}
    cloud.admin.post(f"{path}/action", {"os-stop": None}).ok(202)
    mine.rest(server, "SHUTOFF")
    mine.act(server, {"unlock": None})
    assert (mine.show(server)["locked"], mine.show(server)["locked_reason"]) == (False, None)
    mine.act(server, {"os-start": None})
    mine.rest(server)


def test_who_locks_and_who_unlocks(mine: Kit, cloud: Cloud, server: str) -> None:
    path = f"{V2}/servers/{server}/action"
    mine.act(server, {"lock": {"locked_reason": "mine"}})
    assert latest(mine, server) == ("lock", None, [("api_lock", "Success")])
    mine.act(server, {"lock": {"locked_reason": "again"}})
    assert mine.show(server)["locked_reason"] == "mine", "a second lock changes nothing"
    assert latest(mine, server)[0] == "lock"
    cloud.admin.post(path, {"lock": {"locked_reason": "audit"}}, version="2.73").ok(202)
    assert mine.show(server)["locked_reason"] == "audit"
    words = "Policy doesn't allow os_compute_api:os-lock-server:unlock:unlock_override to be performed."
    assert refusal(mine, server, {"unlock": None}) == (403, words)
    assert mine.show(server)["locked"] is True
    cloud.admin.post(path, {"unlock": None}).ok(202)
    assert mine.show(server)["locked"] is False
    mine.act(server, {"unlock": None})
    assert latest(mine, server) == ("unlock", None, [("api_unlock", "Success")])


def test_reasons_by_microversion(mine: Kit, server: str) -> None:
    path = f"{V2}/servers/{server}/action"
    mine.member.post(path, {"lock": {"locked_reason": "x"}}, version="2.72").ok(202)
    assert (mine.show(server)["locked"], mine.show(server)["locked_reason"]) == (True, None)
    mine.act(server, {"unlock": None})
    long = "x" * 256
    words = f"Invalid input for field/attribute locked_reason. Value: {long}. '{long}' is too long"
    assert refusal(mine, server, {"lock": {"locked_reason": long}}) == (400, words)
    assert refusal(mine, server, {"lock": {"bogus": 1}})[0] == 400
    assert mine.show(server)["locked"] is False


@pytest.mark.parametrize("action", ["pause", "unpause", "suspend", "resume", "lock", "unlock"])
def test_who_may(mine: Kit, cloud: Cloud, server: str, action: str) -> None:
    assert refusal(mine, server, {action: None}, mine.tenant.reader)[0] == 403
    other = cloud.project("member")
    missing = (404, f"Instance {server} could not be found.")
    assert refusal(mine, server, {action: None}, other.member) == missing
    assert states(mine.show(server)) == ("ACTIVE", "active", 1) and mine.show(server)["locked"] is False


def test_what_waits_for_the_end_of_a_boot_that_fails_ends_with_it(mine: Kit, cloud: Cloud) -> None:
    for fault_to_come in ("EnsureDomain", "RemoveDomain"):
        cloud.world.faults.add(fault_to_come)
    hanging = cloud.world.faults.add("RemoveDomain", hang=True)
    id = mine.create()
    cloud.wait(lambda: hanging.struck, "the end of the boot")
    mine.act(id, {"os-stop": None})
    hanging.release()
    assert mine.rest(id, "ERROR")["fault"]["message"] == "injected fault"
    assert latest(mine, id)[:2] == ("stop", "Error")
    mine.gone(id)
