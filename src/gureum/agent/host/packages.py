"""Debian packages a real host needs, and the programs that prove they are there. Read by ./install and `doctor`."""

import shutil

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

PACKAGES: dict[str, tuple[str, ...]] = {
    "qemu-system-x86": ("qemu-system-x86_64",),
    "qemu-utils": ("qemu-img",),
    "ipxe-qemu": (),
    "seabios": (),
    "libvirt-daemon-system": ("libvirtd", "virtlogd"),
    "openvswitch-switch": ("ovs-vswitchd", "ovsdb-server", "ovs-vsctl"),
    "ovn-central": ("ovn-northd",),
    "ovn-host": ("ovn-controller",),
    "genisoimage": ("genisoimage",),
    "iproute2": ("ip",),
    "ethtool": ("ethtool",),
    "util-linux": ("unshare", "nsenter"),
    "e2fsprogs": ("mkfs.ext4",),
    "libvirt0": (),
}
"""Package name to the programs it must bring. Install with `apt-get install --no-install-recommends`."""

BUILD_PACKAGES: tuple[str, ...] = ("libvirt-dev", "pkg-config", "gcc", "python3-dev")
"""Needed once, to build libvirt-python in the version of the system's libvirt."""

TEST_PACKAGES: tuple[str, ...] = ("openssh-client", "curl", "iputils-ping", "postgresql")
"""What the tests use on top: of the real drivers, and of the other database, whose server they start themselves."""


def missing() -> list[str]:
    """The packages of which a program is not to be found."""
    return [name for name, programs in PACKAGES.items() if any(not shutil.which(one, path=_PATH) for one in programs)]
