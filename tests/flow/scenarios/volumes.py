"""Volumes: made, extended, attached by hand, deleted; snapshots: made, deleted, made into volumes, deleted with their volume."""

from typing import Any

from tests.flow.harness import Scenario, Stepped

_V3 = "/volume/v3"
_RESTS = {"available", "in-use", "reserved", "attaching", "error", "error_extending", "error_deleting"}


def _create(cloud: Stepped, **more: Any) -> str:
    body = {"volume": {"size": 1, "name": "scenario"} | more}
    return cloud.admin.post(f"{_V3}/volumes", body).ok(202)["volume"]["id"]


def _begin_create(cloud: Stepped, made: dict[str, str]) -> None:
    made["volume"] = _create(cloud)


def _remove(cloud: Stepped, made: dict[str, str]) -> None:
    """Attachments first, then the volumes that nobody holds; the others go the next time."""
    for one in cloud.admin.get(f"{_V3}/attachments", version="3.71").ok()["attachments"]:
        cloud.admin.delete(f"{_V3}/attachments/{one['id']}", version="3.71").ok(200)
    for one in cloud.admin.get(f"{_V3}/snapshots").ok()["snapshots"]:
        cloud.admin.post(f"{_V3}/snapshots/{one['id']}/action", {"os-force_delete": {}}).ok(202)
    held = {one["volume_id"] for one in cloud.admin.get(f"{_V3}/snapshots").ok()["snapshots"]}
    held |= {one["volume_id"] for one in cloud.admin.get(f"{_V3}/attachments", version="3.71").ok()["attachments"]}
    for one in cloud.admin.get(f"{_V3}/volumes").ok()["volumes"]:
        if one["id"] not in held and cloud.admin.delete(f"{_V3}/volumes/{one['id']}").status != 202:
            cloud.admin.post(f"{_V3}/volumes/{one['id']}/action", {"os-force_delete": {}}).ok(202)


def _ended(cloud: Stepped, made: dict[str, str]) -> None:
    for volume in cloud.admin.get(f"{_V3}/volumes/detail").ok()["volumes"]:
        assert volume["status"] in _RESTS, volume
        outside = cloud.world.volumes.get(volume["id"])
        assert outside is None or outside.size_gib >= volume["size"]
        if volume["status"] in ("available", "in-use"):
            assert outside is not None, "a volume without bytes"

    for snapshot in cloud.admin.get(f"{_V3}/snapshots").ok()["snapshots"]:
        assert snapshot["status"] in {"available", "error", "error_deleting"}, snapshot
        if snapshot["status"] == "available":
            assert cloud.world.snapshots.get(snapshot["id"]) is not None, "a snapshot without bytes"


def _begin_delete(cloud: Stepped, made: dict[str, str]) -> None:
    cloud.admin.delete(f"{_V3}/volumes/{made['volume']}").ok(202)


def _begin_extend(cloud: Stepped, made: dict[str, str]) -> None:
    cloud.admin.post(f"{_V3}/volumes/{made['volume']}/action", {"os-extend": {"new_size": 2}}, version="3.42").ok(202)


def _snapshot(cloud: Stepped, made: dict[str, str]) -> None:
    body = {"snapshot": {"volume_id": made["volume"], "force": True}}
    made["snapshot"] = cloud.admin.post(f"{_V3}/snapshots", body).ok(202)["snapshot"]["id"]


def _given_snapshot(cloud: Stepped) -> dict[str, str]:
    made = _given(cloud)
    cloud.wait(lambda: cloud.admin.get(f"{_V3}/volumes/{made['volume']}").json["volume"]["status"] == "available")
    _snapshot(cloud, made)
    return made


def _begin_delete_snapshot(cloud: Stepped, made: dict[str, str]) -> None:
    cloud.admin.delete(f"{_V3}/snapshots/{made['snapshot']}").ok(202)


def _begin_copy_snapshot(cloud: Stepped, made: dict[str, str]) -> None:
    _create(cloud, snapshot_id=made["snapshot"])


def _begin_copy_volume(cloud: Stepped, made: dict[str, str]) -> None:
    _create(cloud, source_volid=made["volume"])


def _begin_delete_all(cloud: Stepped, made: dict[str, str]) -> None:
    cloud.admin.delete(f"{_V3}/volumes/{made['volume']}?cascade=true").ok(202)


def _given(cloud: Stepped) -> dict[str, str]:
    return {"volume": _create(cloud)}


def _attach(cloud: Stepped, made: dict[str, str]) -> None:
    body = {"attachment": {"volume_uuid": made["volume"], "connector": {"host": cloud.first_host}}}
    answer = cloud.admin.post(f"{_V3}/attachments", body, version="3.71")
    made["attachment"] = answer.ok(200)["attachment"]["id"]


def _given_attached(cloud: Stepped) -> dict[str, str]:
    made = _given(cloud)
    cloud.wait(lambda: cloud.admin.get(f"{_V3}/volumes/{made['volume']}").json["volume"]["status"] == "available")
    _attach(cloud, made)
    path = f"{_V3}/attachments/{made['attachment']}/action"
    cloud.admin.post(path, {"os-complete": None}, version="3.71").ok(204)
    return made


def _begin_detach(cloud: Stepped, made: dict[str, str]) -> None:
    cloud.admin.delete(f"{_V3}/attachments/{made['attachment']}", version="3.71").ok(200)


SCENARIOS = [
    Scenario("create volume", frozenset({"CreateVolume"}), lambda _: {}, _begin_create, _remove, _ended),
    Scenario("delete volume", frozenset({"DeleteVolume"}), _given, _begin_delete, _remove, _ended),
    Scenario("extend volume", frozenset({"ExtendVolume"}), _given, _begin_extend, _remove, _ended),
    Scenario("export volume", frozenset({"ExportVolume"}), _given, _attach, _remove, _ended),
    Scenario("create snapshot", frozenset({"CreateSnapshot"}), _given, _snapshot, _remove, _ended),
    Scenario(
        "delete snapshot", frozenset({"DeleteSnapshot"}), _given_snapshot, _begin_delete_snapshot, _remove, _ended
    ),
    Scenario("volume of snapshot", frozenset({"CreateVolume"}), _given_snapshot, _begin_copy_snapshot, _remove, _ended),
    Scenario("volume of volume", frozenset({"CreateVolume"}), _given, _begin_copy_volume, _remove, _ended),
    Scenario(
        "delete volume and snapshots",
        frozenset({"DeleteVolume", "DeleteSnapshot"}),
        _given_snapshot,
        _begin_delete_all,
        _remove,
        _ended,
    ),
    Scenario("extend attached", frozenset({"ExtendVolume"}), _given_attached, _begin_extend, _remove, _ended),
    Scenario("remove export", frozenset({"RemoveVolumeExport"}), _given_attached, _begin_detach, _remove, _ended),
]
