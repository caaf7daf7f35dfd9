"""CPU per request of a whole simulated cloud in one process."""

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable

from tests.cloud import PASSWORD, Cloud

ROUNDS = 5


def measure(name: str, limit_ms: float, count: int, work: Callable[[], object]) -> None:
    """Print the median over rounds of the CPU milliseconds of one call, and its ratio to the limit."""
    work()
    figures: list[float] = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(count):
            work()
        figures.append((time.process_time() - began) / count * 1000)
    median = statistics.median(figures)
    print(f"{name:44} {median:9.3f} ms  limit {limit_ms:7.1f} ms  ratio {median / limit_ms:5.2f}", flush=True)


def stamp() -> None:
    """Print what the figures are of."""
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )


def new_user(cloud: Cloud, number: int) -> str:
    """The name of a user who never logged in."""
    user = {"name": f"bench-{number}", "password": PASSWORD, "domain_id": "default"}
    return cloud.admin.post("/v3/users", {"user": user}).ok(201)["user"]["name"]


def fill(cloud: Cloud, servers: int) -> str:
    """Servers and ports to list; the id of one server."""
    admin = cloud.admin
    quota = {"instances": -1, "cores": -1, "ram": -1}
    admin.put(f"/compute/v2.1/os-quota-sets/{admin.project_id}", {"quota_set": quota}).ok()
    admin.put(f"/network/v2.0/quotas/{admin.project_id}", {"quota": {"port": -1}}).ok()
    network = admin.post("/network/v2.0/networks", {"network": {"name": "bench"}}).ok()["network"]
    subnet = {"network_id": network["id"], "ip_version": 4, "cidr": "10.0.0.0/16"}
    admin.post("/network/v2.0/subnets", {"subnet": subnet}).ok()
    image = admin.post(
        "/image/v2/images", {"name": "bench", "disk_format": "raw", "container_format": "bare", "min_disk": 0}
    ).ok()
    admin.put(f"/image/v2/images/{image['id']}/file", b"\0" * 512).ok()
    flavor = {"flavor": {"name": "bench", "ram": 1, "vcpus": 1, "disk": 1, "id": "bench"}}
    admin.post("/compute/v2.1/flavors", flavor).ok()
    server = {
        "name": "bench",
        "imageRef": image["id"],
        "flavorRef": "bench",
        "networks": [{"uuid": network["id"]}],
        "min_count": 50,
    }
    for _ in range(servers // 50):
        admin.post("/compute/v2.1/servers", {"server": server}).ok()

    def active() -> bool:
        found = admin.get("/compute/v2.1/servers?status=ACTIVE&limit=1000").ok()["servers"]
        return len(found) >= min(servers, 1000)

    cloud.wait(active, "the servers", 600)
    cloud.wait(lambda: not admin.get("/gureum/v1/status").ok()["operations"], "rest", 600)
    return admin.get("/compute/v2.1/servers?limit=1").ok()["servers"][0]["id"]


def to_active(cloud: Cloud) -> None:
    """Wall time from POST to ACTIVE of one server, on the simulator without latencies."""
    admin = cloud.admin
    image = admin.get("/image/v2/images?name=bench").ok()["images"][0]["id"]
    network = admin.get("/network/v2.0/networks?name=bench").ok()["networks"][0]["id"]
    figures: list[float] = []
    for _ in range(ROUNDS):
        began = time.monotonic()
        body = {"name": "one", "imageRef": image, "flavorRef": "bench", "networks": [{"uuid": network}]}
        id = admin.post("/compute/v2.1/servers", {"server": body}).ok()["server"]["id"]
        cloud.wait(lambda id=id: admin.get(f"/compute/v2.1/servers/{id}").ok()["server"]["status"] != "BUILD", id, 60)
        figures.append((time.monotonic() - began) * 1000)
    print(f"{'POST /servers to ACTIVE (wall)':44} {statistics.median(figures):9.1f} ms")


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", type=int, default=1000)
    servers = parser.parse_args().servers
    stamp()
    cloud = Cloud(hosts=10)
    try:
        admin = cloud.admin
        token = {"X-Subject-Token": admin.token or ""}
        measure("the test client and an empty route", 1.0, 300, lambda: cloud.anonymous().get("/v3").ok())
        names = iter([new_user(cloud, number) for number in range(5 * ROUNDS + 1)])
        measure("token issue, password seen first", 100.0, 5, lambda: cloud.login(next(names), PASSWORD))
        measure("token issue, password remembered", 5.0, 100, lambda: cloud.login("admin", PASSWORD, "admin"))
        measure("token validation", 1.0, 300, lambda: admin.get("/v3/auth/tokens", headers=token).ok())
        id = fill(cloud, servers)
        measure("GET server", 1.0, 300, lambda: admin.get(f"/compute/v2.1/servers/{id}").ok())
        measure(
            "list of 1,000 servers with detail",
            200.0,
            2,
            lambda: admin.get("/compute/v2.1/servers/detail?limit=1000").ok(),
        )
        measure("list of 1,000 ports", 200.0, 2, lambda: admin.get("/network/v2.0/ports?limit=1000").ok())
        to_active(cloud)
    finally:
        cloud.close()


if __name__ == "__main__":
    main()
