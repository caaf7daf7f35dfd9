"""The control process: `python -m gureum.control STATE` under the supervisor. Never root where root started the cloud."""

import asyncio
import signal
import sys
from pathlib import Path

from gureum.app import ControlConfig, ControlPlane
from gureum.cli.place import Place
from gureum.kernel import log
from gureum.kernel.http.server import HttpServer, listeners
from gureum.processes import die_with_parent, lock
from gureum.settings import CLASSIC_PORTS, Settings, load

_LOCK_SECONDS = 20.0


def ports(settings: Settings, served: set[int]) -> list[int]:
    """The ports to open: the first, and the classic ones of what is served."""
    found = [settings.api.port]
    if settings.api.classic_ports:
        found += [port for port in CLASSIC_PORTS.values() if port in served]
    return found


async def serve(place: Place, settings: Settings, password: str) -> None:
    """Run until SIGTERM."""
    config = ControlConfig(
        state=place.control,
        region=settings.region,
        trusted_proxies=settings.api.trusted_proxies,
        admin_password=password,
        settings=settings,
        policy=place.state / "policy",
    )
    control = ControlPlane(config)
    sockets = listeners(settings.api.listen, ports(settings, control.ports()))
    await control.start()
    server = HttpServer(control.application)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: setattr(server, "should_exit", True))
    try:
        await server.serve(sockets=sockets)
    finally:
        await control.stop()


def main() -> None:
    """Entry point. The administrator's first password comes on standard input, so that it is in no process list."""
    die_with_parent()
    place = Place(Path(sys.argv[1]))
    settings = load(place.state)
    log.setup(settings.log_level)
    password = sys.stdin.readline().strip()
    held = lock(place.control / "control.lock", wait=_LOCK_SECONDS)
    try:
        asyncio.run(serve(place, settings, password))
    finally:
        held.close()


if __name__ == "__main__":
    main()
