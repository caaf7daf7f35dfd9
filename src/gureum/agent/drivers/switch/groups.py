"""Security groups: a port group each, its rules as ACLs; and one group that drops what no rule lets through."""

from gureum.agent.drivers.switch import rules
from gureum.agent.drivers.switch.draft import DROP_GROUP, Draft, Row, group_name, join, part, read
from gureum.contracts.switch import EnsureSecurityGroup, RemoveSecurityGroup

Acl = tuple[str, int, str, str, str]
"""Direction, priority, match, action, rule id."""


def ensure(draft: Draft, generation: int, asked: EnsureSecurityGroup) -> None:
    """Make the group's ACLs be its rules."""
    group = bare(draft, asked.group_id)
    if draft.outdated(group, generation):
        return
    for remote in {rule.remote_group_id for rule in asked.rules} - {None, asked.group_id}:
        bare(draft, remote)
    wanted = {
        (rules.direction(rule), rules.ALLOW_PRIORITY, rules.match(asked.group_id, rule), "allow-related", rule.rule_id)
        for rule in asked.rules
    }
    _write(draft, group, wanted)
    draft.stamp(group, generation, group=asked.group_id)


def remove(draft: Draft, generation: int, asked: RemoveSecurityGroup) -> None:
    """Take the group away; its ACLs go with it."""
    group = draft.find("Port_Group", group_name(asked.group_id))
    if group is not None and not draft.outdated(group, generation):
        group.delete()


def bare(draft: Draft, group_id: str) -> Row:
    """The group, without rules when it is not there yet."""
    return draft.find_or_make("Port_Group", group_name(group_id))


def drop_group(draft: Draft) -> Row:
    """The group of all ports with port security."""
    group = draft.find("Port_Group", DROP_GROUP)
    if group is None:
        group = draft.make("Port_Group", name=DROP_GROUP)
        wanted = {(way, rules.ALLOW_PRIORITY, match, "allow", "") for way, match in rules.ALWAYS}
        wanted |= {(way, rules.DROP_PRIORITY, match, "drop", "") for way, match in rules.DROPS}
        _write(draft, group, wanted)
    return group


def _write(draft: Draft, group: Row, wanted: set[Acl]) -> None:
    present: dict[Acl, Row] = {}
    for row in read(group, "acls", []):
        rule_id = row.external_ids.get("gureum:rule", "")
        present[(row.direction, row.priority, row.match, row.action, rule_id)] = row
    for key in present.keys() - wanted:
        part(group, "acls", present[key])
    for key in sorted(wanted - present.keys()):
        way, priority, match, action, rule_id = key
        ids = {"gureum:rule": rule_id} if rule_id else {}
        acl = draft.make("ACL", direction=way, priority=priority, match=match, action=action, external_ids=ids)
        join(group, "acls", acl)
