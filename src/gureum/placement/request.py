"""What is asked of providers: groups of resources with conditions on who lends them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class Group:
    """Amounts by class. Of each set in `required` and `member_of` a provider has at least one, of `forbidden` and `outside` none.

    `in_tree` is a provider whose tree they must be of.
    """

    resources: dict[str, int] = field(default_factory=dict[str, int])
    required: Sequence[Names] = ()
    forbidden: Names = frozenset()
    member_of: Sequence[Names] = ()
    outside: Names = frozenset()
    in_tree: str | None = None


@dataclass(frozen=True, slots=True)
class Filters(Group):
    """What a list of providers is narrowed to."""

    uuid: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """Groups by suffix. The resources of the group without one may come of several providers of a tree, and of those that share
    with it; each other group's come of one provider.

    `isolate`: no two groups with a suffix of the same provider. `same_subtrees`: of each set of suffixes one group's provider is
    above all others'. Without `nested`, no two providers of one tree are used.
    """

    groups: dict[str, Group]
    limit: int | None = None
    isolate: bool = False
    root_required: Names = frozenset()
    root_forbidden: Names = frozenset()
    same_subtrees: Sequence[Names] = ()
    nested: bool = True
