"""Settings of compute, filled in from the settings file at start."""

from dataclasses import dataclass

from gureum.kernel.clock import SECOND, Micros


@dataclass
class ComputeSettings:
    """What an operator may choose. Upstream's defaults where it has them."""

    cpu_allocation_ratio: float = 4.0
    ram_allocation_ratio: float = 1.0
    disk_allocation_ratio: float = 1.0
    reserved_host_memory_mib: int = 512
    host_patience: Micros = 60 * SECOND
    """How long a new server waits while no host at all is up."""
    boot_silence: Micros = 600 * SECOND
    """How long a host may say nothing while it makes a guest."""
    boot_attempts: int = 3
    """How many hosts are asked to make a server before it is given up."""
    power_silence: Micros = 300 * SECOND
    """How long a host may say nothing while it starts, stops or changes a guest."""
    soft_reboot_seconds: int = 60
    """How long a guest may take to shut down before it is switched off."""
    console_token_lifetime: Micros = 600 * SECOND
    console_port: int | None = 6080
    """Where consoles are shown; None: below /console of the first port."""
    candidates: int = 10
    """How many hosts the filters see at a time."""
    max_limit: int = 1000
    """How many items a page of a list has at most."""


settings = ComputeSettings()
