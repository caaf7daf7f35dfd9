"""Quotas, limits, services, pools."""

import pytest

from tests.api.volume_setup import NEWEST, V3, becomes, create, gone, message, ready
from tests.cloud import Cloud, Tenant


def limit(cloud: Cloud, tenant: Tenant, **amounts: int) -> None:
    cloud.admin.put(f"{V3}/os-quota-sets/{tenant.id}", {"quota_set": amounts}).ok(200)


def test_the_defaults(cloud: Cloud) -> None:
    tenant = cloud.project()
    found = tenant.reader.get(f"{V3}/os-quota-sets/{tenant.id}").ok(200)["quota_set"]
    assert list(found)[:7] == [
        "volumes",
        "per_volume_gigabytes",
        "snapshots",
        "gigabytes",
        "backups",
        "backup_gigabytes",
        "volumes___DEFAULT__",
    ]
    assert (found["volumes"], found["gigabytes"], found["volumes___DEFAULT__"]) == (10, 1000, -1)
    assert found["id"] == tenant.id
    assert tenant.reader.get(f"{V3}/os-quota-sets/{tenant.id}/defaults").ok(200)["quota_set"] == found


def test_the_number_of_volumes_is_limited_and_deleting_gives_back(cloud: Cloud) -> None:
    tenant = cloud.project()
    limit(cloud, tenant, volumes=1)
    made = ready(cloud, tenant.member)
    refused = tenant.member.post(f"{V3}/volumes", {"volume": {"size": 1}})
    assert message(refused, 413) == (
        "VolumeLimitExceeded: Maximum number of volumes allowed (1) exceeded for quota 'volumes'."
    )
    assert (refused.headers["retry-after"], refused.json["overLimit"]["retryAfter"]) == ("0", "0")
    tenant.member.delete(f"{V3}/volumes/{made['id']}")
    gone(cloud, tenant.member, made["id"])
    create(tenant.member)


def test_gigabytes_are_limited_for_new_and_growing_volumes(cloud: Cloud) -> None:
    tenant = cloud.project()
    limit(cloud, tenant, gigabytes=3, per_volume_gigabytes=2)
    made = ready(cloud, tenant.member, size=2)
    refused = tenant.member.post(f"{V3}/volumes", {"volume": {"size": 2}})
    assert message(refused, 413) == (
        "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested 2G, "
        "quota is 3G and 2G has been consumed."
    )
    refused = tenant.member.post(f"{V3}/volumes", {"volume": {"size": 3}})
    assert message(refused, 413) == (
        "VolumeSizeExceedsLimit: Requested volume size 3G is larger than maximum allowed limit 2G."
    )
    limit(cloud, tenant, per_volume_gigabytes=-1)
    refused = tenant.member.post(f"{V3}/volumes/{made['id']}/action", {"os-extend": {"new_size": 4}})
    assert "Requested 2G, quota is 3G and 2G has been consumed." in message(refused, 413)
    limit(cloud, tenant, gigabytes___DEFAULT__=2)
    refused = tenant.member.post(f"{V3}/volumes", {"volume": {"size": 1}})
    assert "exceeds allowed gigabytes___DEFAULT__ quota" in message(refused, 413)


def test_usage(cloud: Cloud) -> None:
    tenant = cloud.project()
    ready(cloud, tenant.member, size=2)
    found = tenant.member.get(f"{V3}/os-quota-sets/{tenant.id}?usage=true").ok(200)["quota_set"]
    assert found["gigabytes"] == {"limit": 1000, "in_use": 2, "reserved": 0}
    assert found["volumes___DEFAULT__"]["in_use"] == 1
    limits = tenant.reader.get(f"{V3}/limits").ok(200)["limits"]["absolute"]
    assert (limits["totalVolumesUsed"], limits["totalGigabytesUsed"], limits["maxTotalVolumes"]) == (1, 2, 10)
    asked = cloud.admin.get(f"{V3}/limits?project_id={tenant.id}", version=NEWEST).ok(200)["limits"]["absolute"]
    assert asked == limits


def test_who_may_set_quotas_and_what(cloud: Cloud) -> None:
    tenant, other = cloud.project(), cloud.project()
    path = f"{V3}/os-quota-sets/{tenant.id}"
    assert message(tenant.member.put(path, {"quota_set": {"volumes": 99}}), 403) == (
        "Policy doesn't allow volume_extension:quotas:update to be performed."
    )
    assert other.member.get(path).status == 403
    for body, sentence in (
        ({"bogus": 1}, "Invalid input received: Bad key(s) in quota set: bogus"),
        ({"volumes": "x"}, "volumes must be an integer"),
        ({"volumes": -2}, "volumes must be >= -1"),
    ):
        assert message(cloud.admin.put(path, {"quota_set": body}), 400) == sentence
    limit(cloud, tenant, volumes=3)
    assert cloud.admin.get(path).ok(200)["quota_set"]["volumes"] == 3
    assert cloud.admin.delete(path).status == 200
    assert cloud.admin.get(path).ok(200)["quota_set"]["volumes"] == 10


def test_the_class_of_everybody(cloud: Cloud) -> None:
    tenant = cloud.project()
    path = f"{V3}/os-quota-class-sets/default"
    assert tenant.member.get(path).status == 403
    assert cloud.admin.put(path, {"quota_class_set": {"groups": 11}}).ok(200)["quota_class_set"]["groups"] == 11
    assert tenant.member.get(f"{V3}/os-quota-sets/{tenant.id}").ok(200)["quota_set"]["groups"] == 11
    bad = cloud.admin.put(path, {"quota_class_set": {"name": 1}})
    assert message(bad, 400) == "Invalid input received: Bad key(s) in quota class set: name"
    cloud.admin.put(path, {"quota_class_set": {"groups": 10}}).ok(200)


@pytest.mark.parametrize("name", ["other", "long" * 60])
def test_another_class_is_nobodys(cloud: Cloud, name: str) -> None:
    tenant = cloud.project()
    path = f"{V3}/os-quota-class-sets/{name}"
    found = cloud.admin.get(path).ok(200)["quota_class_set"]
    assert (found["id"], found["groups"]) == (name, 10)
    cloud.admin.put(path, {"quota_class_set": {"groups": 12}}).ok(200)
    assert cloud.admin.get(path).ok(200)["quota_class_set"]["groups"] == 12
    assert tenant.member.get(f"{V3}/os-quota-sets/{tenant.id}").ok(200)["quota_set"]["groups"] == 10


def test_services_are_the_pools_and_the_scheduler(cloud: Cloud) -> None:
    assert cloud.project().member.get(f"{V3}/os-services").status == 403
    found = cloud.admin.get(f"{V3}/os-services", version=NEWEST).ok(200)["services"]
    assert [(one["binary"], one["state"], one["status"]) for one in found] == [
        ("cinder-volume", "up", "enabled"),
        ("cinder-scheduler", "up", "enabled"),
    ]
    assert found[0]["host"] == "host@sim"
    only = cloud.admin.get(f"{V3}/os-services?binary=cinder-volume").ok(200)["services"]
    assert len(only) == 1 and "cluster" not in only[0]


def test_a_disabled_pool_gets_no_new_volumes(cloud: Cloud) -> None:
    member = cloud.project().member
    where = {"binary": "cinder-volume", "host": "host@sim"}
    reason = where | {"disabled_reason": "why"}
    assert member.put(f"{V3}/os-services/disable", where).status == 403
    answer = cloud.admin.put(f"{V3}/os-services/disable-log-reason", reason).ok(200)
    assert (answer["status"], answer["disabled_reason"]) == ("disabled", "why")
    try:
        made = create(member)
        becomes(cloud, member, made["id"], "error")
        [service, _] = cloud.admin.get(f"{V3}/os-services").ok(200)["services"]
        assert (service["status"], service["disabled_reason"]) == ("disabled", "why")
    finally:
        enabled = cloud.admin.put(f"{V3}/os-services/enable", where).ok(200)
        assert (enabled["status"], enabled["disabled_reason"]) == ("enabled", None)
    ready(cloud, member)
    unknown = cloud.admin.put(f"{V3}/os-services/enable", {"binary": "bogus", "host": "nohost"})
    assert message(unknown, 404) == "Service bogus could not be found on host nohost."


def test_pools_and_zones(cloud: Cloud) -> None:
    member = cloud.project().member
    assert member.get(f"{V3}/scheduler-stats/get_pools").status == 403
    [pool] = cloud.admin.get(f"{V3}/scheduler-stats/get_pools?detail=true").ok(200)["pools"]
    assert {"vendor_name", "driver_version", "storage_protocol", "QoS_support"} <= pool["capabilities"].keys()
    assert pool["name"] == "host@sim#sim"
    assert pool["capabilities"]["total_capacity_gb"] == 10000.0
    zones = member.get(f"{V3}/os-availability-zone").ok(200)["availabilityZoneInfo"]
    assert zones == [{"zoneName": "nova", "zoneState": {"available": True}}]


def test_a_volume_waits_for_a_pool_that_is_coming() -> None:
    cloud = Cloud()
    try:
        cloud.disconnect_agent()

        def state() -> str:
            return cloud.admin.get(f"{V3}/os-services").ok(200)["services"][0]["state"]

        cloud.wait(lambda: state() == "down", "the pool's end")
        made = create(cloud.admin)
        cloud.connect_agent()
        becomes(cloud, cloud.admin, made["id"], "available")
        assert state() == "up"
    finally:
        cloud.close()
