"""Networks, ports, routers and security groups, as the switch learns of them."""

from typing import Any

from tests.flow.harness import Scenario, Stepped

_V2 = "/network/v2.0"


def _post(cloud: Stepped, key: str, collection: str, **values: Any) -> dict[str, Any]:
    return cloud.admin.post(f"{_V2}/{collection}", {key: values}).ok(201)[key]


def _network(cloud: Stepped) -> dict[str, Any]:
    made = {"network": _post(cloud, "network", "networks", name="scenario")["id"]}
    subnet = _post(cloud, "subnet", "subnets", network_id=made["network"], cidr="172.16.0.0/24", ip_version=4)
    return made | {"subnet": subnet["id"]}


def _begin_network(cloud: Stepped, made: dict[str, Any]) -> None:
    made |= _network(cloud)


def _begin_port(cloud: Stepped, made: dict[str, Any]) -> None:
    made["port"] = _post(cloud, "port", "ports", network_id=made["network"])["id"]


def _router(cloud: Stepped) -> dict[str, Any]:
    return _network(cloud) | {"router": _post(cloud, "router", "routers", name="scenario")["id"]}


def _begin_router(cloud: Stepped, made: dict[str, Any]) -> None:
    body = {"subnet_id": made["subnet"]}
    cloud.admin.put(f"{_V2}/routers/{made['router']}/add_router_interface", body).ok(200)


def _begin_group(cloud: Stepped, made: dict[str, Any]) -> None:
    made["group"] = _post(cloud, "security_group", "security-groups", name="scenario")["id"]


def _remove(cloud: Stepped, made: dict[str, Any]) -> None:
    """Legs, routers, ports, networks, groups."""
    admin = cloud.admin
    for router in admin.get(f"{_V2}/routers").ok(200)["routers"]:
        path = f"{_V2}/routers/{router['id']}"
        for port in admin.get(f"{_V2}/ports?device_id={router['id']}").ok(200)["ports"]:
            admin.put(f"{path}/remove_router_interface", {"port_id": port["id"]}).ok(200)
        admin.delete(path).ok(204)
    for port in admin.get(f"{_V2}/ports").ok(200)["ports"]:
        if not port["device_owner"]:
            admin.delete(f"{_V2}/ports/{port['id']}").ok(204)
    for network in admin.get(f"{_V2}/networks").ok(200)["networks"]:
        admin.delete(f"{_V2}/networks/{network['id']}").ok(204)
    for group in admin.get(f"{_V2}/security-groups").ok(200)["security_groups"]:
        admin.delete(f"{_V2}/security-groups/{group['id']}").ok(204)


def _scenario(name: str, flow: str, given: Any, begin: Any) -> Scenario:
    return Scenario(name, frozenset({flow}), given, begin, _remove)


SCENARIOS = [
    _scenario("realise network", "RealiseNetwork", lambda _: {}, _begin_network),
    _scenario("realise port", "RealisePort", _network, _begin_port),
    _scenario("realise router", "RealiseRouter", _router, _begin_router),
    _scenario("realise security group", "RealiseSecurityGroup", lambda _: {}, _begin_group),
]
