"""Resources of the network API as tests need them."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gureum.kernel.flow.tables import strands
from tests.cloud import Client, Cloud, Response

V = "/network/v2.0"
OPERATION = "Invalid input for operation: "
NOWHERE = "7d8a2d0c-0f0e-4a7e-9c55-0d6b6a1a0000"


def make(client: Client, collection: str, member: str, **body: Any) -> dict[str, Any]:
    """One new resource."""
    return client.post(f"{V}/{collection}", {member: body}).ok(201)[member]


def network(client: Client, **body: Any) -> dict[str, Any]:
    return make(client, "networks", "network", **body)


def subnet(client: Client, network_id: str, cidr: str = "10.0.0.0/24", **body: Any) -> dict[str, Any]:
    plain = {"network_id": network_id, "cidr": cidr, "ip_version": 6 if ":" in cidr else 4}
    return make(client, "subnets", "subnet", **(plain | body))


def port(client: Client, network_id: str, **body: Any) -> dict[str, Any]:
    return make(client, "ports", "port", network_id=network_id, **body)


def external(cloud: Cloud, cidr: str = "192.168.122.0/24") -> dict[str, Any]:
    """The cloud's external network; made once a cloud."""
    found = cloud.admin.get(f"{V}/networks?router:external=true").ok()["networks"]
    if found:
        return found[0]
    provider = {"provider:network_type": "flat", "provider:physical_network": "extnet"}
    made = network(cloud.admin, name="ext-net", **{"router:external": True}, **provider)
    first = cidr.rpartition(".")[0]
    pools = [{"start": f"{first}.100", "end": f"{first}.199"}]
    subnet(cloud.admin, made["id"], cidr, enable_dhcp=False, allocation_pools=pools, dns_nameservers=["8.8.8.8"])
    return made


@dataclass
class Lab:
    """A network with a subnet behind a router with a gateway."""

    client: Client
    net: dict[str, Any]
    sub: dict[str, Any]
    router: dict[str, Any]
    ext: dict[str, Any]

    @property
    def router_url(self) -> str:
        return f"{V}/routers/{self.router['id']}"


def lab(cloud: Cloud, client: Client, cidr: str = "172.16.0.0/24") -> Lab:
    """What the self-service lab builds."""
    ext = external(cloud)
    net = network(client, name="test-net")
    sub = subnet(client, net["id"], cidr)
    gateway = {"network_id": ext["id"]}
    router = make(client, "routers", "router", name="test-router", external_gateway_info=gateway)
    client.put(f"{V}/routers/{router['id']}/add_router_interface", {"subnet_id": sub["id"]}).ok(200)
    return Lab(client, net, sub, router, ext)


def fault(answer: Response, status: int) -> tuple[str, str]:
    """The name and sentence of a refusal."""
    assert answer.status == status, f"{answer.status}: {answer.body.decode()}"
    said = answer.json["NeutronError"]
    assert said["detail"] == ""
    return said["type"], said["message"]


def quiet(cloud: Cloud) -> None:
    """Wait until the switch has everything."""
    unfinished = sa.select(strands.c.id).where(strands.c.finished_at.is_(None))
    cloud.wait(lambda: not cloud.read(lambda tx: tx.all(unfinished)), "the end of all strands")


def written(cloud: Cloud, kind: str) -> dict[str, Any]:
    """What the simulated switch has, by id."""
    return {id: row.statement for id, row in cloud.world.written(kind).items()}
