"""A host's qualities as placement's traits: what it can do for servers, and what its processors can."""

from gureum.compute.host import Host
from gureum.placement.traits import STANDARD

KINDS = ("COMPUTE_", "HW_ARCH_", "HW_CPU_", "OWNER_")
"""How the traits begin that a host's report decides about; all others are an operator's."""

_EVERY_HOSTS = frozenset(
    {
        "COMPUTE_NODE",
        "OWNER_NOVA",
        "COMPUTE_IMAGE_TYPE_QCOW2",
        "COMPUTE_IMAGE_TYPE_RAW",
        "COMPUTE_NET_ATTACH_INTERFACE",
        "COMPUTE_VOLUME_ATTACH",
    }
)
_OTHERWISE = {
    "AES": "AESNI",
    "BMI1": "BMI",
    "FMA": "FMA3",
    "PCLMULQDQ": "CLMUL",
    "PNI": "SSE3",
    "RTM": "TSX",
    "SHANI": "SHA",
    "PCID": "INTEL_PCID",
    "SPECCTRL": "INTEL_SPEC_CTRL",
    "SSBD": "INTEL_SSBD",
    "MDCLEAR": "INTEL_MD_CLEAR",
}
"""Processors' features whose traits are named otherwise."""


def traits_of(host: Host) -> frozenset[str]:
    """The traits that follow from what a host's agent said, and from whether it is enabled."""
    arch = host.cpu_arch.upper()
    found = {f"COMPUTE_ARCH_{arch}", f"HW_ARCH_{arch}", *(_of_processor(one) for one in host.features)}
    if not host.enabled:
        found.add("COMPUTE_STATUS_DISABLED")
    return _EVERY_HOSTS | (found & STANDARD)


def _of_processor(feature: str) -> str:
    plain = feature.upper().translate(str.maketrans("", "", ".-_"))
    return f"HW_CPU_X86_{_OTHERWISE.get(plain, plain)}"
