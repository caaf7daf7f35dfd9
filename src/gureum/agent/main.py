"""The agent process, and the same agent inside another process for the simulated cloud.

`python -m gureum.agent --config FILE` logs JSON lines to stderr, dies with its parent, and holds `agent.lock` in its
state directory. SIGTERM ends it; guests keep running.
"""

import argparse
import asyncio
import contextlib
import ctypes
import fcntl
import os
import resource
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import structlog

from gureum.agent import config as configuration
from gureum.agent.config import AgentConfig
from gureum.agent.drivers import registry
from gureum.agent.drivers.sim import World, hosts
from gureum.agent.ground import grounded
from gureum.agent.session import Agent, Manners, Threads
from gureum.contracts.client import BACKOFF, Connect, dialer
from gureum.contracts.frames import PING_SECONDS

LOCK_POLL_SECONDS = 0.05
LAST_SECONDS = 3.0
"""How long a clean shutdown may take."""
PR_SET_PDEATHSIG = 1

log = structlog.get_logger()


async def run(config: AgentConfig) -> None:
    """Serve as `config` says until cancelled."""
    connect = dialer(config.link, config.tls)
    if config.drivers == "sim":
        await run_sim(config, connect)
        return
    if config.state is None:
        raise ValueError("real drivers need a state directory")
    ground = registry.open_ground(config.roles, config.state, config.settings)
    with threads(config.threads) as pools:
        async with grounded(ground, pools.looks):
            drivers = registry.open_real(config.roles, config.state, config.settings)
            manners = Manners(bulk=lambda address: dialer(address, config.tls), image_seconds=config.image_seconds)
            await Agent(config.name, config.roles, drivers, connect, pools, manners).run()


async def run_sim(
    config: AgentConfig,
    connect: Connect,
    world: World | None = None,
    *,
    ping_seconds: float = PING_SECONDS,
    bulk: Callable[[str], Connect] = dialer,
    backoff: tuple[float, float] = BACKOFF,
) -> None:
    """Serve `config.sim.hosts` simulated hosts until cancelled, each over a connection of its own from `connect`.

    Give a `world` to look into it, to disturb it, or to keep it beyond this run; else it lives in the state directory.
    """
    own = world is None
    world = world or hosts.open_world(config.sim, config.state)
    manners = Manners(
        ping_seconds=ping_seconds, before=world.before, backoff=backoff, after=world.faults.after, bulk=bulk
    )
    try:
        with threads(config.threads) as pools:
            agents = [
                Agent(name, roles, hosts.drivers_of(world, name, roles, config.sim), connect, pools, manners)
                for name, roles in hosts.names(config.name, config.roles, config.sim.hosts)
            ]
            async with asyncio.TaskGroup() as group:
                for agent in agents:
                    group.create_task(agent.run())
    finally:
        if own:
            world.close()


@contextlib.contextmanager
def threads(operations: int) -> Generator[Threads]:
    """The pools drivers run in. Leaving does not wait for a driver that hangs."""
    pools = Threads(
        ThreadPoolExecutor(operations, "operation"), ThreadPoolExecutor(8, "question"), ThreadPoolExecutor(8, "look")
    )
    try:
        yield pools
    finally:
        pools.operations.shutdown(wait=False, cancel_futures=True)
        pools.questions.shutdown(wait=False, cancel_futures=True)
        pools.looks.shutdown(wait=False, cancel_futures=True)


@contextlib.asynccontextmanager
async def lock(state: Path) -> AsyncGenerator[None]:
    """Hold `<state>/agent.lock`; waits until an older agent has let it go, which it does by dying."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "agent.lock").open("w") as file:
        waited = False
        while not _lock_now(file):
            if not waited:
                log.info("waiting for the old agent to end", state=str(state))
                waited = True
            await asyncio.sleep(LOCK_POLL_SECONDS)
        yield


def _lock_now(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def serve(config: AgentConfig) -> None:
    """`run`, under the lock, until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with contextlib.AsyncExitStack() as held:
        if config.state is not None:
            await held.enter_async_context(lock(config.state))
        serving = asyncio.create_task(run(config))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
            return
        log.info("ending; guests keep running", agent=config.name)
        serving.cancel()
        await asyncio.wait({serving}, timeout=LAST_SECONDS)


def die_with_parent() -> None:
    """Ask the kernel for SIGTERM when the parent dies; ends at once if it has died already."""
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(0)


def log_to_stderr() -> None:
    """JSON lines, one an event."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def main(arguments: list[str] | None = None) -> None:
    """The command. Exits 2 when the configuration is wrong, 1 when the agent broke."""
    parser = argparse.ArgumentParser(prog="gureum-agent", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="YAML or JSON file")
    try:
        config = configuration.load(parser.parse_args(arguments).config)
    except (OSError, ValueError) as error:
        print(f"gureum agent: {error}", file=sys.stderr)
        sys.exit(2)
    die_with_parent()
    log_to_stderr()
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    status = 0
    try:
        asyncio.run(serve(config))
    except Exception:
        log.exception("the agent broke")
        status = 1
    # Threads that hang in a driver would keep the process, and with it the lock.
    sys.stderr.flush()
    os._exit(status)
