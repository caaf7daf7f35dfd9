"""Pausing a server."""

from gureum.compute.flows.power import PowerFlow


class PauseServer(PowerFlow):
    """The guest keeps its memory and does not compute."""

    power = "paused"
    vm_state = "paused"
    before = "running"
    event = "compute_pause_instance"
