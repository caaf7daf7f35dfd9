"""The whole agent with simulated drivers, end to end over a unix socket."""

import asyncio
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gureum.agent.config import AgentConfig, SimConfig, load
from gureum.agent.drivers.sim import World
from gureum.agent.main import run_sim
from gureum.contracts import hypervisor as hv
from gureum.contracts import volumes as vol
from gureum.contracts.client import dialer
from gureum.contracts.frames import Answered, Report, Tell
from gureum.contracts.images import ImageFacts, InspectImage
from gureum.contracts.message import AgentFault, Done, Gone
from gureum.contracts.switch import EnsurePort, PortUp, RemovePort, SwitchState

pytestmark = pytest.mark.anyio
IMAGE = hv.ImageSource(image_id="i", sha512="", size=1, format="raw")


def guest(id: str = "s1", **changes: object) -> hv.EnsureDomain:
    files = {"openstack/latest/meta_data.json": json.dumps({"hostname": "web", "uuid": id}).encode()}
    values: dict[str, object] = {
        "server_id": id,
        "name": f"instance-{id}",
        "vcpus": 1,
        "memory_mib": 128,
        "power": "running",
        "root": hv.RootDisk(image=IMAGE, size_gib=1),
        "nics": (hv.Nic(port_id="p1", mac="fa:16:3e:00:00:01", mtu=1442),),
        "metadata": hv.GuestMetadata(files=files, addresses={"n1": ["172.16.0.5"]}),
    }
    return hv.EnsureDomain(**(values | changes))


def port(id: str = "p1") -> EnsurePort:
    return EnsurePort(port_id=id, network_id="n1", kind="guest", mac="fa:16:3e:00:00:01", addresses=(), subnet_ids=())


@contextlib.asynccontextmanager
async def agent(control, world: World, sim: SimConfig | None = None) -> AsyncIterator[None]:
    config = AgentConfig(name="sim", sim=sim or SimConfig())
    running = asyncio.create_task(run_sim(config, dialer(control.address), world))
    yield
    running.cancel()
    await asyncio.wait([running])


async def test_a_guest_from_boot_to_gone(control) -> None:
    world = World()
    async with agent(control, world):
        session = await control.session()
        assert session.hello.roles == ("host", "network", "storage", "fetch")
        assert session.hello.inventory.vcpus == 64
        assert (await session.get(Tell, lambda t: isinstance(t.news, hv.HostState))).news == hv.HostState()
        assert (await session.get(Tell, lambda t: isinstance(t.news, SwitchState))).news == SwitchState()
        assert (await session.get(Tell, lambda t: isinstance(t.news, vol.PoolState))).news.total_gib == 10_000
        session.ask(1, "port/p1", 1, port())
        session.ask(2, "server/s1", 1, guest())
        assert (await session.get(Report, lambda r: r.id == 1)).answer == Done()
        report = await session.get(Report, lambda r: r.id == 2)
        assert report.answer == hv.DomainReport(server_id="s1", power="running", boots=1)
        assert (await session.get(Tell, lambda t: isinstance(t.news, PortUp))).news == PortUp(port_id="p1", up=True)
        assert (await session.get(Tell)).news == hv.DomainSeen(server_id="s1", power="running", boots=1)
        world.crash("s1")
        assert (await session.get(Tell, lambda t: isinstance(t.news, hv.DomainSeen))).news.power == "crashed"
        session.ask(3, "server/s1", 2, hv.RemoveDomain(server_id="s1", name="instance-s1"))
        session.ask(4, "port/p1", 2, RemovePort(port_id="p1", network_id="n1"))
        assert (await session.get(Report, lambda r: r.id == 3)).answer == Gone()
        assert (await session.get(Report, lambda r: r.id == 4)).answer == Gone()
    left = {kind for kind, things in world.look().items() if things}
    assert left == {"switches"}


async def test_tells_the_whole_at_every_connect(control) -> None:
    world = World()
    async with agent(control, world):
        first = await control.session()
        first.ask(1, "port/p1", 1, port())
        first.ask(2, "server/s1", 1, guest())
        await first.get(Report, lambda r: r.id == 1)
        await first.get(Report, lambda r: r.id == 2)
        first.writer.transport.abort()
        second = await control.session()
        state = await second.get(Tell, lambda t: isinstance(t.news, hv.HostState))
        assert state.news.domains == (hv.DomainSeen(server_id="s1", power="running", boots=1),)
        ports = await second.get(Tell, lambda t: isinstance(t.news, SwitchState))
        assert ports.news.ports_up == ("p1",)
        assert second.hello.epoch == first.hello.epoch


async def test_an_injected_fault_and_one_that_hangs(control) -> None:
    world = World()
    async with agent(control, world):
        session = await control.session()
        world.faults.add("EnsureDomain", "server/s1", "no luck")
        session.ask(1, "server/s1", 1, guest())
        assert (await session.get(Report)).answer == AgentFault(text="no luck", detail="injected")
        fault = world.faults.add("EnsureDomain", hang=True)
        session.ask(2, "server/s1", 2, guest())
        session.ask(3, "server/s1", 3, hv.RemoveDomain(server_id="s1", name="instance-s1"))
        session.ask(4, "server/s2", 1, guest("s2", nics=()))
        await session.get(Report, lambda r: r.id == 4)
        assert not [frame for frame in session.frames if isinstance(frame, Report)]
        fault.release()
        assert (await session.get(Report, lambda r: r.id == 3)).answer == Gone()


async def test_questions(control, tmp_path: Path) -> None:
    (tmp_path / "image").write_bytes(b"QFI\xfb" + bytes(600))
    async with agent(control, World()):
        session = await control.session()
        session.ask(1, "server/s1", 1, guest())
        await session.get(Report)
        session.question(1, hv.ReadConsole(server_id="s1", name="instance-s1"))
        text = (await session.get(Answered, lambda a: a.id == 1)).body.text
        assert text.endswith("web login: ") and "lease of 172.16.0.5" in text and "instance-id s1" in text
        session.question(2, hv.ReadConsole(server_id="s1", name="instance-s1", lines=1))
        assert (await session.get(Answered, lambda a: a.id == 2)).body.text == "web login: "
        session.question(3, hv.ReadConsole(server_id="s2", name="instance-s2"))
        assert isinstance((await session.get(Answered, lambda a: a.id == 3)).body, AgentFault)
        session.question(4, InspectImage(path=str(tmp_path / "image"), declared="raw"))
        facts = (await session.get(Answered, lambda a: a.id == 4)).body
        assert isinstance(facts, ImageFacts) and facts.format == "qcow2" and facts.fault


async def test_vnc_is_carried_to_the_bulk_address(control, tmp_path: Path) -> None:
    arrived: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    bulk = await asyncio.start_unix_server(lambda r, w: arrived.put_nowait((r, w)), str(tmp_path / "bulk"))
    grant, world = "ab" * 16, World()
    async with agent(control, world), bulk:
        session = await control.session()
        question = hv.OpenVnc(server_id="s1", name="instance-s1", address=f"unix:{tmp_path}/bulk", grant=grant)
        session.question(1, question)
        assert isinstance((await session.get(Answered)).body, AgentFault)
        session.ask(1, "server/s1", 1, guest())
        await session.get(Report)
        session.question(2, question)
        reader, writer = await asyncio.wait_for(arrived.get(), 5)
        assert await reader.readline() == f"{grant}\n".encode()
        assert (await session.get(Answered)).body == Done()
        assert await reader.readexactly(12) == b"RFB 003.008\n"
        writer.write(b"RFB 003.008\n" + b"\1" + b"\1" + b"\3\0\0\0\0\0\1\0\1\0")
        assert await reader.readexactly(2 + 4) == b"\1\1\0\0\0\0"
        width_and_height = await reader.readexactly(4)
        name = (await reader.readexactly(16 + 4 + len("instance-s1")))[20:]
        assert (width_and_height, name) == (b"\x01\x40\x00\xc8", b"instance-s1")
        assert len(await reader.readexactly(16 + 320 * 200 * 4)) == 256_016
        session.ask(2, "server/s1", 2, guest(power="stopped"))
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
    world.close()


async def test_many_hosts_in_one_process(control) -> None:
    world = World()
    async with agent(control, world, SimConfig(hosts=50)):
        sessions = [await control.session() for _ in range(50)]
        assert {s.hello.agent for s in sessions} == {f"sim-{n}" for n in range(1, 51)}
        assert sum("network" in s.hello.roles for s in sessions) == 1
        for number, session in enumerate(sessions):
            session.ask(1, f"server/{number}", 1, guest(f"{number}", nics=()))
        for session in sessions:
            await session.get(Report)
    assert len(world.look()["guests"]) == 50


def start(config: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "gureum.agent", "--config", str(config)], stderr=subprocess.PIPE)


async def test_the_process_survives_kill_with_its_guests_and_holds_its_lock(control, tmp_path: Path) -> None:
    config = tmp_path / "agent.yaml"
    config.write_text(f"name: h\nlink: {control.address}\nstate: {tmp_path}/state\nroles: [host, network]\n")
    first = start(config)
    session = await control.session()
    session.ask(1, "port/p1", 1, port())
    session.ask(2, "server/s1", 1, guest())
    await session.get(Report, lambda r: r.id == 2)
    second = start(config)
    await asyncio.sleep(0.4)
    assert control.sessions.empty() and second.poll() is None
    first.kill()
    later = await control.session()
    assert later.hello.epoch > session.hello.epoch
    assert (await later.get(Tell, lambda t: isinstance(t.news, hv.HostState))).news.domains[0].power == "running"
    assert (await later.get(Tell, lambda t: isinstance(t.news, SwitchState))).news.ports_up == ("p1",)
    second.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(second.wait, 5) == 0
    assert second.stderr is not None and first.stderr is not None
    lines = [json.loads(line) for line in second.stderr.read().splitlines()]
    assert "ending; guests keep running" in [line["event"] for line in lines]
    first.wait()
    first.stderr.close()
    second.stderr.close()


def test_the_process_dies_with_its_parent(tmp_path: Path) -> None:
    config = tmp_path / "agent.json"
    config.write_text(json.dumps({"name": "h", "link": f"unix:{tmp_path}/none", "state": str(tmp_path)}))
    code = "import subprocess, sys, time; print(subprocess.Popen(sys.argv[1:]).pid, flush=True); time.sleep(60)"
    command = [sys.executable, "-c", code, sys.executable, "-m", "gureum.agent", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        ends = os.pidfd_open(pid)
        lock = tmp_path / "agent.lock"
        for _ in range(200):
            if lock.exists():
                break
            time.sleep(0.02)
        parent.kill()
    assert select.select([ends], [], [], 5)[0]
    os.close(ends)


def test_a_wrong_configuration_says_what_is_wrong(tmp_path: Path) -> None:
    config = tmp_path / "agent.yaml"
    for text, word in (("name: [", "YAML"), ("name: a\nrolls: []", "rolls"), ("name: a\nroles: [king]", "roles")):
        config.write_text(text)
        with pytest.raises(ValueError, match=word):
            load(config)


async def test_a_report_that_is_lost_and_one_that_lies(control) -> None:
    world = World()
    async with agent(control, world):
        session = await control.session()
        world.faults.add("EnsureDomain", lose=True)
        session.ask(1, "server/s1", 1, guest())
        session.ask(2, "server/s2", 1, guest("s2", nics=()))
        await session.get(Report, lambda r: r.id == 2)
        assert not [frame for frame in session.frames if isinstance(frame, Report)]
        session.ask(1, "server/s1", 1, guest())
        assert (await session.get(Report)).answer == hv.DomainReport(server_id="s1", power="running", boots=1)
        world.faults.add("RemoveDomain", text="so it seems", after=True)
        session.ask(3, "server/s1", 2, hv.RemoveDomain(server_id="s1", name="instance-s1"))
        assert (await session.get(Report)).answer == AgentFault(text="so it seems", detail="injected")
        assert world.find("s1") == []


async def test_delays_are_the_seeds(control) -> None:
    slept: list[list[float]] = [[], []]
    for times in slept:

        async def sleep(seconds: float, times: list[float] = times) -> None:
            times.append(seconds)

        world = World(seed=7, latency=1.0, sleep=sleep, now=lambda: 0.0)
        async with agent(control, world):
            session = await control.session()
            session.ask(1, "server/s1", 1, guest())
            await session.get(Report)
            assert "1970-01-01 00:00:00" in world.find("s1")[0].console
    assert slept[0] == slept[1] and 0.4 <= slept[0][0] <= 1.2


async def test_a_machine_that_lost_power(control, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path / "world.sqlite")
    async with agent(control, world):
        session = await control.session()
        session.ask(1, "server/s1", 1, guest())
        await session.get(Report)
    world.close()
    assert World(tmp_path / "world.sqlite").find("s1")[0].power == "running"
    monkeypatch.setattr("gureum.agent.drivers.sim.world.BOOT_ID", tmp_path / "another")
    (tmp_path / "another").write_text("other\n")
    world = World(tmp_path / "world.sqlite")
    assert world.find("s1")[0].power == "stopped"
    async with agent(control, world):
        session = await control.session()
        state = await session.get(Tell, lambda t: isinstance(t.news, hv.HostState))
        assert state.news.domains[0].power == "stopped"
        session.ask(1, "server/s1", 2, guest())
        assert (await session.get(Report)).answer.power == "running"
        world.power_cut("sim")
        assert (
            await session.get(Tell, lambda t: isinstance(t.news, hv.DomainSeen) and t.news.power == "stopped")
        ).news.server_id == "s1"
