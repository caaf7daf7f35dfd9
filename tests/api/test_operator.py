"""The operator's API: why a server is where it is."""

from tests.api.server_kit import kit
from tests.cloud import Cloud


def test_why_tells_members_counts_and_administrators_hosts(cloud: Cloud) -> None:
    made = kit(cloud)
    big = {"flavor": {"name": "big", "ram": 64, "vcpus": 1, "disk": 90_000, "id": "big"}}
    cloud.admin.post("/compute/v2.1/flavors", big).ok(200)
    id = made.create("wish", flavorRef="big")
    made.rest(id, "ERROR")
    told = made.member.get(f"/gureum/v1/why/{id}").ok(200)["why"]
    assert told["refused_by_filter"] == {"DiskFilter": 1}
    assert "refused" not in told
    assert "host" not in told
    assert told["fault"].startswith("No valid host was found.")
    (refused,) = cloud.admin.get("/gureum/v1/why/wish").ok(200)["why"]["refused"]
    assert refused["host"] == cloud.first_host
    assert refused["reason"].startswith("90000 GiB of disk wanted, ")
    assert cloud.project().member.get(f"/gureum/v1/why/{id}").status == 404


def test_the_operators_api_is_the_operators(cloud: Cloud) -> None:
    member = cloud.project().member
    for path in ("/gureum/v1/status",):
        assert member.get(path).status == 403
        assert cloud.anonymous().get(path).status == 401
