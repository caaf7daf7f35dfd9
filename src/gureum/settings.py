"""The settings file: `settings.yaml` in the state directory. Every setting has a default; the comments here are its manual.

`gureum settings` prints them all with what they mean and what is in force.
"""

import os
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import yaml
from msgspec import Meta, Struct

FILE = "settings.yaml"
CLASSIC_PORTS = {
    "compute": 8774,
    "image": 9292,
    "network": 9696,
    "volume": 8776,
    "placement": 8778,
    "orchestration": 8004,
    "load-balancer": 9876,
    "shared-file-system": 8786,
    "baremetal": 6385,
    "metric": 8041,
    "alarm": 8042,
    "object-store": 8080,
    "console": 6080,
}


_SECRETS_OF_LIBPQ = {"password", "sslpassword"}


class ApiSettings(Struct, forbid_unknown_fields=True):
    """Where the API listens."""

    listen: Annotated[str, Meta(description="Address that the API listens on; 0.0.0.0 for all.")] = "127.0.0.1"
    port: Annotated[int, Meta(description="The first port, which answers for every service.")] = 5000
    classic_ports: Annotated[
        bool, Meta(description="Also open the ports that OpenStack's services have by tradition (8774, 9292 …).")
    ] = True
    trusted_proxies: Annotated[
        list[str], Meta(description="Addresses of proxies whose X-Forwarded headers are believed.")
    ] = []


class IdentitySettings(Struct, forbid_unknown_fields=True):
    """Identity."""

    token_seconds: Annotated[int, Meta(ge=1, description="How long a token is good, in seconds.")] = 3600
    password_days: Annotated[
        float, Meta(ge=0, description="How many days a password is good after it was set; 0: for ever.")
    ] = 0
    password_regex: Annotated[
        str, Meta(description="What a password must match, a regular expression; empty: anything goes.")
    ] = ""
    password_regex_description: Annotated[
        str, Meta(description="That in words, for those whose password was refused.")
    ] = ""
    password_unique: Annotated[
        int,
        Meta(
            ge=0,
            le=100,
            description="How many of a user's last passwords may not be chosen again by the user; 0: any may.",
        ),
    ] = 0
    lockout_attempts: Annotated[
        int, Meta(ge=0, description="After how many wrong passwords in a row a user may not log in; 0: never.")
    ] = 0
    lockout_seconds: Annotated[
        int,
        Meta(
            ge=0,
            description="For how long after the last of them; 0: until an administrator sets a password or enables.",
        ),
    ] = 1800


class ImageSettings(Struct, forbid_unknown_fields=True):
    """Images."""

    most_gib: Annotated[int, Meta(ge=1, description="The largest image that is taken, in GiB.")] = 1024


class NetworkSettings(Struct, forbid_unknown_fields=True):
    """Networks."""

    physical_network: Annotated[str, Meta(description="Name of the provider network that leads outside.")] = "extnet"
    external_range: Annotated[
        str,
        Meta(description="Range of the external network; empty: 192.168.122.0/24, or the next that is free."),
    ] = ""


class HostSettings(Struct, forbid_unknown_fields=True):
    """The host that this machine is."""

    name: Annotated[str, Meta(description="Name of the host; empty: the machine's.")] = ""
    drivers: Annotated[str, Meta(description="real: libvirt and OVN; sim: the simulator.", pattern="^(real|sim)?$")] = (
        ""
    )
    image_hours: Annotated[
        float, Meta(gt=0, description="How long an image that no guest uses stays in the host's cache, in hours.")
    ] = 24.0
    options: Annotated[
        dict[str, dict[str, Any]], Meta(description="What the real drivers take, a mapping for each kind.")
    ] = {}


class SimSettings(Struct, forbid_unknown_fields=True):
    """The simulator."""

    hosts: Annotated[int, Meta(ge=1, le=100_000, description="How many simulated hosts there are.")] = 1
    seed: Annotated[int, Meta(description="Seed of its random numbers.")] = 0
    latency: Annotated[float, Meta(ge=0, description="Scale of its delays: 0 none, 1 like a real host.")] = 0.1
    clock_ahead: Annotated[float, Meta(description="Seconds that the hosts' clocks are ahead of this machine's.")] = 0
    mtu: Annotated[int, Meta(ge=576, description="Bytes of the largest packet between the hosts.")] = 9000


class TraceSettings(Struct, forbid_unknown_fields=True):
    """Traces of requests."""

    days: Annotated[
        float, Meta(gt=0, description="How many days a trace is kept; of a request that reads, an hour.")
    ] = 7
    requests: Annotated[int, Meta(ge=1, description="How many requests that change something are kept.")] = 100_000


class Settings(Struct, forbid_unknown_fields=True):
    """All settings."""

    region: Annotated[str, Meta(description="The region's name, for a new cloud.")] = "RegionOne"
    log_level: Annotated[str, Meta(description="debug, info, warning or error.")] = "info"
    user: Annotated[str, Meta(description="The user that the control plane runs as when root starts it.")] = "gureum"
    database: Annotated[
        str,
        Meta(
            description="URL of a PostgreSQL database, postgresql://user@host/name; empty: SQLite in the state directory."
        ),
    ] = ""
    workers: Annotated[
        int, Meta(ge=1, le=16, description="How many control processes there are; more than one only on PostgreSQL.")
    ] = 1
    least_free_gib: Annotated[
        float,
        Meta(ge=0, description="Free space below the state directory under which doctor calls the disk full, in GiB."),
    ] = 2
    history_days: Annotated[
        float, Meta(gt=0, description="How many days the journal and the traces of deleted things are kept.")
    ] = 90
    api: ApiSettings = msgspec.field(default_factory=ApiSettings)
    identity: IdentitySettings = msgspec.field(default_factory=IdentitySettings)
    image: ImageSettings = msgspec.field(default_factory=ImageSettings)
    network: NetworkSettings = msgspec.field(default_factory=NetworkSettings)
    host: HostSettings = msgspec.field(default_factory=HostSettings)
    sim: SimSettings = msgspec.field(default_factory=SimSettings)
    trace: TraceSettings = msgspec.field(default_factory=TraceSettings)
    policy: Annotated[
        dict[str, str],
        Meta(
            description="File of policy overrides (rule: check string) by service; else policy/SERVICE.yaml in the state "
            "directory. A change counts at once."
        ),
    ] = msgspec.field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        """Raises ValueError for a database that is reached by a password which everybody could read here."""
        parts = urlsplit(self.database)
        if parts.password is not None or not parse_qs(parts.query).keys().isdisjoint(_SECRETS_OF_LIBPQ):
            raise ValueError("database: no password here, where all can read it; name a file with ?passfile=/path")


def default_state() -> Path:
    """The state directory where none is named: `$GUREUM_STATE`, /var/lib/gureum for root, else below the home."""
    named = os.environ.get("GUREUM_STATE")
    if named:
        return Path(named)
    if os.geteuid() == 0:
        return Path("/var/lib/gureum")
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "gureum"


def load(state: Path) -> Settings:
    """The settings in force. Raises ValueError that names the file and what is wrong in it."""
    path = state / FILE
    if not path.exists():
        return Settings()
    try:
        raw = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
        return msgspec.convert(raw or {}, Settings)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise ValueError(f"{path}: {error}") from None


def save(state: Path, settings: Settings) -> None:
    """Keep what differs from the defaults."""
    plain = msgspec.to_builtins(settings)
    changed = _difference(plain, msgspec.to_builtins(Settings()))
    path = state / FILE
    path.write_text("# gureum settings lists all that can be set here\n" + yaml.safe_dump(changed, sort_keys=False))
    path.chmod(0o644)


def _difference(values: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict) and isinstance(defaults.get(name), dict) and defaults[name]:
            inner = _difference(value, defaults[name])
            if inner:
                found[name] = inner
        elif value != defaults.get(name):
            found[name] = value
    return found
