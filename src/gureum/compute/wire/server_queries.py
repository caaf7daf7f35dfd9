"""Query parameters of server lists, by microversion."""

from collections.abc import Mapping
from typing import Any

from gureum.compute.wire.formats import FORMATS
from gureum.compute.wire.values import NATURAL, Schema, many, parameters, single
from gureum.kernel.http.history import Version
from gureum.kernel.http.schema import Query

_REGEX: Schema = {"type": "string", "format": "regex"}
_TEXT: Schema = {"type": "string"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_REGEXES = """access_ip_v4 access_ip_v6 auto_disk_config availability_zone config_drive created_at description
display_description display_name flavor hostname ip ip6 kernel_id key_name launched_at locked_by name node power_state progress
ramdisk_id reservation_id root_device_name terminated_at""".split()  # noqa: SIM905
_TEXTS = """all_tenants block_device_mapping deleted host image image_ref info_cache launch_index metadata pci_devices project_id
security_groups services soft_deleted status system_metadata task_state tenant_id user_id uuid vm_state""".split()  # noqa: SIM905
_SORTS = """access_ip_v4 access_ip_v6 auto_disk_config availability_zone config_drive created_at display_description
display_name host hostname image_ref instance_type_id kernel_id key_name launch_index launched_at locked_by node power_state
progress project_id ramdisk_id root_device_name task_state terminated_at updated_at user_id uuid vm_state""".split()  # noqa: SIM905
_EARLY_SORTS = """architecture cell_name cleaned default_ephemeral_device default_swap_device deleted deleted_at
disable_terminate ephemeral_gb ephemeral_key_uuid id key_data launched_on locked memory_mb os_type reservation_id root_gb
shutdown_terminate user_data vcpus vm_mode""".split()  # noqa: SIM905
_LATE_SORTS = """locked instance_type_id power_state hostname access_ip_v4 image_ref display_name key_name terminated_at uuid
auto_disk_config root_device_name display_description launch_index kernel_id node task_state created_at launched_at progress
user_id updated_at ramdisk_id config_drive project_id availability_zone locked_by vm_state host access_ip_v6""".split()  # noqa: SIM905


def _servers(version: Version) -> dict[str, Any]:
    known = {name: many(_REGEX) for name in _REGEXES} | {name: many(_TEXT) for name in _TEXTS}
    known |= {"limit": many(NATURAL), "marker": many(_TEXT), "sort_dir": many(_TEXT), "changes-since": single(_TIME)}
    keys = _SORTS + _EARLY_SORTS if version < (2, 73) else _LATE_SORTS
    known["sort_key"] = many({"type": "string", "enum": keys})
    if version >= (2, 26):
        known |= {name: many(_REGEX) for name in ("tags", "tags-any", "not-tags", "not-tags-any")}
    if version >= (2, 66):
        known["changes-before"] = single(_TIME)
    if version >= (2, 73):
        known["locked"] = many(_TEXT)
    schema = parameters(version, **known)
    return schema | {"patternProperties": {"^_": {}}}


SERVERS = Query(_servers, FORMATS)
_OPEN: list[tuple[Version, str]] = [
    ((2, 1), "reservation_id name status image flavor ip changes-since all_tenants"),
    ((2, 5), "ip6"),
    ((2, 26), "tags tags-any not-tags not-tags-any"),
    ((2, 66), "changes-before"),
    ((2, 73), "locked"),
    (
        (2, 83),
        "availability_zone config_drive key_name created_at launched_at terminated_at power_state task_state vm_state"
        " progress user_id",
    ),
    ((2, 90), "hostname"),
]
"""Since when which filters are anybody's."""


def filters(query: Mapping[str, list[str]], version: Version) -> dict[str, list[str]]:
    """The filters of a query that the microversion knows; older ones pass over what came later."""
    known = SERVERS.known(version)
    return {
        name: values
        for name, values in query.items()
        if (name in known or name.startswith("_")) and name not in ("limit", "marker", "sort_key", "sort_dir")
    }


def open_to_all(version: Version) -> frozenset[str]:
    """The filters that everybody may use; other people's are taken away from them without a word."""
    return frozenset(name for since, names in _OPEN if version >= since for name in names.split())


def _actions(version: Version) -> dict[str, Any]:
    if version < (2, 58):
        return {"type": "object"}
    known = {"limit": single(NATURAL), "marker": single(_TEXT), "changes-since": single(_TIME)}
    if version >= (2, 66):
        known["changes-before"] = single(_TIME)
    return parameters(version, (2, 58), **known)


ACTIONS = Query(_actions, FORMATS)
