"""The host's cache of images is looked through now and then."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from gureum.agent.config import SimConfig
from gureum.agent.drivers.sim import hosts
from gureum.agent.drivers.sim.images import SimImages
from gureum.agent.upkeep import prune_images
from gureum.contracts.hypervisor import ImageSource

pytestmark = pytest.mark.anyio


async def test_an_image_that_nobody_uses_is_dropped() -> None:
    world = hosts.open_world(SimConfig(), None)
    images = SimImages(world, "one")
    source = ImageSource(image_id="a", format="raw", size=0, sha512="0")
    images.ensure(source, lambda percent: None)
    assert list(world.cached.items())
    with ThreadPoolExecutor(1) as threads:
        upkeep = asyncio.ensure_future(prune_images(images, threads, 0.01))
        try:
            async with asyncio.timeout(20):
                while list(world.cached.items()):
                    await asyncio.sleep(0.01)
        finally:
            upkeep.cancel()
    world.close()
