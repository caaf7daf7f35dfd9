"""Servers: booted, stopped, rebooted, paused, suspended, given volumes, restored after their host's reboot, deleted."""

from typing import Any

from gureum.compute.flows import FollowGuest
from gureum.kernel.flow import remembered
from tests.flow.harness import Scenario, Stepped

_V2 = "/compute/v2.1"
_V3 = "/volume/v3"
_NET = "/network/v2.0"
_LEAVES = frozenset({"server_actions", "server_action_events", "compute_counters", "image_tombstones"})
_RESTS = {"ACTIVE", "SHUTOFF", "PAUSED", "SUSPENDED", "ERROR"}


def _surroundings(cloud: Stepped) -> dict[str, Any]:
    """An image, a network, a volume."""
    admin = cloud.admin
    described = {"name": "scenario", "disk_format": "raw", "container_format": "bare"}
    image = admin.post("/image/v2/images", described).ok(201)["id"]
    admin.put(f"/image/v2/images/{image}/file", b"\0" * 4096).ok(204)
    network = admin.post(f"{_NET}/networks", {"network": {"name": "scenario"}}).ok(201)["network"]["id"]
    subnet = {"network_id": network, "cidr": "172.16.0.0/24", "ip_version": 4}
    admin.post(f"{_NET}/subnets", {"subnet": subnet}).ok(201)
    volume = admin.post(f"{_V3}/volumes", {"volume": {"size": 1, "name": "scenario"}}).ok(202)["volume"]["id"]
    return {"image": image, "network": network, "volume": volume}


def _create(cloud: Stepped, made: dict[str, Any]) -> None:
    server = {
        "name": "scenario",
        "imageRef": made["image"],
        "flavorRef": "1",
        "networks": [{"uuid": made["network"]}],
        "user_data": "aGVsbG8=",
        "tags": ["scenario"],
    }
    answer = cloud.admin.post(f"{_V2}/servers", {"server": server}, version="2.96")
    made["server"] = answer.ok(202)["server"]["id"]


def _create_refused(cloud: Stepped, made: dict[str, Any]) -> None:
    cloud.world.faults.add("EnsureDomain", text="Not here.")
    _create(cloud, made)


def _ended_anywhere(cloud: Stepped, made: dict[str, Any]) -> None:
    """Wherever it is, it is there once, and nowhere else is anything of it."""
    for server in cloud.admin.get(f"{_V2}/servers/detail").ok(200)["servers"]:
        assert server["status"] in ("ACTIVE", "ERROR"), server
        assert server["status"] != "ERROR" or server["fault"]["message"], "a fault without words"
        found = [guest.host for guest in cloud.world.find(server["id"])]
        assert found == ([server["OS-EXT-SRV-ATTR:host"]] if server["status"] == "ACTIVE" else []), server


def _server(cloud: Stepped, made: dict[str, Any]) -> dict[str, Any]:
    return cloud.admin.get(f"{_V2}/servers/{made['server']}").ok(200)["server"]


def _wait(cloud: Stepped, made: dict[str, Any], status: str) -> None:
    def reached() -> bool:
        server = _server(cloud, made)
        assert server["status"] != "ERROR", server
        return server["status"] == status

    cloud.wait(reached, f"{status} of the server")


def _running(cloud: Stepped) -> dict[str, Any]:
    made = _surroundings(cloud)
    _create(cloud, made)
    _wait(cloud, made, "ACTIVE")
    return made


def _act(cloud: Stepped, made: dict[str, Any], action: dict[str, Any]) -> None:
    cloud.admin.post(f"{_V2}/servers/{made['server']}/action", action).ok(202)


def _create_on_volumes(cloud: Stepped, made: dict[str, Any]) -> None:
    disks = [
        {"source_type": "image", "uuid": made["image"], "boot_index": 0, "delete_on_termination": True},
        {"source_type": "blank"},
    ]
    server = {
        "name": "scenario",
        "flavorRef": "1",
        "networks": [{"uuid": made["network"]}],
        "block_device_mapping_v2": [one | {"destination_type": "volume", "volume_size": 1} for one in disks],
    }
    answer = cloud.admin.post(f"{_V2}/servers", {"server": server}, version="2.96")
    made["server"] = answer.ok(202)["server"]["id"]


def _running_on_volumes(cloud: Stepped) -> dict[str, Any]:
    made = _surroundings(cloud)
    _create_on_volumes(cloud, made)
    _wait(cloud, made, "ACTIVE")
    return made


def _stopped(cloud: Stepped) -> dict[str, Any]:
    made = _running(cloud)
    _act(cloud, made, {"os-stop": None})
    _wait(cloud, made, "SHUTOFF")
    return made


def _rebuild(cloud: Stepped, made: dict[str, Any]) -> None:
    _act(cloud, made, {"rebuild": {"imageRef": made["image"], "metadata": {"a": "b"}}})


def _paused(cloud: Stepped) -> dict[str, Any]:
    made = _running(cloud)
    _act(cloud, made, {"pause": None})
    _wait(cloud, made, "PAUSED")
    return made


def _suspended(cloud: Stepped) -> dict[str, Any]:
    made = _running(cloud)
    _act(cloud, made, {"suspend": None})
    _wait(cloud, made, "SUSPENDED")
    return made


def _attach(cloud: Stepped, made: dict[str, Any]) -> None:
    body = {"volumeAttachment": {"volumeId": made["volume"]}}
    cloud.admin.post(f"{_V2}/servers/{made['server']}/os-volume_attachments", body).ok(200)


def _volume_status(cloud: Stepped, made: dict[str, Any]) -> str:
    return cloud.admin.get(f"{_V3}/volumes/{made['volume']}").ok(200)["volume"]["status"]


def _attached(cloud: Stepped) -> dict[str, Any]:
    made = _running(cloud)
    cloud.wait(lambda: _volume_status(cloud, made) == "available")
    _attach(cloud, made)
    cloud.wait(lambda: _volume_status(cloud, made) == "in-use")
    return made


def _attached_for_life(cloud: Stepped) -> dict[str, Any]:
    made = _attached(cloud)
    body = {"volumeAttachment": {"volumeId": made["volume"], "delete_on_termination": True}}
    path = f"{_V2}/servers/{made['server']}/os-volume_attachments/{made['volume']}"
    cloud.admin.put(path, body, version="2.85").ok(202)
    return made


def _detach(cloud: Stepped, made: dict[str, Any]) -> None:
    cloud.admin.delete(f"{_V2}/servers/{made['server']}/os-volume_attachments/{made['volume']}").ok(202)


def _attach_interface(cloud: Stepped, made: dict[str, Any]) -> None:
    body = {"interfaceAttachment": {"net_id": made["network"]}}
    cloud.admin.post(f"{_V2}/servers/{made['server']}/os-interface", body).ok(200)


def _detach_interface(cloud: Stepped, made: dict[str, Any]) -> None:
    path = f"{_V2}/servers/{made['server']}/os-interface"
    port = cloud.admin.get(path).ok(200)["interfaceAttachments"][0]["port_id"]
    cloud.admin.delete(f"{path}/{port}").ok(202)


def _delete_port(cloud: Stepped, made: dict[str, Any]) -> None:
    ports = cloud.admin.get(f"{_NET}/ports?device_id={made['server']}").ok(200)["ports"]
    cloud.admin.delete(f"{_NET}/ports/{ports[0]['id']}").ok(204)


def _end_while_copied(cloud: Stepped, made: dict[str, Any]) -> None:
    """The guest ends by itself while an image of it is made."""
    _act(cloud, made, {"createImage": {"name": "scenario"}})
    cloud.world.shut_down(made["server"])
    cloud.wait(lambda: cloud.read(lambda tx: remembered(tx, FollowGuest, made["server"])), "the news")


def _begin_delete(cloud: Stepped, made: dict[str, Any]) -> None:
    cloud.admin.delete(f"{_V2}/servers/{made['server']}").ok(204)


def _reboot_host(cloud: Stepped, made: dict[str, Any]) -> None:
    """All guests are off when the host's agent is there again."""
    cloud.disconnect_agent()
    cloud.world.power_cut(cloud.first_host)
    cloud.connect_agent()
    cloud.wait(lambda: cloud.unfinished() or _runs(cloud, made["server"]), "the host's news")


def _remove(cloud: Stepped, made: dict[str, Any]) -> None:
    """Servers first; what they held goes the next time."""
    admin = cloud.admin
    for one in admin.get(f"{_V2}/servers").ok(200)["servers"]:
        assert admin.delete(f"{_V2}/servers/{one['id']}").status in (204, 404)
    if admin.get(f"{_V2}/servers").ok(200)["servers"]:
        return
    for one in admin.get(f"{_V3}/volumes").ok(200)["volumes"]:
        admin.delete(f"{_V3}/volumes/{one['id']}")
    for one in admin.get(f"{_NET}/networks").ok(200)["networks"]:
        admin.delete(f"{_NET}/networks/{one['id']}")
    for one in admin.get("/image/v2/images").ok(200)["images"]:
        admin.delete(f"/image/v2/images/{one['id']}")
    for one in admin.get(f"{_NET}/security-groups").ok(200)["security_groups"]:
        admin.delete(f"{_NET}/security-groups/{one['id']}")


def _runs(cloud: Stepped, id: str) -> bool:
    guest = cloud.world.guests.get(f"{cloud.first_host}/{id}")
    return guest is not None and guest.power == "running"


def _ended(cloud: Stepped, made: dict[str, Any]) -> None:
    for server in cloud.admin.get(f"{_V2}/servers/detail").ok(200)["servers"]:
        assert server["status"] in _RESTS, server
        assert server["OS-EXT-STS:task_state"] is None, server
        assert server["status"] != "ERROR" or server["fault"]["message"], "a fault without words"
        assert server["status"] != "ACTIVE" or _runs(cloud, server["id"]), "active, but no guest runs"
        guest = cloud.world.guests.get(f"{cloud.first_host}/{server['id']}")
        assert server["status"] != "PAUSED" or (guest and guest.power == "paused"), "paused, but its guest is not"
        assert server["status"] != "SUSPENDED" or (guest and guest.saved), "suspended, but no memory is kept"


def _plugged_as_rows_say(cloud: Stepped, made: dict[str, Any]) -> None:
    _ended(cloud, made)
    for server in cloud.admin.get(f"{_V2}/servers").ok(200)["servers"]:
        ports = cloud.admin.get(f"{_NET}/ports?device_id={server['id']}").ok(200)["ports"]
        guest = cloud.world.guests.get(f"{cloud.first_host}/{server['id']}")
        assert guest is None or {nic.port_id for nic in guest.spec.nics} == {port["id"] for port in ports}


def _images_are_whole(cloud: Stepped, made: dict[str, Any]) -> None:
    _ended(cloud, made)
    for image in cloud.admin.get("/image/v2/images").ok(200)["images"]:
        assert image["status"] == "active", image
    assert not cloud.world.copies.keys(), "a copy that nobody needs"


def _acting(name: str, flow: str, given: Any, action: dict[str, Any]) -> Scenario:
    def begin(cloud: Stepped, made: dict[str, Any]) -> None:
        _act(cloud, made, action)

    return Scenario(name, frozenset({flow}), given, begin, _remove, _ended, leaves=_LEAVES)


def _plugging(name: str, begin: Any, ended: Any = _plugged_as_rows_say) -> Scenario:
    return Scenario(name, frozenset({"PlugInterfaces"}), _running, begin, _remove, ended, leaves=_LEAVES)


SCENARIOS = [
    Scenario("boot server", frozenset({"BootServer"}), _surroundings, _create, _remove, _ended, leaves=_LEAVES),
    Scenario(
        "boot server where one host refuses",
        frozenset({"BootServer"}),
        _surroundings,
        _create_refused,
        _remove,
        _ended_anywhere,
        hosts=2,
        leaves=_LEAVES,
    ),
    Scenario("delete server", frozenset({"DeleteServer"}), _attached, _begin_delete, _remove, _ended, leaves=_LEAVES),
    Scenario(
        "delete server with its volume",
        frozenset({"DeleteServer"}),
        _attached_for_life,
        _begin_delete,
        _remove,
        _ended,
        leaves=_LEAVES,
    ),
    _acting("stop server", "StopServer", _running, {"os-stop": None}),
    _acting("start server", "StartServer", _stopped, {"os-start": None}),
    _acting("reboot server", "RebootServer", _running, {"reboot": {"type": "HARD"}}),
    _acting("reboot suspended server", "RebootServer", _suspended, {"reboot": {"type": "HARD"}}),
    _acting("pause server", "PauseServer", _running, {"pause": None}),
    _acting("unpause server", "UnpauseServer", _paused, {"unpause": None}),
    _acting("suspend server", "SuspendServer", _running, {"suspend": None}),
    _acting("resume server", "ResumeServer", _suspended, {"resume": None}),
    Scenario("rebuild server", frozenset({"RebuildServer"}), _running, _rebuild, _remove, _ended, leaves=_LEAVES),
    Scenario(
        "rebuild stopped server", frozenset({"RebuildServer"}), _stopped, _rebuild, _remove, _ended, leaves=_LEAVES
    ),
    _plugging("attach interface", _attach_interface),
    _plugging("detach interface", _detach_interface),
    _plugging("delete a guest's port", _delete_port, _ended),
    Scenario(
        "boot from volume",
        frozenset({"BootServer"}),
        _surroundings,
        _create_on_volumes,
        _remove,
        _ended,
        leaves=_LEAVES,
    ),
    Scenario(
        "delete server on volumes",
        frozenset({"DeleteServer"}),
        _running_on_volumes,
        _begin_delete,
        _remove,
        _ended,
        leaves=_LEAVES,
    ),
    Scenario(
        "snapshot server",
        frozenset({"SnapshotServer"}),
        _stopped,
        lambda cloud, made: _act(cloud, made, {"createImage": {"name": "scenario"}}),
        _remove,
        _images_are_whole,
        leaves=_LEAVES,
    ),
    Scenario(
        "guest ends while copied",
        frozenset({"SnapshotServer", "FollowGuest"}),
        _running,
        _end_while_copied,
        _remove,
        _images_are_whole,
        leaves=_LEAVES,
    ),
    Scenario("attach volume", frozenset({"PlugVolumes"}), _running, _attach, _remove, _ended, leaves=_LEAVES),
    Scenario("detach volume", frozenset({"PlugVolumes"}), _attached, _detach, _remove, _ended, leaves=_LEAVES),
    Scenario("restore server", frozenset({"RestoreServer"}), _running, _reboot_host, _remove, _ended, leaves=_LEAVES),
]
