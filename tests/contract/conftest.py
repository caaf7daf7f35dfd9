"""Fixtures of the contract tests."""

import pytest

from tests.cloud import Cloud
from tests.contract.callers import Callers, every
from tests.contract.fresh import prepare
from tests.contract.scene import Scene, build


@pytest.fixture(scope="module")
def scene(cloud: Cloud) -> Scene:
    """One of each thing in a project; fails where what is served does not let itself be made."""
    scene = build(cloud)
    assert not scene.failed, "\n".join(scene.failed)
    return scene


@pytest.fixture(scope="module")
def callers(scene: Scene) -> Callers:
    """One client of each kind, and a scene that has room for what they make."""
    prepare(scene)
    return every(scene)
