"""Open vSwitch's and OVN's daemons, as we start them where no system service does."""

from collections.abc import Callable, Mapping
from pathlib import Path

from gureum.agent.host.process import Daemon, read_pid, run
from gureum.agent.host.settings import HostSettings
from gureum.agent.host.sockets import answers

SCHEMAS = {
    "conf": Path("/usr/share/openvswitch/vswitch.ovsschema"),
    "ovnnb": Path("/usr/share/ovn/ovn-nb.ovsschema"),
    "ovnsb": Path("/usr/share/ovn/ovn-sb.ovsschema"),
}


def make_database(path: Path, schema: Path) -> None:
    """Make the database file, or bring it to the installed program's schema."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        run(("ovsdb-tool", "create", str(path), str(schema)))
    elif run(("ovsdb-tool", "needs-conversion", str(path), str(schema))).strip() == "yes":
        run(("ovsdb-tool", "convert", str(path), str(schema)))


def daemons(settings: HostSettings) -> list[Daemon]:
    """In the order they are started; stopped in the reverse one."""
    ovs, ovn = settings.openvswitch_rundir, settings.ovn_rundir
    made = [_database(settings, "ovsdb", ovs / "db.sock", "conf", "db:Open_vSwitch,Open_vSwitch,manager_options")]
    made.append(
        _daemon(
            settings,
            "ovs-vswitchd",
            ovs,
            # Its userspace datapath aborts now and then (DATAPLANE: crash trap): the monitor has it back in 2 s.
            ("ovs-vswitchd", settings.openvswitch_db, "--monitor"),
            # The userspace datapath's devices outlive it otherwise.
            farewell=("ovs-appctl", "-t", "ovs-vswitchd", "exit", "--cleanup"),
        )
    )
    if settings.central:
        for name, table in (("ovnnb", "OVN_Northbound,NB_Global"), ("ovnsb", "OVN_Southbound,SB_Global")):
            made.append(_database(settings, name, ovn / f"{name}_db.sock", name, f"db:{table},connections"))
        ends = (f"--ovnnb-db={settings.northbound_db}", f"--ovnsb-db={settings.southbound_db}")
        made.append(_daemon(settings, "ovn-northd", ovn, ("ovn-northd", *ends)))
    made.append(_daemon(settings, "ovn-controller", ovn, ("ovn-controller", settings.openvswitch_db)))
    return made


def _database(settings: HostSettings, name: str, listen: Path, database: str, remote: str) -> Daemon:
    path = settings.state / "db" / f"{database}.db"
    argv = ("ovsdb-server", str(path), f"--remote=punix:{listen}", f"--remote={remote}")
    return _daemon(
        settings, name, listen.parent, argv, listen=listen, prepare=lambda: make_database(path, SCHEMAS[database])
    )


def _daemon(
    settings: HostSettings,
    name: str,
    rundir: Path,
    argv: tuple[str, ...],
    *,
    listen: Path | None = None,
    prepare: Callable[[], None] = lambda: None,
    farewell: tuple[str, ...] = (),
) -> Daemon:
    pidfile = rundir / f"{name}.pid"
    env: Mapping[str, str] = settings.environment
    return Daemon(
        name=name,
        argv=(
            *argv,
            f"--pidfile={pidfile}",
            f"--log-file={settings.state}/log/{name}.log",
            "-vconsole:off",
            "-vsyslog:off",
            "--no-chdir",
            "--detach",
        ),
        pidfile=pidfile,
        ready=lambda: answers(listen or _control(rundir, name, pidfile)),
        env=env,
        prepare=prepare,
        nice=settings.nice,
        farewell=farewell,
    )


def _control(rundir: Path, name: str, pidfile: Path) -> Path:
    return rundir / f"{name}.{read_pid(pidfile) or 0}.ctl"
