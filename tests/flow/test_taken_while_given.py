"""What two transactions of PostgreSQL change at the same time: no trait or class is taken away while a provider is given it, and
a host that comes up lends what it has."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gureum.compute.service.hosts import agent_down, keep_lent
from gureum.compute.store import hosts
from gureum.kernel.caller import Caller
from gureum.kernel.link.news import AgentDown
from gureum.kernel.store.tx import Tx
from gureum.placement.inventory import Inventory
from gureum.placement.service import inventories, traits
from tests import databases
from tests.api.placement_kit import API, NEWEST, custom, provider, said
from tests.cloud import Cloud, Response

ADMIN = Caller(user_id="a", project_id="p", roles=("admin", "member", "reader"))


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    """A cloud on PostgreSQL, whatever the other tests run on."""
    cloud = Cloud(database=databases.server().create(databases.server().template()))
    yield cloud
    cloud.close()


def _deleted_meanwhile(cloud: Cloud, path: str, give: Callable[[Tx], Any]) -> Response:
    """What DELETE answers that begins when something was given in a transaction that is not committed yet."""
    answers: list[Response] = []
    deleting = threading.Thread(target=lambda: answers.append(cloud.admin.delete(path, version=NEWEST)))

    def given(tx: Tx) -> None:
        give(tx)
        deleting.start()
        cloud.wait(lambda: databases.blocked(tx), "the wait for what is being given")

    cloud.write(given)
    deleting.join(10)
    (answer,) = answers
    return answer


def test_a_trait(cloud: Cloud) -> None:
    name, one = custom(), provider(cloud.admin)
    cloud.admin.put(f"{API}/traits/{name}", version=NEWEST).ok(201)
    answer = _deleted_meanwhile(
        cloud, f"{API}/traits/{name}", lambda tx: traits.replace(tx, ADMIN, one["uuid"], [name], one["generation"])
    )
    assert (answer.status, said(answer)) == (409, f"The trait {name} is in use by a resource provider.")


def test_a_resource_class(cloud: Cloud) -> None:
    name, one = custom(), provider(cloud.admin)
    cloud.admin.put(f"{API}/resource_classes/{name}", version=NEWEST).ok(201)
    lent = Inventory(total=1)
    answer = _deleted_meanwhile(
        cloud,
        f"{API}/resource_classes/{name}",
        lambda tx: inventories.create(tx, ADMIN, one["uuid"], name, lent, all_reserved=True),
    )
    assert answer.status == 409
    assert "Class is in use in inventory." in said(answer)


def test_what_hosts_lend_is_put_right_by_what_they_are_by_then(cloud: Cloud) -> None:
    cloud.wait(lambda: cloud.read(lambda tx: hosts.find(tx, cloud.first_host)), "the host")
    changed: list[int] = []
    job = threading.Thread(target=lambda: changed.append(cloud.write(keep_lent(500))))

    def down(tx: Tx) -> None:
        agent_down(tx, AgentDown(cloud.first_host, ("host",)))
        job.start()
        cloud.wait(lambda: databases.blocked(tx), "the job's wait for the host")

    cloud.write(down)
    job.join(10)
    assert changed == [0]
