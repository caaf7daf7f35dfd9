"""Fixtures for every kind of test."""

import os
from collections.abc import Iterator

import pytest

from tests.cloud import Cloud, observers


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--contract` holds every exchange of every test against upstream's OpenAPI descriptions."""
    parser.addoption("--contract", action="store_true", default=bool(os.environ.get("GUREUM_CONTRACT")))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin to watch where it is asked for."""
    if session.config.getoption("--contract"):
        from tests.contract.watch import watch  # noqa: PLC0415  (a second that only who asks for it pays)

        observers.append(watch)


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    """A cloud with one simulated host, for the tests of a module: each makes its own project."""
    cloud = Cloud()
    yield cloud
    cloud.close()
