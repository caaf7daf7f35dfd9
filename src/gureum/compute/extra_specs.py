"""The extra specs of flavors that have a meaning, and what their values may be.

Names are known by their namespace, the word before the colon: below a known one only what is listed here may be said. Names
of other namespaces, or of none, are their operators' own.
"""

import re
from dataclasses import dataclass

_TRUTHS = frozenset(["1", "t", "true", "on", "y", "yes", "0", "f", "false", "off", "n", "no"])


@dataclass(frozen=True, slots=True)
class Anything:
    """Any text."""

    def wrong(self, value: str) -> str | None:
        """Nothing is."""
        return None


@dataclass(frozen=True, slots=True)
class Truth:
    """Yes or no, in one of many spellings."""

    def wrong(self, value: str) -> str | None:
        """What is wrong with a value; None for nothing."""
        return None if value.strip().lower() in _TRUTHS else f"'{value}' is not a valid boolean-like value."


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number."""

    least: int | None = None
    most: int | None = None

    def wrong(self, value: str) -> str | None:
        """What is wrong with a value; None for nothing."""
        try:
            number = int(value)
        except ValueError:
            return f"'{value}' is not a valid integer value."
        if self.most is not None and number > self.most:
            return f"'{number}' is greater than the max value of '{self.most}'."
        if self.least is not None and number < self.least:
            return f"'{number}' is less than the min value of '{self.least}'."
        return None


@dataclass(frozen=True, slots=True)
class Word:
    """One of some words."""

    words: tuple[str, ...]

    def wrong(self, value: str) -> str | None:
        """What is wrong with a value; None for nothing."""
        return None if value in self.words else f"'{value}' is not one of: {', '.join(self.words)}."


@dataclass(frozen=True, slots=True)
class Form:
    """A text of a form. `shown` is how refusals name it; `quick` says the same where that takes its time."""

    shown: str
    quick: str = ""

    def wrong(self, value: str) -> str | None:
        """What is wrong with a value; None for nothing."""
        fits = re.fullmatch(self.quick or self.shown, value)
        return None if fits else f"'{value}' is not of the format '{self.shown}'."


Values = Anything | Truth | Whole | Word | Form

_CPUS = Form(r"\^?\d+((-\d+)?(,\^?\d+(-\d+)?)?)*")
_MEMORY = r"(large|small|any|\d+([kKMGT]i?)?(b|bit|B)?)"
_SOUNDS = ("sb16", "es1370", "pcspk", "ac97", "ich6", "ich9", "usb", "virtio")
_KNOWN: dict[str, dict[str, Values]] = {
    "hw": {
        "boot_menu": Truth(),
        "cpu_cores": Whole(1),
        "cpu_dedicated_mask": _CPUS,
        "cpu_max_cores": Whole(1),
        "cpu_max_sockets": Whole(1),
        "cpu_max_threads": Whole(1),
        "cpu_policy": Word(("dedicated", "shared", "mixed")),
        "cpu_realtime": Truth(),
        "cpu_realtime_mask": Form(r"(\^)?\d+((-\d+)?(,\^?\d+(-\d+)?)?)*"),
        "cpu_sockets": Whole(1),
        "cpu_thread_policy": Word(("prefer", "isolate", "require")),
        "cpu_threads": Whole(1),
        "emulator_threads_policy": Word(("isolate", "share")),
        "ephemeral_encryption": Truth(),
        "ephemeral_encryption_format": Word(("plain", "luks", "luksv2")),
        "hide_hypervisor_id": Truth(),
        "locked_memory": Truth(),
        "mem_encryption": Truth(),
        "mem_encryption_model": Word(("amd-sev", "amd-sev-es", "amd-sev-snp")),
        "mem_page_size": Form(_MEMORY),
        "numa_nodes": Whole(1),
        "pci_numa_affinity_policy": Word(("required", "preferred", "legacy", "socket")),
        "pmem": Form("([a-zA-Z0-9_]+(,)?)+", "[a-zA-Z0-9_]+(,[a-zA-Z0-9_]+)*,?"),
        "pmu": Truth(),
        "redirected_usb_ports": Whole(0, 15),
        "serial_port_count": Whole(0),
        "sound_model": Word(_SOUNDS),
        "tpm_model": Word(("tpm-tis", "tpm-crb")),
        "tpm_secret_security": Word(("user", "host", "deployment")),
        "tpm_version": Word(("1.2", "2.0")),
        "usb_model": Word(("none", "nec-xhci", "qemu-xhci")),
        "vif_multiqueue_enabled": Truth(),
        "viommu_model": Word(("intel", "smmuv3", "virtio", "auto")),
        "virtio_packed_ring": Truth(),
        "watchdog_action": Word(("none", "pause", "poweroff", "reset", "disabled")),
    },
    "hw_rng": {"allowed": Truth(), "rate_bytes": Whole(0), "rate_period": Whole(0)},
    "hw_video": {"ram_max_mb": Whole(0)},
    "os": {"secure_boot": Word(("disabled", "required"))},
    "accel": {"device_profile": Anything()},
    "pci_passthrough": {"alias": Form(r"[^:]+:\d+(?:\s*,\s*[^:]+:\d+)*")},
    "vmware": {"hw_version": Anything(), "storage_policy": Anything()},
    "quota": {
        **{f"{what}_limit": Whole(0) for what in ("cpu", "memory", "disk_io", "vif")},
        **{f"{what}_reservation": Whole() for what in ("cpu", "memory", "disk_io", "vif")},
        **{f"{what}_shares_share": Whole(0) for what in ("cpu", "memory", "disk_io", "vif")},
        **{
            f"{what}_shares_level": Word(("custom", "high", "normal", "low"))
            for what in ("cpu", "memory", "disk_io", "vif")
        },
        "cpu_shares": Whole(0),
        "cpu_period": Whole(0),
        "cpu_quota": Whole(),
        **{f"disk_{way}_{unit}_sec": Whole(0) for way in ("read", "write", "total") for unit in ("bytes", "iops")},
        **{f"vif_{way}_{what}": Whole(0) for way in ("inbound", "outbound") for what in ("average", "peak", "burst")},
    },
    "capabilities": dict.fromkeys(
        (
            *("id", "uuid", "service_id", "host", "vcpus", "memory_mb", "local_gb", "vcpus_used", "memory_mb_used"),
            *("local_gb_used", "hypervisor_type", "hypervisor_version", "hypervisor_hostname", "free_ram_mb"),
            *("free_disk_gb", "current_workload", "running_vms", "disk_available_least", "host_ip", "mapped"),
            *("cpu_allocation_ratio", "ram_allocation_ratio", "disk_allocation_ratio", "total_usable_ram_mb"),
            *("total_usable_disk_gb", "disk_mb_used", "free_disk_mb", "vcpus_total", "num_instances", "num_io_ops"),
            *("failed_builds", "aggregates", "cell_uuid", "updated"),
        ),
        Anything(),
    ),
}
"""Namespace → name → its values."""
_NESTED = (
    *("cpu_info", "metrics", "stats", "numa_topology", "supported_hv_specs", "pci_device_pools", "nodename"),
    *("pci_stats", "supported_instances", "limits", "instances"),
)
_CLASSES = (
    *("VCPU", "PCPU", "MEMORY_MB", "DISK_GB", "PCI_DEVICE", "SRIOV_NET_VF", "NUMA_SOCKET", "NUMA_CORE"),
    *("NUMA_THREAD", "NUMA_MEMORY_MB", "IPV4_ADDRESS", "VGPU", "VGPU_DISPLAY_HEAD", "PGPU", "FPGA"),
    *("MEM_ENCRYPTION_CONTEXT", "NET_BW_EGR_KILOBIT_PER_SEC", "NET_BW_IGR_KILOBIT_PER_SEC"),
    *("NET_PACKET_RATE_KILOPACKET_PER_SEC", "NET_PACKET_RATE_EGR_KILOPACKET_PER_SEC"),
    "NET_PACKET_RATE_IGR_KILOPACKET_PER_SEC",
    "CUSTOM_[A-Z0-9_]+",
)
_GROUP = "[a-zA-Z0-9_-]{0,64}"
_PATTERNS: tuple[tuple[str, Values], ...] = (
    (r"hw:numa_cpus.\d+", _CPUS),
    (r"hw:numa_mem.\d+", Whole(1)),
    (rf"capabilities:({'|'.join(_NESTED)})(:\w+)*", Anything()),
    ("aggregate_instance_extra_specs:.+", Anything()),
    (rf"resources{_GROUP}:({'|'.join(_CLASSES)})", Whole()),
    (rf"trait{_GROUP}:[A-Z][A-Z0-9_]*", Word(("required", "forbidden"))),
)
"""Names that have parts of their own. Which traits there are is for placement to say."""
_NAMELESS: dict[str, Values] = {"hide_hypervisor_id": Truth(), "group_policy": Word(("isolate", "none"))}
_NAMESPACES = re.compile(
    rf"({'|'.join((*_KNOWN, 'aggregate_instance_extra_specs', f'resources{_GROUP}', f'trait{_GROUP}'))})"
)


def wrong(name: str, value: str) -> str | None:
    """What is wrong with an extra spec; None for nothing."""
    values = _values(name)
    if values is not None:
        return values.wrong(value)
    namespace, colon, _ = name.partition(":")
    if colon and _NAMESPACES.fullmatch(namespace):
        return f"extra spec '{name}' does not appear to be a valid extra spec."
    return None


def _values(name: str) -> Values | None:
    namespace, colon, rest = name.partition(":")
    known = _KNOWN.get(namespace, {}).get(rest) if colon else _NAMELESS.get(name)
    return known or next((values for pattern, values in _PATTERNS if re.fullmatch(pattern, name)), None)
