"""Kernel modules: the ones a guest needs, what they depend on, and the order to load them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from gureum.testimage.host import BuildError


def module_name(path: Path) -> str:
    """Return the kernel's name of a module's file."""
    return path.name.removesuffix(".ko").replace("-", "_")


def index(tree: Path) -> dict[str, Path]:
    """Return the modules below a folder by name."""
    return {module_name(path): path for path in sorted(tree.rglob("*.ko"))}


def built_in(tree: Path) -> set[str]:
    """Return the names of the modules that are part of the kernel itself."""
    file = tree / "modules.builtin"
    return {module_name(Path(line)) for line in file.read_text().splitlines()} if file.exists() else set()


def info(image: bytes, field: str) -> list[str]:
    """Return the values of one field of a module's information section."""
    mark = b"\0" + field.encode() + b"="
    values: list[str] = []
    at = image.find(mark)
    while at >= 0:
        start = at + len(mark)
        values.append(image[start : image.index(b"\0", start)].decode())
        at = image.find(mark, start - 1)
    return values


def dependencies(path: Path) -> list[str]:
    """Return the names of the modules that must be loaded before this one."""
    first = next(iter(info(path.read_bytes(), "depends")), "")
    return [name.replace("-", "_") for name in first.split(",") if name]


def load_order(wanted: Iterable[str], known: Mapping[str, Path], inside: set[str]) -> list[str]:
    """Return the wanted modules with all they need, each after what it needs; built-in ones drop out."""
    order: list[str] = []

    def visit(name: str) -> None:
        if name in order or name in inside:
            return
        if name not in known:
            raise BuildError(f"this kernel has no module {name}")
        for other in dependencies(known[name]):
            visit(other)
        order.append(name)

    for name in wanted:
        visit(name.replace("-", "_"))
    return order


def dep_file(order: Iterable[str], known: Mapping[str, Path], tree: Path) -> str:
    """Return the text of modules.dep for these modules, as modprobe reads it."""
    lines: list[str] = []
    for name in order:
        chain = [other for other in reversed(load_order([name], known, set(known) - set(order))) if other != name]
        places = " ".join(str(known[other].relative_to(tree)) for other in chain)
        lines.append(f"{known[name].relative_to(tree)}: {places}".rstrip())
    return "\n".join(lines) + "\n"


def alias_file(order: Iterable[str], known: Mapping[str, Path]) -> str:
    """Return the text of modules.alias for these modules, so that the kernel can ask for them by alias."""
    pairs = ((name, alias) for name in order for alias in info(known[name].read_bytes(), "alias"))
    return "".join(f"alias {alias} {name}\n" for name, alias in pairs if " " not in alias)
