"""Everything around the providers that could lend what a request asks for: a handful of queries, however many providers."""

from collections.abc import Iterable

import sqlalchemy as sa

from gureum.kernel.store.tx import Tx
from gureum.placement.matching import Forest
from gureum.placement.provider import SHARES
from gureum.placement.request import Group, Request
from gureum.placement.store import aggregates, inventories, traits
from gureum.placement.store.aggregates import provider_aggregates
from gureum.placement.store.providers import matching, providers
from gureum.placement.store.traits import provider_traits


def around(tx: Tx, request: Request) -> Forest:
    """The trees of all providers that have enough for some part of a request, and those that they share with."""
    found = matching(tx, providers.c.root.in_(_roots(request)))
    uuids = [one.uuid for one in found]
    return Forest(
        {one.uuid: one for one in found}, inventories.of(tx, uuids), traits.of(tx, uuids), aggregates.of(tx, uuids)
    )


def _roots(request: Request) -> sa.CompoundSelect[tuple[str]]:
    """The roots of the trees that matter: of the lenders, and of those that are in an aggregate with one that shares."""
    own = sa.select(providers.c.root).where(sa.or_(sa.false(), *_conditions(request.groups.values())))
    shares = sa.select(provider_traits.c.provider).where(provider_traits.c.trait == SHARES)
    there = sa.select(provider_aggregates.c.aggregate).where(provider_aggregates.c.provider.in_(shares))
    members = sa.select(provider_aggregates.c.provider).where(provider_aggregates.c.aggregate.in_(there))
    return own.union(sa.select(providers.c.root).where(providers.c.uuid.in_(members)))


def _conditions(groups: Iterable[Group]) -> Iterable[sa.ColumnElement[bool]]:
    for group in groups:
        yield from (inventories.enough(name, amount) for name, amount in group.resources.items())
