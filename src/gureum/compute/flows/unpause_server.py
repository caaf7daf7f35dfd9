"""Unpausing a server."""

from gureum.compute.flows.power import PowerFlow


class UnpauseServer(PowerFlow):
    """A paused guest computes again."""

    power = "running"
    vm_state = "active"
    before = "paused"
    event = "compute_unpause_instance"
