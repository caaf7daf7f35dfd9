"""Brings a real host up before its drivers are asked, and keeps it up."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from concurrent.futures import Executor

import structlog

from gureum.agent.drivers.registry import Ground

RETRY_SECONDS = 5.0

log = structlog.get_logger()


@contextlib.asynccontextmanager
async def grounded(ground: Ground | None, threads: Executor) -> AsyncGenerator[None]:
    """Stand on `ground`. When it does not come up at once the agent goes on without, and it is tried again and again."""
    if ground is None:
        yield
        return
    rising = None if await _rise(ground, threads) else asyncio.create_task(_keep_rising(ground, threads))
    try:
        yield
    finally:
        if rising is not None:
            rising.cancel()
        ground.close()


async def _keep_rising(ground: Ground, threads: Executor) -> None:
    while True:
        await asyncio.sleep(RETRY_SECONDS)
        if await _rise(ground, threads):
            return


async def _rise(ground: Ground, threads: Executor) -> bool:
    """Try once; says whether the host is up and watched. What is wrong goes to the log, for the operator."""
    try:
        await asyncio.get_running_loop().run_in_executor(threads, ground.ensure)
    except Exception as error:
        log.error("the host does not come up", why=str(error) or repr(error))
        return False
    ground.watch()
    return True
