"""Fixtures for every kind of test."""

from collections.abc import Iterator

import pytest

from tests.cloud import Cloud


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    """A cloud with one simulated host, for the tests of a module: each makes its own project."""
    cloud = Cloud()
    yield cloud
    cloud.close()
