"""An operator's policy files: read at start, and again when they change."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from gureum.kernel import log
from gureum.kernel.policy.rules import Policy

_logger = log.get("policy")
_MOST_BYTES = 1024 * 1024

Stamp = tuple[int, int, int] | None
"""What tells that a file is another one: when it was changed, its size, its inode; None where there is none."""


class PolicyFiles:
    """A file of overrides for each service, `rule: check string` in YAML. A service without one has its defaults.

    `problems` has, by service, why the file as it is now is not in force; the rules are then those of before.
    """

    def __init__(self, policy: Policy, paths: Mapping[str, Path]) -> None:
        self._policy = policy
        self.paths = dict(paths)
        self._stamps: dict[str, Stamp] = {}
        self.problems: dict[str, str] = {}

    def load(self) -> None:
        """Put every file in force. Raises ValueError that names the file and what is wrong with it."""
        for service, path in self.paths.items():
            self._stamps[service] = _stamp(path)
            self._policy.override(service, read(path))

    def refresh(self) -> list[str]:
        """Put the files in force that have changed, and say which services they are about. A bad one is logged, no more."""
        changed: list[str] = []
        for service, path in self.paths.items():
            stamp = _stamp(path)
            if stamp == self._stamps.get(service):
                continue
            self._stamps[service] = stamp
            try:
                self._policy.override(service, read(path))
            except ValueError as error:
                self.problems[service] = str(error)
                _logger.error("policy file refused, the rules stay as they were", file=str(path), reason=str(error))
                continue
            self.problems.pop(service, None)
            changed.append(service)
            _logger.info("policy in force", service=service, overrides=len(self._policy.overridden(service)))
        return changed


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def read(path: Path) -> dict[str, str]:
    """The overrides in a file; none where there is no file. Raises ValueError that names the file."""
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    if len(raw) > _MOST_BYTES:
        raise ValueError(f"{path} is larger than {_MOST_BYTES} bytes")
    try:
        found: Any = yaml.load(raw, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(f"{path}: {error}") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ValueError(f"{path}: not a mapping of rules to check strings")
    overrides: dict[str, str] = {}
    for name, check in found.items():  # pyright: ignore[reportUnknownVariableType]
        if not isinstance(name, str) or not isinstance(check, str):
            raise ValueError(f"{path}: {name}: a check string is text")
        overrides[name] = check
    return overrides
