"""VMware's: one sparse file that stands alone; everything that names other files is refused."""

import re

from gureum.agent.formats.window import Found, Unfit, Window, sane

SECTOR = 512
DESCRIPTOR_BYTES = 64 * 1024
ALLOWED = ("monolithicSparse", "streamOptimized")
NO_PARENT = "ffffffff"
AT_END = (1 << 64) - 1
QEMU_READS = 20
"""Sectors of descriptor that QEMU reads from the second sector on, whatever the header says: so they are looked at too."""

_PLAIN = re.compile(rb"#\s*disk descriptorfile", re.IGNORECASE)
_CREATE = re.compile(r'^\s*createType\s*=\s*"?([^"\r\n]*)"?', re.IGNORECASE | re.MULTILINE)
_PARENT = re.compile(r'^\s*parentCID\s*=\s*"?([0-9a-zA-Z]*)', re.IGNORECASE | re.MULTILINE)
_HINT = "parentfilenamehint"
_EXTENT = re.compile(r"^\s*(RW|RDONLY|NOACCESS)\s+(\d+)\s+(\S+)(.*)$", re.MULTILINE)


def look(window: Window) -> Found | None:
    """A sparse VMDK; its size is the header's, its kind the embedded descriptor's."""
    head = window.at(0, 512)
    if _PLAIN.match(head.lstrip()):
        return Found("vmdk", 0, "The vmdk image is only a descriptor that names other files.")
    if head[:4] == b"COWD":
        return Found("vmdk", 0, "vmdk images of this kind are not supported.")
    if head[:4] != b"KDMV":
        return None
    version, _flags, capacity, _grain, offset, length = window.fields("<IIQQQQ", 4)
    if version not in (1, 2, 3):
        raise Unfit(f"vmdk images of version {version} are not supported.")
    if capacity == 0 or offset != 1 or _footer_differs(window, capacity):
        raise Unfit("The vmdk image's header makes no sense.")
    size = sane(capacity * SECTOR)
    descriptor = window.at(SECTOR, min(max(length, QEMU_READS) * SECTOR, DESCRIPTOR_BYTES))
    return Found("vmdk", size, _fault(descriptor.split(b"\0", 1)[0].decode("latin-1"), size))


def _footer_differs(window: Window, capacity: int) -> bool:
    """A streamed image says everything again at its end, and that is what counts for a reader."""
    (directory,) = window.fields("<Q", 56)
    if directory != AT_END:
        return False
    footer = window.size - 2 * SECTOR
    return window.at(footer, 4) != b"KDMV" or window.fields("<Q", footer + 12) != (capacity,)


def _fault(descriptor: str, size: int) -> str:
    kinds = _CREATE.findall(descriptor)
    if len(kinds) != 1 or kinds[0] not in ALLOWED:
        return f"vmdk images of type {', '.join(kinds)[:64] or 'unknown'} are not supported."
    if _HINT in descriptor.lower() or any(parent.lower() != NO_PARENT for parent in _PARENT.findall(descriptor)):
        return "The vmdk image refers to a parent image."
    extents = _EXTENT.findall(descriptor)
    if len(extents) != 1 or extents[0][2].upper() != "SPARSE" or "/" in extents[0][3] or "\\" in extents[0][3]:
        return "The vmdk image's extents are in other files."
    if len(extents[0][1]) > 20 or int(extents[0][1]) * SECTOR != size:
        return "The vmdk image's descriptor and header differ about its size."
    return ""
