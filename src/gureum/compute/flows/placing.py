"""Choosing a server's host and holding its resources there, in one transaction."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gureum.compute.host import Host
from gureum.compute.schedule import explain, wanted
from gureum.compute.schedule.filters import first_refusal, preference, retry
from gureum.compute.server import Server
from gureum.compute.settings import settings
from gureum.compute.store import aggregates, decisions, hosts, server_groups, servers
from gureum.kernel.store.tx import Tx
from gureum.kernel.trace import span
from gureum.placement.service import claims, providers

_MOST_EXPLAINED = 2000


def place(tx: Tx, server: Server, refused_by: Mapping[str, str] | None = None) -> Host | str | None:
    """The host for a server with its resources claimed; or, where no host will do, why not, in words for its owner. None where
    one would do that was not there a moment ago: look again.

    `refused_by` are hosts that would not make it, with what they said. The decision is kept either way.
    """
    if server.group_id is not None:
        tx.lock("server group", server.group_id)
    asked = _asked(tx, server, refused_by)
    refused: list[explain.Refusal] = []
    offset = 0
    # A preference is about all hosts with room, not about those with the most of it.
    limit = _MOST_EXPLAINED if asked.mates else settings.candidates
    while True:
        with span("placement", "room"):
            page = claims.candidates(tx, asked.resources, zone=asked.zone, name=asked.host, limit=limit, offset=offset)
        with span("scheduler", "candidates"):
            by_uuid = {host.uuid: host for host in hosts.by_uuids(tx, page)}
            chosen = _first_fit([by_uuid[uuid] for uuid in page if uuid in by_uuid], asked, refused)
        if chosen is not None:
            with span("scheduler", "claim"):
                owner = {"project_id": server.project_id, "user_id": server.user_id}
                claims.claim(tx, server.id, chosen.uuid, asked.resources, **owner)
                decisions.add(tx, server.id, asked.plain(), chosen.name, [*_tried(tx, asked), *refused])
            return chosen
        if len(page) < limit:
            break
        offset += len(page)
    refused = _explained(tx, asked)
    decisions.add(tx, server.id, asked.plain(), None, refused)
    return None if explain.moved(refused) else explain.summary(refused)


def _first_fit(candidates: list[Host], asked: wanted.Wanted, refused: list[explain.Refusal]) -> Host | None:
    """The first that no filter refuses; refusals are added to `refused`."""
    untried = (one for one in candidates if one.name not in asked.refused_by)
    for host in sorted(untried, key=lambda one: preference(one, asked)):
        refusal = first_refusal(host, asked)
        if refusal is None:
            return host
        refused.append({"host": host.name, "filter": refusal[0], "reason": refusal[1]})
    return None


def _asked(tx: Tx, server: Server, refused_by: Mapping[str, str] | None = None) -> wanted.Wanted:
    """What the server wants, with what the filters must know for it."""
    asked = wanted.of_server(server, refused_by)
    if asked.of_aggregates:
        asked = replace(asked, aggregates=aggregates.metadata_by_host(tx))
    group = server_groups.find(tx, server.group_id) if server.group_id else None
    if group is not None:
        asked = replace(asked, group=group, mates=server_groups.on_hosts(tx, group.id, server.id))
    beside, away_from = _named(server, "same_host"), _named(server, "different_host")
    if beside or away_from:
        where = servers.hosts_of(tx, server.project_id, {*beside, *away_from})
        apart = {where[id] for id in away_from if id in where}
        together = {where[id] for id in beside if id in where} if beside else None
        asked = replace(asked, beside=together, away_from=apart)
    return asked


def _named(server: Server, hint: str) -> list[str]:
    """The servers that a scheduler hint names."""
    said: Any = server.hints.get(hint) or []
    return [said] if isinstance(said, str) else list(said)


def _tried(tx: Tx, asked: wanted.Wanted) -> list[explain.Refusal]:
    """What the hosts said that would not make it."""
    return [
        {"host": host.name, "filter": "RetryFilter", "reason": reason}
        for host in (hosts.everyone(tx, asked.refused_by) if asked.refused_by else ())
        if (reason := retry(host, asked)) is not None
    ]


def _explained(tx: Tx, asked: wanted.Wanted) -> list[explain.Refusal]:
    """Why each host will not do, as things stand."""
    everyone = hosts.everyone(tx)[:_MOST_EXPLAINED]
    inventories = providers.inventories(tx, [host.uuid for host in everyone])
    return explain.refusals(everyone, inventories, asked)


def problems_now(tx: Tx, server: Server) -> dict[str, list[explain.Refusal]]:
    """By host, all that keeps a server from it, as things stand."""
    everyone = hosts.everyone(tx)[:_MOST_EXPLAINED]
    inventories = providers.inventories(tx, [host.uuid for host in everyone])
    asked = _asked(tx, server)
    return {host.name: list(explain.problems(host, inventories.get(host.uuid, {}), asked)) for host in everyone}


def anyone_up(tx: Tx) -> bool:
    """Whether any host is up: a cloud that has just started waits for its first."""
    return hosts.any_up(tx)
