"""Finding the operation of a path: one dictionary look-up a segment."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gureum.kernel.http.route import Route


@dataclass
class Leaf:
    """The operations of one path: by method, and for actions by method and action key. Versions of one are a list."""

    methods: dict[str, list[Route]] = field(default_factory=dict[str, list[Route]])
    actions: dict[str, list[Route]] = field(default_factory=dict[str, list[Route]])
    strict: bool = False

    def add(self, route: Route) -> None:
        """Put an operation here."""
        self.strict |= route.strict
        if route.action is not None:
            self.actions.setdefault(route.action, []).append(route)
        else:
            self.methods.setdefault(route.method, []).append(route)

    def allowed(self) -> list[str]:
        """The methods that this path knows."""
        found = {*self.methods, *(["POST"] if self.actions else [])}
        return sorted({*found, *(["HEAD"] if "GET" in found else [])})


@dataclass
class _Node:
    children: "dict[str, _Node]" = field(default_factory=lambda: {})
    parameter: "_Node | None" = None
    tail: "_Node | None" = None
    names: tuple[str, ...] = ()
    leaf: Leaf | None = None


class Trie:
    """The paths of one API. `{name}` matches one segment, `{name*}` all that are left; a literal wins over both."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            self._add(route)

    def _add(self, route: Route) -> None:
        node = self._root
        names: list[str] = []
        for segment in _segments(route.path):
            if segment.endswith("*}"):
                names.append(segment[1:-2])
                node.tail = node.tail or _Node()
                node = node.tail
            elif segment.startswith("{"):
                names.append(segment[1:-1])
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.children.setdefault(segment, _Node())
        if node.leaf is None:
            node.leaf = Leaf()
            node.names = tuple(names)
        if node.names != tuple(names):
            raise ValueError(f"{route.path}: the parameters are named {node.names} elsewhere")
        node.leaf.add(route)

    def find(self, path: str) -> tuple[Leaf, dict[str, str]] | None:
        """The leaf of a path and the values of its parameters."""
        values: list[str] = []
        node = _descend(self._root, _segments(path), 0, values)
        if node is None or node.leaf is None:
            return None
        return node.leaf, dict(zip(node.names, values, strict=True))


def _segments(path: str) -> list[str]:
    trimmed = path.strip("/")
    return trimmed.split("/") if trimmed else []


def _descend(node: _Node, segments: list[str], at: int, values: list[str]) -> _Node | None:
    if at == len(segments):
        return node if node.leaf is not None else None
    segment = segments[at]
    child = node.children.get(segment)
    if child is not None:
        found = _descend(child, segments, at + 1, values)
        if found is not None:
            return found
    if node.parameter is not None and segment:
        values.append(segment)
        found = _descend(node.parameter, segments, at + 1, values)
        if found is not None:
            return found
        values.pop()
    if node.tail is not None:
        values.append("/".join(segments[at:]))
        return node.tail
    return None
