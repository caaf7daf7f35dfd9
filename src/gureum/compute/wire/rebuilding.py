"""What clients send to rebuild a server, as the door takes it."""

from typing import Any

from gureum.compute.service.rebuilding import Rebuild
from gureum.compute.wire.values import truth
from gureum.kernel.faults import Invalid

_COLUMNS = {
    "name": "name",
    "description": "description",
    "accessIPv4": "access_ip_v4",
    "accessIPv6": "access_ip_v6",
    "OS-DCF:diskConfig": "disk_config",
    "hostname": "hostname",
    "metadata": "metadata",
    "user_data": "user_data",
}


def asked(body: dict[str, Any]) -> Rebuild:
    """The request of a body that the schema has checked. Raises Invalid for what cannot be had."""
    said = body["rebuild"]
    if said.get("trusted_image_certificates") is not None:
        raise Invalid("Image signature certificate validation is not supported.")
    if truth(said.get("preserve_ephemeral", False)):
        raise Invalid("The current driver does not support preserving ephemeral partitions.")
    values = {_COLUMNS[name]: value for name, value in said.items() if name in _COLUMNS}
    if "personality" in said:
        values["personality"] = {one["path"]: one["contents"] for one in said["personality"] if "contents" in one}
    return Rebuild(
        image_id=said["imageRef"],
        admin_password=said.get("adminPass"),
        another_key="key_name" in said,
        key_name=said.get("key_name"),
        values=values,
    )
