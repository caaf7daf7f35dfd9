"""JSON Schemas of what clients send about servers, by microversion. Clients see their words in error messages."""

from collections.abc import Callable, Iterable

from gureum.compute.wire.formats import FORMATS
from gureum.compute.wire.values import BOOLEAN, NAME, Schema
from gureum.kernel.http.history import Version
from gureum.kernel.http.schema import Shapes

COUNT: Schema = {"type": ["integer", "string"], "pattern": "^[0-9]*$", "minimum": 1, "minLength": 1}
UUID: Schema = {"type": "string", "format": "uuid"}
TAG: Schema = {"type": "string", "minLength": 1, "maxLength": 60, "pattern": "^[^,/]*$"}
ADDRESS: Schema = {"type": "string", "oneOf": [{"format": "ipv4"}, {"format": "ipv6"}]}
METADATA: Schema = {
    "type": "object",
    "patternProperties": {"^[a-zA-Z0-9-_:. ]{1,255}$": {"type": "string", "maxLength": 255}},
    "additionalProperties": False,
}
DESCRIPTION: Schema = {"type": ["string", "null"], "minLength": 0, "maxLength": 255}
IMAGE: Schema = {"oneOf": [UUID, {"type": "string", "maxLength": 0}]}
HOST: Schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[a-zA-Z0-9-._]*$"}
DISK_CONFIG: Schema = {"type": "string", "enum": ["AUTO", "MANUAL"]}
_HOSTNAME_290: Schema = {
    "type": "string",
    "minLength": 2,
    "maxLength": 63,
    "pattern": "^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$",
}
_CERTIFICATES: Schema = {
    "type": ["array", "null"],
    "minItems": 1,
    "maxItems": 50,
    "uniqueItems": True,
    "items": {"type": "string", "minLength": 1},
}
_PERSONALITY: Schema = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"path": {"type": "string"}, "contents": {"type": "string", "format": "base64"}},
        "additionalProperties": False,
    },
}
_SERVERS_HINT: Schema = {"anyOf": [UUID, {"type": "array", "items": UUID, "maxItems": 100}]}
_HINTS: Schema = {
    "type": "object",
    "properties": {"group": UUID, "different_host": _SERVERS_HINT, "same_host": _SERVERS_HINT},
    "additionalProperties": True,
}
_BDM: dict[str, Schema] = {
    "virtual_name": {"type": "string", "maxLength": 255},
    "volume_id": UUID,
    "snapshot_id": UUID,
    "volume_size": {"type": ["integer", "string"], "pattern": "^[0-9]+$", "minimum": 1, "maximum": 2147483647},
    "device_name": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[a-zA-Z0-9._/-]*$"},
    "delete_on_termination": BOOLEAN,
    "no_device": {},
    "connection_info": {"type": "string", "maxLength": 16777215},
}
_BDM2: dict[str, Schema] = _BDM | {
    "source_type": {"type": "string", "enum": ["volume", "image", "snapshot", "blank"]},
    "uuid": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[a-zA-Z0-9._-]*$"},
    "image_id": UUID,
    "destination_type": {"type": "string", "enum": ["local", "volume"]},
    "guest_format": {"type": "string", "maxLength": 255},
    "device_type": {"type": "string", "maxLength": 255},
    "disk_bus": {"type": "string", "maxLength": 255},
    "boot_index": {"type": ["integer", "string", "null"], "pattern": "^-?[0-9]+$"},
}
_CREATE: dict[str, Schema] = {
    "name": NAME,
    "imageRef": IMAGE,
    "flavorRef": {"type": ["string", "integer"], "minLength": 1},
    "adminPass": {"type": "string"},
    "metadata": METADATA,
    "OS-DCF:diskConfig": DISK_CONFIG,
    "accessIPv4": {"type": "string", "format": "ipv4"},
    "accessIPv6": {"type": "string", "format": "ipv6"},
    "availability_zone": NAME,
    "block_device_mapping": {
        "type": "array",
        "items": {"type": "object", "properties": _BDM, "additionalProperties": False},
    },
    "config_drive": BOOLEAN,
    "key_name": NAME,
    "min_count": COUNT,
    "max_count": COUNT,
    "return_reservation_id": BOOLEAN,
    "security_groups": {
        "type": "array",
        "items": {"type": "object", "properties": {"name": NAME}, "additionalProperties": False},
    },
    "user_data": {"type": "string", "format": "base64", "maxLength": 65535},
}


def _object(properties: dict[str, Schema], required: Iterable[str] = ()) -> Schema:
    """A closed object. The order counts: what is missing is told before what is too much."""
    wanted = {"required": list(required)} if required else {}
    return {"type": "object", "properties": properties, **wanted, "additionalProperties": False}


def _networks(version: Version) -> Schema:
    item: dict[str, Schema] = {"fixed_ip": ADDRESS, "port": {"type": ["string", "null"], "format": "uuid"}}
    item["uuid"] = UUID if version >= (2, 37) else {"type": "string"}
    if version == (2, 32) or version >= (2, 42):
        item["tag"] = TAG
    listed: Schema = {"type": "array", "items": _object(item)}
    return listed if version < (2, 37) else {"oneOf": [listed, {"type": "string", "enum": ["none", "auto"]}]}


def _create(version: Version) -> Schema:
    server = dict(_CREATE)
    mapped = dict(_BDM2)
    if version == (2, 32) or version >= (2, 42):
        mapped["tag"] = TAG
    if version >= (2, 67):
        mapped["volume_type"] = {"type": ["string", "null"], "minLength": 0, "maxLength": 255}
    server["block_device_mapping_v2"] = {"type": "array", "items": _object(mapped)}
    server["networks"] = _networks(version)
    if version < (2, 57):
        server["personality"] = _PERSONALITY
    later: list[tuple[Version, dict[str, Schema]]] = [
        ((2, 19), {"description": DESCRIPTION}),
        ((2, 52), {"tags": {"type": "array", "items": TAG, "maxItems": 50}}),
        ((2, 63), {"trusted_image_certificates": _CERTIFICATES}),
        ((2, 74), {"host": HOST, "hypervisor_hostname": HOST}),
        ((2, 90), {"hostname": _HOSTNAME_290 if version < (2, 94) else HOST}),
    ]
    for since, added in later:
        if version >= since:
            server |= added
    required = ["name", "flavorRef", *(["networks"] if version >= (2, 37) else [])]
    body: dict[str, Schema] = {
        "server": _object(server, required),
        "os:scheduler_hints": _HINTS,
        "OS-SCH-HNT:scheduler_hints": _HINTS,
    }
    return _object(body, ["server"])


def _update(version: Version) -> Schema:
    server = {name: _CREATE[name] for name in ("name", "OS-DCF:diskConfig", "accessIPv4", "accessIPv6")}
    if version >= (2, 19):
        server["description"] = DESCRIPTION
    if version >= (2, 90):
        server["hostname"] = _HOSTNAME_290 if version < (2, 94) else HOST
    if version >= (2, 104):
        server["pinned_availability_zone"] = {
            "oneOf": [{"type": "null"}, {"type": "string", "minLength": 1, "maxLength": 255}]
        }
    return _object({"server": _object(server)}, ["server"])


def _rebuild(version: Version) -> Schema:
    names = ("name", "adminPass", "metadata", "OS-DCF:diskConfig", "accessIPv4", "accessIPv6")
    wanted = {name: _CREATE[name] for name in names} | {"imageRef": UUID, "preserve_ephemeral": BOOLEAN}
    if version < (2, 57):
        wanted["personality"] = _PERSONALITY
    later: list[tuple[Version, dict[str, Schema]]] = [
        ((2, 19), {"description": DESCRIPTION}),
        ((2, 54), {"key_name": {"oneOf": [NAME, {"type": "null"}]}}),
        ((2, 57), {"user_data": {"oneOf": [_CREATE["user_data"], {"type": "null"}]}}),
        ((2, 63), {"trusted_image_certificates": _CERTIFICATES}),
        ((2, 90), {"hostname": _HOSTNAME_290 if version < (2, 94) else HOST}),
    ]
    for since, added in later:
        if version >= since:
            wanted |= added
    return _object({"rebuild": _object(wanted, ["imageRef"])}, ["rebuild"])


def _attach(version: Version) -> Schema:
    device: Schema = {"type": ["string", "null"], "pattern": "(^/dev/x{0,1}[a-z]{0,1}d{0,1})([a-z]+)[0-9]*$"}
    volume: dict[str, Schema] = {"volumeId": UUID, "device": device}
    if version >= (2, 49):
        volume["tag"] = TAG
    if version >= (2, 79):
        volume["delete_on_termination"] = BOOLEAN
    return _object({"volumeAttachment": _object(volume, ["volumeId"])}, ["volumeAttachment"])


def _reattach(version: Version) -> Schema:
    volume: dict[str, Schema] = {"volumeId": UUID}
    if version >= (2, 85):
        device: Schema = {"type": ["string", "null"], "pattern": "(^/dev/x{0,1}[a-z]{0,1}d{0,1})([a-z]+)[0-9]*$"}
        volume |= {"device": device, "tag": TAG, "delete_on_termination": BOOLEAN, "serverId": UUID, "id": UUID}
    return _object({"volumeAttachment": _object(volume, ["volumeId"])}, ["volumeAttachment"])


def _console(version: Version) -> Schema:
    protocols = ["vnc", "spice", "serial", "rdp"]
    types = ["novnc", "xvpvnc", "spice-html5", "rdp-html5", "serial"]
    if version >= (2, 8):
        protocols.append("mks")
        types.append("webmks")
    if version >= (2, 99):
        types.append("spice-direct")
    wanted: dict[str, Schema] = {
        "protocol": {"type": "string", "enum": protocols},
        "type": {"type": "string", "enum": types},
    }
    return _object({"remote_console": _object(wanted, ["protocol", "type"])}, ["remote_console"])


def _fixed(schema: Schema) -> Callable[[Version], Schema]:
    return lambda _version: schema


def _action(key: str, value: Schema) -> Shapes:
    return Shapes(_fixed(_object({key: value}, [key])), FORMATS)


def _interface(version: Version) -> Schema:
    address: dict[str, Schema] = {"ip_address": ADDRESS}
    wanted: dict[str, Schema] = {
        "net_id": UUID,
        "port_id": UUID,
        "fixed_ips": {"type": "array", "minItems": 1, "maxItems": 1, "items": _object(address, ["ip_address"])},
    }
    if version >= (2, 49):
        wanted["tag"] = TAG
    return _object({"interfaceAttachment": _object(wanted)})


def _lock(version: Version) -> Schema:
    if version < (2, 73):
        return _object({"lock": {}}, ["lock"])
    reason: Schema = {"type": "string", "minLength": 1, "maxLength": 255}
    value: Schema = {
        "type": ["object", "null"],
        "properties": {"locked_reason": reason},
        "additionalProperties": False,
    }
    return _object({"lock": value}, ["lock"])


CREATE = Shapes(_create, FORMATS)
UPDATE = Shapes(_update, FORMATS)
ATTACH_VOLUME = Shapes(_attach, FORMATS)
REATTACH_VOLUME = Shapes(_reattach, FORMATS)
REMOTE_CONSOLE = Shapes(_console, FORMATS)
METADATA_BODY = _action("metadata", METADATA)
META_ITEM = _action("meta", METADATA | {"minProperties": 1, "maxProperties": 1})
TAGS_BODY = _action("tags", {"type": "array", "items": TAG, "maxItems": 50})
RESET_STATE = _action("os-resetState", _object({"state": {"type": "string", "enum": ["active", "error"]}}, ["state"]))
FORCE_DELETE = _action("forceDelete", {})
RESTORE = _action("restore", {})
START = _action("os-start", {})
STOP = _action("os-stop", {})
PAUSE = _action("pause", {})
UNPAUSE = _action("unpause", {})
SUSPEND = _action("suspend", {})
RESUME = _action("resume", {})
REBUILD = Shapes(_rebuild, FORMATS)
ATTACH_INTERFACE = Shapes(_interface, FORMATS)
LOCK = Shapes(_lock, FORMATS)
UNLOCK = _action("unlock", {})
REBOOT = _action(
    "reboot",
    _object({"type": {"type": "string", "enum": ["HARD", "Hard", "hard", "SOFT", "Soft", "soft"]}}, ["type"]),
)
CONSOLE_OUTPUT = _action(
    "os-getConsoleOutput",
    _object({"length": {"type": ["integer", "string", "null"], "pattern": "^-?[0-9]+$", "minimum": -1}}),
)
CREATE_IMAGE = _action(
    "createImage",
    _object({"name": {"type": "string", "minLength": 1, "maxLength": 255}, "metadata": METADATA}, ["name"]),
)
ADD_GROUP = _action("addSecurityGroup", _object({"name": {"type": "string", "minLength": 1}}, ["name"]))
REMOVE_GROUP = _action("removeSecurityGroup", _object({"name": {"type": "string", "minLength": 1}}, ["name"]))
VNC_CONSOLE = _action("os-getVNCConsole", _object({"type": {"type": "string", "enum": ["novnc", "xvpvnc"]}}, ["type"]))
