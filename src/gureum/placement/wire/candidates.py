"""Allocation candidates over the wire."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call, Change, History
from gureum.kernel.http.history import Version
from gureum.placement.inventory import Inventory
from gureum.placement.matching import Candidate
from gureum.placement.provider import Provider
from gureum.placement.request import Group, Names, Request
from gureum.placement.wire import queries
from gureum.placement.wire.schemas import Parameters, Schema, record

_GROUPED: Version = (1, 25)
_TREES: Version = (1, 31)
_NESTED: Version = (1, 29)
_NAMED: Version = (1, 33)
_SUBTREES: Version = (1, 36)
_TEXT = {"type": "string"}
_LIMIT = {"type": ["integer", "string"], "pattern": "^[1-9][0-9]*$", "minimum": 1, "minLength": 1}
_GROUP = re.compile(r"(in_tree|member_of|required|resources)([a-zA-Z0-9_-]{1,64})?")
_BAD = "placement.query.bad_value"


def _asked(version: Version) -> Schema:
    if version < _GROUPED:
        found = {"resources": _TEXT}
        for since, name, schema in (
            ((1, 16), "limit", _LIMIT),
            ((1, 17), "required", {"type": ["string"]}),
            ((1, 21), "member_of", {"type": ["string"]}),
        ):
            found |= {name: schema} if version >= since else {}
        return record(found, "resources")
    named: Schema = {"limit": _LIMIT, "group_policy": {"type": "string", "enum": ["none", "isolate"]}}
    for since, name in (((1, 35), "root_required"), (_SUBTREES, "same_subtree")):
        named |= {name: {"type": ["string"]}} if version >= since else {}
    suffix = "[a-zA-Z0-9_-]{1,64}" if version >= _NAMED else "[1-9][0-9]*"
    words = ["resources", "required", "member_of", *(["in_tree"] if version >= _TREES else [])]
    return record(named) | {"patternProperties": {f"^{word}({suffix})?$": _TEXT for word in words}}


LIST = Parameters(_asked)


def request(query: queries.Query, version: Version) -> Request:
    """What is asked for. Raises Invalid."""
    suffixes = dict.fromkeys(found[2] or "" for name in query if (found := _GROUP.fullmatch(name)))
    groups = {suffix: _group(query, suffix, version) for suffix in suffixes}
    subtrees = [_subtree(value) for value in query.get("same_subtree", [])]
    if version >= _SUBTREES:
        _must_have_resources(groups, subtrees)
    else:
        _must_all_have_resources(groups)
    _must_not_conflict(groups)
    if "group_policy" not in query and sum(1 for suffix in groups if suffix) > 1:
        raise Invalid(
            'The "group_policy" parameter is required when specifying more than one "resources{N}" parameter.'
        )
    required, forbidden = _of_root(query.get("root_required", []))
    return Request(
        groups,
        int(query["limit"][-1][:9]) if "limit" in query else None,
        query.get("group_policy", [""])[0] == "isolate",
        required,
        forbidden,
        subtrees,
        nested=version >= _NESTED,
    )


def _group(query: queries.Query, suffix: str, version: Version) -> Group:
    required, forbidden = queries.traits(query, f"required{suffix}", version)
    member_of, outside = queries.aggregates(query, f"member_of{suffix}", version)
    wanted = query.get(f"resources{suffix}")
    return Group(
        queries.resources(wanted[-1]) if wanted else {},
        required,
        forbidden,
        member_of,
        outside,
        queries.tree(query.get(f"in_tree{suffix}", [])),
    )


def _subtree(value: str) -> Names:
    names = frozenset(name.strip() for name in value.split(","))
    if "" in names:
        raise Invalid("Empty string (unsuffixed group) can not be specified in `same_subtree` ", code=_BAD)
    return names


def _must_have_resources(groups: Mapping[str, Group], subtrees: Sequence[Names]) -> None:
    """From 1.36 on a group may want none where it stands in a subtree with others."""
    empty = [suffix for suffix, group in groups.items() if not group.resources]
    if len(empty) == len(groups):
        said = "There must be at least one resources or resources[$S] parameter."
        raise Invalid(said, code="placement.query.missing_value")
    named: Names = frozenset().union(*subtrees)
    alone = [suffix for suffix in empty if suffix not in named]
    if alone:
        said = "Resourceless suffixed group request should be specified in `same_subtree` query param: bad group(s) - "
        raise Invalid(f"{said}{alone}.", code=_BAD)
    unknown = sorted(named - groups.keys())
    if unknown:
        said = f"Real suffixes should be specified in `same_subtree`: {unknown} not found in {list(groups)}."
        raise Invalid(said, code=_BAD)


def _must_all_have_resources(groups: Mapping[str, Group]) -> None:
    empty = {suffix: group for suffix, group in groups.items() if not group.resources}
    orphans = [f"required{suffix}" for suffix, group in empty.items() if group.required]
    if orphans:
        raise Invalid(
            "All traits parameters must be associated with resources.  Found the following orphaned traits keys: "
            + ", ".join(orphans)
        )
    orphans = [f"member_of{suffix}" for suffix, group in empty.items() if group.member_of or group.outside]
    if orphans:
        raise Invalid(
            "All member_of parameters must be associated with resources. Found the following orphaned member_of keys: "
            + ", ".join(orphans)
        )
    if empty:
        raise Invalid("All request groups must specify resources.")
    if not groups:
        raise Invalid("At least one request group (`resources` or `resources{$S}`) is required.")


def _must_not_conflict(groups: Mapping[str, Group]) -> None:
    """Nothing has a trait that it must not have."""
    conflicting = [
        f"required{suffix}: ({', '.join(sorted(any_of))})"
        for suffix, group in groups.items()
        for any_of in group.required
        if any_of <= group.forbidden
    ]
    if conflicting:
        said = "Conflicting required and forbidden traits found in the following traits keys: "
        raise Invalid(said + ", ".join(sorted(conflicting)))


def _of_root(values: Sequence[str]) -> tuple[Names, Names]:
    if not values:
        return frozenset(), frozenset()
    if len(values) > 1:
        said = "Query parameter 'root_required' may be specified only once."
        raise Invalid(said, code="placement.query.duplicate_key")
    required, forbidden = queries.all_and_none(values[0])
    both = sorted(required & forbidden)
    if both:
        said = f"Conflicting required and forbidden traits found in root_required: {', '.join(both)}"
        raise Invalid(said, code=_BAD)
    return required, forbidden


def _listed(body: dict[str, Any], _: Call) -> None:
    for one in body["allocation_requests"]:
        one["allocations"] = [
            {"resource_provider": {"uuid": uuid}, "resources": of["resources"]}
            for uuid, of in one["allocations"].items()
        ]


def _without(*names: str, of: str = "provider_summaries") -> Any:
    def down(body: dict[str, Any], _: Call) -> None:
        several = body[of].values() if isinstance(body[of], dict) else body[of]
        for one in several:
            for name in names:
                one.pop(name, None)

    return down


def _as_requested(body: dict[str, Any], call: Call) -> None:
    """Only the classes that were asked for."""
    asked = {
        name
        for parameter, values in call.query.items()
        if parameter.startswith("resources")
        for name in queries.resources(values[-1])
    }
    for one in body["provider_summaries"].values():
        one["resources"] = {name: has for name, has in one["resources"].items() if name in asked}


def _as_used(body: dict[str, Any], _: Call) -> None:
    """No trees yet: only the providers that a candidate names."""
    used = {uuid for one in body["allocation_requests"] for uuid in one["allocations"]}
    body["provider_summaries"] = {uuid: one for uuid, one in body["provider_summaries"].items() if uuid in used}
    _without("parent_provider_uuid", "root_provider_uuid")(body, _)


HISTORY = History(
    "",
    "",
    [
        Change((1, 12), "allocations are by provider", down=_listed),
        Change((1, 17), "traits are with the summaries", down=_without("traits")),
        Change((1, 27), "summaries have classes that were not asked for", down=_as_requested),
        Change((1, 29), "providers are trees", down=_as_used),
        Change((1, 34), "groups are mapped to providers", down=_without("mappings", of="allocation_requests")),
    ],
)


def show(candidates: Iterable[Candidate], summaries: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Candidates and the providers around them."""
    return {"allocation_requests": [_candidate(one) for one in candidates], "provider_summaries": summaries}


def _candidate(candidate: Candidate) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for (uuid, name), amount in candidate.taken.items():
        found.setdefault(uuid, {"resources": {}})["resources"][name] = amount
    return {"allocations": found, "mappings": candidate.mappings}


def summary(provider: Provider, inventories: Mapping[str, Inventory], traits: Iterable[str]) -> dict[str, Any]:
    """A provider with what it can lend."""
    return {
        "resources": {name: {"capacity": has.capacity, "used": has.used} for name, has in inventories.items()},
        "traits": sorted(traits),
        "parent_provider_uuid": provider.parent,
        "root_provider_uuid": provider.root,
    }
