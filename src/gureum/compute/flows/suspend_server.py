"""Suspending a server."""

from gureum.compute.flows.power import PowerFlow


class SuspendServer(PowerFlow):
    """The guest's memory goes to its host's disk, and the host's memory is free."""

    power = "suspended"
    vm_state = "suspended"
    before = "running"
    event = "compute_suspend_instance"
