"""Resource classes: what there can be an amount of. Standard ones have upstream's names, others begin with `CUSTOM_`."""

import re

CUSTOM = re.compile(r"CUSTOM_[A-Z0-9_]{1,248}")

_NAMES = """
VCPU MEMORY_MB DISK_GB PCI_DEVICE SRIOV_NET_VF NUMA_SOCKET NUMA_CORE NUMA_THREAD NUMA_MEMORY_MB IPV4_ADDRESS VGPU
VGPU_DISPLAY_HEAD NET_BW_EGR_KILOBIT_PER_SEC NET_BW_IGR_KILOBIT_PER_SEC PCPU MEM_ENCRYPTION_CONTEXT FPGA PGPU
NET_PACKET_RATE_KILOPACKET_PER_SEC NET_PACKET_RATE_EGR_KILOPACKET_PER_SEC NET_PACKET_RATE_IGR_KILOPACKET_PER_SEC
"""

STANDARD = tuple(_NAMES.split())
"""The classes that every cloud knows, in the order in which they are listed."""
