"""How a driver's failure becomes a report."""

import structlog

from gureum.agent.drivers.protocols import DriverFault
from gureum.contracts.message import AgentFault

log = structlog.get_logger()


def as_fault(error: BaseException, **about: object) -> AgentFault:
    """What the control plane is told. What no driver foresaw is logged, with its traceback and `about`."""
    if isinstance(error, DriverFault):
        return AgentFault(text=error.text, detail=error.detail, again=error.again)
    log.error("an operation broke", exc_info=error, **about)
    return AgentFault(text="internal error of the agent", detail=repr(error))
