"""What a guest learns about itself, as files: the same for the config drive and the metadata service. Pure."""

import base64
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gureum.compute.server import Server

OPENSTACK_VERSIONS = (
    "2012-08-10",
    "2013-04-04",
    "2013-10-17",
    "2015-10-15",
    "2016-06-30",
    "2016-10-06",
    "2017-02-22",
    "2018-08-27",
    "2020-10-14",
    "latest",
)
EC2_VERSIONS = ("1.0", "2007-01-19", "2007-03-01", "2007-08-29", "2008-02-01", "2008-09-01", "2009-04-04", "latest")
DOMAIN = "novalocal"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is not in the server's own row: its addresses (fixed and floating), groups, volumes' devices by volume."""

    network_data: Mapping[str, Any]
    fixed: Sequence[str] = ()
    floating: Sequence[str] = ()
    security_groups: Sequence[str] = ()
    devices: Sequence[Mapping[str, Any]] = ()


def files(server: Server, around: Surroundings) -> dict[str, bytes]:
    """Every file by its path."""
    found: dict[str, bytes] = {}
    meta = _json(_meta_data(server, around))
    network = _json(around.network_data)
    user_data = None if server.user_data is None else base64.b64decode(server.user_data)
    for version in OPENSTACK_VERSIONS:
        found[f"openstack/{version}/meta_data.json"] = meta
        found[f"openstack/{version}/network_data.json"] = network
        found[f"openstack/{version}/vendor_data.json"] = b"{}"
        found[f"openstack/{version}/vendor_data2.json"] = b"{}"
        if user_data is not None:
            found[f"openstack/{version}/user_data"] = user_data
    for number, content in enumerate(server.personality.values()):
        found[f"openstack/content/{number:04d}"] = base64.b64decode(content)
    ec2 = _ec2(server, around)
    for version in EC2_VERSIONS:
        for path, text in ec2.items():
            found[f"{version}/meta-data/{path}"] = text.encode()
        if user_data is not None:
            found[f"{version}/user-data"] = user_data
    return found


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _hostname(server: Server) -> str:
    return server.hostname if "." in server.hostname else f"{server.hostname}.{DOMAIN}"


def _meta_data(server: Server, around: Surroundings) -> dict[str, Any]:
    meta: dict[str, Any] = {"uuid": server.id}
    if server.metadata:
        meta["meta"] = server.metadata
    if server.personality:
        meta["files"] = [
            {"path": path, "content_path": f"/content/{number:04d}"} for number, path in enumerate(server.personality)
        ]
    if server.key_name is not None and server.key is not None:
        meta["public_keys"] = {server.key_name: server.key + "\n"}
        meta["keys"] = [{"name": server.key_name, "type": "ssh", "data": server.key + "\n"}]
    if server.admin_password is not None:
        meta["admin_pass"] = server.admin_password
    return meta | {
        "hostname": _hostname(server),
        "name": server.name,
        "launch_index": server.launch_index,
        "availability_zone": server.zone,
        "random_seed": base64.b64encode(os.urandom(512)).decode(),
        "project_id": server.project_id,
        "devices": list(around.devices),
        "dedicated_cpus": [],
    }


def _ec2(server: Server, around: Surroundings) -> dict[str, str]:
    name = _hostname(server)
    found = {
        "ami-id": server.image_id,
        "ami-launch-index": str(server.launch_index),
        "ami-manifest-path": "FIXME",
        "block-device-mapping/ami": "vda",
        "block-device-mapping/root": "/dev/vda",
        "hostname": name,
        "instance-action": "none",
        "instance-id": f"i-{server.number:08x}",
        "instance-type": str(server.flavor["original_name"]),
        "local-hostname": name,
        "local-ipv4": next((one for one in around.fixed if ":" not in one), ""),
        "placement/availability-zone": server.zone,
        "public-hostname": name,
        "public-ipv4": next((one for one in around.floating if ":" not in one), ""),
        "reservation-id": server.reservation_id,
        "security-groups": "\n".join(around.security_groups),
    }
    if server.key is not None:
        found["public-keys/0/openssh-key"] = server.key + "\n"
    return found
