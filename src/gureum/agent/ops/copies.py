"""Copies of servers' root disks: kept on the host, sent to the control plane's bulk listener."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import Executor
from typing import BinaryIO

from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.drivers.registry import Drivers
from gureum.agent.ops.roles import need
from gureum.contracts.client import Connect
from gureum.contracts.hypervisor import EnsureCopy, RemoveCopy, SendCopy
from gureum.contracts.message import Done, Gone

_CHUNK = 1024 * 1024
_DIAL_SECONDS = 10.0
_TEXT = "The image could not be sent."
Progress = Callable[[int, str], None]


def ensure(drivers: Drivers, spec: EnsureCopy, progress: Progress) -> Done:
    """The server does not start while its disk is copied at rest."""
    with drivers.turns.of([spec.server_id], lambda: progress(0, "waiting")):
        need(drivers.hypervisor, "host").copy_root(spec, lambda percent: progress(percent, "copy"))
    return Done()


def remove(drivers: Drivers, spec: RemoveCopy) -> Gone:
    need(drivers.hypervisor, "host").remove_copy(spec)
    return Gone()


async def send(drivers: Drivers, spec: SendCopy, bulk: Connect, threads: Executor, progress: Progress) -> Done:
    """Send the whole copy and hear what became of it. DriverFault, with `again` where it may be sent once more."""
    loop = asyncio.get_running_loop()
    file = await loop.run_in_executor(threads, need(drivers.hypervisor, "host").open_copy, spec)
    try:
        async with asyncio.timeout(_DIAL_SECONDS):
            reader, writer = await bulk()
        try:
            await _write(file, spec.grant, writer, threads, progress)
            answer = await _hear(reader, progress)
        finally:
            writer.close()
    except (OSError, TimeoutError) as error:
        raise DriverFault(_TEXT, repr(error), again=True) from error
    finally:
        file.close()
    verdict, _, why = answer.partition(" ")
    if verdict != "ok":
        raise DriverFault(why or _TEXT, answer, again=verdict != "no")
    return Done()


async def _write(
    file: BinaryIO, grant: str, writer: asyncio.StreamWriter, threads: Executor, progress: Progress
) -> None:
    loop = asyncio.get_running_loop()
    size = os.fstat(file.fileno()).st_size
    writer.write(f"{grant}\n{size}\n".encode())
    done = 0
    while chunk := await loop.run_in_executor(threads, file.read, _CHUNK):
        writer.write(chunk)
        await writer.drain()
        done += len(chunk)
        progress(min(99, done * 100 // max(1, size)), "send")


async def _hear(reader: asyncio.StreamReader, progress: Progress) -> str:
    """The control plane's line, which comes once the image was looked into."""
    line = asyncio.ensure_future(reader.readline())
    try:
        while not (await asyncio.wait([line], timeout=1.0))[0]:
            progress(99, "send")
        return line.result().decode(errors="replace").strip()
    finally:
        line.cancel()
