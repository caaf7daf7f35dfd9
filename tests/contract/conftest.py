"""Contract tests watch every exchange."""

from collections.abc import Iterator

import pytest

from tests import cloud as clouds
from tests.cloud import Cloud
from tests.contract.scene import Scene, build
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


@pytest.fixture(scope="module")
def scene(cloud: Cloud, watching: None) -> Scene:
    """One of each thing in a project; fails where what is served does not let itself be made."""
    scene = build(cloud)
    assert not scene.failed, "\n".join(scene.failed)
    return scene
