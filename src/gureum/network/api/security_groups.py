"""Security groups and their rules."""

from collections.abc import Mapping, Sequence
from typing import Any

from gureum.kernel.http import Call, Routes
from gureum.kernel.store.tx import Tx
from gureum.network.api.resource import Resource, Shown, add_routes
from gureum.network.service import default_groups, lists, security_groups, security_rules
from gureum.network.service.listing import Query
from gureum.network.wire import security_groups as wire

routes = Routes()


def _groups(call: Call, query: Query) -> list[Shown]:
    """The project's default group is made here when it is asked for before anything else needed it."""
    project_id = call.caller.project_id
    if project_id and not call.database.read(lambda tx: default_groups.exists(tx, project_id)):
        call.database.write(lambda tx: default_groups.ensure(tx, project_id), call.caller)

    def read(tx: Tx) -> list[Shown]:
        return [wire.show_group(group) for group in lists.security_groups(tx, call.caller, query)]

    return call.database.read(read, call.caller)


def _group(call: Call, id: str) -> Shown:
    return wire.show_group(security_groups.get(call.tx, call.caller, id))


def _create_group(call: Call, values: Mapping[str, Any], given: Mapping[str, Any]) -> Shown:
    return wire.show_group(security_groups.create(call.tx, call.caller, values, given))


def _update_group(call: Call, id: str, values: Mapping[str, Any]) -> Shown:
    return wire.show_group(security_groups.update(call.tx, call.caller, id, values))


def _rules(call: Call, query: Query) -> list[Shown]:
    return [wire.show_rule(rule, default) for rule, default in lists.security_rules(call.tx, call.caller, query)]


def _rule(call: Call, id: str) -> Shown:
    return wire.show_rule(*security_rules.get(call.tx, call.caller, id))


def _create_rules(call: Call, values: Sequence[Mapping[str, Any]]) -> list[Shown]:
    return [wire.show_rule(*made) for made in security_rules.create(call.tx, call.caller, values)]


def _create_rule(call: Call, values: Mapping[str, Any], _given: Mapping[str, Any]) -> Shown:
    return _create_rules(call, [values])[0]


def _update_rule(call: Call, id: str, values: Mapping[str, Any]) -> Shown:
    return wire.show_rule(*security_rules.update(call.tx, call.caller, id, values))


add_routes(
    routes,
    Resource(
        "/v2.0/security-groups",
        wire.GROUP,
        _groups,
        _group,
        _create_group,
        _update_group,
        security_groups.delete,
    ),
    list_writes=True,
)
add_routes(
    routes,
    Resource(
        "/v2.0/security-group-rules",
        wire.RULE,
        _rules,
        _rule,
        _create_rule,
        _update_rule,
        security_rules.delete,
        _create_rules,
        "default",
    ),
)
