"""Who may do what: upstream's rule names and check strings, compiled once, asked in microseconds."""

from gureum.kernel.policy.explain import explain, own
from gureum.kernel.policy.files import PolicyFiles
from gureum.kernel.policy.rules import Policy, Reach, Rule, policy

__all__ = ["Policy", "PolicyFiles", "Reach", "Rule", "explain", "own", "policy"]
