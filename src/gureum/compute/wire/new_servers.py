"""What clients send to make a server, as the door takes it."""

from typing import Any

from gureum.compute.service.new_servers import NewServers
from gureum.compute.wire.block_devices import mapped
from gureum.compute.wire.formats import canonical
from gureum.compute.wire.values import truth
from gureum.kernel.faults import Invalid
from gureum.kernel.ids import is_uuid
from gureum.kernel.numbers import whole
from gureum.network.service.for_compute import NetworkRequest


def asked(body: dict[str, Any]) -> NewServers:
    """The request of a body that the schema has checked. Raises Invalid for what the schema cannot tell."""
    said = body["server"]
    least, most = _counts(said)
    image, volumes = mapped(said)
    if said.get("trusted_image_certificates") is not None:
        raise Invalid("Image signature certificate validation is not supported.")
    return NewServers(
        name=said["name"],
        flavor_id=str(said["flavorRef"]),
        image_id=image,
        volumes=volumes,
        networks=_networks(said.get("networks", "if-any")),
        least=least,
        most=most,
        zone=said.get("availability_zone"),
        host=said.get("host") or said.get("hypervisor_hostname"),
        key_name=said.get("key_name"),
        security_groups=list(dict.fromkeys(one["name"] for one in said.get("security_groups", []) if "name" in one)),
        user_data=said.get("user_data"),
        config_drive=truth(said["config_drive"]) if "config_drive" in said else None,
        metadata=said.get("metadata", {}),
        personality={one["path"]: one["contents"] for one in said.get("personality", []) if "contents" in one},
        hints=body.get("os:scheduler_hints") or body.get("OS-SCH-HNT:scheduler_hints") or {},
        description=said.get("description"),
        hostname=said.get("hostname"),
        tags=said.get("tags", []),
        admin_password=said.get("adminPass"),
        disk_config=said.get("OS-DCF:diskConfig", "MANUAL"),
        access_ip_v4=canonical(said.get("accessIPv4")),
        access_ip_v6=canonical(said.get("accessIPv6")),
    )


def _counts(said: dict[str, Any]) -> tuple[int, int]:
    least = whole(said.get("min_count", 1))
    return least, whole(said.get("max_count", least))


def _networks(said: Any) -> Any:
    if isinstance(said, str):
        return said
    found: list[NetworkRequest] = []
    for one in said:
        port, network = one.get("port"), one.get("uuid")
        if port is None and network is None:
            raise Invalid("Bad network format: missing 'uuid'")
        if port is None and not is_uuid(network):
            raise Invalid(f"Bad networks format: network uuid is not in proper format ({network})")
        found.append(
            NetworkRequest(
                network_id=None if port else network, port_id=port, fixed_ip=one.get("fixed_ip"), tag=one.get("tag")
            )
        )
    return found
