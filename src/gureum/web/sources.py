"""What the operator's API asks besides rows. Filled in by the application."""

from collections.abc import Callable

from gureum.kernel.existing import Existing
from gureum.kernel.link.server import LinkServer
from gureum.kernel.store.tx import Tx
from gureum.kernel.trace.store import Recorder


class Sources:
    """Where the discrepancies come from, the agents and each service's rows; and the traces that are not written yet."""

    link: LinkServer | None = None
    services: tuple[Callable[[Tx], Existing], ...] = ()
    recorder: Recorder = Recorder()


sources = Sources()
