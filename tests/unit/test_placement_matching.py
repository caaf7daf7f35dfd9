"""Which providers can together lend what a request asks for."""

from collections.abc import Iterable

from gureum.placement.inventory import Inventory
from gureum.placement.matching import Candidate, Forest, candidates
from gureum.placement.provider import SHARES, Provider
from gureum.placement.request import Group, Request


class Plan:
    """Providers, written down shortly."""

    def __init__(self) -> None:
        self.providers: dict[str, Provider] = {}
        self.has: dict[str, dict[str, Inventory]] = {}
        self.traits: dict[str, set[str]] = {}
        self.aggregates: dict[str, set[str]] = {}

    def add(
        self, name: str, under: str | None = None, traits: Iterable[str] = (), inside: Iterable[str] = (), **has: int
    ) -> "Plan":
        root = name if under is None else self.providers[under].root
        self.providers[name] = Provider(name, name, 0, root, under)
        self.has[name] = {resource_class: Inventory(total) for resource_class, total in has.items()}
        self.traits[name], self.aggregates[name] = set(traits), set(inside)
        return self

    def forest(self) -> Forest:
        return Forest(self.providers, self.has, self.traits, self.aggregates, [*self.roots])

    @property
    def roots(self) -> dict[str, None]:
        return dict.fromkeys(one.root for one in self.providers.values())

    def ask(self, request: Request) -> list[dict[str, list[str]]]:
        return [one.mappings for one, _ in candidates([self.forest()], request)]


def names(*several: str) -> frozenset[str]:
    return frozenset(several)


def group(*required: str, **resources: int) -> Group:
    return Group(resources, [names(one) for one in required])


def test_one_provider_lends_all() -> None:
    plan = Plan().add("a", VCPU=4, DISK_GB=10).add("b", VCPU=4).add("c", VCPU=1, DISK_GB=10)
    found = candidates([plan.forest()], Request({"": group(VCPU=2, DISK_GB=5)}))
    assert [one for one, _ in found] == [Candidate({("a", "VCPU"): 2, ("a", "DISK_GB"): 5}, {"": ["a"]})]


def test_a_tree_lends_together() -> None:
    plan = Plan().add("a", DISK_GB=10).add("a1", "a", VCPU=4).add("a2", "a", ["FAST"], VCPU=4).add("b", DISK_GB=10)
    wanted = Group({"VCPU": 1, "DISK_GB": 1})
    assert plan.ask(Request({"": wanted})) == [{"": ["a", "a1"]}, {"": ["a", "a2"]}]
    assert plan.ask(Request({"": wanted}, nested=False)) == []
    assert plan.ask(Request({"": group("FAST", VCPU=1, DISK_GB=1)})) == [{"": ["a", "a2"]}]
    forbidden = Group({"VCPU": 1, "DISK_GB": 1}, forbidden=names("FAST"))
    assert plan.ask(Request({"": forbidden})) == [{"": ["a", "a1"]}]
    either = Group({"VCPU": 1}, [names("SLOW", "FAST")])
    assert plan.ask(Request({"": either})) == [{"": ["a2"]}]


def test_who_shares_lends_to_its_aggregates() -> None:
    plan = (
        Plan().add("a", inside=["x"], VCPU=4).add("b", inside=["y"], VCPU=4).add("s", None, [SHARES], ["x"], DISK_GB=9)
    )
    assert plan.ask(Request({"": group(VCPU=1, DISK_GB=1)})) == [{"": ["a", "s"]}]
    assert plan.ask(Request({"": group(DISK_GB=1)})) == [{"": ["s"]}]
    assert plan.ask(Request({"": Group({"VCPU": 1, "DISK_GB": 1}, in_tree="a")})) == []
    assert plan.ask(Request({"_A": group(VCPU=1), "_S": group(DISK_GB=1)})) == [{"_A": ["a"], "_S": ["s"]}]


def test_a_root_puts_its_tree_into_its_aggregates() -> None:
    plan = Plan().add("a", inside=["x"]).add("a1", "a", VCPU=4).add("b", VCPU=4)
    assert plan.ask(Request({"": Group({"VCPU": 1}, member_of=[names("x", "z")])})) == [{"": ["a1"]}]
    assert plan.ask(Request({"": Group({"VCPU": 1}, outside=names("x"))})) == [{"": ["b"]}]
    assert plan.ask(Request({"_1": Group({"VCPU": 1}, member_of=[names("x")])})) == []


def test_groups_of_one_provider_each() -> None:
    plan = Plan().add("a").add("n1", "a", ["LEFT"], VCPU=4).add("n2", "a", ["RIGHT"], VCPU=2)
    two = {"_1": group(VCPU=2), "_2": group(VCPU=1)}
    assert len(plan.ask(Request(two))) == 3
    assert plan.ask(Request(two, isolate=True)) == [
        {"_1": ["n1"], "_2": ["n2"]},
        {"_1": ["n2"], "_2": ["n1"]},
    ]
    assert len(plan.ask(Request(two, limit=1))) == 1
    left = {"_1": group("LEFT", VCPU=2), "_2": group("RIGHT", VCPU=2)}
    assert plan.ask(Request(left)) == [{"_1": ["n1"], "_2": ["n2"]}]
    assert plan.ask(Request({"_1": Group({"VCPU": 1}, in_tree="n2"), "_2": group("LEFT", VCPU=9)})) == []


def test_conditions_on_the_root() -> None:
    plan = Plan().add("a", None, ["GOOD"], VCPU=4).add("b", None, ["GOOD", "BAD"], VCPU=4)
    assert plan.ask(Request({"": group(VCPU=1)}, root_required=names("GOOD"), root_forbidden=names("BAD"))) == [
        {"": ["a"]}
    ]


def test_same_subtree() -> None:
    plan = Plan().add("a", VCPU=1)
    for side in ("l", "r"):
        plan.add(f"numa-{side}", "a", ["NUMA"], PCPU=4).add(f"nic-{side}", f"numa-{side}", SRIOV_NET_VF=1)
    apart = {"_C": group(PCPU=1), "_N": group(SRIOV_NET_VF=1)}
    assert len(plan.ask(Request(apart))) == 4
    together = Request(apart, same_subtrees=[names("_C", "_N")])
    assert plan.ask(together) == [
        {"_C": ["numa-l"], "_N": ["nic-l"]},
        {"_C": ["numa-r"], "_N": ["nic-r"]},
    ]
    anchored = {"_NUMA": group("NUMA"), "_N": group(SRIOV_NET_VF=1)}
    assert plan.ask(Request(anchored, same_subtrees=[names("_NUMA", "_N")])) == [
        {"_NUMA": ["numa-l"], "_N": ["nic-l"]},
        {"_NUMA": ["numa-r"], "_N": ["nic-r"]},
    ]
