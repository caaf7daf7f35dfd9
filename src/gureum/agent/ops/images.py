"""Looking into images for the fetch role."""

from gureum.agent.drivers.registry import Drivers
from gureum.agent.ops.roles import need
from gureum.contracts.images import ImageFacts, InspectImage


def inspect(drivers: Drivers, question: InspectImage) -> ImageFacts:
    """Blocks while the file is read; raises DriverFault when it cannot be."""
    return need(drivers.inspector, "fetch").inspect(question)
