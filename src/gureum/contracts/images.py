"""Looking into images: what the fetch role finds out about bytes that a tenant sent."""

from gureum.contracts.message import Message


class InspectImage(Message, frozen=True, kw_only=True):
    """Question: what is this file? It is read by an unprivileged, bounded process."""

    path: str
    declared: str
    """The disk_format its owner gave."""


class ImageFacts(Message, frozen=True, kw_only=True):
    """Answer. `format` is what the bytes are; `fault` says why the image must not be used (backing file, wrong format …)."""

    format: str
    virtual_size: int
    fault: str = ""
