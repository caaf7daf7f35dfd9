"""What tests of servers need: an image, a network, servers at rest."""

from dataclasses import dataclass
from typing import Any

from tests.cloud import Client, Cloud, Tenant

V2 = "/compute/v2.1"
NET = "/network/v2.0"
VOLUMES = "/volume/v3"


@dataclass
class Kit:
    """A project with a network and a public image."""

    cloud: Cloud
    tenant: Tenant
    image: str
    network: str
    subnet: str

    @property
    def member(self) -> Client:
        """A member of the project."""
        return self.tenant.member

    def ask(self, name: str = "vm", **more: Any) -> dict[str, Any]:
        """The body of a request for a server of the smallest flavor."""
        plain = {"name": name, "imageRef": self.image, "flavorRef": "1", "networks": [{"uuid": self.network}]}
        return {"server": plain | more}

    def create(self, name: str = "vm", *, version: str = "2.96", **more: Any) -> str:
        """Ask for a server; gives its id."""
        answer = self.member.post(f"{V2}/servers", self.ask(name, **more), version=version)
        return answer.ok(202)["server"]["id"]

    def show(self, id: str, *, client: Client | None = None, version: str = "2.96") -> dict[str, Any]:
        """A server as a member sees it."""
        return (client or self.member).get(f"{V2}/servers/{id}", version=version).ok(200)["server"]

    def rest(self, id: str, status: str = "ACTIVE") -> dict[str, Any]:
        """Wait until nothing goes on with a server; it must have the status then."""

        def rests() -> dict[str, Any] | None:
            server = self.show(id)
            return server if server["OS-EXT-STS:task_state"] is None and server["status"] != "BUILD" else None

        server = self.cloud.wait(rests, f"rest of server {id}")
        assert server["status"] == status, server
        return server

    def server(self, name: str = "vm", **more: Any) -> str:
        """A server that runs; gives its id."""
        id = self.create(name, **more)
        self.rest(id)
        return id

    def gone(self, id: str) -> None:
        """Delete a server and wait until it is gone."""
        self.member.delete(f"{V2}/servers/{id}").ok(204)
        self.cloud.wait(lambda: self.member.get(f"{V2}/servers/{id}").status == 404, "the end of the server")

    def act(self, id: str, action: dict[str, Any], status: int = 202) -> Any:
        """Do something to a server."""
        return self.member.post(f"{V2}/servers/{id}/action", action, version="2.96").ok(status)

    def volume(self) -> str:
        """A volume that is free; gives its id."""
        id = self.member.post(f"{VOLUMES}/volumes", {"volume": {"size": 1}}).ok(202)["volume"]["id"]
        self.volume_is(id, "available")
        return id

    def volume_is(self, id: str, status: str) -> None:
        """Wait until a volume has a status."""
        path = f"{VOLUMES}/volumes/{id}"
        self.cloud.wait(lambda: self.member.get(path).ok(200)["volume"]["status"] == status, f"{status} of the volume")


def image(cloud: Cloud, **more: Any) -> str:
    """A public image of a few bytes; gives its id."""
    described = {"name": "image", "disk_format": "raw", "container_format": "bare", "visibility": "public"} | more
    id = cloud.admin.post("/image/v2/images", described).ok(201)["id"]
    cloud.admin.put(f"/image/v2/images/{id}/file", b"\0" * 4096).ok(204)
    return id


def kit(cloud: Cloud, *roles: str) -> Kit:
    """A new project with a network."""
    tenant = cloud.project(*(roles or ("member", "reader")))
    network = tenant.member.post(f"{NET}/networks", {"network": {"name": "net"}}).ok(201)["network"]["id"]
    asked = {"network_id": network, "cidr": "172.16.0.0/24", "ip_version": 4}
    subnet = tenant.member.post(f"{NET}/subnets", {"subnet": asked}).ok(201)["subnet"]["id"]
    return Kit(cloud, tenant, image(cloud), network, subnet)


def fault(answer: Any) -> tuple[int, str]:
    """The status and the message of a refusal."""
    (body,) = answer.json.values()
    return answer.status, body["message"]
