"""Floating IPs."""

from tests.api.network_scene import NOWHERE, V, external, fault, lab, make, network, port, quiet, subnet, written
from tests.cloud import Cloud


def test_addresses_come_from_the_pool_of_the_external_network_only(cloud: Cloud) -> None:
    member = cloud.project().member
    ext = external(cloud)
    made = [make(member, "floatingips", "floatingip", floating_network_id=ext["id"]) for _ in range(3)]
    for one in made:
        assert 100 <= int(one["floating_ip_address"].rpartition(".")[2]) <= 199
        assert (one["status"], one["port_id"], one["router_id"], one["revision_number"]) == ("DOWN", None, None, 0)
    assert len({one["floating_ip_address"] for one in made}) == 3
    for one in made:
        member.delete(f"{V}/floatingips/{one['id']}").ok(204)
    held = cloud.admin.get(f"{V}/ports?device_owner=network:floatingip").ok()["ports"]
    assert not {one["device_id"] for one in held} & {one["id"] for one in made}


def test_association_reaches_the_router_and_goes_again(cloud: Cloud) -> None:
    member = cloud.project().member
    scene = lab(cloud, member)
    guest = port(member, scene.net["id"], name="guest")
    floating = make(member, "floatingips", "floatingip", floating_network_id=scene.ext["id"])
    url = f"{V}/floatingips/{floating['id']}"
    joined = member.put(url, {"floatingip": {"port_id": guest["id"]}}).ok()["floatingip"]
    inner = guest["fixed_ips"][0]["ip_address"]
    assert (joined["fixed_ip_address"], joined["router_id"]) == (inner, scene.router["id"])
    assert joined["port_details"] == {
        "name": "guest",
        "network_id": scene.net["id"],
        "mac_address": guest["mac_address"],
        "admin_state_up": True,
        "status": "DOWN",
        "device_id": "",
        "device_owner": "",
    }
    quiet(cloud)
    assert member.get(url).ok()["floatingip"]["status"] == "ACTIVE"
    nat = written(cloud, "router")[scene.router["id"]].nat
    assert [(rule.external_ip, rule.internal_ip) for rule in nat] == [(floating["floating_ip_address"], inner)]
    listed = member.get(f"{V}/floatingips?port_id={guest['id']}").ok()["floatingips"]
    assert [one["port_details"]["name"] for one in listed] == ["guest"]
    parted = member.put(url, {"floatingip": {"port_id": None}}).ok()["floatingip"]
    assert (parted["port_id"], parted["fixed_ip_address"], parted["router_id"], parted["status"]) == (
        None, None, None, "DOWN",
    )  # fmt: skip
    quiet(cloud)
    assert written(cloud, "router")[scene.router["id"]].nat == ()


def test_a_port_that_goes_leaves_its_floating_ip_behind(cloud: Cloud) -> None:
    member = cloud.project().member
    scene = lab(cloud, member)
    guest = port(member, scene.net["id"])
    body = {"floating_network_id": scene.ext["id"], "port_id": guest["id"]}
    floating = make(member, "floatingips", "floatingip", **body)
    member.delete(f"{V}/ports/{guest['id']}").ok(204)
    left = member.get(f"{V}/floatingips/{floating['id']}").ok()["floatingip"]
    assert (left["port_id"], left["status"]) == (None, "DOWN")
    quiet(cloud)
    assert written(cloud, "router")[scene.router["id"]].nat == ()


def test_what_cannot_be_associated_is_explained(cloud: Cloud) -> None:
    member = cloud.project().member
    scene = lab(cloud, member)
    guest = port(member, scene.net["id"])
    ext = scene.ext["id"]
    held = make(member, "floatingips", "floatingip", floating_network_id=ext, port_id=guest["id"])
    lonely = network(member)
    sub = subnet(member, lonely["id"], "10.7.0.0/24")
    beyond = port(member, lonely["id"])
    second = make(member, "floatingips", "floatingip", floating_network_id=ext)
    url = f"{V}/floatingips/{second['id']}"
    assert fault(member.put(url, {"floatingip": {"port_id": beyond["id"]}}), 404) == (
        "ExternalGatewayForFloatingIPNotFound",
        f"External network {ext} is not reachable from subnet {sub['id']}.  Therefore, cannot associate Port "
        f"{beyond['id']} with a Floating IP.",
    )
    inner = guest["fixed_ips"][0]["ip_address"]
    assert fault(member.put(url, {"floatingip": {"port_id": guest["id"]}}), 409) == (
        "FloatingIPPortAlreadyAssociated",
        f"Cannot associate floating IP {second['floating_ip_address']} ({second['id']}) with port {guest['id']} using "
        f"fixed IP {inner}, as that fixed IP already has a floating IP on external network {ext}.",
    )
    assert fault(member.put(url, {"floatingip": {"port_id": NOWHERE}}), 404)[0] == "PortNotFound"
    assert member.get(url).ok()["floatingip"]["port_id"] is None
    assert member.get(f"{V}/floatingips/{held['id']}").ok()["floatingip"]["port_id"] == guest["id"]


def test_a_wrong_floating_ip_takes_no_address(cloud: Cloud) -> None:
    tenant = cloud.project()
    member = tenant.member
    ext = external(cloud)["id"]
    inner = network(member)["id"]
    before = len(cloud.admin.get(f"{V}/ports?device_owner=network:floatingip").ok()["ports"])
    wrong = [
        ({}, 400, "HTTPBadRequest", "Failed to parse request. Required attribute 'floating_network_id' not specified"),
        ({"floating_network_id": inner}, 400, "BadRequest",
         f"Bad floatingip request: Network {inner} is not a valid external network."),
        ({"floating_network_id": NOWHERE}, 404, "NetworkNotFound", f"Network {NOWHERE} could not be found."),
        ({"floating_network_id": ext, "port_id": NOWHERE}, 404, "PortNotFound", f"Port {NOWHERE} could not be found."),
        ({"floating_network_id": ext, "fixed_ip_address": "10.0.0.1"}, 400, "BadRequest",
         "Bad floatingip request: fixed_ip_address cannot be specified without a port_id."),
        ({"floating_network_id": ext, "floating_ip_address": "192.168.122.150"}, 403, "PolicyNotAuthorized",
         "(rule:create_floatingip and rule:create_floatingip:floating_ip_address) is disallowed by policy"),
    ]  # fmt: skip
    for body, status, name, sentence in wrong:
        assert fault(member.post(f"{V}/floatingips", {"floatingip": body}), status) == (name, sentence)
    assert fault(member.post(f"{V}/floatingips", b"{"), 400)[0] == "MalformedRequestBody"
    assert len(cloud.admin.get(f"{V}/ports?device_owner=network:floatingip").ok()["ports"]) == before
    chosen = make(
        cloud.admin, "floatingips", "floatingip", floating_network_id=ext, floating_ip_address="192.168.122.150"
    )
    assert chosen["floating_ip_address"] == "192.168.122.150"
    stranger = member.get(f"{V}/floatingips/{chosen['id']}")
    assert fault(stranger, 404) == ("FloatingIPNotFound", f"Floating IP {chosen['id']} could not be found")
    cloud.admin.put(f"{V}/quotas/{tenant.id}", {"quota": {"floatingip": 0}}).ok(200)
    over = member.post(f"{V}/floatingips", {"floatingip": {"floating_network_id": ext}})
    assert fault(over, 409) == ("OverQuota", "Quota exceeded for resources: ['floatingip'].")
    assert fault(tenant.reader.post(f"{V}/floatingips", {"floatingip": {"floating_network_id": ext}}), 403)[1] == (
        "rule:create_floatingip is disallowed by policy"
    )


def test_an_external_network_goes_with_floating_ips_that_lead_nowhere(cloud: Cloud) -> None:
    ext = network(cloud.admin, **{"router:external": True})["id"]
    subnet(cloud.admin, ext, "192.168.140.0/24", enable_dhcp=False)
    idle = make(cloud.admin, "floatingips", "floatingip", floating_network_id=ext)
    cloud.admin.delete(f"{V}/networks/{ext}").ok(204)
    assert cloud.admin.get(f"{V}/floatingips/{idle['id']}").status == 404
    assert cloud.admin.get(f"{V}/ports?network_id={ext}").ok(200)["ports"] == []
