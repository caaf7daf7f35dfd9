"""The network service's own kind of policy check: `field:`."""

import pytest

from gureum.kernel.caller import Caller
from gureum.kernel.policy import Policy, Rule

NOBODY = Caller(user_id="u", project_id="p", roles=("reader",))


def rules() -> Policy:
    policy = Policy()
    policy.add(
        "network",
        [
            Rule("external", "field:networks:router:external=True"),
            Rule("device", "field:port:device_owner=~^network:"),
        ],
    )
    return policy


@pytest.mark.parametrize(
    ("rule", "target", "allowed"),
    [
        ("external", {"router:external": True}, True),
        ("external", {"router:external": False}, False),
        ("external", {"router:external": None}, False),
        ("external", {}, False),
        ("device", {"device_owner": "network:router_interface"}, True),
        ("device", {"device_owner": "compute:nova"}, False),
        ("device", {}, False),
    ],
)
def test_a_field_check_looks_at_the_target(rule: str, target: dict[str, object], allowed: bool) -> None:
    assert rules().allows("network", rule, NOBODY, target) is allowed
