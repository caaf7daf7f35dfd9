"""Choosing a server's host and holding its resources there, in one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gureum.compute.host import Host
from gureum.compute.schedule import explain, wanted
from gureum.compute.schedule.filters import first_refusal, preference, retry
from gureum.compute.server import Server
from gureum.compute.settings import settings
from gureum.compute.store import aggregates, decisions, hosts, server_groups, servers
from gureum.kernel.faults import NoCapacity
from gureum.kernel.store.tx import Tx
from gureum.kernel.trace import span
from gureum.placement.service import claims, providers

_MOST_EXPLAINED = 2000


def place(
    tx: Tx, server: Server, refused_by: Mapping[str, str] | None = None, *, patient: bool = False
) -> Host | str | None:
    """The host for a server with its resources claimed; or, where no host will do, why not, in words for its owner.

    `refused_by` are hosts that would not make it, with what they said. `patient`: None where it may be otherwise soon, because
    no host is up yet, or because one would do that was not there a moment ago. Else the decision is kept.
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
        chosen = _claimed(tx, server, asked, page, refused)
        if chosen is not None:
            decisions.add(tx, server.id, asked.plain(), chosen.name, [*_tried(tx, asked), *refused])
            return chosen
        if len(page) < limit:
            break
        offset += len(page)
    if patient and not hosts.any_up(tx):
        return None
    refused = _explained(tx, asked)
    if patient and explain.moved(refused):
        return None
    decisions.add(tx, server.id, asked.plain(), None, refused)
    return explain.summary(refused)


def _claimed(
    tx: Tx, server: Server, asked: wanted.Wanted, page: Sequence[str], refused: list[explain.Refusal]
) -> Host | None:
    """The first host that no filter refuses and that still has the room, with the claim; refusals are added to `refused`."""
    with span("scheduler", "candidates"):
        by_uuid = {host.uuid: host for host in hosts.by_uuids(tx, page)}
        fits = _fits([by_uuid[uuid] for uuid in page if uuid in by_uuid], asked, refused)
        host = next(fits, None)
    with span("scheduler", "claim"):
        while host is not None and not _claim(tx, server, asked, host, refused):
            host = next(fits, None)
    return host


def _fits(candidates: list[Host], asked: wanted.Wanted, refused: list[explain.Refusal]) -> Iterator[Host]:
    """Those that no filter refuses, the preferred ones first; refusals are added to `refused`."""
    untried = (one for one in candidates if one.name not in asked.refused_by)
    for host in sorted(untried, key=lambda one: preference(one, asked)):
        refusal = first_refusal(host, asked)
        if refusal is None:
            yield host
        else:
            refused.append({"host": host.name, "filter": refusal[0], "reason": refusal[1]})


def _claim(tx: Tx, server: Server, asked: wanted.Wanted, host: Host, refused: list[explain.Refusal]) -> bool:
    """Hold the host's resources; False, with a refusal, where another server was faster."""
    try:
        with tx.savepoint("claim"):
            owner = {"project_id": server.project_id, "user_id": server.user_id}
            claims.claim(tx, server.id, host.uuid, asked.resources, **owner)
    except NoCapacity as fault:
        refused.append(explain.late(host, fault.message))
        return False
    return True


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
