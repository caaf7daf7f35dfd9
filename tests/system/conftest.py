"""Started clouds for system tests."""

from collections.abc import Iterator

import pytest

from tests.system.started import Started, free_port


@pytest.fixture(scope="module")
def simulated() -> Iterator[Started]:
    """A simulated cloud."""
    started = Started()
    try:
        started.gureum("up", "--sim", "--port", str(free_port()))
        yield started
    finally:
        started.close()
