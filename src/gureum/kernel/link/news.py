"""What the link tells the services, as events in a transaction."""

from dataclasses import dataclass

from gureum.contracts.frames import News
from gureum.contracts.hypervisor import Inventory


@dataclass(frozen=True)
class AgentUp:
    """An agent connected."""

    name: str
    roles: tuple[str, ...]
    inventory: Inventory | None


@dataclass(frozen=True)
class AgentDown:
    """An agent's session ended."""

    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class AgentTold:
    """An agent reported news of its own accord."""

    name: str
    news: News
