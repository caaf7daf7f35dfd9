"""Servers: made, changed, locked, given volumes and ports, deleted, in any order and within any quota."""

from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.api.server_kit import image
from tests.cloud import Cloud, Response
from tests.faults.machine import PICKS, TenantMachine, pick, take_all_ways

V2 = "/compute/v2.1"
V3 = "/volume/v3"
NET = "/network/v2.0"

ACTIONS = {
    "os-stop": {"ACTIVE": "SHUTOFF"},
    "os-start": {"SHUTOFF": "ACTIVE"},
    "pause": {"ACTIVE": "PAUSED"},
    "unpause": {"PAUSED": "ACTIVE"},
    "suspend": {"ACTIVE": "SUSPENDED"},
    "resume": {"SUSPENDED": "ACTIVE"},
    "reboot": dict.fromkeys(("ACTIVE", "SHUTOFF", "PAUSED", "SUSPENDED"), "ACTIVE"),
    "rebuild": {"ACTIVE": "ACTIVE", "SHUTOFF": "SHUTOFF"},
}
"""What each action makes of which status; it is refused in others."""
PLUGGABLE = ("ACTIVE", "SHUTOFF", "PAUSED")


@dataclass
class Wanted:
    """A server as it should be."""

    status: str = "ACTIVE"
    locked: bool = False
    volumes: set[str] = field(default_factory=set)
    ports: int = 1


class Servers(TenantMachine):
    """`most` is the quota of instances; `free` are the volumes that no server has."""

    image: str
    network: str

    def __init__(self) -> None:
        super().__init__()
        self.servers: dict[str, Wanted] = {}
        self.free: dict[str, None] = {}
        self.most = 10
        self._limit(self.most)

    @initialize(attached=st.booleans())
    def build(self, attached: bool) -> None:
        """Begin with something of everything, so that few steps go far."""
        self.create(1)
        self.new_volume()
        if attached:
            self.attach(0, 0)

    def _limit(self, instances: int) -> Response:
        path = f"{V2}/os-quota-sets/{self.tenant.id}"
        return self.cloud.admin.put(path, {"quota_set": {"instances": instances}}, version="2.96")

    @classmethod
    def prepare(cls) -> None:
        cls.image = image(cls.cloud)
        made = cls.tenant.member.post(f"{NET}/networks", {"network": {"name": "net"}}).ok(201)
        cls.network = made["network"]["id"]
        subnet = {"network_id": cls.network, "cidr": "172.16.0.0/24", "ip_version": 4}
        cls.tenant.member.post(f"{NET}/subnets", {"subnet": subnet}).ok(201)
        cls.rest(cls.cloud)

    @classmethod
    def clear(cls) -> None:
        member, admin = cls.tenant.member, cls.cloud.admin
        for one in member.get(f"{V2}/servers").ok(200)["servers"]:
            admin.delete(f"{V2}/servers/{one['id']}").ok(204)
        cls.rest(cls.cloud)
        for one in member.get(f"{V3}/volumes").ok(200)["volumes"]:
            member.delete(f"{V3}/volumes/{one['id']}").ok(202)
        cls.rest(cls.cloud)
        ports = member.get(f"{NET}/ports?network_id={cls.network}").ok(200)["ports"]
        assert {one["device_owner"] for one in ports} <= {"network:distributed"}, "a port that nobody has"

    @rule(most=st.integers(0, 4))
    def limit(self, most: int) -> None:
        self.expect(self._limit(most), 200 if most >= len(self.servers) else 400)
        self.most = most if most >= len(self.servers) else self.most

    @rule(count=st.sampled_from((1, 1, 2)))
    def create(self, count: int) -> None:
        asked = {"name": "vm", "imageRef": self.image, "flavorRef": "1", "networks": [{"uuid": self.network}]}
        asked |= {"min_count": count, "max_count": count, "return_reservation_id": True}
        fits = len(self.servers) + count <= self.most
        made = self.expect(self.member.post(f"{V2}/servers", {"server": asked}), 202 if fits else 403)
        if fits:
            path = f"{V2}/servers?reservation_id={made['reservation_id']}"
            found = self.member.get(path).ok(200)["servers"]
            assert len(found) == count
            self.servers |= {one["id"]: Wanted() for one in found}

    @precondition(lambda self: self.servers)
    @rule(number=PICKS, verb=st.sampled_from(sorted(ACTIONS)), hard=st.booleans())
    def act(self, number: int, verb: str, hard: bool) -> None:
        id = pick(self.servers, number)
        server, becomes = self.servers[id], ACTIONS[verb]
        if verb == "reboot" and not hard:
            becomes = {"ACTIVE": "ACTIVE"}
        said = {"reboot": {"type": "HARD" if hard else "SOFT"}, "rebuild": {"imageRef": self.image}}.get(verb)
        right = server.status in becomes and not server.locked
        self.expect(self._action(id, verb, said), 202 if right else 409)
        server.status = becomes[server.status] if right else server.status

    def _action(self, id: str, verb: str, said: object = None) -> Response:
        return self.member.post(f"{V2}/servers/{id}/action", {verb: said}, version="2.60")

    @precondition(lambda self: self.servers)
    @rule(number=PICKS, locked=st.booleans())
    def lock(self, number: int, locked: bool) -> None:
        id = pick(self.servers, number)
        self.expect(self._action(id, "lock" if locked else "unlock"), 202)
        self.servers[id].locked = locked

    @precondition(lambda self: self.servers)
    @rule(number=PICKS)
    def delete(self, number: int) -> None:
        id = pick(self.servers, number)
        locked = self.servers[id].locked
        self.expect(self.member.delete(f"{V2}/servers/{id}"), 409 if locked else 204)
        if not locked:
            assert self.member.get(f"{V2}/servers/{id}").status == 404
            self.free |= dict.fromkeys(self.servers.pop(id).volumes)

    @precondition(lambda self: len(self.free) < 2)
    @rule()
    def new_volume(self) -> None:
        made = self.expect(self.member.post(f"{V3}/volumes", {"volume": {"size": 1}}), 202)
        self.free[made["volume"]["id"]] = None

    @precondition(lambda self: self.servers and (self.free or any(one.volumes for one in self.servers.values())))
    @rule(number=PICKS, volume=PICKS)
    def attach(self, number: int, volume: int) -> None:
        id = pick(self.servers, number)
        server = self.servers[id]
        held = dict.fromkeys(one for other in self.servers.values() for one in sorted(other.volumes))
        wanted = pick(self.free | held, volume)
        body = {"volumeAttachment": {"volumeId": wanted}}
        may = server.status in PLUGGABLE and not server.locked
        status = 409 if not may else 200 if wanted in self.free else 400
        self.expect(self.member.post(f"{V2}/servers/{id}/os-volume_attachments", body), status)
        if status == 200:
            server.volumes.add(wanted)
            del self.free[wanted]

    @precondition(lambda self: any(one.volumes for one in self.servers.values()))
    @rule(number=PICKS, owner=PICKS)
    def detach(self, number: int, owner: int) -> None:
        """From who has it, or from another one."""
        volume = pick(dict.fromkeys(one for other in self.servers.values() for one in sorted(other.volumes)), number)
        id = pick(self.servers, owner)
        server = self.servers[id]
        has, may = volume in server.volumes, server.status in PLUGGABLE and not server.locked
        status = 404 if not has else 202 if may else 409
        self.expect(self.member.delete(f"{V2}/servers/{id}/os-volume_attachments/{volume}"), status)
        if status == 202:
            server.volumes.remove(volume)
            self.free[volume] = None

    @precondition(lambda self: self.servers)
    @rule(number=PICKS)
    def plug(self, number: int) -> None:
        id = pick(self.servers, number)
        server = self.servers[id]
        right = server.status in PLUGGABLE and not server.locked
        body = {"interfaceAttachment": {"net_id": self.network}}
        self.expect(self.member.post(f"{V2}/servers/{id}/os-interface", body), 200 if right else 409)
        server.ports += right

    @precondition(lambda self: any(one.ports for one in self.servers.values()))
    @rule(number=PICKS)
    def unplug(self, number: int) -> None:
        id = pick({id: None for id, one in self.servers.items() if one.ports}, number)
        server = self.servers[id]
        path = f"{V2}/servers/{id}/os-interface"
        port = self.member.get(path).ok(200)["interfaceAttachments"][0]["port_id"]
        right = server.status in PLUGGABLE and not server.locked
        self.expect(self.member.delete(f"{path}/{port}"), 202 if right else 409)
        server.ports -= right

    @precondition(lambda self: any(one.status == "ACTIVE" for one in self.servers.values()))
    @rule(number=PICKS, crashes=st.booleans())
    def end(self, number: int, crashes: bool) -> None:
        """A guest ends by itself."""
        id = pick({id: None for id, one in self.servers.items() if one.status == "ACTIVE"}, number)
        (self.cloud.world.crash if crashes else self.cloud.world.shut_down)(id)
        self.rest(self.cloud)
        self.servers[id].status = "SHUTOFF"

    def compare(self) -> None:
        shown = self.member.get(f"{V2}/servers/detail", version="2.60").ok(200)["servers"]
        found = {
            one["id"]: (
                one["status"],
                one["locked"],
                {disk["id"] for disk in one["os-extended-volumes:volumes_attached"]},
                sum(len(each) for each in one["addresses"].values()),
            )
            for one in shown
        }
        assert found == {id: (o.status, o.locked, o.volumes, o.ports) for id, o in self.servers.items()}
        limits = self.member.get(f"{V2}/limits").ok(200)["limits"]["absolute"]
        assert (limits["totalInstancesUsed"], limits["totalCoresUsed"]) == (len(self.servers), len(self.servers))
        disks = self.member.get(f"{V3}/volumes/detail").ok(200)["volumes"]
        assert {one["id"] for one in disks if one["status"] == "available"} == set(self.free)


def test_servers_are_as_the_model_says(cloud: Cloud) -> None:
    take_all_ways(Servers, cloud, ways=8, steps=20)
