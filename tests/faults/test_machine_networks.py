"""Networks, subnets, ports, routers, floating IPs and security groups: made, joined, parted, deleted, in any order."""

from collections.abc import Sized
from dataclasses import dataclass, field
from ipaddress import ip_network

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.api.network_scene import external
from tests.cloud import Cloud
from tests.faults.machine import PICKS, TenantMachine, pick, take_all_ways

V = "/network/v2.0"
RANGES = ("10.0.0.0/29", "10.0.0.8/29", "10.0.0.0/28")
"""The third overlaps both others."""
QUOTA = {"network": 3, "subnet": 4, "router": 2, "floatingip": 2, "security_group": 3}
_REFUSALS = 3
ROOM = {29: 4, 28: 12}
"""How many addresses are left for ports, without the gateway's and the one that answers metadata."""


@dataclass
class Port:
    """A port of a network as it should be, with its address's subnet where it has one."""

    network: str
    subnet: str = ""
    address: str = ""
    groups: set[str] = field(default_factory=set)


class Networks(TenantMachine):
    """What each thing belongs to: `subnets` to networks, `legs` (by subnet) to routers, `floating` to ports."""

    ext: str
    default: str

    def __init__(self) -> None:
        super().__init__()
        self.networks: dict[str, None] = {}
        self.subnets: dict[str, tuple[str, str]] = {}
        self.ports: dict[str, Port] = {}
        self.routers: dict[str, bool] = {}
        """Whether it has a gateway."""
        self.legs: dict[str, str] = {}
        self.floating: dict[str, str | None] = {}
        self.groups: dict[str, set[int]] = {}
        """The TCP ports that their rules let in."""
        self.refused = 0

    @initialize(legs=st.booleans())
    def build(self, legs: bool) -> None:
        """Begin with something of everything, so that few steps go far."""
        self.network()
        self.subnet(0, RANGES[0])
        self.subnet(0, RANGES[1])
        self.router(True)
        for _ in range(2):
            self.port(0)
        self.float()
        self.group()
        if legs:
            self.add_leg(0, 0)
            self.lead(0, 0, False)

    @classmethod
    def prepare(cls) -> None:
        cls.ext = external(cls.cloud)["id"]
        cls.cloud.admin.put(f"{V}/quotas/{cls.tenant.id}", {"quota": QUOTA}).ok(200)
        (group,) = cls.tenant.member.get(f"{V}/security-groups").ok(200)["security_groups"]
        cls.default = group["id"]
        cls.rest(cls.cloud)

    @classmethod
    def clear(cls) -> None:
        member = cls.tenant.member
        for one in member.get(f"{V}/floatingips").ok(200)["floatingips"]:
            member.delete(f"{V}/floatingips/{one['id']}").ok(204)
        for one in member.get(f"{V}/ports").ok(200)["ports"]:
            if one["device_owner"] == "network:router_interface":
                path = f"{V}/routers/{one['device_id']}/remove_router_interface"
                member.put(path, {"port_id": one["id"]}).ok(200)
            elif not one["device_owner"]:
                member.delete(f"{V}/ports/{one['id']}").ok(204)
        for kind, key in (("routers", "routers"), ("networks", "networks"), ("security-groups", "security_groups")):
            for one in member.get(f"{V}/{kind}?project_id={cls.tenant.id}").ok(200)[key]:
                if one["id"] != cls.default:
                    member.delete(f"{V}/{kind}/{one['id']}").ok(204)
        cls.rest(cls.cloud)

    def make(self, collection: str, key: str, status: int, **said: object) -> dict[str, str]:
        """Ask for a new thing."""
        made = self.expect(self.member.post(f"{V}/{collection}", {key: said}), status)
        self.refused += status != 201
        return made[key] if status == 201 else {}

    def room(self, resource: str, there: Sized) -> bool:
        """Whether a new one is worth a step: it is had, or is one of the few that are refused."""
        return len(there) + (resource == "security_group") < QUOTA[resource] or self.refused < _REFUSALS

    # -- networks and subnets

    @precondition(lambda self: self.room("network", self.networks))
    @rule()
    def network(self) -> None:
        fits = len(self.networks) < QUOTA["network"]
        made = self.make("networks", "network", 201 if fits else 409)
        self.networks |= {made["id"]: None} if fits else {}

    @precondition(lambda self: self.networks)
    @rule(number=PICKS, cidr=st.sampled_from(RANGES))
    def subnet(self, number: int, cidr: str) -> None:
        id = pick(self.networks, number)
        taken = [other for network, other in self.subnets.values() if network == id]
        fits = len(self.subnets) < QUOTA["subnet"]
        status = 409 if not fits else 400 if any(_overlap(cidr, other) for other in taken) else 201
        made = self.make("subnets", "subnet", status, network_id=id, cidr=cidr, ip_version=4)
        self.subnets |= {made["id"]: (id, cidr)} if status == 201 else {}

    @precondition(lambda self: self.subnets)
    @rule(number=PICKS)
    def delete_subnet(self, number: int) -> None:
        id = pick(self.subnets, number)
        held = id in self.legs or any(port.subnet == id for port in self.ports.values())
        self.expect(self.member.delete(f"{V}/subnets/{id}"), 409 if held else 204)
        if not held:
            del self.subnets[id]

    @precondition(lambda self: self.networks)
    @rule(number=PICKS)
    def delete_network(self, number: int) -> None:
        id = pick(self.networks, number)
        mine = [subnet for subnet, (network, _) in self.subnets.items() if network == id]
        held = any(port.network == id for port in self.ports.values()) or any(one in self.legs for one in mine)
        self.expect(self.member.delete(f"{V}/networks/{id}"), 409 if held else 204)
        if not held:
            del self.networks[id]
            for subnet in mine:
                del self.subnets[subnet]

    # -- ports and groups

    @precondition(lambda self: self.networks)
    @rule(number=PICKS)
    def port(self, number: int) -> None:
        id = pick(self.networks, number)
        mine = {subnet: cidr for subnet, (network, cidr) in self.subnets.items() if network == id}
        right = not mine or any(self._room(subnet, cidr) for subnet, cidr in mine.items())
        made = self.expect(self.member.post(f"{V}/ports", {"port": {"network_id": id}}), 201 if right else 409)
        if right:
            fixed = made["port"]["fixed_ips"]
            assert len(fixed) == (1 if mine else 0)
            where = {"subnet": fixed[0]["subnet_id"], "address": fixed[0]["ip_address"]} if fixed else {}
            assert not where or self._room(where["subnet"], mine[where["subnet"]])
            self.ports[made["port"]["id"]] = Port(id, groups={self.default}, **where)

    def _room(self, subnet: str, cidr: str) -> bool:
        return sum(port.subnet == subnet for port in self.ports.values()) < ROOM[ip_network(cidr).prefixlen]

    @precondition(lambda self: self.ports)
    @rule(number=PICKS)
    def delete_port(self, number: int) -> None:
        id = pick(self.ports, number)
        self.expect(self.member.delete(f"{V}/ports/{id}"), 204)
        del self.ports[id]
        self.floating = {one: None if port == id else port for one, port in self.floating.items()}

    @precondition(lambda self: self.room("security_group", self.groups))
    @rule()
    def group(self) -> None:
        fits = len(self.groups) + 1 < QUOTA["security_group"]
        made = self.make("security-groups", "security_group", 201 if fits else 409, name="group")
        self.groups |= {made["id"]: set()} if fits else {}

    @precondition(lambda self: self.groups)
    @rule(number=PICKS, port=st.integers(1, 2))
    def let_in(self, number: int, port: int) -> None:
        id = pick(self.groups, number)
        said = {"direction": "ingress", "protocol": "tcp", "port_range_min": port, "port_range_max": port}
        status = 409 if port in self.groups[id] else 201
        self.make("security-group-rules", "security_group_rule", status, security_group_id=id, **said)
        self.groups[id].add(port)

    @precondition(lambda self: self.ports and self.groups)
    @rule(number=PICKS, group=PICKS)
    def join_group(self, number: int, group: int) -> None:
        """In it where it was not, else in none."""
        id, wanted = pick(self.ports, number), pick(self.groups, group)
        groups = set() if wanted in self.ports[id].groups else {wanted}
        self.expect(self.member.put(f"{V}/ports/{id}", {"port": {"security_groups": sorted(groups)}}), 200)
        self.ports[id].groups = groups

    @precondition(lambda self: self.groups)
    @rule(number=PICKS)
    def delete_group(self, number: int) -> None:
        id = pick(self.groups, number)
        held = any(id in port.groups for port in self.ports.values())
        self.expect(self.member.delete(f"{V}/security-groups/{id}"), 409 if held else 204)
        if not held:
            del self.groups[id]

    # -- routers and floating IPs

    @precondition(lambda self: self.room("router", self.routers))
    @rule(gateway=st.booleans())
    def router(self, gateway: bool) -> None:
        fits = len(self.routers) < QUOTA["router"]
        said = {"external_gateway_info": {"network_id": self.ext}} if gateway else {}
        made = self.make("routers", "router", 201 if fits else 409, **said)
        self.routers |= {made["id"]: gateway} if fits else {}

    @precondition(lambda self: self.routers)
    @rule(number=PICKS, gateway=st.booleans())
    def open_router(self, number: int, gateway: bool) -> None:
        id = pick(self.routers, number)
        needed = not gateway and any(self._way(port) == id for port in self.floating.values())
        said = {"router": {"external_gateway_info": {"network_id": self.ext} if gateway else {}}}
        self.expect(self.member.put(f"{V}/routers/{id}", said), 409 if needed else 200)
        self.routers[id] = self.routers[id] if needed else gateway

    @precondition(lambda self: self.routers and self.subnets)
    @rule(number=PICKS, subnet=PICKS)
    def add_leg(self, number: int, subnet: int) -> None:
        id, wanted = pick(self.routers, number), pick(self.subnets, subnet)
        mine = [self.subnets[one][1] for one, router in self.legs.items() if router == id]
        overlap = any(_overlap(self.subnets[wanted][1], other) for other in mine)
        status = 400 if overlap else 409 if wanted in self.legs else 200
        path = f"{V}/routers/{id}/add_router_interface"
        self.expect(self.member.put(path, {"subnet_id": wanted}), status)
        if status == 200:
            self.legs[wanted] = id

    @precondition(lambda self: self.routers and self.subnets)
    @rule(number=PICKS, subnet=PICKS)
    def remove_leg(self, number: int, subnet: int) -> None:
        id, wanted = pick(self.routers, number), pick(self.subnets, subnet)
        needed = any(port and self.ports[port].subnet == wanted for port in self.floating.values())
        status = 404 if self.legs.get(wanted) != id else 409 if needed else 200
        path = f"{V}/routers/{id}/remove_router_interface"
        self.expect(self.member.put(path, {"subnet_id": wanted}), status)
        if status == 200:
            del self.legs[wanted]

    @precondition(lambda self: self.routers)
    @rule(number=PICKS)
    def delete_router(self, number: int) -> None:
        id = pick(self.routers, number)
        held = id in self.legs.values()
        self.expect(self.member.delete(f"{V}/routers/{id}"), 409 if held else 204)
        if not held:
            del self.routers[id]

    @precondition(lambda self: self.room("floatingip", self.floating))
    @rule()
    def float(self) -> None:
        fits = len(self.floating) < QUOTA["floatingip"]
        made = self.make("floatingips", "floatingip", 201 if fits else 409, floating_network_id=self.ext)
        self.floating |= {made["id"]: None} if fits else {}

    @precondition(lambda self: self.floating and self.ports)
    @rule(number=PICKS, port=PICKS, away=st.booleans())
    def lead(self, number: int, port: int, away: bool) -> None:
        """To a port, or away from it."""
        id, wanted = pick(self.floating, number), None if away else pick(self.ports, port)
        taken = any(one != id and other == wanted for one, other in self.floating.items())
        status = 200
        if wanted is not None:
            status = 400 if not self.ports[wanted].subnet else 404 if not self._way(wanted) else 409 if taken else 200
        self.expect(self.member.put(f"{V}/floatingips/{id}", {"floatingip": {"port_id": wanted}}), status)
        self.floating[id] = wanted if status == 200 else self.floating[id]

    def _way(self, port: str | None) -> str | None:
        """The router by which a port is reached from outside."""
        router = None if port is None else self.legs.get(self.ports[port].subnet)
        return router if router is not None and self.routers[router] else None

    @precondition(lambda self: self.floating)
    @rule(number=PICKS)
    def sink(self, number: int) -> None:
        id = pick(self.floating, number)
        self.expect(self.member.delete(f"{V}/floatingips/{id}"), 204)
        del self.floating[id]

    def compare(self) -> None:
        told = {key: self._listed(key) for key in ("networks", "subnets", "routers", "floatingips", "ports")}
        assert told["networks"].keys() == self.networks.keys()
        assert {id: (one["network_id"], one["cidr"]) for id, one in told["subnets"].items()} == self.subnets
        assert {id: bool(one["external_gateway_info"]) for id, one in told["routers"].items()} == self.routers
        assert {id: one["port_id"] for id, one in told["floatingips"].items()} == self.floating
        mine = {id: one for id, one in told["ports"].items() if not one["device_owner"]}
        assert {id: set(one["security_groups"]) for id, one in mine.items()} == {
            id: port.groups for id, port in self.ports.items()
        }
        legs = [one for one in told["ports"].values() if one["device_owner"] == "network:router_interface"]
        assert {one["fixed_ips"][0]["subnet_id"]: one["device_id"] for one in legs} == self.legs
        usage = self.member.get(f"{V}/quotas/{self.tenant.id}/details.json").ok(200)["quota"]
        for name, things in (("network", "networks"), ("router", "routers"), ("floatingip", "floatingips")):
            assert usage[name]["used"] == len(told[things])
        assert usage["security_group"]["used"] == len(self.groups) + 1
        assert usage["port"]["used"] == len(told["ports"])

    def _listed(self, key: str) -> dict[str, dict[str, str]]:
        found = self.member.get(f"{V}/{key}?project_id={self.tenant.id}").ok(200)[key]
        return {one["id"]: one for one in found}


def _overlap(one: str, other: str) -> bool:
    return ip_network(one).overlaps(ip_network(other))


def test_networks_are_as_the_model_says(cloud: Cloud) -> None:
    take_all_ways(Networks, cloud, ways=10, steps=25)
