"""Resuming a server."""

from gureum.compute.flows.power import PowerFlow


class ResumeServer(PowerFlow):
    """A suspended guest goes on where it was."""

    power = "running"
    vm_state = "active"
    before = "suspended"
    event = "compute_resume_instance"
