"""Settings of a real host."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

SOCKET_PATH_LIMIT = 107
"""Bytes of a unix socket's path."""


class HostFault(Exception):
    """The host cannot be what its settings say. The text is one clear sentence for the operator."""


class HostSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How this host is set up. `state` is the only required one."""

    state: Path
    """Directory of everything this host keeps: daemons, guests, cached images, volumes. Root's, 0711."""
    name: str = "localhost"
    """The host's name: chassis id in OVN, host of guests in the control plane."""
    address: str = "127.0.0.1"
    """Address other hosts reach this one at (tunnel end point)."""
    daemons: Literal["auto", "own", "system"] = "auto"
    """`own`: we start libvirt, Open vSwitch and OVN; `system`: systemd does; `auto`: `system` where systemd runs."""
    central: bool = True
    """Whether OVN's databases and northd run here."""
    northbound: str = ""
    """OVN's northbound database, as `ssl:…`; empty: the one on this machine."""
    southbound: str = ""
    """OVN's southbound database; empty: the one on this machine."""
    datapath: Literal["auto", "kernel", "userspace"] = "auto"
    """Open vSwitch's datapath; `auto`: the kernel's where there is one."""
    physical_network: str = "extnet"
    """Name of the provider network that the external bridge carries; empty: no external bridge."""
    external_bridge: str = "br-ex"
    external_address: str = ""
    """The host's own address on the external bridge, as `192.168.122.1/24`, to reach floating IPs; empty: none."""
    external_interface: str = ""
    """A network card to put into the external bridge (it must have no address); empty: none."""
    nice: int = 0
    """Niceness of the daemons, and so of the guests that they start."""
    accelerator: Literal["auto", "kvm", "tcg"] = "auto"
    """`auto`: KVM once a probe guest has really run under it, else TCG."""
    machine: Literal["pc", "q35"] = "q35"
    hotplug_slots: int = 12
    """How many disks and ports a guest can get while it runs (q35: PCI Express root ports)."""
    reserved_memory_mib: int = 512
    """Memory the inventory keeps back for the host itself."""
    pool: str = "files"
    """Name of the storage pool, and its volume_backend_name."""
    pool_directory: Path | None = None
    """Where its volumes are; None: `volumes` in the state directory."""

    def __post_init__(self) -> None:
        if not self.state.is_absolute():
            raise HostFault(f"The state directory must be an absolute path, not {self.state}.")
        sockets = (
            self.openvswitch_rundir / "ovs-vswitchd.1234567.ctl",
            self.state / f"instances/{'x' * 36}/vnc/socket",
        )
        if max(len(str(path)) for path in sockets) > SOCKET_PATH_LIMIT:
            raise HostFault(f"The state directory's path is too long for unix sockets: {self.state}.")

    @property
    def own_daemons(self) -> bool:
        """Whether we start the daemons ourselves."""
        if self.daemons == "auto":
            return not Path("/run/systemd/system").is_dir()
        return self.daemons == "own"

    @property
    def openvswitch_rundir(self) -> Path:
        return self.state / "ovs" if self.own_daemons else Path("/run/openvswitch")

    @property
    def ovn_rundir(self) -> Path:
        return self.state / "ovn" if self.own_daemons else Path("/run/ovn")

    @property
    def openvswitch_db(self) -> str:
        """Where Open vSwitch's database listens."""
        return f"unix:{self.openvswitch_rundir}/db.sock"

    @property
    def northbound_db(self) -> str:
        return self.northbound or f"unix:{self.ovn_rundir}/ovnnb_db.sock"

    @property
    def southbound_db(self) -> str:
        return self.southbound or f"unix:{self.ovn_rundir}/ovnsb_db.sock"

    @property
    def environment(self) -> dict[str, str]:
        """What Open vSwitch's, OVN's and libvirt's programs need to find each other."""
        return {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C.UTF-8",
            "OVS_RUNDIR": str(self.openvswitch_rundir),
            "OVS_LOGDIR": str(self.state / "log"),
            "OVS_DBDIR": str(self.state / "db"),
            "OVN_RUNDIR": str(self.ovn_rundir),
            "OVN_LOGDIR": str(self.state / "log"),
            "OVN_DBDIR": str(self.state / "db"),
        }


def from_mapping(state: Path, settings: Mapping[str, Any]) -> HostSettings:
    """Settings as they stand in a configuration file. HostFault names what is wrong."""
    try:
        return msgspec.convert({**settings, "state": str(state)}, HostSettings, dec_hook=_path)
    except msgspec.ValidationError as wrong:
        raise HostFault(f"The host's settings are wrong: {wrong}.") from wrong


def _path(_kind: type, value: str) -> Path:
    return Path(value)
