"""Ending a host in order: `python -m gureum.agent.host stop --config FILE [--guests]`.

Without `--guests` the daemons end only when no guest runs. Exit status 1 and a sentence when something stays.
"""

import argparse
import sys
from pathlib import Path

from gureum.agent import config as configuration
from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.host.host import Host
from gureum.agent.host.settings import HostFault, HostSettings, from_mapping


def stop(settings: HostSettings, guests: bool) -> str:
    """End guests if asked to, then our daemons; says what stays, empty when nothing does."""
    host = Host(settings)
    if guests and host.guests():
        # libvirt's binding is needed only where guests run
        from gureum.agent.drivers.hypervisor.libvirt import LibvirtHypervisor  # noqa: PLC0415

        hypervisor = LibvirtHypervisor(settings)
        try:
            for server_id in hypervisor.stop_all():
                print(f"guest of server {server_id} ended")
        finally:
            hypervisor.close()
    return "" if host.stop() else f"{len(host.guests())} guests run, so what carries them stays; --guests ends them"


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m gureum.agent.host", description=__doc__)
    parser.add_argument("verb", choices=["stop"])
    parser.add_argument("--config", type=Path, required=True, help="the agent's configuration file")
    parser.add_argument("--guests", action="store_true", help="shut the guests down first")
    asked = parser.parse_args()
    config = configuration.load(asked.config)
    if config.state is None:
        sys.exit("the configuration names no state directory")
    try:
        sys.exit(stop(from_mapping(config.state, config.settings.get("host", {})), asked.guests) or 0)
    except (HostFault, DriverFault) as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
