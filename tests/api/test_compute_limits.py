"""Limits as clients ask for their own."""

from tests.cloud import Cloud

LIMITS = "/compute/v2.1/limits"


def test_of_the_own_project(cloud: Cloud) -> None:
    tenant = cloud.project()
    cloud.admin.put(f"/compute/v2.1/os-quota-sets/{tenant.id}", {"quota_set": {"cores": 7}}).ok(200)
    shown = tenant.reader.get(LIMITS, version="2.57").ok(200)["limits"]
    assert shown["rate"] == [] and shown["absolute"]["maxTotalCores"] == 7
    assert {name: value for name, value in shown["absolute"].items() if name.endswith("Used")} == {
        "totalRAMUsed": 0,
        "totalCoresUsed": 0,
        "totalInstancesUsed": 0,
        "totalServerGroupsUsed": 0,
    }


def test_of_another_project_for_administrators(cloud: Cloud) -> None:
    tenant, other = cloud.project(), cloud.project()
    cloud.admin.put(f"/compute/v2.1/os-quota-sets/{tenant.id}", {"quota_set": {"cores": 6}}).ok(200)
    path = f"{LIMITS}?tenant_id={tenant.id}"
    assert cloud.admin.get(path).ok(200)["limits"]["absolute"]["maxTotalCores"] == 6
    assert other.member.get(path).status == 403


def test_a_token_without_a_project_has_none(cloud: Cloud) -> None:
    assert cloud.login("admin", "secret").get(LIMITS).status == 403
    assert cloud.anonymous().get(LIMITS).status == 401
