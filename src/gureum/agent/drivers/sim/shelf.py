"""Keeps the world's things in a file, so that guests outlive `kill -9` of the agent."""

import sqlite3
import threading
from collections.abc import ItemsView, Iterator, ValuesView
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")

_encoder = msgspec.msgpack.Encoder()


class Shelf:
    """(kind, key) -> struct, written through at once; nothing at all when `path` is None.

    Not synced to the disk: a kill loses nothing, and a power failure ends simulated guests anyway.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self._rows: sqlite3.Connection | None = None
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        # passwords and user data of guests are in it; SQLite gives its other files the same mode
        path.touch(mode=0o600)
        path.chmod(0o600)
        self._rows = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._rows.execute("PRAGMA journal_mode=WAL")
        self._rows.execute("PRAGMA synchronous=OFF")
        self._rows.execute(
            "CREATE TABLE IF NOT EXISTS things (kind TEXT, key TEXT, body BLOB, PRIMARY KEY (kind, key)) WITHOUT ROWID"
        )

    def put(self, kind: str, key: str, thing: object) -> None:
        """Keep `thing`, in place of what was there."""
        if self._rows is not None:
            with self._lock:
                self._rows.execute(
                    "INSERT OR REPLACE INTO things VALUES (?, ?, ?)", (kind, key, _encoder.encode(thing))
                )

    def drop(self, kind: str, key: str) -> None:
        """Forget a thing, known or not."""
        if self._rows is not None:
            with self._lock:
                self._rows.execute("DELETE FROM things WHERE kind = ? AND key = ?", (kind, key))

    def all(self, kind: str) -> Iterator[tuple[str, bytes]]:
        """Key and encoded body of every thing of a kind."""
        if self._rows is not None:
            with self._lock:
                rows = self._rows.execute("SELECT key, body FROM things WHERE kind = ?", (kind,)).fetchall()
            yield from rows

    def close(self) -> None:
        if self._rows is not None:
            with self._lock:
                self._rows.close()
                self._rows = None


class Table(Generic[T]):
    """One kind of thing, in memory and on the shelf. Its owner locks."""

    def __init__(self, shelf: Shelf, kind: str, shape: type[T]) -> None:
        decoder = msgspec.msgpack.Decoder(shape)
        self._shelf = shelf
        self._kind = kind
        self._things: dict[str, T] = {name: decoder.decode(body) for name, body in shelf.all(kind)}

    def get(self, key: str) -> T | None:
        return self._things.get(key)

    def put(self, key: str, thing: T) -> None:
        self._things[key] = thing
        self._shelf.put(self._kind, key, thing)

    def drop(self, key: str) -> T | None:
        """What was there."""
        thing = self._things.pop(key, None)
        if thing is not None:
            self._shelf.drop(self._kind, key)
        return thing

    def keys(self) -> list[str]:
        return sorted(self._things)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def values(self) -> ValuesView[T]:
        return self._things.values()

    def items(self) -> ItemsView[str, T]:
        return self._things.items()
