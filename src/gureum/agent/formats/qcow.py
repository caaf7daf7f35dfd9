"""QEMU's own: qcow2, and its forgotten kin, which are refused."""

from gureum.agent.formats.window import Found, Window, sane

_DIRTY, _CORRUPT, _DATA_FILE, _COMPRESSION, _EXTENDED_L2 = (1 << bit for bit in range(5))
_KNOWN = _DIRTY | _CORRUPT | _DATA_FILE | _COMPRESSION | _EXTENDED_L2


def look(window: Window) -> Found | None:
    """qcow2 of version 2 or 3 that refers to no other file."""
    magic = window.at(0, 4)
    if magic == b"QED\0":
        return Found("qed", 0, "Images of format qed are not supported.")
    if magic != b"QFI\xfb":
        return None
    (version,) = window.fields(">I", 4)
    if version not in (2, 3):
        return Found("qcow2", 0, f"qcow2 images of version {version} are not supported.")
    backing, _, cluster_bits, size, encryption = window.fields(">QIIQI", 8)
    features = window.fields(">Q", 72)[0] if version == 3 else 0
    return Found("qcow2", sane(size), _fault(backing, cluster_bits, encryption, features))


def _fault(backing: int, cluster_bits: int, encryption: int, features: int) -> str:
    if backing:
        return "The qcow2 image refers to a backing file."
    if features & _DATA_FILE:
        return "The qcow2 image keeps its data in another file."
    if features & _CORRUPT:
        return "The qcow2 image is marked corrupt."
    if features & ~_KNOWN:
        return "The qcow2 image needs features that are not known."
    if encryption:
        return "The qcow2 image is encrypted."
    if not 9 <= cluster_bits <= 21:
        return "The qcow2 image's header makes no sense."
    return ""
