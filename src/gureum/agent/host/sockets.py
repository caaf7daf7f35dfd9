"""Whether someone answers on a unix socket."""

import socket
from pathlib import Path


def answers(path: Path) -> bool:
    """Whether a process listens on the unix socket `path`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True
