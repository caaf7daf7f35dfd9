"""Which asks are let in, and in what order: the rules about generations, without threads or time."""

from collections import OrderedDict, deque

from gureum.contracts.frames import Ask

REMEMBERED = 200_000
"""Subjects whose highest generation is kept in memory."""


class Asks:
    """The asks that are not finished. Not thread-safe: it belongs to the loop.

    For one subject at most one ask runs. An ask of a lower generation than the highest seen is superseded and forgotten
    without an answer, waiting ones included; of the same generation each is run in turn. An ask whose id is still here
    is not let in again.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._highest: OrderedDict[str, int] = OrderedDict()
        self._waiting: OrderedDict[str, deque[Ask]] = OrderedDict()
        self._running: dict[str, int] = {}
        self._ids: set[int] = set()

    def __len__(self) -> int:
        return len(self._ids)

    def offer(self, ask: Ask) -> bool:
        """Let an ask in; False when it is superseded or here already."""
        highest = self._highest.get(ask.subject)
        if ask.id in self._ids or (highest is not None and ask.generation < highest):
            return False
        self._highest[ask.subject] = ask.generation
        self._highest.move_to_end(ask.subject)
        if len(self._highest) > self._remembered:
            self._highest.popitem(last=False)
        waiting = self._waiting.setdefault(ask.subject, deque())
        for older in [each for each in waiting if each.generation < ask.generation]:
            waiting.remove(older)
            self._ids.discard(older.id)
        waiting.append(ask)
        self._ids.add(ask.id)
        return True

    def take(self, subject: str) -> Ask | None:
        """The subject's next ask, which runs from now on; None when one runs or none waits."""
        waiting = self._waiting.get(subject)
        if not waiting or subject in self._running:
            return None
        ask = waiting.popleft()
        if not waiting:
            del self._waiting[subject]
        self._running[subject] = ask.id
        return ask

    def take_batch(self, at_most: int) -> list[Ask]:
        """The next asks, of different subjects, first come first."""
        taken: list[Ask] = []
        for subject in list(self._waiting):
            if len(taken) == at_most:
                break
            ask = self.take(subject)
            if ask is not None:
                taken.append(ask)
        return taken

    def finish(self, ask: Ask) -> None:
        """The ask was answered; its subject may go on."""
        if self._running.get(ask.subject) == ask.id:
            del self._running[ask.subject]
        self._ids.discard(ask.id)
