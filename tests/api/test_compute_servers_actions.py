"""What is done to servers: power, consoles, groups, and what is remembered of it."""

from collections.abc import Iterator
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from gureum.compute.service import consoles
from tests.api.server_kit import NET, V2, Kit, fault, kit
from tests.cloud import Cloud


@pytest.fixture(scope="module")
def mine(cloud: Cloud) -> Iterator[Kit]:
    yield kit(cloud)


@pytest.fixture(scope="module")
def server(mine: Kit) -> str:
    return mine.server()


def guest(cloud: Cloud, id: str):  # type: ignore[no-untyped-def]
    found = cloud.world.guests.get(f"{cloud.first_host}/{id}")
    assert found is not None
    return found


def test_stop_and_start(mine: Kit, cloud: Cloud, server: str) -> None:
    mine.act(server, {"os-stop": None})
    assert mine.rest(server, "SHUTOFF")["OS-EXT-STS:power_state"] == 4
    assert guest(cloud, server).power == "stopped"
    again = mine.member.post(f"{V2}/servers/{server}/action", {"os-stop": None})
    assert fault(again) == (409, f"Cannot 'stop' instance {server} while it is in vm_state stopped")
    mine.act(server, {"os-start": None})
    assert mine.rest(server)["OS-EXT-STS:power_state"] == 1
    assert guest(cloud, server).power == "running"
    again = mine.member.post(f"{V2}/servers/{server}/action", {"os-start": None})
    assert fault(again) == (409, f"Cannot 'start' instance {server} while it is in vm_state active")


@pytest.mark.parametrize("kind", ["SOFT", "HARD"])
def test_reboot(mine: Kit, cloud: Cloud, server: str, kind: str) -> None:
    before = guest(cloud, server).boots
    mine.act(server, {"reboot": {"type": kind}})
    mine.rest(server)
    assert guest(cloud, server).boots == before + 1


def test_a_failed_stop_leaves_it_running_and_says_why(mine: Kit, cloud: Cloud, server: str) -> None:
    cloud.world.faults.add("EnsureDomain", text="The host is on fire.")
    mine.act(server, {"os-stop": None})
    mine.rest(server)
    cloud.world.faults.clear()
    actions = mine.member.get(f"{V2}/servers/{server}/os-instance-actions", version="2.96").ok(200)
    last = actions["instanceActions"][0]
    assert (last["action"], last["message"]) == ("stop", "Error")
    path = f"{V2}/servers/{server}/os-instance-actions/{last['request_id']}"
    (event,) = cloud.admin.get(path, version="2.96").ok(200)["instanceAction"]["events"]
    assert (event["result"], event["details"]) == ("Error", "The host is on fire.")
    assert guest(cloud, server).power == "running"


def test_a_guest_that_shuts_itself_down_is_off(mine: Kit, cloud: Cloud) -> None:
    id = mine.server()
    cloud.world.shut_down(id)
    cloud.wait(lambda: mine.show(id)["status"] == "SHUTOFF", "SHUTOFF")
    mine.act(id, {"os-start": None})
    mine.rest(id)
    mine.gone(id)


def test_guests_run_again_after_their_host_rebooted(mine: Kit, cloud: Cloud) -> None:
    running, stopped = mine.server(), mine.server()
    mine.act(stopped, {"os-stop": None})
    mine.rest(stopped, "SHUTOFF")
    cloud.disconnect_agent()
    cloud.world.power_cut(cloud.first_host)
    cloud.connect_agent()
    cloud.wait(lambda: guest(cloud, running).power == "running", "the guest")
    assert guest(cloud, stopped).power == "stopped"
    assert mine.show(running)["status"] == "ACTIVE" and mine.show(stopped)["status"] == "SHUTOFF"
    mine.gone(running)
    mine.gone(stopped)


def test_a_host_that_is_away_holds_up_no_delete(mine: Kit, cloud: Cloud) -> None:
    id = mine.server()
    cloud.disconnect_agent()
    cloud.wait(lambda: not cloud.control.link.connected(cloud.first_host), "the end of the link")
    cloud.wait(lambda: mine.show(id, client=cloud.admin)["host_status"] == "DOWN", "DOWN")
    mine.gone(id)
    assert cloud.world.guests.get(f"{cloud.first_host}/{id}") is not None
    cloud.connect_agent()
    cloud.wait(lambda: cloud.world.guests.get(f"{cloud.first_host}/{id}") is None, "the end of the guest")
    cloud.wait(
        lambda: mine.member.get(f"{NET}/ports?device_id={id}").ok(200)["ports"] == [], "the end of the server's port"
    )


def test_console_output(mine: Kit, server: str) -> None:
    whole = mine.act(server, {"os-getConsoleOutput": {}}, 200)["output"]
    assert "login:" in whole
    last = mine.act(server, {"os-getConsoleOutput": {"length": 2}}, 200)["output"]
    assert whole.endswith(last) and len(last.splitlines()) == 2
    assert mine.act(server, {"os-getConsoleOutput": {"length": "-1"}}, 200)["output"] == whole
    for much in (2**64, 10**40, "9" * 30, "9" * 5_000):
        assert mine.act(server, {"os-getConsoleOutput": {"length": much}}, 200)["output"] == whole


def test_a_console_token_opens_one_server_once(mine: Kit, cloud: Cloud, server: str) -> None:
    body = {"remote_console": {"protocol": "vnc", "type": "novnc"}}
    path = f"{V2}/servers/{server}/remote-consoles"
    console = mine.member.post(path, body, version="2.6").ok(200)["remote_console"]
    url = urlsplit(console["url"])
    assert (console["type"], url.path, url.port) == ("novnc", "/vnc_auto.html", 6080)
    token = unquote(parse_qs(url.query)["path"][0]).removeprefix("?token=")
    redeemed = cloud.write(lambda tx: consoles.redeem(tx, token))
    assert redeemed == (server, cloud.first_host, guest(cloud, server).spec.name)
    assert cloud.write(lambda tx: consoles.redeem(tx, token)) is None
    assert cloud.write(lambda tx: consoles.redeem(tx, "bogus")) is None
    assert mine.member.post(path, body).status == 404, "before 2.6 there is another way"
    old = mine.member.post(f"{V2}/servers/{server}/action", {"os-getVNCConsole": {"type": "novnc"}}).ok(200)
    assert old["console"]["type"] == "novnc"
    serial = {"remote_console": {"protocol": "serial", "type": "serial"}}
    assert fault(mine.member.post(path, serial, version="2.6")) == (400, "Unavailable console type serial.")
    spice = {"remote_console": {"protocol": "vnc", "type": "spice-html5"}}
    assert fault(mine.member.post(path, spice, version="2.6")) == (400, "Invalid console type spice-html5")
    assert fault(mine.tenant.reader.post(path, body, version="2.6"))[0] == 403


def test_security_groups(mine: Kit, server: str) -> None:
    group = mine.member.post(f"{NET}/security-groups", {"security_group": {"name": "web"}}).ok(201)["security_group"]
    rule = {"security_group_id": group["id"], "direction": "ingress", "protocol": "tcp", "port_range_min": 80}
    rule |= {"port_range_max": 80, "ethertype": "IPv4"}
    mine.member.post(f"{NET}/security-group-rules", {"security_group_rule": rule}).ok(201)
    mine.act(server, {"addSecurityGroup": {"name": "web"}})
    found = mine.member.get(f"{V2}/servers/{server}/os-security-groups").ok(200)["security_groups"]
    assert {one["name"] for one in found} == {"default", "web"}
    web = next(one for one in found if one["name"] == "web")
    shown = [(one["ip_protocol"], one["from_port"], one["to_port"], one["ip_range"]) for one in web["rules"]]
    assert shown == [("TCP", 80, 80, {"cidr": "0.0.0.0/0"})] or shown == [("tcp", 80, 80, {"cidr": "0.0.0.0/0"})]
    assert {one["name"] for one in mine.show(server)["security_groups"]} == {"default", "web"}
    mine.act(server, {"removeSecurityGroup": {"name": "web"}})
    assert mine.show(server)["security_groups"] == [{"name": "default"}]
    gone = mine.member.post(f"{V2}/servers/{server}/action", {"removeSecurityGroup": {"name": "web"}})
    assert gone.status == 404


def test_actions_that_there_are_not(mine: Kit, server: str) -> None:
    answer = mine.member.post(f"{V2}/servers/{server}/action", {"bogus": {}})
    assert fault(answer) == (400, "There is no such action: bogus")


def test_addresses_and_interfaces(mine: Kit, server: str) -> None:
    address = mine.show(server)["addresses"]["net"][0]
    plain = [{"version": 4, "addr": address["addr"]}]
    assert mine.member.get(f"{V2}/servers/{server}/ips").ok(200) == {"addresses": {"net": plain}}
    assert mine.member.get(f"{V2}/servers/{server}/ips/net").ok(200) == {"net": plain}
    assert fault(mine.member.get(f"{V2}/servers/{server}/ips/other")) == (
        404,
        "Instance is not a member of specified network",
    )
    (port,) = mine.member.get(f"{V2}/servers/{server}/os-interface", version="2.70").ok(200)["interfaceAttachments"]
    assert port["mac_addr"] == address["OS-EXT-IPS-MAC:mac_addr"] and port["net_id"] == mine.network
    path = f"{V2}/servers/{server}/os-interface"
    assert mine.member.get(f"{path}/{port['port_id']}").ok(200)["interfaceAttachment"]["port_id"] == port["port_id"]
    nobody = "00000000-0000-0000-0000-000000000000"
    assert fault(mine.member.get(f"{path}/{nobody}")) == (404, f"Port id {nobody} could not be found.")


def test_history_by_page_and_by_microversion(mine: Kit, server: str) -> None:
    path = f"{V2}/servers/{server}/os-instance-actions"
    every = mine.member.get(path).ok(200)["instanceActions"]
    assert every[-1]["action"] == "create" and "updated_at" not in every[0]
    seen, marker = [], ""
    while True:
        body = mine.member.get(f"{path}?limit=1{marker}", version="2.58").ok(200)
        seen += [one["request_id"] for one in body["instanceActions"]]
        if not body.get("links"):
            break
        marker = f"&marker={seen[-1]}"
    assert seen == [one["request_id"] for one in every]
    one = mine.member.get(f"{path}/{seen[-1]}").ok(200)["instanceAction"]
    assert "events" not in one
    late = mine.member.get(f"{path}/{seen[-1]}", version="2.84").ok(200)["instanceAction"]
    assert late["events"] and "traceback" not in late["events"][0] and len(late["events"][0]["hostId"]) in (0, 56)
    assert fault(mine.member.get(f"{path}/req-x")) == (404, "Action req-x not found")
