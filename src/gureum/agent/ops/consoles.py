"""Serial logs, and VNC carried to the control plane's bulk listener."""

import asyncio
import contextlib
from pathlib import Path

from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.drivers.registry import Drivers
from gureum.agent.ops.roles import need
from gureum.contracts.client import Connect
from gureum.contracts.hypervisor import ConsoleText, OpenVnc, ReadConsole

DIAL_SECONDS = 10.0
_CHUNK = 64 * 1024


def read(drivers: Drivers, question: ReadConsole) -> ConsoleText:
    """Blocks; raises DriverFault when there is no such guest."""
    return ConsoleText(text=need(drivers.console, "host").read(question.name, question.lines))


def vnc_socket(drivers: Drivers, question: OpenVnc) -> Path:
    """Blocks; raises DriverFault when the guest does not run."""
    return need(drivers.console, "host").vnc_socket(question.name)


class Pipe:
    """A guest's VNC server and the control plane's bulk listener, one the other's peer."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter, ways: list[asyncio.Task[None]]) -> None:
        self._ends = (near, far)
        self._ways = ways

    @classmethod
    async def open(cls, socket: Path, bulk: Connect, grant: str) -> "Pipe":
        """Connect both ends and present the grant. Raises DriverFault when either end cannot be reached."""
        near_writer: asyncio.StreamWriter | None = None
        try:
            async with asyncio.timeout(DIAL_SECONDS):
                near_reader, near_writer = await asyncio.open_unix_connection(str(socket))
                far_reader, far_writer = await bulk()
        except (OSError, TimeoutError) as error:
            if near_writer is not None:
                near_writer.close()
            raise DriverFault("The console cannot be reached.", repr(error), again=True) from error
        far_writer.write(f"{grant}\n".encode())
        ways = [
            asyncio.create_task(_carry(near_reader, far_writer)),
            asyncio.create_task(_carry(far_reader, near_writer)),
        ]
        return cls(near_writer, far_writer, ways)

    async def closed(self) -> None:
        """Wait until either side ends, then end the other."""
        try:
            await asyncio.wait(self._ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in self._ways:
                way.cancel()
            for end in self._ends:
                with contextlib.suppress(Exception):
                    end.close()


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await source.read(_CHUNK):
            target.write(chunk)
            await target.drain()
