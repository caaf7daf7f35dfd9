"""Everything around the providers that could lend what a request asks for: a handful of queries for every few hundred trees."""

from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from gureum.kernel.store.tx import Tx
from gureum.placement.matching import Forest
from gureum.placement.provider import SHARES
from gureum.placement.request import Group, Request
from gureum.placement.store import aggregates, inventories, traits
from gureum.placement.store.aggregates import provider_aggregates
from gureum.placement.store.providers import matching, providers
from gureum.placement.store.traits import provider_traits

_SHARE = sa.select(provider_traits.c.provider).where(provider_traits.c.trait == SHARES)

AT_ONCE = 500
"""Trees that are read at once: most requests want a few candidates, and a statement names only so many things."""


def around(tx: Tx, request: Request) -> Iterator[Forest]:
    """The trees of all providers that have enough for some part of a request, oldest first, and those that they share with."""
    roots = [row.root for row in tx.all(_roots(request))]
    sharing = {row.root for row in tx.all(sa.select(providers.c.root).where(providers.c.uuid.in_(_SHARE)))}
    for start in range(0, len(roots), AT_ONCE):
        yield _forest(tx, roots[start : start + AT_ONCE], sharing)


def _forest(tx: Tx, roots: list[str], sharing: set[str]) -> Forest:
    found = {one.uuid: one for one in matching(tx, providers.c.root.in_(sharing.union(roots)))}
    return Forest(found, inventories.of(tx, found), traits.of(tx, found), aggregates.of(tx, found), roots)


def _roots(request: Request) -> sa.Select[tuple[str]]:
    """The roots of the trees that matter: of the lenders, and of those that are in an aggregate with one that shares."""
    own = sa.select(providers.c.root).where(sa.or_(sa.false(), *_conditions(request.groups.values())))
    there = sa.select(provider_aggregates.c.aggregate).where(provider_aggregates.c.provider.in_(_SHARE))
    members = sa.select(provider_aggregates.c.provider).where(provider_aggregates.c.aggregate.in_(there))
    near = own.union(sa.select(providers.c.root).where(providers.c.uuid.in_(members)))
    here = providers.c
    oldest = sa.func.min(here.created_at), sa.func.min(here.uuid)
    return sa.select(here.root).where(here.root.in_(near)).group_by(here.root).order_by(*oldest)


def _conditions(groups: Iterable[Group]) -> Iterable[sa.ColumnElement[bool]]:
    for group in groups:
        yield from (inventories.enough(name, amount) for name, amount in group.resources.items())
