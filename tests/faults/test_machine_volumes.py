"""Volumes and snapshots: made, copied, grown, held, deleted, in any order and within any quota."""

from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.cloud import Cloud
from tests.faults.machine import PICKS, TenantMachine, pick, take_all_ways

V3 = "/volume/v3"
NEWEST = "3.71"


@dataclass
class Wanted:
    """A volume as it should be; `attachment` is who holds it."""

    size: int
    status: str = "available"
    attachment: str = ""


class Volumes(TenantMachine):
    """`most` are the quotas of volumes, gigabytes and snapshots."""

    def __init__(self) -> None:
        super().__init__()
        self.volumes: dict[str, Wanted] = {}
        self.snapshots: dict[str, tuple[str, int]] = {}
        """Each with its volume, and the size that this had then."""
        self.most = {"volumes": 4, "gigabytes": 8, "snapshots": 3}
        self._limit()

    @initialize(kept=st.booleans())
    def build(self, kept: bool) -> None:
        """Begin with something, so that few steps go far."""
        self.create(1)
        if kept:
            self.snapshot(0)

    @classmethod
    def clear(cls) -> None:
        member = cls.tenant.member
        for one in member.get(f"{V3}/attachments", version=NEWEST).ok(200)["attachments"]:
            member.delete(f"{V3}/attachments/{one['id']}", version=NEWEST).ok(200)
        cls.rest(cls.cloud)
        for one in member.get(f"{V3}/volumes").ok(200)["volumes"]:
            member.delete(f"{V3}/volumes/{one['id']}?cascade=true").ok(202)
        cls.rest(cls.cloud)

    def _used(self) -> dict[str, int]:
        kept = sum(size for _, size in self.snapshots.values())
        return {
            "volumes": len(self.volumes),
            "gigabytes": kept + sum(one.size for one in self.volumes.values()),
            "snapshots": len(self.snapshots),
        }

    def _fits(self, **more: int) -> bool:
        used = self._used()
        return all(used[name] + amount <= self.most[name] for name, amount in more.items())

    @rule(volumes=st.integers(2, 4), gigabytes=st.integers(2, 8), snapshots=st.integers(1, 3))
    def limit(self, volumes: int, gigabytes: int, snapshots: int) -> None:
        """Also below what is used: then nothing more is to be had."""
        self.most = {"volumes": volumes, "gigabytes": gigabytes, "snapshots": snapshots}
        self._limit()

    def _limit(self) -> None:
        path = f"{V3}/os-quota-sets/{self.tenant.id}"
        self.expect(self.cloud.admin.put(path, {"quota_set": self.most}), 200)

    @rule(size=st.integers(1, 3))
    def create(self, size: int) -> None:
        self._create(size, {"size": size})

    def _create(self, size: int, asked: dict[str, object], status: int = 202) -> None:
        if status == 202 and not self._fits(volumes=1, gigabytes=size):
            status = 413
        made = self.expect(self.member.post(f"{V3}/volumes", {"volume": asked}, version=NEWEST), status)
        if status == 202:
            self.volumes[made["volume"]["id"]] = Wanted(size)

    @precondition(lambda self: self.snapshots)
    @rule(number=PICKS, more=st.integers(-1, 1))
    def copy_snapshot(self, number: int, more: int) -> None:
        id = pick(self.snapshots, number)
        least = self.snapshots[id][1]
        self._create(max(1, least + more), {"size": max(1, least + more), "snapshot_id": id}, self._large(least, more))

    @precondition(lambda self: self.volumes)
    @rule(number=PICKS, more=st.integers(-1, 1))
    def copy_volume(self, number: int, more: int) -> None:
        id = pick(self.volumes, number)
        volume = self.volumes[id]
        status = self._large(volume.size, more) if volume.status in ("available", "in-use") else 400
        size = max(1, volume.size + more)
        self._create(size, {"size": size, "source_volid": id}, status)

    @staticmethod
    def _large(least: int, more: int) -> int:
        return 202 if max(1, least + more) >= least else 400

    @precondition(lambda self: self.volumes)
    @rule(number=PICKS, cascade=st.booleans())
    def delete(self, number: int, cascade: bool) -> None:
        id = pick(self.volumes, number)
        kept = [snapshot for snapshot, (volume, _) in self.snapshots.items() if volume == id]
        right = self.volumes[id].status == "available" and (cascade or not kept)
        path = f"{V3}/volumes/{id}?cascade={cascade}".lower()
        self.expect(self.member.delete(path), 202 if right else 400)
        if right:
            assert self.member.get(f"{V3}/volumes/{id}").status == 404
            del self.volumes[id]
            for snapshot in kept:
                del self.snapshots[snapshot]

    @precondition(lambda self: self.volumes)
    @rule(number=PICKS, more=st.integers(-1, 2))
    def extend(self, number: int, more: int) -> None:
        """One that is in use as well, as clients of newer versions may."""
        id = pick(self.volumes, number)
        volume = self.volumes[id]
        right = volume.status in ("available", "in-use") and more > 0
        status = 400 if not right else 202 if self._fits(gigabytes=more) else 413
        body = {"os-extend": {"new_size": max(1, volume.size + more)}}
        self.expect(self.member.post(f"{V3}/volumes/{id}/action", body, version=NEWEST), status)
        volume.size += more if status == 202 else 0

    @precondition(lambda self: self.volumes)
    @rule(number=PICKS)
    def snapshot(self, number: int) -> None:
        """Since 3.66 of one that is in use too, without a word for it."""
        id = pick(self.volumes, number)
        volume = self.volumes[id]
        fits = self._fits(snapshots=1, gigabytes=volume.size)
        status = 400 if volume.status not in ("available", "in-use") else 202 if fits else 413
        body = {"snapshot": {"volume_id": id}}
        made = self.expect(self.member.post(f"{V3}/snapshots", body, version=NEWEST), status)
        if status == 202:
            self.snapshots[made["snapshot"]["id"]] = id, volume.size

    @precondition(lambda self: self.snapshots)
    @rule(number=PICKS)
    def delete_snapshot(self, number: int) -> None:
        id = pick(self.snapshots, number)
        self.expect(self.member.delete(f"{V3}/snapshots/{id}"), 202)
        del self.snapshots[id]

    @precondition(lambda self: self.volumes)
    @rule(number=PICKS, connected=st.booleans())
    def hold(self, number: int, connected: bool) -> None:
        """Reserve it, or have a host open it."""
        id = pick(self.volumes, number)
        volume = self.volumes[id]
        asked = {"volume_uuid": id} | ({"connector": {"host": self.cloud.first_host}} if connected else {})
        answer = self.member.post(f"{V3}/attachments", {"attachment": asked}, version=NEWEST)
        made = self.expect(answer, 200 if volume.status == "available" else 400)
        if volume.status == "available":
            volume.status = "attaching" if connected else "reserved"
            volume.attachment = made["attachment"]["id"]

    @precondition(lambda self: any(one.attachment for one in self.volumes.values()))
    @rule(number=PICKS)
    def complete(self, number: int) -> None:
        volume = self._held(number)
        right = volume.status in ("attaching", "in-use")
        path = f"{V3}/attachments/{volume.attachment}/action"
        self.expect(self.member.post(path, {"os-complete": None}, version=NEWEST), 204 if right else 400)
        volume.status = "in-use" if right else volume.status

    @precondition(lambda self: any(one.attachment for one in self.volumes.values()))
    @rule(number=PICKS)
    def let_go(self, number: int) -> None:
        volume = self._held(number)
        self.expect(self.member.delete(f"{V3}/attachments/{volume.attachment}", version=NEWEST), 200)
        volume.status, volume.attachment = "available", ""

    def _held(self, number: int) -> Wanted:
        held = {id: None for id, one in self.volumes.items() if one.attachment}
        return self.volumes[pick(held, number)]

    def compare(self) -> None:
        shown = self.member.get(f"{V3}/volumes/detail").ok(200)["volumes"]
        found = {one["id"]: (one["size"], one["status"]) for one in shown}
        assert found == {id: (one.size, one.status) for id, one in self.volumes.items()}
        kept = self.member.get(f"{V3}/snapshots").ok(200)["snapshots"]
        found = {one["id"]: (one["volume_id"], one["size"]) for one in kept if one["status"] == "available"}
        assert found == self.snapshots
        limits = self.member.get(f"{V3}/limits").ok(200)["limits"]["absolute"]
        names = {"volumes": "totalVolumesUsed", "gigabytes": "totalGigabytesUsed", "snapshots": "totalSnapshotsUsed"}
        assert {name: limits[shown] for name, shown in names.items()} == self._used()


def test_volumes_are_as_the_model_says(cloud: Cloud) -> None:
    take_all_ways(Volumes, cloud, ways=8, steps=20)
