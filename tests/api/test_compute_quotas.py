"""Quotas and quota classes."""

import pytest

from tests.api.compute_kit import message
from tests.cloud import Cloud

SETS = "/compute/v2.1/os-quota-sets"
CLASSES = "/compute/v2.1/os-quota-class-sets"


def test_a_project_begins_with_the_defaults(cloud: Cloud) -> None:
    tenant = cloud.project()
    shown = tenant.reader.get(f"{SETS}/{tenant.id}", version="2.57").ok(200)["quota_set"]
    assert shown == cloud.admin.get(f"{SETS}/{tenant.id}/defaults", version="2.57").ok(200)["quota_set"]
    assert (shown["instances"], shown["cores"], shown["ram"]) == (10, 20, 51200)


def test_set_and_reset(cloud: Cloud) -> None:
    tenant, other = cloud.project(), cloud.project()
    changed = cloud.admin.put(f"{SETS}/{tenant.id}", {"quota_set": {"cores": "5", "ram": -1}}).ok(200)["quota_set"]
    assert (changed["cores"], changed["ram"], "id" in changed) == (5, -1, False)
    assert tenant.member.get(f"{SETS}/{tenant.id}").ok(200)["quota_set"]["cores"] == 5
    assert other.member.get(f"{SETS}/{other.id}").ok(200)["quota_set"]["cores"] == 20
    cloud.admin.delete(f"{SETS}/{tenant.id}").ok(202)
    assert tenant.member.get(f"{SETS}/{tenant.id}").ok(200)["quota_set"]["cores"] == 20


def test_who_may(cloud: Cloud) -> None:
    tenant, other = cloud.project(), cloud.project()
    assert tenant.member.get(f"{SETS}/{other.id}").status == 403
    assert tenant.member.get(f"{SETS}/{other.id}/detail").status == 403
    assert tenant.member.put(f"{SETS}/{tenant.id}", {"quota_set": {"cores": 500}}).status == 403
    assert tenant.member.delete(f"{SETS}/{tenant.id}").status == 403
    assert tenant.member.get(f"{CLASSES}/default").status == 403
    assert tenant.member.put(f"{CLASSES}/default", {"quota_class_set": {"cores": 1}}).status == 403


@pytest.mark.parametrize("wrong", [{"cores": -2}, {"cores": "x"}, {"bogus": 1}, {"cores": 2**31}])
def test_bad_input_changes_nothing(cloud: Cloud, wrong: dict[str, object]) -> None:
    tenant = cloud.project()
    assert cloud.admin.put(f"{SETS}/{tenant.id}", {"quota_set": {"ram": 1} | wrong}).status == 400
    assert tenant.member.get(f"{SETS}/{tenant.id}").ok(200)["quota_set"]["ram"] == 51200


def test_no_project_no_quota(cloud: Cloud) -> None:
    for answer in (cloud.admin.get(f"{SETS}/nobody"), cloud.admin.put(f"{SETS}/nobody", {"quota_set": {"cores": 1}})):
        assert (answer.status, message(answer)) == (400, "Project ID nobody is not a valid project.")


def test_what_is_known_when(cloud: Cloud) -> None:
    id = cloud.project().id
    keys = {v: cloud.admin.get(f"{SETS}/{id}", version=v).ok(200)["quota_set"].keys() for v in ("2.35", "2.36", "2.57")}
    assert keys["2.35"] - keys["2.36"] == {"fixed_ips", "floating_ips", "security_groups", "security_group_rules"}
    assert {name.partition("_")[0] for name in keys["2.36"] - keys["2.57"]} == {"injected"}
    assert cloud.admin.put(f"{SETS}/{id}", {"quota_set": {"fixed_ips": 1}}, version="2.36").status == 400


def test_detail(cloud: Cloud) -> None:
    tenant = cloud.project()
    shown = tenant.reader.get(f"{SETS}/{tenant.id}/detail", version="2.57").ok(200)["quota_set"]
    assert shown["cores"] == {"limit": 20, "in_use": 0, "reserved": 0} and shown["id"] == tenant.id


def test_the_default_class_is_everybodys(cloud: Cloud) -> None:
    tenant, own = cloud.project(), cloud.project()
    cloud.admin.put(f"{SETS}/{own.id}", {"quota_set": {"instances": 7}}).ok(200)
    body = {"quota_class_set": {"instances": 3}}
    assert cloud.admin.put(f"{CLASSES}/default", body, version="2.57").ok(200)["quota_class_set"]["instances"] == 3
    assert tenant.member.get(f"{SETS}/{tenant.id}").ok(200)["quota_set"]["instances"] == 3
    assert tenant.member.get(f"{SETS}/{tenant.id}/defaults").ok(200)["quota_set"]["instances"] == 3
    assert own.member.get(f"{SETS}/{own.id}").ok(200)["quota_set"]["instances"] == 7
    assert cloud.admin.get(f"{CLASSES}/other").ok(200)["quota_class_set"]["instances"] == 3
    cloud.admin.put(f"{CLASSES}/default", {"quota_class_set": {"instances": 10}}).ok(200)
