"""Routers, gateways, interfaces, routes."""

from tests.api.network_scene import NOWHERE, V, external, fault, lab, make, network, port, quiet, subnet, written
from tests.cloud import Cloud


def test_a_router_with_gateway_and_interface_reaches_the_switch_whole(cloud: Cloud) -> None:
    member = cloud.project().member
    scene = lab(cloud, member)
    shown = member.get(scene.router_url).ok()["router"]
    info = shown["external_gateway_info"]
    assert (info["network_id"], info["enable_snat"]) == (scene.ext["id"], True)
    outside = info["external_fixed_ips"][0]["ip_address"]
    assert outside.startswith("192.168.122.1")
    quiet(cloud)
    statement = written(cloud, "router")[scene.router["id"]]
    assert [leg.networks for leg in statement.interfaces] == [("172.16.0.1/24",)]
    assert statement.gateway.networks == (f"{outside}/24",)
    assert (statement.gateway_next_hop, statement.snat_ip) == ("192.168.122.1", outside)
    assert statement.snat_cidrs == ("172.16.0.0/24",)
    legs = member.get(f"{V}/ports?device_id={scene.router['id']}").ok()["ports"]
    assert [(one["device_owner"], one["status"]) for one in legs] == [("network:router_interface", "ACTIVE")]
    gateways = cloud.admin.get(f"{V}/ports?device_id={scene.router['id']}&device_owner=network:router_gateway")
    assert [(one["project_id"], one["status"]) for one in gateways.ok()["ports"]] == [("", "ACTIVE")]


def test_the_wrong_order_of_teardown_is_explained_and_the_right_one_leaves_nothing(cloud: Cloud) -> None:
    member = cloud.project().member
    scene = lab(cloud, member, "172.18.0.0/24")
    guest = port(member, scene.net["id"])
    leg = member.get(f"{V}/ports?device_id={scene.router['id']}").ok()["ports"][0]
    body = {"floating_network_id": scene.ext["id"], "port_id": guest["id"]}
    floating = make(member, "floatingips", "floatingip", **body)
    subnet_body = {"subnet_id": scene.sub["id"]}
    assert fault(member.delete(f"{V}/networks/{scene.net['id']}"), 409)[0] == "NetworkInUse"
    assert fault(member.delete(f"{V}/subnets/{scene.sub['id']}"), 409)[0] == "SubnetInUse"
    assert fault(member.delete(scene.router_url), 409) == (
        "RouterInUse",
        f"Router {scene.router['id']} has ports still attached: {leg['id']}",
    )
    assert fault(member.delete(f"{V}/ports/{leg['id']}"), 409) == (
        "ServicePortInUse",
        f"Port {leg['id']} cannot be deleted directly via the port API: has device owner network:router_interface.",
    )
    clear = {"router": {"external_gateway_info": {}}}
    assert fault(member.put(scene.router_url, clear), 409)[0] == "RouterExternalGatewayInUseByFloatingIp"
    remove = member.put(f"{scene.router_url}/remove_router_interface", subnet_body)
    assert fault(remove, 409)[0] == "RouterInterfaceInUseByFloatingIP"

    member.delete(f"{V}/floatingips/{floating['id']}").ok(204)
    assert member.put(scene.router_url, clear).ok()["router"]["external_gateway_info"] is None
    removed = member.put(f"{scene.router_url}/remove_router_interface", subnet_body).ok(200)
    assert removed == {
        "id": scene.router["id"],
        "project_id": scene.router["project_id"],
        "port_id": leg["id"],
        "network_id": scene.net["id"],
        "subnet_id": scene.sub["id"],
        "subnet_ids": [scene.sub["id"]],
    }
    member.delete(scene.router_url).ok(204)
    member.delete(f"{V}/ports/{guest['id']}").ok(204)
    member.delete(f"{V}/networks/{scene.net['id']}").ok(204)
    quiet(cloud)
    assert scene.router["id"] not in written(cloud, "router")
    assert scene.net["id"] not in written(cloud, "switch")
    gone = {guest["id"], leg["id"]}
    assert not gone & written(cloud, "port").keys()
    assert member.get(f"{V}/ports").ok()["ports"] == []


def test_an_interface_is_added_by_a_port_too(cloud: Cloud) -> None:
    member = cloud.project().member
    net = network(member)
    subnet(member, net["id"])
    leg = port(member, net["id"], fixed_ips=[{"ip_address": "10.0.0.77"}])
    router = make(member, "routers", "router")
    url = f"{V}/routers/{router['id']}"
    added = member.put(f"{url}/add_router_interface", {"port_id": leg["id"]}).ok(200)
    assert added["port_id"] == leg["id"]
    taken = make(member, "routers", "router")
    again = member.put(f"{V}/routers/{taken['id']}/add_router_interface", {"port_id": leg["id"]})
    assert fault(again, 409) == (
        "PortInUse",
        f"Unable to complete operation on port {leg['id']} for network {net['id']}. Port already has an attached device "
        f"{router['id']}.",
    )
    quiet(cloud)
    assert written(cloud, "port")[leg["id"]].kind == "router"
    member.put(f"{url}/remove_router_interface", {"port_id": leg["id"]}).ok(200)
    assert member.get(f"{V}/ports/{leg['id']}").status == 404


def test_what_is_no_interface_is_refused(cloud: Cloud) -> None:
    member = cloud.project().member
    scene = lab(cloud, member, "172.19.0.0/24")
    other = network(member)
    overlapping = subnet(member, other["id"], "172.19.0.0/25")
    lonely = subnet(member, network(member)["id"], "10.5.0.0/24")
    add, remove = f"{scene.router_url}/add_router_interface", f"{scene.router_url}/remove_router_interface"
    expected = [
        (add, {}, 400, "Bad router request: Either subnet_id or port_id must be specified."),
        (add, {"subnet_id": "x"}, 400, "Bad router request: 'x' is not a valid UUID."),
        (add, {"subnet_id": NOWHERE, "port_id": NOWHERE}, 400, "Bad router request: Cannot specify both subnet-id and port-id."),
        (add, {"subnet_id": NOWHERE}, 404, f"Subnet {NOWHERE} could not be found."),
        (add, {"port_id": NOWHERE}, 404, f"Port {NOWHERE} could not be found."),
        (add, {"subnet_id": scene.sub["id"]}, 400, f"Bad router request: Router already has a port on subnet {scene.sub['id']}."),
        (
            add, {"subnet_id": overlapping["id"]}, 400,
            f"Bad router request: Cidr 172.19.0.0/25 of subnet {overlapping['id']} overlaps with cidr 172.19.0.0/24 of "
            f"subnet {scene.sub['id']}.",
        ),
        (remove, {}, 400, "Bad router request: Either subnet_id or port_id must be specified."),
        (remove, {"subnet_id": lonely["id"]}, 404, f"Router {scene.router['id']} has no interface on subnet {lonely['id']}"),
        (remove, {"port_id": NOWHERE}, 404, f"Router {scene.router['id']} does not have an interface with id {NOWHERE}"),
    ]  # fmt: skip
    for url, body, status, sentence in expected:
        assert fault(member.put(url, body), status)[1] == sentence
    assert len(member.get(f"{V}/ports?device_id={scene.router['id']}").ok()["ports"]) == 1


def test_gateways_lead_outside_only(cloud: Cloud) -> None:
    member = cloud.project().member
    inner = network(member)["id"]
    body = {"router": {"external_gateway_info": {"network_id": inner}}}
    assert fault(member.post(f"{V}/routers", body), 400) == (
        "BadRequest",
        f"Bad router request: Network {inner} is not an external network.",
    )
    assert member.get(f"{V}/routers").ok()["routers"] == []
    ext = external(cloud)
    router = make(member, "routers", "router")
    url = f"{V}/routers/{router['id']}"
    snat = {"router": {"external_gateway_info": {"network_id": ext["id"], "enable_snat": False}}}
    assert fault(member.put(url, snat), 403)[1] == (
        "(rule:update_router and (rule:update_router:external_gateway_info and "
        "(rule:update_router:external_gateway_info:network_id and "
        "rule:update_router:external_gateway_info:enable_snat))) is disallowed by policy"
    )
    shown = cloud.admin.put(url, snat).ok()["router"]["external_gateway_info"]
    assert shown["enable_snat"] is False
    quiet(cloud)
    assert written(cloud, "router")[router["id"]].snat_ip is None


def test_static_routes_lead_over_the_routers_networks(cloud: Cloud) -> None:
    member = cloud.project().member
    scene = lab(cloud, member, "172.20.0.0/24")
    route = {"destination": "10.99.0.0/16", "nexthop": "172.20.0.50"}
    astray = {"destination": "10.98.0.0/16", "nexthop": "9.9.9.9"}
    assert fault(member.put(scene.router_url, {"router": {"routes": [astray]}}), 400) == (
        "InvalidRoutes",
        "Invalid format for routes: [{'destination': '10.98.0.0/16', 'nexthop': '9.9.9.9'}], the nexthop is not connected "
        "with router",
    )
    assert member.put(scene.router_url, {"router": {"routes": [route]}}).ok()["router"]["routes"] == [route]
    quiet(cloud)
    assert written(cloud, "router")[scene.router["id"]].routes == (("10.99.0.0/16", "172.20.0.50"),)
    remove = member.put(f"{scene.router_url}/remove_router_interface", {"subnet_id": scene.sub["id"]})
    assert fault(remove, 409)[0] == "RouterInterfaceInUseByRoute"
    second = {"destination": "10.97.0.0/16", "nexthop": "172.20.0.51"}
    extra = {"router": {"routes": [second]}}
    added = member.put(f"{scene.router_url}/add_extraroutes", extra).ok()["router"]["routes"]
    assert added == [route, second]
    assert member.put(f"{scene.router_url}/remove_extraroutes", extra).ok()["router"]["routes"] == [route]


def test_strangers_readers_and_quota(cloud: Cloud) -> None:
    tenant = cloud.project()
    router = make(tenant.member, "routers", "router")
    url = f"{V}/routers/{router['id']}"
    missing = ("RouterNotFound", f"Router {router['id']} could not be found")
    stranger = cloud.project().member
    assert fault(stranger.get(url), 404) == missing
    assert fault(stranger.put(f"{url}/add_router_interface", {"subnet_id": NOWHERE}), 404) == missing
    assert fault(stranger.delete(url), 404) == missing
    assert fault(tenant.reader.delete(url), 403)[1] == "rule:delete_router is disallowed by policy"
    cloud.admin.put(f"{V}/quotas/{tenant.id}", {"quota": {"router": 1}}).ok(200)
    answer = tenant.member.post(f"{V}/routers", {"router": {}})
    assert fault(answer, 409) == ("OverQuota", "Quota exceeded for resources: ['router'].")


def test_extra_routes_have_rules_of_their_own(cloud: Cloud) -> None:
    tenant = cloud.project()
    router = tenant.member.post("/network/v2.0/routers", {"router": {}}).ok(201)["router"]["id"]
    for verb in ("add_extraroutes", "remove_extraroutes"):
        refused = tenant.reader.put(f"/network/v2.0/routers/{router}/{verb}", {"router": {"routes": []}})
        assert refused.json["NeutronError"]["message"] == f"rule:{verb} is disallowed by policy"
        assert refused.status == 403
