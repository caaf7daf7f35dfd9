"""Contract tests watch every exchange."""

from collections.abc import Iterator

import pytest

from tests import cloud as clouds
from tests.contract.watch import watch


@pytest.fixture(scope="module", autouse=True)
def watching() -> Iterator[None]:
    """Every exchange of the module is held against upstream's descriptions."""
    already = watch in clouds.observers
    if not already:
        clouds.observers.append(watch)
    yield
    if not already:
        clouds.observers.remove(watch)
