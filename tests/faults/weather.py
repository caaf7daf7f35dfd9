"""Bad weather on the link: frames that are lost with the connection, come late, twice, or in another order."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from gureum.contracts import frames

_FATES = frames.Ask | frames.Report | frames.Progress | frames.Tell


@dataclass
class Weather:
    """How bad it is: the chance of each mishap for a frame that passes, both ways. Still where all are 0."""

    dice: random.Random
    lose: float = 0.0
    late: float = 0.0
    twice: float = 0.0
    mixed: float = 0.0
    struck: int = 0
    _pipes: set[asyncio.Task[None]] = field(default_factory=set)

    def calm(self) -> None:
        """Nothing more goes wrong."""
        self.lose = self.late = self.twice = self.mixed = 0.0

    async def carry(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, hang_up: Callable[[], None]
    ) -> None:
        """Pass frames on until an end closes. What is lost takes its connection along soon after, as with TCP."""
        held: list[bytes] = []
        try:
            while True:
                head = await source.readexactly(4)
                frame = head + await source.readexactly(int.from_bytes(head, "big"))
                if not isinstance(frames.unpack(frame[4:]), _FATES):
                    await self._send(target, frame)
                    continue
                if self.dice.random() < self.lose:
                    self.struck += 1
                    asyncio.get_running_loop().call_later(self.dice.uniform(0, 0.05), hang_up)
                    continue
                if self.dice.random() < self.late:
                    self.struck += 1
                    await asyncio.sleep(self.dice.uniform(0, 0.1))
                if self.dice.random() < self.mixed:
                    self.struck += 1
                    held.append(frame)
                    asyncio.get_running_loop().call_later(
                        0.05, lambda: asyncio.ensure_future(self._release(target, held))
                    )
                    continue
                await self._send(target, frame)
                await self._release(target, held)
                if self.dice.random() < self.twice:
                    self.struck += 1
                    await self._send(target, frame)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            hang_up()

    async def _release(self, target: asyncio.StreamWriter, held: list[bytes]) -> None:
        while held:
            await self._send(target, held.pop())

    async def _send(self, target: asyncio.StreamWriter, frame: bytes) -> None:
        if not target.is_closing():
            target.write(frame)
            await target.drain()

    def between(
        self,
        near: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        far: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        """Carry both ways between two connections."""

        def hang_up() -> None:
            for _, writer in (near, far):
                writer.close()

        ways: list[Awaitable[None]] = [self.carry(near[0], far[1], hang_up), self.carry(far[0], near[1], hang_up)]
        for way in ways:
            task = asyncio.ensure_future(way)
            self._pipes.add(task)
            task.add_done_callback(self._pipes.discard)
