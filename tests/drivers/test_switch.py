"""What every switch driver must do."""

import itertools
import queue

import pytest

from gureum.contracts import switch as sw
from tests.drivers.conftest import DriverSet, Things


def rows(drivers: DriverSet, kind: str) -> set[str]:
    return set(drivers.left()[kind])


def group(things: Things, *remote: str) -> sw.EnsureSecurityGroup:
    rules = tuple(
        sw.SecurityRule(rule_id=f"{number}", direction="ingress", ethertype="IPv4", remote_group_id=id)
        for number, id in enumerate(remote)
    )
    return sw.EnsureSecurityGroup(group_id=things.server_id, rules=rules)


def test_a_network_with_a_port_comes_and_goes(things: Things) -> None:
    things.write((1, things.network()), (1, things.port()))
    assert things.network_id in rows(things.drivers, "switches")
    assert things.port_id in rows(things.drivers, "ports")
    for generation in (2, 2):
        things.write((generation, sw.RemovePort(port_id=things.port_id, network_id=things.network_id)))
        assert things.port_id not in rows(things.drivers, "ports")
        assert things.network_id in rows(things.drivers, "switches")
    for generation in (2, 2):
        things.write((generation, sw.RemoveSwitch(network_id=things.network_id)))
        assert things.network_id not in rows(things.drivers, "switches")


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
@pytest.mark.parametrize("together", [True, False], ids=["one batch", "three"])
def test_any_order_does(things: Things, order: tuple[int, ...], together: bool) -> None:
    statements = [
        (1, things.network()),
        (1, things.port(security_groups=(things.server_id,))),
        (1, group(things, things.server_id)),
    ]
    ordered = [statements[index] for index in order]
    for batch in [ordered] if together else [[one] for one in ordered]:
        things.write(*batch)
    left = things.drivers.left()
    assert things.network_id in left["switches"]
    assert things.port_id in left["ports"]
    assert things.server_id in left["groups"]
    things.write((2, sw.RemoveSecurityGroup(group_id=things.server_id)))


def test_the_same_again_changes_nothing(things: Things) -> None:
    batch = [(1, things.network()), (1, things.port(security_groups=(things.server_id,))), (1, group(things))]
    things.write(*batch)
    before = things.drivers.left()
    things.write(*batch)
    assert things.drivers.left() == before
    things.write((2, sw.RemoveSecurityGroup(group_id=things.server_id)))


def test_a_network_takes_what_is_on_it_along(things: Things) -> None:
    things.write((1, things.network()), (1, things.port()))
    things.write((2, sw.RemoveSwitch(network_id=things.network_id)))
    assert things.port_id not in rows(things.drivers, "ports")


def test_removing_what_is_not_there(things: Things) -> None:
    things.write(
        (1, sw.RemovePort(port_id=things.port_id, network_id=things.network_id)),
        (1, sw.RemoveRouter(router_id=things.server_id)),
        (1, sw.RemoveSecurityGroup(group_id=things.server_id)),
        (1, sw.RemoveSwitch(network_id=things.network_id)),
    )


def test_a_router_between(things: Things) -> None:
    leg_id = things.volume_id
    leg = sw.RouterPort(
        port_id=leg_id, mac="fa:16:3e:00:00:02", networks=("172.16.0.1/24",), network_id=things.network_id
    )
    router = sw.EnsureRouter(router_id=things.server_id, name="router", interfaces=(leg,))
    port = things.port(port_id=leg_id, kind="router", mac=leg.mac, addresses=("172.16.0.1",))
    things.write((1, router), (1, things.network()), (1, port))
    assert things.server_id in rows(things.drivers, "routers")
    things.write((2, sw.EnsureRouter(router_id=things.server_id, name="router")))
    things.write((3, sw.RemoveRouter(router_id=things.server_id)))
    things.write((2, sw.RemovePort(port_id=leg_id, network_id=things.network_id)))
    assert things.server_id not in rows(things.drivers, "routers")


def test_an_older_statement_changes_nothing(things: Things) -> None:
    told: queue.Queue[tuple[str, bool]] = queue.Queue()
    things.drivers.switch.watch(lambda port_id, up: told.put((port_id, up)))
    things.write((5, things.network()), (5, things.port()))
    things.write((4, things.port(enabled=False)))
    things.boot(nics=(things.nic(),))
    things.until(lambda: things.port_id in set(things.drivers.switch.ports_up()))


def test_ports_that_come_up_and_go_down_are_told(things: Things) -> None:
    told: queue.Queue[tuple[str, bool]] = queue.Queue()
    things.drivers.switch.watch(lambda port_id, up: told.put((port_id, up)))

    def heard(up: bool) -> None:
        while told.get(timeout=things.drivers.patience) != (things.port_id, up):
            pass

    things.write((1, things.network()), (1, things.port()))
    things.boot(nics=(things.nic(),))
    heard(True)
    things.boot(nics=(things.nic(),), power="stopped")
    heard(False)
