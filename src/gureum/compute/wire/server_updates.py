"""What clients send to change a server, as the door takes it."""

from typing import Any

from gureum.compute.service.servers import Changes
from gureum.compute.wire.formats import canonical

_COLUMNS = {
    "name": "name",
    "description": "description",
    "accessIPv4": "access_ip_v4",
    "accessIPv6": "access_ip_v6",
    "OS-DCF:diskConfig": "disk_config",
    "hostname": "hostname",
    "pinned_availability_zone": "requested_zone",
}


def changes(body: dict[str, Any]) -> Changes:
    """The changes of a body that the schema has checked."""
    said = body["server"]
    addresses = {name: canonical(said[name]) for name in ("accessIPv4", "accessIPv6") if name in said}
    return Changes({_COLUMNS[name]: value for name, value in (said | addresses).items()})
