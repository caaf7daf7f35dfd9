"""What no row knows, taken away as an operator's doctor asks for it."""

from functools import partial
from typing import Any

from gureum.agent.drivers.sim.world import Guest, Kept, Volume
from gureum.contracts.hypervisor import EnsureDomain, FileSource, VolumeDisk
from tests.flow.harness import Scenario, Stepped

_PATH = "/gureum/v1/discrepancies"


def _guest(cloud: Stepped) -> None:
    root = VolumeDisk(device="vda", volume_id="none", source=FileSource(path="/nowhere", format="raw"))
    spec = EnsureDomain(server_id="stray", name="instance-x", vcpus=1, memory_mib=64, power="running", root=root)
    cloud.world.keep_guest(Guest(host=cloud.first_host, spec=spec))


def _volume(cloud: Stepped) -> None:
    cloud.world.volumes.put("stray", Volume(size_gib=1))


def _snapshot(cloud: Stepped) -> None:
    cloud.world.snapshots.put("stray", Kept(size_gib=1))


def _tap(cloud: Stepped) -> None:
    cloud.world.stray_taps.put(f"{cloud.first_host}/stray", "planted")


def _mend(cloud: Stepped, made: Any) -> None:
    """Whatever is found; what is being worked on is not."""
    found = cloud.admin.get(_PATH).ok(200)["discrepancies"]
    wish = [{name: one[name] for name in ("kind", "id", "what", "agent")} for one in found]
    cloud.admin.post(f"{_PATH}/mend", {"mend": wish}).ok(200)


def _scenario(name: str, flow: str, plant: Any) -> Scenario:
    return Scenario(name, frozenset({flow}), partial(_planted, plant), _mend, _mend, planted=frozenset({"stray"}))


def _planted(plant: Any, cloud: Stepped) -> dict[str, str]:
    plant(cloud)
    return {}


SCENARIOS = [
    _scenario("discard guest", "DiscardGuest", _guest),
    _scenario("discard volume", "DiscardVolume", _volume),
    _scenario("discard snapshot", "DiscardSnapshot", _snapshot),
    _scenario("unplug", "Unplug", _tap),
]
