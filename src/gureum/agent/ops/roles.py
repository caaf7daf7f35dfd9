"""What an agent can do depends on its roles."""

from typing import TypeVar

from gureum.agent.drivers.protocols import DriverFault

T = TypeVar("T")


def need(driver: T | None, role: str) -> T:
    """The driver, or DriverFault when this agent does not have the role it belongs to."""
    if driver is None:
        raise DriverFault(
            "The request went to a host that cannot serve it.", f"this agent does not have the role {role}"
        )
    return driver
