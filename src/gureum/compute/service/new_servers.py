"""Making servers: everything is checked before there is a row."""

import re
import secrets
import string
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from gureum.compute.block_device import VolumeMapping, root_of
from gureum.compute.flavor import Flavor
from gureum.compute.flows import BootServer
from gureum.compute.server import Server
from gureum.compute.service import boot_volumes, metadata, server_groups
from gureum.compute.service import new_server_checks as checks
from gureum.compute.store import actions, tags
from gureum.compute.store import servers as store
from gureum.image.image import Image
from gureum.image.service import for_compute as images
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid
from gureum.kernel.flow import intend
from gureum.kernel.ids import new_uuid
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx
from gureum.network.service import for_compute as network
from gureum.network.service.for_compute import NetworkRequest

_ALPHABETS = (
    string.digits.translate({ord("0"): None, ord("1"): None}),
    "ABCDEFGHJKLMNPQRSTUVWXYZ",
    "abcdefghijkmnopqrstuvwxyz",
)
_PASSWORD_LENGTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class NewServers:
    """What a client asks for. `networks` are NICs, or `auto`, `none`, or `if-any` (the one network there is, if any).

    Without an image the server boots from one of `volumes`. `zone` may be `zone:host` for those who may say so. `user_data` and
    the contents of `personality` are base64.
    """

    name: str
    flavor_id: str
    image_id: str
    volumes: list[VolumeMapping] = field(default_factory=list[VolumeMapping])
    networks: list[NetworkRequest] | Literal["auto", "none", "if-any"] = "auto"
    least: int = 1
    most: int = 1
    zone: str | None = None
    host: str | None = None
    key_name: str | None = None
    security_groups: list[str] = field(default_factory=list[str])
    user_data: str | None = None
    config_drive: bool | None = None
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    personality: dict[str, str] = field(default_factory=dict[str, str])
    hints: dict[str, Any] = field(default_factory=dict[str, Any])
    description: str | None = None
    hostname: str | None = None
    tags: list[str] = field(default_factory=list[str])
    admin_password: str | None = None
    disk_config: str = "MANUAL"
    access_ip_v4: str | None = None
    access_ip_v6: str | None = None


@dataclass(frozen=True, slots=True)
class Created:
    """The servers that were made, and the password that all of them have."""

    servers: list[Server]
    reservation_id: str
    admin_password: str


def create(tx: Tx, caller: Caller, asked: NewServers) -> Created:
    """Make servers and start to boot them; at least `least`, up to `most` as far as quotas go.

    Raises Invalid, Forbidden, Conflict, OverQuota; then nothing was made.
    """
    _demand(caller, asked)
    if asked.least > asked.most:
        raise Invalid("min_count must be <= max_count")
    zone, host = checks.destination(tx, caller, asked.zone, asked.host)
    from_volume = any(one.is_root for one in asked.volumes)
    flavor = checks.flavor(tx, caller, asked.flavor_id, from_volume=from_volume)
    boot_volumes.check(tx, caller, asked.volumes, asked.most)
    root = root_of(asked.volumes, asked.image_id)
    if root is None:
        bootable = from_image(tx, checks.image(tx, caller, asked.image_id, flavor))
    else:
        bootable = boot_volumes.root_properties(tx, caller, root, flavor)
    key = checks.key(tx, caller, asked.key_name)
    metadata.check_quota(tx, caller.project_id or "", asked.metadata)
    checks.personality(tx, caller, asked.personality)
    checks.security_groups(tx, caller, asked.security_groups)
    requests = checks.networks(tx, caller, asked.networks)
    count = checks.quota(tx, caller.project_id or "", flavor, asked.least, asked.most)
    network.check_requests(tx, caller, requests, count)
    group = server_groups.join(tx, caller, asked.hints.get("group"), count)
    password = asked.admin_password or new_password()
    reservation = "r-" + "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(8))
    template = {
        "project_id": caller.project_id,
        "user_id": caller.user_id,
        "requested_zone": zone,
        "requested_host": host,
        **bootable,
        **_from_flavor(flavor),
        "key_name": None if key is None else key.name,
        "key": None if key is None else key.public_key,
        "description": asked.description,
        "metadata": asked.metadata,
        "hints": asked.hints,
        "group_id": group,
        "user_data": asked.user_data,
        "admin_password": password,
        "personality": asked.personality,
        "config_drive": asked.config_drive,
        "disk_config": asked.disk_config,
        "access_ip_v4": asked.access_ip_v4,
        "access_ip_v6": asked.access_ip_v6,
        "security_groups": asked.security_groups or ["default"],
        "reservation_id": reservation,
    }
    made = [_make(tx, asked, index, count, template) for index in range(count)]
    nics = [{name: getattr(one, name) for name in NetworkRequest.__dataclass_fields__} for one in requests]
    for server in made:
        boot_volumes.give(tx, caller, server, asked.volumes)
        intend(tx, BootServer, server.id, action=actions.begin(tx, server.id, "create"), networks=nics)
    return Created(made, reservation, password)


def _demand(caller: Caller, asked: NewServers) -> None:
    """Raise Forbidden for who may not make servers, or not with networks or volumes that are named."""
    rule = "os_compute_api:servers:create"
    policy.demand("compute", rule, caller)
    if asked.networks and asked.networks not in ("none", "if-any"):
        policy.demand("compute", f"{rule}:attach_network", caller)
    if asked.volumes:
        policy.demand("compute", f"{rule}:attach_volume", caller)


def _make(tx: Tx, asked: NewServers, index: int, count: int, template: dict[str, Any]) -> Server:
    several = asked.most > 1
    name = f"{asked.name}-{index + 1}" if several else asked.name
    hostname = asked.hostname or name
    if several and asked.hostname:
        hostname = f"{asked.hostname}-{index + 1}"
    id = new_uuid()
    server = Server(
        id=id,
        number=store.next_number(tx),
        name=name,
        hostname=(asked.hostname and hostname) or host_name(hostname, id),
        launch_index=index,
        created_at=clock.now(),
        **template,
    )
    store.add(tx, server)
    tags.replace(tx, id, asked.tags)
    return server


def host_name(name: str, server_id: str) -> str:
    """A server's name as a host's: what DNS would take, `Server-<id>` where nothing is left."""
    text = re.sub(r"[ _.]", "-", name.encode("latin-1", "ignore").decode("latin-1"))
    text = re.sub(r"[^a-zA-Z0-9-]", "", text).lower().strip("-")
    return text[:63].rstrip("-") or f"Server-{server_id}"


def new_password() -> str:
    """Twelve characters, some of each kind."""
    chosen = [secrets.choice(alphabet) for alphabet in _ALPHABETS]
    chosen += [secrets.choice("".join(_ALPHABETS)) for _ in range(_PASSWORD_LENGTH - len(chosen))]
    secrets.SystemRandom().shuffle(chosen)
    return "".join(chosen)


def from_image(tx: Tx, image: Image) -> dict[str, Any]:
    """The columns of a server that remember its image."""
    source = images.source(tx, image.id)
    return {
        "image_id": image.id,
        "image_properties": dict(image.properties),
        "image_source": msgspec.to_builtins(source),
    }


def _from_flavor(flavor: Flavor) -> dict[str, Any]:
    return {"flavor": flavor.snapshot(), "vcpus": flavor.vcpus, "ram": flavor.ram}
