"""Watching the process list while something goes on."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from tests.system.planted import forms


@dataclass
class Watch:
    """Looks at the command lines (and environments) of all processes, again and again, for what must not be there."""

    secrets: dict[str, str]
    files: tuple[str, ...] = ("cmdline", "environ")
    seen: set[str] = field(default_factory=set[str])
    _ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watch":
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(0.1):
            for name in self.files:
                for path in Path("/proc").glob(f"[0-9]*/{name}"):
                    try:
                        raw = path.read_bytes()
                    except OSError:
                        continue
                    self.seen |= {f"{what} in {name}" for what, form in forms(dict(self.secrets)) if form in raw}
