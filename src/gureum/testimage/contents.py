"""What goes into the small image: package names, programs, kernel modules. Data only."""

from __future__ import annotations

PACKAGES: tuple[str, ...] = (
    "busybox-static",
    "dropbear-bin",
    "e2fsprogs",
    "fdisk",
    "libpam-modules",
    "openssh-sftp-server",
    "sudo",
    "util-linux",
)

PROGRAMS: tuple[str, ...] = (
    "bin/busybox",
    "bin/lsblk",
    "sbin/blkid",
    "sbin/e2fsck",
    "sbin/fsck.ext3",
    "sbin/fsck.ext4",
    "sbin/mke2fs",
    "sbin/mkfs.ext2",
    "sbin/mkfs.ext3",
    "sbin/mkfs.ext4",
    "sbin/resize2fs",
    "sbin/sfdisk",
    "sbin/tune2fs",
    "usr/bin/dropbearkey",
    "usr/bin/partx",
    "usr/bin/sudo",
    "usr/lib/openssh/sftp-server",
    "usr/lib/sftp-server",
    "usr/sbin/dropbear",
)
"""Files that every build must have; libraries that they ask for come by themselves."""

PLUGINS: tuple[str, ...] = (
    "etc/mke2fs.conf",
    "lib/x86_64-linux-gnu/security/pam_permit.so",
    "usr/libexec/sudo/sudoers.so",
)
"""Files that programs open by name at run time."""

INITRD_MODULES: dict[str, tuple[str, ...]] = {
    "virtio": ("virtio_pci", "virtio_blk"),
    "other": ("virtio_scsi", "sd_mod", "ata_piix"),
}
"""Modules of the initial RAM disk: those of a virtio disk, and those tried when there is none."""

START_MODULES: tuple[str, ...] = ("virtio_net", "button", "evdev")
"""Modules that every start loads, because their devices may also come later."""

DEMAND_MODULES: tuple[str, ...] = (
    "8021q",
    "bonding",
    "bridge",
    "dummy",
    "fuse",
    "isofs",
    "loop",
    "nfs",
    "nfsv3",
    "nfsv4",
    "nls_ascii",
    "nls_cp437",
    "nls_utf8",
    "overlay",
    "sr_mod",
    "vfat",
    "virtio_balloon",
    "virtio_console",
    "virtio_rng",
    "virtiofs",
    "vxlan",
    "xfs",
)
"""Modules that wait on the disk until a device or a command asks for them."""

FOLDERS: tuple[str, ...] = (
    "dev",
    "etc/dropbear",
    "home/cirros/.ssh",
    "media",
    "mnt",
    "opt",
    "proc",
    "root",
    "run",
    "srv",
    "sys",
    "tmp",
    "usr/local/bin",
    "var/lib/gureum",
    "var/log",
    "var/spool/cron/crontabs",
    "var/tmp",
)

LINKS: dict[str, str] = {
    "bin": "usr/bin",
    "lib": "usr/lib",
    "lib64": "usr/lib64",
    "linuxrc": "usr/bin/busybox",
    "sbin": "usr/sbin",
    "usr/lib64/ld-linux-x86-64.so.2": "../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
    "var/run": "../run",
}

CIRROS = 1000
OWNERS: dict[str, int] = {"home/cirros": CIRROS, "home/cirros/.ssh": CIRROS}
"""Who owns what is not root's."""

MODES: dict[str, int] = {
    "etc/shadow": 0o600,
    "etc/sudoers": 0o440,
    "home/cirros/.ssh": 0o700,
    "root": 0o700,
    "tmp": 0o1777,
    "usr/bin/sudo": 0o4755,
    "var/tmp": 0o1777,
}

CAP_NET_RAW = 13
CAPABILITIES: dict[str, int] = {"usr/bin/busybox": CAP_NET_RAW}
"""What a program may do for anybody: busybox's shell runs its own ping, which opens a raw socket."""

COMMAND_LINE = "console=tty0 console=ttyS0,115200 norandmaps nokaslr scsi_mod.scan=sync panic=10"
