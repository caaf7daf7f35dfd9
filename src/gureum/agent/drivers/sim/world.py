"""The truth of the simulator: guests, taps, files, switches, ports, volumes.

Thread-safe. Watchers are called while the world is locked, in the order things happen; they must not block.
"""

import asyncio
import random
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec

from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.drivers.sim.faults import Faults
from gureum.agent.drivers.sim.shelf import Shelf, Table
from gureum.agent.drivers.sim.vnc import Screens
from gureum.contracts import hypervisor as hv
from gureum.contracts import switch
from gureum.contracts.frames import Ask

CONSOLE_BYTES = 128 * 1024
"""What is kept of a guest's console; beyond it the oldest goes."""

MTU = 9000
"""Bytes of a packet between simulated hosts."""

SECONDS = {"EnsureDomain": 0.8, "RemoveDomain": 0.3, "EnsureVolume": 0.2, "RemoveVolume": 0.1, "EnsureSnapshot": 0.3}
OTHER_SECONDS = 0.02
"""How long an operation takes on a real host, about; drawn between half and one and a half of it."""

ALIVE = ("running", "paused")
"""Power of a guest whose process is there."""

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Guest(msgspec.Struct):
    """A guest on a host, as its hypervisor has it."""

    host: str
    spec: hv.EnsureDomain
    power: hv.PowerState = "stopped"
    boots: int = 0
    console: str = ""
    base: str = ""
    saved: bool = False
    """Whether its memory is on disk."""

    def seen(self) -> hv.DomainSeen:
        return hv.DomainSeen(server_id=self.spec.server_id, power=self.power, boots=self.boots)


class Volume(msgspec.Struct):
    """A volume of the pool, and the hosts that may open it. `content` stands for the bytes that guests wrote."""

    size_gib: int
    image_id: str = ""
    content: str = ""
    hosts: list[str] = []


class Kept(msgspec.Struct):
    """A snapshot in the pool: what its volume held."""

    size_gib: int
    image_id: str = ""
    content: str = ""


class Answering(msgspec.Struct):
    """What a host's metadata service says to one guest."""

    host: str
    ports: list[hv.MetadataPort]
    metadata: hv.GuestMetadata


class Written(msgspec.Struct):
    """A statement in the switch's database."""

    generation: int
    statement: switch.EnsureSwitch | switch.EnsurePort | switch.EnsureRouter | switch.EnsureSecurityGroup


def key(host: str, server_id: str) -> str:
    """Under which a guest and its metadata are kept."""
    return f"{host}/{server_id}"


class World:
    """Everything the simulated drivers share. `path` None keeps nothing; `latency` scales delays, 0 for none.

    `sleep` and `now` are the clock: give your own to make time virtual.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        seed: int = 0,
        latency: float = 0.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.lock = threading.RLock()
        self.faults = Faults()
        self.clock_ahead = 0.0
        self.mtu = MTU
        self.screens = Screens()
        self.latency = latency
        self.now = now
        self._seed = seed
        self._sleep = sleep
        self._shelf = Shelf(path)
        self._domain_watchers: dict[str, Callable[[hv.DomainSeen], None]] = {}
        self._port_watchers: list[Callable[[str, bool], None]] = []
        self._ports_up: set[str] = set()
        self.verified: dict[str, str] = {}
        """Image to the checksum that its bytes were found to have."""
        self._of_host: dict[str, dict[str, Guest]] = {}
        self._plugged: dict[str, set[str]] = {}
        """Guest to its ports, while it runs."""
        self._plugs: dict[str, set[str]] = {}
        """Port to the running guests that hold it."""
        self.guests = Table(self._shelf, "guest", Guest)
        self.volumes = Table(self._shelf, "volume", Volume)
        self.snapshots = Table(self._shelf, "snapshot", Kept)
        self.copies = Table(self._shelf, "copy", str)
        """Host, server and image to what the copy holds."""
        self.answering = Table(self._shelf, "answering", Answering)
        self.cached = Table(self._shelf, "cached", str)
        self._written = Table(self._shelf, "written", Written)
        self.stray_taps = Table(self._shelf, "stray tap", str)
        """Host and port to why: plugs that no guest of ours holds."""
        self._after_start()

    def close(self) -> None:
        """End screens and let go what hangs. The world itself stays in its file."""
        self.faults.clear()
        self.screens.close()
        self._shelf.close()

    # -- time and trouble

    async def before(self, asks: Sequence[Ask]) -> dict[int, DriverFault]:
        """Take as long as a real host takes, and meet the injected faults; faults by ask id."""
        struck: dict[int, DriverFault] = {}
        if self.latency:
            first = asks[0]
            op = type(first.body).__name__
            dice = random.Random(f"{self._seed}/{op}/{first.subject}/{first.generation}")  # noqa: S311
            await self._sleep(SECONDS.get(op, OTHER_SECONDS) * dice.uniform(0.5, 1.5) * self.latency)
        for ask in asks:
            fault = await self.faults.strike(type(ask.body).__name__, ask.subject)
            if fault is not None:
                struck[ask.id] = fault
        return struck

    def power_cut(self, host: str | None = None) -> None:
        """The machine (all of them when None) loses power: its guests stop."""
        with self.lock:
            for guest in list(self.guests.values()):
                if host in (None, guest.host) and guest.power in ALIVE:
                    self.set_power(guest, "stopped")

    def crash(self, server_id: str) -> None:
        """The guest's process dies, if it has one."""
        with self.lock:
            for guest in self.find(server_id):
                if guest.power in ALIVE:
                    self.set_power(guest, "crashed")

    def shut_down(self, server_id: str) -> None:
        """Somebody inside the guest turns it off, if it runs."""
        with self.lock:
            for guest in self.find(server_id):
                if guest.power in ALIVE:
                    self.set_power(guest, "stopped")

    def scribble(self, volume_id: str, content: str) -> None:
        """A guest writes to a volume."""
        with self.lock:
            volume = self.volumes.get(volume_id)
            assert volume is not None
            volume.content = content
            self.volumes.put(volume_id, volume)

    # -- guests

    def find(self, server_id: str) -> list[Guest]:
        """The guest on whatever host, more than one only when something went wrong."""
        with self.lock:
            return [guest for guest in self.guests.values() if guest.spec.server_id == server_id]

    def guests_on(self, host: str) -> list[Guest]:
        """The guests of one host."""
        with self.lock:
            return list(self._of_host.get(host, {}).values())

    def keep_guest(self, guest: Guest) -> None:
        """The guest is new, or its parts changed."""
        with self.lock:
            name = key(guest.host, guest.spec.server_id)
            guest.console = guest.console[-CONSOLE_BYTES:]
            self.guests.put(name, guest)
            self._of_host.setdefault(guest.host, {})[guest.spec.server_id] = guest
            self._replug(name, guest)

    def set_power(self, guest: Guest, power: hv.PowerState) -> None:
        """The guest's power changes; its watcher hears of it."""
        with self.lock:
            changed = guest.power != power
            guest.power = power
            if power not in ALIVE:
                self.screens.shut(key(guest.host, guest.spec.server_id))
            self.keep_guest(guest)
            watcher = self._domain_watchers.get(guest.host)
            if changed and watcher is not None:
                watcher(guest.seen())

    def drop_guest(self, host: str, server_id: str) -> None:
        """The guest is gone, with its disks, taps and console."""
        with self.lock:
            name = key(host, server_id)
            self.guests.drop(name)
            self._of_host.get(host, {}).pop(server_id, None)
            for copy in [copy for copy in self.copies.keys() if copy.startswith(f"{name}/")]:  # noqa: SIM118
                self.copies.drop(copy)
            self.screens.shut(name)
            self._replug(name, None)

    def taps_on(self, host: str) -> list[str]:
        """The ports that are plugged in on a host, by guests or by nobody any more."""
        with self.lock:
            held = [ports for name, ports in self._plugged.items() if name.startswith(key(host, ""))]
            stray = {name.removeprefix(key(host, "")) for name in self.stray_taps if name.startswith(key(host, ""))}
            return sorted(stray.union(*held))

    def drop_tap(self, host: str, port_id: str) -> bool:
        """A plug that nobody holds is gone; False for one that a running guest holds."""
        with self.lock:
            self.stray_taps.drop(key(host, port_id))
            return port_id not in self.taps_on(host)

    def watch_domains(self, host: str, changed: Callable[[hv.DomainSeen], None] | None) -> None:
        """Call `changed` for every change of power on `host`; None ends it."""
        with self.lock:
            if changed is None:
                self._domain_watchers.pop(host, None)
            else:
                self._domain_watchers[host] = changed

    # -- ports

    def ports_up(self) -> list[str]:
        """Ports of the switch that a running guest is plugged into."""
        with self.lock:
            return sorted(self._ports_up)

    def watch_ports(self, changed: Callable[[str, bool], None]) -> None:
        with self.lock:
            self._port_watchers.append(changed)

    def unwatch_ports(self, changed: Callable[[str, bool], None]) -> None:
        with self.lock:
            if changed in self._port_watchers:
                self._port_watchers.remove(changed)

    def written(self, kind: str) -> dict[str, Written]:
        """The switch's rows of a kind (`switch`, `port`, `router`, `group`) by id."""
        with self.lock:
            return {name.partition("/")[2]: row for name, row in self._written.items() if name.startswith(f"{kind}/")}

    def row(self, kind: str, id: str) -> Written | None:
        with self.lock:
            return self._written.get(f"{kind}/{id}")

    def write(self, kind: str, id: str, row: Written | None) -> None:
        """A row of the switch's database changes; None removes it."""
        with self.lock:
            if row is None:
                self._written.drop(f"{kind}/{id}")
            else:
                self._written.put(f"{kind}/{id}", row)
            if kind == "port":
                self._weigh(id)

    def _replug(self, name: str, guest: Guest | None) -> None:
        running = guest is not None and guest.power in ALIVE
        now = {nic.port_id for nic in guest.spec.nics} if guest is not None and running else set[str]()
        before = self._plugged.pop(name, set[str]())
        if now:
            self._plugged[name] = now
        for port_id in sorted(now ^ before):
            holders = self._plugs.setdefault(port_id, set())
            (holders.add if port_id in now else holders.discard)(name)
            if not holders:
                del self._plugs[port_id]
            self._weigh(port_id)

    def _weigh(self, port_id: str) -> None:
        """Whether the port is up now; tells when that is new."""
        row = self._written.get(f"port/{port_id}")
        ready = row is not None and isinstance(row.statement, switch.EnsurePort) and row.statement.enabled
        up = ready and port_id in self._plugs
        if up == (port_id in self._ports_up):
            return
        (self._ports_up.add if up else self._ports_up.discard)(port_id)
        for watcher in list(self._port_watchers):
            watcher(port_id, up)

    # -- looking in from outside

    def look(self) -> dict[str, list[str]]:
        """Everything there is, by kind, to see whether anything was left behind. Image caches are not counted."""
        with self.lock:
            return {
                "guests": self.guests.keys(),
                "taps": sorted(
                    [
                        *(f"{name}/{port}" for name, ports in self._plugged.items() for port in ports),
                        *self.stray_taps,
                    ]
                ),
                "files": [
                    *(f"{name}/disk" for name in self.guests),
                    *(f"volumes/{id}" for id in self.volumes),
                    *(f"snapshots/{id}" for id in self.snapshots),
                    *(f"{name}/copy" for name in self.copies),
                ],
                "volumes": self.volumes.keys(),
                "snapshots": self.snapshots.keys(),
                "exports": sorted(f"{id}/{host}" for id, volume in self.volumes.items() for host in volume.hosts),
                "metadata": self.answering.keys(),
                "switches": sorted(self.written("switch")),
                "ports": sorted(self.written("port")),
                "routers": sorted(self.written("router")),
                "groups": sorted(self.written("group")),
            }

    def _after_start(self) -> None:
        """Guests outlived the agent, but not the machine."""
        boot = BOOT_ID.read_text().strip() if BOOT_ID.exists() else ""
        last = dict(self._shelf.all("machine")).get("boot")
        rebooted = last is not None and msgspec.msgpack.decode(last, type=str) != boot
        self._shelf.put("machine", "boot", boot)
        for guest in list(self.guests.values()):
            if rebooted and guest.power in ALIVE:
                guest.power = "stopped"
            self.keep_guest(guest)
