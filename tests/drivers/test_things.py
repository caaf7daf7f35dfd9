"""What the drivers say they have outside, for whoever compares it with the rows."""

import time

import pytest

from gureum.agent.drivers.protocols import DriverFault
from gureum.contracts import hypervisor as hv
from gureum.contracts import switch as sw
from gureum.contracts import volumes as vol
from tests.drivers.conftest import Things


def outside(things: Things) -> dict[str, set[str]]:
    drivers = (things.drivers.hypervisor, things.drivers.switch, things.drivers.volumes)
    return {kind: set(ids) for driver in drivers for kind, ids in driver.things().items()}


def test_they_tell_all_that_is_there_and_nothing_that_is_gone(things: Things) -> None:
    before = outside(things)
    assert set(before) == {"server", "network", "port", "router", "security_group", "volume", "volume_snapshot", "tap"}
    router = sw.EnsureRouter(router_id=things.server_id, name="router")
    group = sw.EnsureSecurityGroup(group_id=things.server_id, rules=())
    things.write((1, things.network()), (1, things.port()), (1, router), (1, group))
    spec = vol.EnsureVolume(volume_id=things.volume_id, size_gib=1)
    things.drivers.volumes.ensure(spec, things.drivers.hypervisor, lambda percent: None)
    things.boot(power="stopped")
    assert not outside(things)["tap"] - before["tap"], "what does not run is not plugged in"
    found = outside(things)
    for kind, id in {
        "server": things.server_id,
        "network": things.network_id,
        "port": things.port_id,
        "router": things.server_id,
        "security_group": things.server_id,
        "volume": things.volume_id,
    }.items():
        assert found[kind] - before[kind] == {id}, kind
    things.drivers.hypervisor.remove(hv.RemoveDomain(server_id=things.server_id, name=things.name))
    things.write(
        (2, sw.RemoveRouter(router_id=things.server_id)), (2, sw.RemoveSecurityGroup(group_id=things.server_id))
    )
    things.clean()
    things.until(lambda: outside(things) == before)


def test_a_plug_that_a_running_guest_holds_stays(things: Things) -> None:
    things.write((1, things.network()), (1, things.port()))
    things.boot(nics=(things.nic(),))
    assert things.port_id in outside(things)["tap"]
    with pytest.raises(DriverFault):
        things.drivers.hypervisor.unplug(things.port_id)
    assert things.port_id in outside(things)["tap"]
    things.drivers.hypervisor.unplug("no-such-port")


def test_the_host_says_its_time_and_its_packets(things: Things) -> None:
    ground = things.drivers.hypervisor.ground()
    assert abs(ground.now / 1e6 - time.time()) < 5
    assert ground.mtu >= 1280
