"""VirtualBox's: VDI."""

from gureum.agent.formats.window import Found, Window, sane

_MAGIC = b"\x7f\x10\xda\xbe"
_DYNAMIC, _STATIC = 1, 2


def look(window: Window) -> Found | None:
    """A VDI that stands alone; differencing and undo images are refused."""
    if window.at(0x40, 4) != _MAGIC:
        return None
    (kind,) = window.fields("<I", 0x4C)
    (size,) = window.fields("<Q", 0x170)
    fault = "" if kind in (_DYNAMIC, _STATIC) else "The vdi image refers to a parent image."
    return Found("vdi", sane(size), fault)
