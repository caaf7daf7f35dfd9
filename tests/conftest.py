"""Fixtures for every kind of test."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cloud import Cloud, Exchange, observers
from tests.shared import is_here


def pytest_addoption(parser: pytest.Parser) -> None:
    """Every exchange of every test is held against the contract, unless `--no-contract` says otherwise."""
    parser.addoption("--no-contract", action="store_true", default=os.environ.get("GUREUM_CONTRACT") == "0")


_ON_BOTH = frozenset(
    {
        "test_bounds.py",
        "test_compute_placement.py",
        "test_compute_servers_list.py",
        "test_compute_servers_states.py",
        "test_compute_usage.py",
        "test_identity_attempts.py",
        "test_identity_domains.py",
        "test_identity_roles.py",
        "test_image_files.py",
        "test_image_list.py",
        "test_kernel_store.py",
        "test_lost_claim.py",
        "test_many_at_once.py",
        "test_migrations.py",
        "test_network_door.py",
        "test_network_floating_ips.py",
        "test_network_lists.py",
        "test_network_subnets.py",
        "test_runner.py",
        "test_tokens.py",
        "test_volume_attachments.py",
        "test_volume_lists.py",
        "test_volume_quotas.py",
    }
)
"""Modules that `-m both` chooses: the kernel, and of every service what is most of SQL."""
_BY_SERVICE = frozenset({"test_fuzz.py", "test_generated.py"})
_TESTS_ON_BOTH = (
    "test_it_runs_the_flows_that_it_says",
    "test_killed_within_each_step",
    "test_a_filter_of_hundreds_of_labels",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs on both databases in every CI; `./test --long` runs everything on both."""
    for item in items:
        if item.path.name in _ON_BOTH or item.name.startswith(_TESTS_ON_BOTH):
            item.add_marker("both")
        item.add_marker(pytest.mark.xdist_group(_group(item)))


def _group(item: pytest.Item) -> str:
    """What runs in one process (`--dist loadgroup`): a module, whose cloud is made once so; of flows a scenario, of what asks
    very often a service."""
    callspec = getattr(item, "callspec", None)
    params: dict[str, Any] = callspec.params if callspec else {}
    if "built" in params:
        return f"{item.path.name} {params['built'].name}"
    return f"{item.path.name} {params['service']}" if item.path.name in _BY_SERVICE else item.path.name


def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin to watch."""
    if is_here() and not session.config.getoption("--no-contract"):
        observers.append(_watch)


def _watch(exchange: Exchange) -> None:
    from tests.contract.watch import watch  # noqa: PLC0415  (only tests that ask something pay for reading the contract)

    watch(exchange)


@pytest.fixture
def unwatched() -> Iterator[None]:
    """What is asked is not what upstream's descriptions are about, or how long it takes is not about them."""
    watchers, observers[:] = observers[:], []
    yield
    observers[:] = watchers


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    """A cloud with one simulated host, for the tests of a module: each makes its own project."""
    cloud = Cloud()
    yield cloud
    cloud.close()
