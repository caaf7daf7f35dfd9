"""Stopping a running server."""

from gureum.compute.flows.power import PowerFlow


class StopServer(PowerFlow):
    """The guest is asked to shut down, and switched off when it takes too long."""

    power = "stopped"
    vm_state = "stopped"
    before = "running"
    event = "compute_stop_instance"
