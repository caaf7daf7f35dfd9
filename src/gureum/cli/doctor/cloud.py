"""What the cloud itself knows: agents, operations, rows against the world."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import click

from gureum import __version__
from gureum.agent.host.process import end
from gureum.cli import client
from gureum.cli.doctor.finding import Finding, Fix
from gureum.cli.place import Place
from gureum.cli.supervisor import running
from gureum.settings import load

_PATH = "/gureum/v1/discrepancies"
_MOST_AHEAD = 1.0
_LOOK_SECONDS = 60


def examine(place: Place, *, strange: bool) -> Iterator[Finding]:
    """What is wrong with a cloud that answers; nothing where it does not, since that was said already."""
    if not client.alive(load(place.state)):
        return
    try:
        admin = client.Admin(place)
        status = admin.get("/gureum/v1/status")
        found = admin.get(_PATH, seconds=_LOOK_SECONDS)
        policies = admin.get("/gureum/v1/policy")["policy"]
    except click.ClickException as error:
        yield Finding(error.message, "the cloud cannot be asked how it is", "gureum status; gureum logs")
        return
    yield from _agents(place, status["agents"], found["unseen"])
    yield from _operations(status["operations"])
    for one in policies:
        if one["problem"]:
            what = f"the policy of {one['service']} is not as its file says: {one['problem']}"
            yield Finding(what, "what was in force before still is", f"edit {one['file']}")
    for one in found["discrepancies"]:
        yield _discrepancy(admin, one, strange)
    for one in found["astray"]:
        plan = f"put right: {one['says']}"
        means = "quota and capacity are taken by nothing, or somebody waits for nothing"
        yield Finding(one["says"], means, "gureum doctor --fix", Fix(plan, partial(_mend, admin, one)))
    yield from _hosts(found)


def _agents(place: Place, agents: list[dict[str, Any]], unseen: list[str]) -> Iterator[Finding]:
    pid = next((one["pid"] for one in (running(place) or {}).get("children", []) if one["name"] == "agent"), None)
    restart = Fix(f"end the agent (process {pid}), so that it is started anew", partial(end, pid or 0, "gureum.agent"))
    for one in agents:
        name = one["name"]
        if not one["up"] or name in unseen:
            yield Finding(
                f"agent {name} is {'silent' if one['up'] else 'down'} since {one['since']}",
                "nothing can be done on its host; guests there go on",
                f"gureum logs agent, on the host {name}; where it is gone for good: openstack compute service delete",
                restart if pid and one["up"] else None,
            )
        elif one["version"] != __version__:
            what = f"agent {name} is of version {one['version']}, the control plane of {__version__}"
            yield Finding(what, "they still understand each other", "install the same version there", serious=False)


def _operations(operations: list[dict[str, Any]]) -> Iterator[Finding]:
    for one in operations:
        if one["tries"] > 2:
            what = f"{one['flow']} of {one['subject']} fails again and again: {one['last_fault']}"
            yield Finding(what, "it is tried again until it succeeds", "gureum logs")


def _discrepancy(admin: client.Admin, one: dict[str, Any], strange: bool) -> Finding:
    thing = f"{one['kind']} {one['id']}"
    fix = Fix("", partial(_mend, admin, one))
    if one["what"] == "missing":
        if one["mendable"]:
            plan = Fix(f"make {thing} again as its row says", fix.do)
            return Finding(f"{thing} has a row, and no host has it", "it does not work", "gureum doctor --fix", plan)
        means = "what it held is gone, unless the host's files are brought back"
        return Finding(f"{thing} has a row, and no host has it", means, "tell its owner; delete it or restore a backup")
    what = f"{thing} is on {one['agent']}, and no row knows it"
    plan = Fix(f"remove {thing} from {one['agent']}", fix.do)
    if one["strange"]:
        means = "this database never asked for it: where it was restored from a backup, somebody may own it"
        mends = "look at it; gureum doctor --fix --strange removes it"
        return Finding(what, means, mends, plan if strange else None)
    means = "an interrupted operation left it: it takes room, and nobody uses it"
    return Finding(what, means, "gureum doctor --fix", plan)


def _mend(admin: client.Admin, one: dict[str, Any]) -> None:
    wish = {name: one.get(name) for name in ("kind", "id", "what", "agent")}
    if not admin.post(f"{_PATH}/mend", {"mend": [wish]})["begun"]:
        raise click.ClickException("it is not as it was any more")


def _hosts(found: dict[str, Any]) -> Iterator[Finding]:
    for one in found["clocks"]:
        if abs(one["ahead"]) > _MOST_AHEAD:
            way = "ahead of" if one["ahead"] > 0 else "behind"
            yield Finding(
                f"the clock of {one['agent']} is {abs(one['ahead']):.0f} s {way} the control plane's",
                "certificates, logs and what guests are told of the time go wrong",
                "on both machines: timedatectl set-ntp true",
            )
    for one in found["too_wide"]:
        yield Finding(
            f"network {one['network']} promises {one['mtu']} bytes, host {one['agent']} carries {one['carries']} with tunnels",
            "small packets pass and large ones vanish: connections hang",
            f"raise the MTU of {one['agent']}'s device, or: openstack network set --mtu … {one['network']}",
        )
