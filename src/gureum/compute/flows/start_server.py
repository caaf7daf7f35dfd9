"""Starting a stopped server."""

from gureum.compute.flows.power import PowerFlow


class StartServer(PowerFlow):
    """A stopped guest runs again."""

    power = "running"
    vm_state = "active"
    before = "stopped"
    event = "compute_start_instance"
