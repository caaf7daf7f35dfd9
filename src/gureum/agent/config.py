"""What an agent is told at its start: one YAML or JSON file, without secrets."""

from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from gureum.contracts.client import TlsFiles
from gureum.contracts.frames import Role


class SimConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The simulated machines of one process.

    Hosts are `<name>`, or `<name>-1` … when there are several; the first has all the roles, the others are only hosts.
    `latency` scales the simulated delays: 0 none, 1 like a real host. `seed` makes them repeatable.
    """

    hosts: int = 1
    seed: int = 0
    latency: float = 0.0
    vcpus: int = 64
    memory_mib: int = 262_144
    disk_gib: int = 4_000
    pool_gib: int = 10_000
    clock_ahead: float = 0.0
    """Seconds that the hosts' clocks are ahead of the control plane's."""
    mtu: int = 9000


class AgentConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`link` is `unix:/path` or `tls://host:port`; `settings` holds what real drivers take, a mapping for each kind."""

    name: str
    link: str = ""
    roles: tuple[Role, ...] = ("host", "network", "storage", "fetch")
    drivers: Literal["sim", "real"] = "sim"
    state: Path | None = None
    """None: nothing is kept, for tests."""
    tls: TlsFiles | None = None
    sim: SimConfig = SimConfig()
    settings: dict[str, dict[str, Any]] = {}
    image_seconds: float = 86_400.0
    """How long an image that no guest uses stays in the host's cache."""
    threads: int = 16
    """Operations that may block at once."""


def load(path: Path) -> AgentConfig:
    """Read a configuration file. Raises OSError, and ValueError naming the field that is wrong."""
    try:
        raw = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except yaml.YAMLError as error:
        raise ValueError(f"{path} is no YAML: {error}") from error
    return msgspec.convert(raw, AgentConfig, dec_hook=_path)


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise ValueError(f"no {kind.__name__}: {value!r}")
