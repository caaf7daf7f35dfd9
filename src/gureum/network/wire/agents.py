"""Agents on the wire."""

from typing import Any

from gureum.kernel.clock import iso_seconds
from gureum.network.service.agents import Agent

SORTABLE = ("id", "agent_type", "alive", "binary", "topic", "host", "started_at", "created_at", "heartbeat_timestamp")
"""What agents can be sorted by."""


def _time(when: int) -> str:
    return (iso_seconds(when, "") or "").replace("T", " ")


def show(agent: Agent) -> dict[str, Any]:
    """An agent."""
    return {
        "id": agent.id,
        "agent_type": "OVN Controller agent",
        "binary": "ovn-controller",
        "topic": "n/a",
        "host": agent.host,
        "admin_state_up": True,
        "alive": agent.alive,
        "created_at": _time(agent.created_at),
        "started_at": _time(agent.started_at),
        "heartbeat_timestamp": _time(agent.heartbeat_at),
        "description": "",
        "configurations": {},
        "resources_synced": None,
        "availability_zone": "",
    }
