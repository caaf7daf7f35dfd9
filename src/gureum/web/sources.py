"""What the operator's API asks besides rows. Filled in by the application."""

from gureum.kernel.existing import Service
from gureum.kernel.link.server import LinkServer
from gureum.kernel.policy import PolicyFiles
from gureum.kernel.trace.store import Recorder


class Sources:
    """Where discrepancies come from, the agents and each service's rows; the traces not yet written; the policy files."""

    link: LinkServer | None = None
    services: tuple[Service, ...] = ()
    recorder: Recorder = Recorder()
    policy_files: PolicyFiles | None = None


sources = Sources()
