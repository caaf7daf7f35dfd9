"""Long operations: strands of small steps, each one database transaction, taken on by any runner after any crash."""

from gureum.kernel.flow.flow import Flow, WhenBusy, step
from gureum.kernel.flow.intend import busy, intend, others_wait, remembered
from gureum.kernel.flow.moves import Ask, Done, Go, Move, Nap, Spawn, Target

__all__ = [
    "Ask",
    "Done",
    "Flow",
    "Go",
    "Move",
    "Nap",
    "Spawn",
    "Target",
    "WhenBusy",
    "busy",
    "intend",
    "others_wait",
    "remembered",
    "step",
]
