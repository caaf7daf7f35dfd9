"""libvirtd and virtlogd of our own: in a mount namespace where libvirt's fixed directories are ours.

libvirt's paths are compiled in. Shown our own directories there, our libvirtd shares nothing with one of the system,
and several real clouds live side by side on a machine. The directories are plain ones in the state directory, so a
restarted libvirtd finds its running guests again.

    python -m gureum.agent.host.libvirt STATE -- libvirtd …      runs a program in that view
"""

import os
import shutil
import socket
import stat
import sys
import uuid
from pathlib import Path

from gureum.agent.host import accelerator, linux
from gureum.agent.host.accelerator import GUEST_GROUP, GUEST_USER
from gureum.agent.host.process import Daemon
from gureum.agent.host.settings import HostFault, HostSettings
from gureum.agent.host.sockets import answers

MODULE = "gureum.agent.host.libvirt"
VIEW = {
    "etc": "/etc/libvirt",
    "lib": "/var/lib/libvirt",
    "log": "/var/log/libvirt",
    "cache": "/var/cache/libvirt",
    "run": "/run/libvirt",
}
CONSOLE_LOG_BYTES = 1024 * 1024


def connection_uri(settings: HostSettings) -> str:
    """Where the drivers connect to."""
    if settings.own_daemons:
        return f"qemu+unix:///system?socket={_home(settings)}/run/libvirt-sock"
    return "qemu:///system"


def daemons(settings: HostSettings) -> list[Daemon]:
    """virtlogd and libvirtd, in the order they are started."""
    home = _home(settings)
    return [
        _daemon(settings, "virtlogd", home / "run" / "virtlogd-sock"),
        _daemon(settings, "libvirtd", home / "run" / "libvirt-sock"),
    ]


def _home(settings: HostSettings) -> Path:
    return settings.state / "libvirt"


def _daemon(settings: HostSettings, name: str, listen: Path) -> Daemon:
    pidfile = _home(settings) / f"{name}.pid"
    program = (name, "-d", "-f", f"/etc/libvirt/{name}.conf", "-p", str(pidfile))
    return Daemon(
        name=name,
        argv=(sys.executable, "-m", MODULE, str(settings.state), "--", *program),
        pidfile=pidfile,
        ready=lambda: answers(listen),
        env=settings.environment,
        prepare=lambda: prepare(settings),
        nice=settings.nice,
    )


def prepare(settings: HostSettings) -> None:
    """Make the directories and settings files; what only holds until a reboot is dropped after one."""
    home = _home(settings)
    boot = linux.boot_id()
    for part in VIEW:
        (home / part).mkdir(parents=True, exist_ok=True, mode=0o711)
    marker = home / "run" / "boot-id"
    if not marker.exists() or marker.read_text() != boot:
        shutil.rmtree(home / "run")
        (home / "run").mkdir(mode=0o755)
        marker.write_text(boot)
    identity = home / "host-uuid"
    if not identity.exists():
        identity.write_text(str(uuid.uuid4()))
    files = {
        "libvirtd.conf": f'host_uuid = "{identity.read_text()}"\nunix_sock_rw_perms = "0700"\n'
        'unix_sock_ro_perms = "0700"\nauth_unix_rw = "none"\nauth_unix_ro = "none"\nlog_level = 3\n'
        'log_outputs = "3:file:/var/log/libvirt/libvirtd.log"\nmax_clients = 50\n',
        "qemu.conf": f'user = "{GUEST_USER}"\ngroup = "{GUEST_GROUP}"\ndynamic_ownership = 0\nremember_owner = 0\n'
        'security_driver = "none"\nsecurity_default_confined = 0\ncgroup_controllers = []\nmax_core = 0\n',
        "virtlogd.conf": f"max_size = {CONSOLE_LOG_BYTES}\nmax_backups = 1\n",
    }
    for name, text in files.items():
        (home / "etc" / name).write_text(text)
    if settings.accelerator != "auto":
        accelerator.remember(settings.state, settings.accelerator)
    if not (home / "no-kvm").exists():
        os.mknod(home / "no-kvm", stat.S_IFCHR | 0o600, os.makedev(1, 3))
    # libvirtd resolves its host's name now and then; where that asks a dead name server every call takes 20 s.
    system = Path("/etc/hosts").read_text() if Path("/etc/hosts").exists() else ""
    (home / "hosts").write_text(f"{system}\n127.0.1.1 {socket.gethostname()}\n")


def enter_view(state: Path) -> None:
    """Show this process our directories at libvirt's places. Raises HostFault when libvirt is not installed."""
    linux.unshare(linux.CLONE_NEWNS)
    linux.mount("none", "/", flags=linux.MS_REC | linux.MS_SLAVE)
    for part, target in VIEW.items():
        if part == "run":
            Path(target).mkdir(exist_ok=True)
        if not Path(target).is_dir():
            raise HostFault(f"libvirt is not installed: there is no {target}.")
        linux.bind(state / "libvirt" / part, target)
    if Path("/etc/hosts").exists():
        linux.bind(state / "libvirt" / "hosts", "/etc/hosts")
    if accelerator.choose(state) == "tcg" and Path("/dev/kvm").exists():
        # Where KVM does not work (or QEMU's user may not open it) libvirt probes it again and again, 20 s at every
        # define. A null device that this user may not open is no KVM to it, for good.
        linux.bind(state / "libvirt" / "no-kvm", "/dev/kvm")


def main(arguments: list[str]) -> None:
    """`STATE -- PROGRAM ARGUMENT…`"""
    enter_view(Path(arguments[0]))
    program = arguments[2:]
    os.execvp(program[0], program)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
