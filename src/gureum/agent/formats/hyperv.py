"""Microsoft's: VHD and VHDX."""

import struct
import uuid

from gureum.agent.formats.window import Found, Unfit, Window, sane

_FIXED, _DYNAMIC = 2, 3
_FOOTER = 512

_REGIONS = 192 * 1024
_ENTRIES = 2047
_METADATA = uuid.UUID("8b7ca206-4790-4b9a-b8fe-575f050f886e").bytes_le
_DISK_SIZE = uuid.UUID("2fa54224-cd1b-4876-b211-5dbed83bf4b8").bytes_le
_PARAMETERS = uuid.UUID("caa16737-fa36-4d43-b3b6-33f0aa44e76b").bytes_le
_HAS_PARENT = 2


def look_vhd(window: Window) -> Found | None:
    """A VHD: its footer stands at the end, and for dynamic ones at the start too."""
    for offset in (0, window.size - _FOOTER):
        footer = window.at(offset, _FOOTER)
        # At the end of a raw disk the word alone may be anything: there the checksum must hold.
        if footer[:8] == b"conectix" and (offset == 0 or _sums(footer)):
            if len(footer) < _FOOTER:
                raise Unfit("The image ends inside its header.")
            (size,) = struct.unpack_from(">Q", footer, 48)
            (kind,) = struct.unpack_from(">I", footer, 60)
            fault = "" if kind in (_FIXED, _DYNAMIC) else "The vhd image refers to a parent image."
            return Found("vhd", sane(size), fault)
    return None


def _sums(footer: bytes) -> bool:
    (said,) = struct.unpack_from(">I", footer, 64) if len(footer) == _FOOTER else (0,)
    return said == (~(sum(footer) - sum(footer[64:68])) & 0xFFFFFFFF)


def look_vhdx(window: Window) -> Found | None:
    """A VHDX without a parent; its size is in the metadata region."""
    if window.at(0, 8) != b"vhdxfile":
        return None
    metadata = _region(window)
    items = _items(window, metadata)
    if _DISK_SIZE not in items or _PARAMETERS not in items:
        raise Unfit("The vhdx image does not say how large it is.")
    (size,) = window.fields("<Q", metadata + items[_DISK_SIZE])
    _, flags = window.fields("<II", metadata + items[_PARAMETERS])
    fault = "The vhdx image refers to a parent image." if flags & _HAS_PARENT else ""
    return Found("vhdx", sane(size), fault)


def _region(window: Window) -> int:
    """Where the metadata region is."""
    signature, _, count, _ = window.fields("<IIII", _REGIONS)
    if signature != int.from_bytes(b"regi", "little") or count > _ENTRIES:
        raise Unfit("The vhdx image's region table makes no sense.")
    table = window.at(_REGIONS + 16, count * 32)
    for start in range(0, len(table) - 31, 32):
        if table[start : start + 16] == _METADATA:
            return int.from_bytes(table[start + 16 : start + 24], "little")
    raise Unfit("The vhdx image has no metadata.")


def _items(window: Window, metadata: int) -> dict[bytes, int]:
    """Offsets of the metadata items by id."""
    head = window.at(metadata, 32)
    if head[:8] != b"metadata" or len(head) < 32:
        raise Unfit("The vhdx image has no metadata.")
    count = min(int.from_bytes(head[10:12], "little"), _ENTRIES)
    table = window.at(metadata + 32, count * 32)
    return {
        table[start : start + 16]: int.from_bytes(table[start + 16 : start + 20], "little")
        for start in range(0, len(table) - 31, 32)
    }
