"""What an agent does unasked, now and then."""

import asyncio
from concurrent.futures import Executor

import structlog

from gureum.agent.drivers.protocols import Images

MOST_SECONDS = 3600.0
"""The longest time between two looks at the cache."""

log = structlog.get_logger()


async def prune_images(images: Images, threads: Executor, unused_seconds: float) -> None:
    """Until cancelled, drop images from the host's cache that no guest used for so long."""
    while True:
        await asyncio.sleep(min(MOST_SECONDS, unused_seconds))
        try:
            await asyncio.get_running_loop().run_in_executor(threads, images.prune, unused_seconds)
        except Exception:
            log.exception("looking through the cache of images broke")
