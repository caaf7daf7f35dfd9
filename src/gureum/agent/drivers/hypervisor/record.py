"""What the hypervisor remembers of a guest for us: kept in the domain's metadata, so that a restarted agent knows it."""

import uuid
from typing import Any
from xml.etree import ElementTree

import libvirt
import msgspec

NAMESPACE = "urn:gureum:guest:1"
KEY = "gureum"

ElementTree.register_namespace(KEY, NAMESPACE)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Our own words about a guest. `boots` is the start it is in, `incarnation` that of its root disk."""

    server_id: str
    boots: int
    incarnation: int = 0

    def element(self) -> ElementTree.Element:
        """As it stands in the domain's metadata."""
        words = {"server": self.server_id, "boots": str(self.boots), "incarnation": str(self.incarnation)}
        return ElementTree.Element(f"{{{NAMESPACE}}}guest", words)


def of(domain: Any, *, live: bool = False) -> Record | None:
    """The record of a domain (of its running self with `live`); None for a domain that is not ours."""
    flags = libvirt.VIR_DOMAIN_AFFECT_LIVE if live else libvirt.VIR_DOMAIN_AFFECT_CURRENT
    try:
        text = domain.metadata(libvirt.VIR_DOMAIN_METADATA_ELEMENT, NAMESPACE, flags)
    except libvirt.libvirtError as error:
        if error.get_error_code() in (libvirt.VIR_ERR_NO_DOMAIN_METADATA, libvirt.VIR_ERR_NO_DOMAIN):
            return None
        raise
    words = ElementTree.fromstring(text).attrib  # noqa: S314 (libvirt's own answer)
    return Record(
        server_id=words["server"], boots=int(words.get("boots", "0")), incarnation=int(words.get("incarnation", "0"))
    )


def domain_uuid(server_id: str) -> str:
    """libvirt's uuid of a guest: the server's id, or one made from it where that is no UUID."""
    try:
        return str(uuid.UUID(server_id))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"gureum:{server_id}"))
