"""What a database is to the rest: transactions that read one moment, and transactions that write."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec
from sqlalchemy.engine import Engine

from gureum.kernel.caller import SYSTEM, Caller
from gureum.kernel.store.tx import Tx

T = TypeVar("T")
Job = Callable[[Tx], Any]


class Database(ABC):
    """The database as one control process sees it.

    A job may run more than once, each time in a transaction of its own, when others write at the same time: what it changes
    outside of its transaction must not mind.
    """

    engine: Engine
    readers: ThreadPoolExecutor

    @abstractmethod
    def read(self, job: Callable[[Tx], T], caller: Caller = SYSTEM) -> T:
        """Run `job` in a transaction that sees one moment and must not write. Blocks the calling thread."""

    @abstractmethod
    def submit(self, job: Callable[[Tx], T], caller: Caller = SYSTEM) -> "Future[T]":
        """Queue `job` to write; the future is done when its commit is. Raises Busy when too much is queued."""

    @abstractmethod
    def write(self, job: Callable[[Tx], T], caller: Caller = SYSTEM) -> T:
        """Run `job` in a transaction that writes, and wait for its commit. Never call it from within another."""

    @abstractmethod
    def close(self) -> None:
        """Finish what is queued and close every connection."""

    def dial(self) -> Any:
        """A connection beside all transactions, which the caller closes. Only where several processes share the database."""
        raise NotImplementedError("SQLite belongs to one control process")

    async def reading(self, job: Callable[[Tx], T]) -> T:
        """`read`, off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self.readers, self.read, job)

    async def writing(self, job: Callable[[Tx], T]) -> T:
        """`write`, without holding a thread."""
        return await asyncio.wrap_future(self.submit(job))


def encode_json(value: Any) -> str:
    """JSON for a column."""
    return msgspec.json.encode(value).decode()
