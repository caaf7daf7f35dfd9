"""The control process: `python -m gureum.control STATE` under the supervisor. Never root where root started the cloud.

Several of them (`--process N`) share listeners that the supervisor made: the first of `--sockets` is where agents come, the
others are the ports that `python -m gureum.control STATE --ports` names.
"""

import argparse
import asyncio
import json
import resource
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from gureum.app import ControlConfig, ControlPlane
from gureum.cli.place import Place
from gureum.kernel import log
from gureum.kernel.http.server import HttpServer
from gureum.processes import die_with_parent, listeners, lock
from gureum.settings import CLASSIC_PORTS, Settings, load

_LOCK_SECONDS = 20.0


def ports(settings: Settings, served: set[int]) -> list[int]:
    """The ports to open: the first, and the classic ones of what is served."""
    found = [settings.api.port]
    if settings.api.classic_ports:
        found += [port for port in CLASSIC_PORTS.values() if port in served]
    return found


async def serve(
    place: Place, settings: Settings, password: str, process: int = 1, shared: Sequence[socket.socket] = ()
) -> None:
    """Run until SIGTERM. `shared`: the agents' listener and those of the ports, where processes share them."""
    config = ControlConfig(
        state=place.control,
        region=settings.region,
        trusted_proxies=settings.api.trusted_proxies,
        admin_password=password,
        settings=settings,
        policy=place.state / "policy",
        process=process,
    )
    control = ControlPlane(config)
    wanted = ports(settings, ControlPlane.ports())
    (place.control / "ports.json").write_text(json.dumps(wanted))
    sockets = list(shared[1:]) or listeners(settings.api.listen, wanted)
    await control.start(shared[0] if shared else None)
    server = HttpServer(control.application)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: setattr(server, "should_exit", True))
    try:
        await server.serve(sockets=sockets)
    finally:
        await control.stop()


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="gureum.control")
    parser.add_argument("state", type=Path)
    parser.add_argument("--process", type=int, default=1)
    parser.add_argument("--sockets", type=int, nargs="*", default=())
    parser.add_argument("--ports", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Entry point. The administrator's first password comes on standard input, so that it is in no process list."""
    die_with_parent()
    words = _words()
    place = Place(words.state)
    settings = load(place.state)
    if words.ports:
        print(*ports(settings, ControlPlane.ports()))
        return
    log.setup(settings.log_level)
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    password = sys.stdin.readline().strip()
    name = "control" if words.process == 1 else f"control-{words.process}"
    held = lock(place.control / f"{name}.lock", wait=_LOCK_SECONDS)
    shared = [socket.socket(fileno=number) for number in words.sockets]
    try:
        asyncio.run(serve(place, settings, password, words.process, shared))
    finally:
        held.close()


if __name__ == "__main__":
    main()
