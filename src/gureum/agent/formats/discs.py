"""What is neither a hypervisor's nor plain: optical discs, and LUKS containers."""

from gureum.agent.formats.window import Found, Unfit, Window, sane

_DESCRIPTORS = 32 * 1024
_DESCRIPTOR = 2048
_AT_MOST = 16
_PRIMARY = 1
_LUKS_SECTOR = 512


def look_iso(window: Window) -> Found | None:
    """An ISO 9660 disc, bootable from a disk or not: size in blocks by its primary descriptor."""
    if window.at(_DESCRIPTORS + 1, 5) != b"CD001":
        return None
    for number in range(_AT_MOST):
        offset = _DESCRIPTORS + number * _DESCRIPTOR
        head = window.at(offset, 7)
        if head[1:6] != b"CD001":
            break
        if head[0] == _PRIMARY:
            (blocks,) = window.fields("<I", offset + 80)
            (block,) = window.fields("<H", offset + 128)
            return Found("iso", sane(blocks * block))
    raise Unfit("The iso image has no primary descriptor.")


def look_luks(window: Window) -> Found | None:
    """A LUKS container; the size is the payload's for version 1, the file's for version 2."""
    if window.at(0, 6) != b"LUKS\xba\xbe":
        return None
    (version,) = window.fields(">H", 6)
    if version == 1:
        (payload,) = window.fields(">I", 104)
        return Found("luks", sane(max(0, window.size - payload * _LUKS_SECTOR)))
    if version == 2:
        return Found("luks", window.size)
    raise Unfit(f"LUKS of version {version} is not supported.")
