"""Which providers can together lend what a request asks for. Pure: it is given all that matters of the providers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice, product

from gureum.placement.inventory import Inventory
from gureum.placement.provider import SHARES, Provider
from gureum.placement.request import Group, Names, Request

_MOST_TRIES = 1_000_000
"""Combinations that are looked at for one request: a few wide trees and a few groups have more than anybody can wait for."""
_MOST = 10_000
"""Candidates, whatever the request says."""

Taken = dict[tuple[str, str], int]
"""Amounts by (provider, class)."""


@dataclass(frozen=True)
class Forest:
    """Providers by uuid, oldest first, as whole trees. Candidates are looked for around `roots`; other trees share with those."""

    providers: Mapping[str, Provider]
    inventories: Mapping[str, Mapping[str, Inventory]]
    traits: Mapping[str, set[str]]
    aggregates: Mapping[str, set[str]]
    roots: Sequence[str]

    @cached_property
    def trees(self) -> dict[str, list[str]]:
        """The members of each tree, by its root."""
        found: dict[str, list[str]] = {}
        for one in self.providers.values():
            found.setdefault(one.root, []).append(one.uuid)
        return found

    @cached_property
    def _sharing(self) -> list[str]:
        return [uuid for uuid in self.providers if SHARES in self.traits[uuid] and self.aggregates[uuid]]

    def shared(self, root: str) -> list[str]:
        """Providers of other trees that share with this one."""
        if not self._sharing:
            return []
        near: set[str] = set().union(*(self.aggregates[uuid] for uuid in self.trees[root]))
        return [one for one in self._sharing if self.providers[one].root != root and self.aggregates[one] & near]

    def lends(self, uuid: str, resource_class: str, amount: int) -> bool:
        """Whether a provider can lend so much."""
        has = self.inventories[uuid].get(resource_class)
        return has is not None and has.takes(amount) and has.free >= amount

    def above(self, uuid: str) -> set[str]:
        """A provider and all above it."""
        found: set[str] = set()
        at: str | None = uuid
        while at is not None and at not in found:
            found.add(at)
            at = self.providers[at].parent if at in self.providers else None
        return found


@dataclass(frozen=True)
class Option:
    """A way to satisfy one group: what is taken, of which providers (a group of no resources takes nothing of its provider)."""

    taken: Taken
    providers: frozenset[str]


@dataclass(frozen=True)
class Candidate:
    """A way to satisfy a request. `mappings`: the providers of each group."""

    taken: Taken
    mappings: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    @property
    def providers(self) -> set[str]:
        """Of whom something is taken."""
        return {provider for provider, _ in self.taken}


Found = tuple[Candidate, Forest]
"""A candidate, and where its providers are."""


def candidates(forests: Iterable[Forest], request: Request) -> list[Found]:
    """The ways to satisfy a request, at most as many as it wants, each once; no more forests are looked at than it takes."""
    return list(islice(_distinct(_all(forests, request)), min(request.limit or _MOST, _MOST)))


def _distinct(found: Iterable[Found]) -> Iterator[Found]:
    seen: set[object] = set()
    for one, forest in found:
        key = frozenset(one.taken.items()), tuple((suffix, tuple(of)) for suffix, of in sorted(one.mappings.items()))
        if key not in seen:
            seen.add(key)
            yield one, forest


def _all(forests: Iterable[Forest], request: Request) -> Iterator[Found]:
    tries = chain.from_iterable(_combinations(forest, request) for forest in forests)
    for forest, combination in islice(tries, _MOST_TRIES):
        if _together(forest, request, combination):
            mappings = {suffix: sorted(one.providers) for suffix, one in zip(request.groups, combination, strict=True)}
            yield Candidate(_sum(combination), mappings), forest


def _combinations(forest: Forest, request: Request) -> Iterator[tuple[Forest, Sequence[Option]]]:
    """An option for each group, in every way."""
    for root in forest.roots:
        traits = forest.traits[root]
        if request.root_required <= traits and not request.root_forbidden & traits:
            options = [_options(forest, root, suffix, group) for suffix, group in request.groups.items()]
            yield from ((forest, combination) for combination in product(*options))


def _options(forest: Forest, root: str, suffix: str, group: Group) -> list[Option]:
    """How the providers around a tree can satisfy a group."""
    if suffix:
        around = [*forest.trees[root], *forest.shared(root)]
        return [_whole(uuid, group) for uuid in around if _satisfies(forest, uuid, group)]
    own = [uuid for uuid in forest.trees[root] if _in_tree(forest, uuid, group)]
    around = [*own, *(forest.shared(root) if group.in_tree is None else ())]
    around = [
        uuid for uuid in around if _in_aggregates(group, forest.aggregates[uuid], forest.aggregates.get(root, set()))
    ]
    lenders = [
        [
            uuid
            for uuid in around
            if forest.lends(uuid, resource_class, amount) and not group.forbidden & forest.traits[uuid]
        ]
        for resource_class, amount in group.resources.items()
    ]
    return [one for one in _spread(group, lenders) if _has(group.required, _traits(forest, one.providers))]


def _spread(group: Group, lenders: Sequence[Sequence[str]]) -> Iterator[Option]:
    """Each class of one of its lenders."""
    for chosen in islice(product(*lenders), _MOST_TRIES):
        taken = {(uuid, name): group.resources[name] for uuid, name in zip(chosen, group.resources, strict=True)}
        yield Option(taken, frozenset(chosen))


def _whole(uuid: str, group: Group) -> Option:
    return Option({(uuid, name): amount for name, amount in group.resources.items()}, frozenset({uuid}))


def _satisfies(forest: Forest, uuid: str, group: Group) -> bool:
    """Whether a provider alone is what a group wants."""
    traits = forest.traits[uuid]
    return (
        all(forest.lends(uuid, name, amount) for name, amount in group.resources.items())
        and _has(group.required, traits)
        and not group.forbidden & traits
        and _in_aggregates(group, forest.aggregates[uuid], frozenset())
        and _in_tree(forest, uuid, group)
    )


def _has(required: Sequence[Names], traits: set[str]) -> bool:
    return all(any_of & traits for any_of in required)


def _in_aggregates(group: Group, own: set[str], roots: set[str] | Names) -> bool:
    """`roots` are the aggregates of the tree as a whole."""
    return all(any_of & own or any_of & roots for any_of in group.member_of) and not group.outside & (own | roots)


def _in_tree(forest: Forest, uuid: str, group: Group) -> bool:
    if group.in_tree is None:
        return True
    there = forest.providers.get(group.in_tree)
    return there is not None and there.root == forest.providers[uuid].root


def _traits(forest: Forest, uuids: Iterable[str]) -> set[str]:
    return set().union(*(forest.traits[uuid] for uuid in uuids))


def _sum(options: Sequence[Option]) -> Taken:
    found: Taken = {}
    for option in options:
        for key, amount in option.taken.items():
            found[key] = found.get(key, 0) + amount
    return found


def _together(forest: Forest, request: Request, options: Sequence[Option]) -> bool:
    """Whether options, one a group, can be had at once and go together as the request wants."""
    by_suffix = dict(zip(request.groups, options, strict=True))
    apart = [one.providers for suffix, one in by_suffix.items() if suffix]
    if request.isolate and len(set().union(*apart)) < len(apart):
        return False
    if not all(_one_is_above(forest, _providers(by_suffix, suffixes)) for suffixes in request.same_subtrees):
        return False
    taken = _sum(options)
    if not request.nested and not _of_different_trees(forest, {uuid for uuid, _ in taken}):
        return False
    return all(_can_be_had(forest, uuid, name, amount) for (uuid, name), amount in taken.items())


def _providers(by_suffix: Mapping[str, Option], suffixes: Names) -> set[str]:
    return set().union(*(by_suffix[suffix].providers for suffix in suffixes))


def _one_is_above(forest: Forest, uuids: set[str]) -> bool:
    return bool(uuids & set.intersection(*(forest.above(uuid) for uuid in uuids)))


def _of_different_trees(forest: Forest, uuids: set[str]) -> bool:
    return len({forest.providers[uuid].root for uuid in uuids}) == len(uuids)


def _can_be_had(forest: Forest, uuid: str, resource_class: str, amount: int) -> bool:
    """Whether the groups' amounts in sum are there; each of them alone is of the right size."""
    has = forest.inventories[uuid][resource_class]
    return amount <= has.free and amount <= has.max_unit
