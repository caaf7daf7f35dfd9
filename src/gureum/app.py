"""The control plane put together: the only module that knows every service."""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from gureum import migrations
from gureum.block_storage import api as block_storage_api
from gureum.block_storage import policy as block_storage_policy
from gureum.block_storage.service import existing as storage_existing
from gureum.block_storage.service import images as block_storage_images
from gureum.block_storage.service import pools as block_storage_pools
from gureum.block_storage.service import types as block_storage_types
from gureum.compute import api as compute_api
from gureum.compute import policy as compute_policy
from gureum.compute.flows.spec import fill as fill_domain
from gureum.compute.service import bootstrap as compute_bootstrap
from gureum.compute.service import consoles, interfaces, resync
from gureum.compute.service import existing as compute_existing
from gureum.compute.service import hosts as compute_hosts
from gureum.compute.service.housekeeping import forget_servers
from gureum.compute.settings import settings as compute_settings
from gureum.contracts.hypervisor import EnsureDomain, SendCopy
from gureum.contracts.images import ImageFacts, InspectImage
from gureum.contracts.volumes import EnsureVolume
from gureum.identity import api as identity_api
from gureum.identity import policy as identity_policy
from gureum.identity.service import bootstrap, tokens
from gureum.identity.service.settings import settings as identity_settings
from gureum.image import api as image_api
from gureum.image import policy as image_policy
from gureum.image.service import inspection, receiving, reconcile
from gureum.image.settings import settings as image_settings
from gureum.kernel import clock
from gureum.kernel.events import events
from gureum.kernel.flow.runner import Runner
from gureum.kernel.housekeeping import DAY, Chore, forget_journal, forget_strands, keep_house
from gureum.kernel.http.api import Api
from gureum.kernel.http.edge import Edge, unknown_rules
from gureum.kernel.link import sessions
from gureum.kernel.link.bulk import BulkServer
from gureum.kernel.link.news import AgentDown, AgentTold, AgentUp
from gureum.kernel.link.resolve import resolver
from gureum.kernel.link.server import LinkServer
from gureum.kernel.policy import PolicyFiles, policy
from gureum.kernel.store.migrate import migrate
from gureum.kernel.store.opening import open_database
from gureum.kernel.store.tx import Tx
from gureum.kernel.trace import store as traces
from gureum.network import api as network_api
from gureum.network import policy as network_policy
from gureum.network.events import PortDeleted
from gureum.network.service import existing as network_existing
from gureum.network.service import news as network_news
from gureum.network.settings import settings as network_settings
from gureum.placement import api as placement_api
from gureum.placement import policy as placement_policy
from gureum.settings import CLASSIC_PORTS, IdentitySettings, Settings
from gureum.web import operator
from gureum.web.console import Console
from gureum.web.sources import sources

if TYPE_CHECKING:
    from gureum.kernel.flow.doorbell import Doorbell

APIS: list[Api] = [
    identity_api.API,
    compute_api.API,
    image_api.API,
    network_api.API,
    block_storage_api.API,
    placement_api.API,
    operator.API,
]
OFFERS = [
    bootstrap.Offer("identity", "keystone", "/v3"),
    bootstrap.Offer("compute", "nova", "/compute/v2.1"),
    bootstrap.Offer("image", "glance", "/image"),
    bootstrap.Offer("network", "neutron", "/network"),
    bootstrap.Offer("block-storage", "cinder", "/volume/v3"),
    bootstrap.Offer("volumev3", "cinderv3", "/volume/v3"),
    bootstrap.Offer("placement", "placement", "/placement"),
]


_POLICY_SECONDS = 1.0


@dataclass(frozen=True)
class ControlConfig:
    """What a control process is started with."""

    state: Path
    region: str = "RegionOne"
    durable: bool = True
    trusted_proxies: Sequence[str] = ()
    admin_password: str | None = None
    process: int = 1
    """Which of the settings' `workers` control processes this is."""
    settings: Settings = field(default_factory=Settings)
    policy: Path | None = None
    """The folder of policy files; `policy` in the state directory where it is None."""


class ControlPlane:
    """One control process: database, APIs, runner, agent link."""

    def __init__(self, config: ControlConfig) -> None:
        self.config = config
        register()
        self.policy_files = PolicyFiles(policy, _policy_paths(config))
        self.policy_files.load()
        choose_identity(config.settings.identity)
        network_settings.physical_networks = (config.settings.network.physical_network,)
        self.database = open_database(
            config.settings.database,
            config.state / "gureum.sqlite",
            durable=config.durable,
            workers=config.settings.workers,
        )
        migrate(self.database.engine, Path(migrations.__file__).parent, migrations.HEAD)
        self._bootstrap()
        image_settings.state = config.state
        image_settings.process, image_settings.processes = config.process, config.settings.workers
        image_settings.most_bytes = config.settings.image.most_gib * 1024**3
        reconcile.reconcile(self.database)
        self.edge = Edge(APIS, self.database, tokens.authenticate, config.trusted_proxies)
        self.console = Console(self.database, consoles.redeem)
        compute_settings.console_port = CLASSIC_PORTS["console"] if config.settings.api.classic_ports else None
        self.runner = Runner(self.database)
        self._tasks: list[asyncio.Task[Any]] = []
        self.doorbell: Doorbell | None = None

    async def application(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """The ASGI application of every port: the console's port shows consoles, all others the APIs.

        Websockets are consoles' on every port: clients put the path that an address names behind the host, whatever leads there.
        """
        port = (scope.get("server") or ("", 0))[1]
        if port == CLASSIC_PORTS["console"] or scope["type"] == "websocket" or self.console.owns(scope):
            await self.console(scope, receive, send)
        else:
            await self.edge(scope, receive, send)

    @staticmethod
    def ports() -> set[int]:
        """The classic ports of what is served."""
        return {api.port for api in APIS if api.port > 0} | {CLASSIC_PORTS["console"]}

    def _bootstrap(self) -> None:
        password = self.config.admin_password
        new = self.database.read(bootstrap.is_new)
        hashed = bootstrap.hash_password(password) if new and password else ""

        def begin(tx: Tx) -> None:
            tx.lock("database", "bootstrap")
            bootstrap.bootstrap(tx, OFFERS, self.config.region, hashed)
            compute_bootstrap.bootstrap(tx)
            block_storage_types.bootstrap(tx)

        self.database.write(begin)

    async def start(self, agents: socket.socket | None = None) -> None:
        """Begin to run strands and to hold agents, who come to the listener `agents` where processes share one."""
        state, process, processes = self.config.state, self.config.process, self.config.settings.workers
        self.bulk = BulkServer(state / ("bulk.sock" if process == 1 else f"bulk-{process}.sock"))
        await self.bulk.open()
        self.link = LinkServer(self.database, state, self.bulk.address, process, processes)
        await self.database.writing(lambda tx: sessions.all_down(tx, process, processes))
        self.console.connect(self.link, self.bulk)
        sources.link = self.link
        sources.policy_files = self.policy_files
        self._policy = asyncio.create_task(_watch(self.policy_files))
        sources.recorder = self.edge.recorder
        sources.services = (compute_existing, storage_existing, network_existing)
        inspection.set_inspector(self._inspect)
        consoles.use(lambda host, question: self.link.ask_now(question, agent=host))
        resolver(SendCopy, self._grant)
        await self.link.open(state / "agents.sock", agents)
        self._tasks.append(asyncio.create_task(self.runner.run()))
        self._traces = asyncio.create_task(self.edge.recorder.run(self.database))
        if processes > 1:
            # a driver that only who uses it has
            from gureum.kernel.flow.doorbell import Doorbell  # noqa: PLC0415

            self.doorbell = Doorbell(self.database)
        self._chores = asyncio.create_task(keep_house(self.database, self._all_chores(), self._leads))

    def _leads(self) -> bool:
        return self.doorbell is None or self.doorbell.leads

    def _grant(self, _: Tx, body: SendCopy) -> SendCopy:
        """What an agent needs to send an image's bytes."""
        grant = self.bulk.expect(partial(receiving.receive, self.database, body.copy_id))
        return msgspec.structs.replace(body, address=self.bulk.address, grant=grant)

    async def _inspect(self, question: InspectImage, seconds: float) -> ImageFacts:
        answer = await self.link.question(question, role="fetch", timeout=seconds)
        assert isinstance(answer, ImageFacts)
        return answer

    def _all_chores(self) -> list[Chore]:
        keep = clock.seconds(self.config.settings.history_days * DAY)
        kept = self.config.settings.trace
        return [
            Chore("forget strands", DAY / 24, forget_strands(min(keep, clock.seconds(7 * DAY)))),
            Chore("forget journal", DAY / 24, forget_journal(keep)),
            Chore("forget servers", DAY / 24, forget_servers(keep)),
            Chore("lend hosts", 30, compute_hosts.keep_lent(500)),
            Chore("forget traces", 60, traces.forget(clock.seconds(kept.days * DAY), kept.requests)),
        ]

    async def stop(self) -> None:
        """End in order: no new steps, no agents, nothing queued."""
        self.runner.stop()
        self._chores.cancel()
        self._traces.cancel()
        self._policy.cancel()
        if self.doorbell is not None:
            await asyncio.to_thread(self.doorbell.close)
        await asyncio.gather(*self._tasks)
        await self.link.close()
        await self.bulk.close()
        self.database.close()


def choose_identity(chosen: IdentitySettings) -> None:
    """Put the operator's choices about identity in force."""
    settings = identity_settings
    settings.token_lifetime = clock.seconds(chosen.token_seconds)
    settings.password_lifetime = clock.seconds(chosen.password_days * DAY) if chosen.password_days else None
    settings.password_regex = chosen.password_regex or None
    settings.password_regex_description = chosen.password_regex_description
    settings.password_unique = chosen.password_unique
    settings.lockout_attempts = chosen.lockout_attempts
    settings.lockout_time = clock.seconds(chosen.lockout_seconds) if chosen.lockout_seconds else None


def _policy_paths(config: ControlConfig) -> dict[str, Path]:
    """By service, where an operator's policy file is looked for."""
    folder = config.policy or config.state / "policy"
    named = config.settings.policy
    unknown = sorted(set(named) - set(policy.services()))
    if unknown:
        raise ValueError(f"settings: policy: no such service: {', '.join(unknown)}; there are {policy.services()}")
    return {
        service: folder.parent / named.get(service, f"{folder.name}/{service}.yaml") for service in policy.services()
    }


async def _watch(files: PolicyFiles) -> None:
    """Put policy files in force when they change, until cancelled."""
    while True:
        await asyncio.sleep(_POLICY_SECONDS)
        await asyncio.to_thread(files.refresh)


def register() -> None:
    """Make every service's rules known; refuses routes whose rule nobody has."""
    policy.add("identity", identity_policy.RULES)
    policy.add("image", image_policy.RULES)
    policy.lists("image", image_policy.LISTS)
    policy.add("network", network_policy.RULES)
    policy.lists("network", network_policy.LISTS)
    events.subscribe(AgentTold, network_news.told)
    policy.add("placement", placement_policy.RULES)
    policy.add("block-storage", block_storage_policy.RULES)
    events.subscribe(AgentTold, block_storage_pools.heard)
    events.subscribe(AgentDown, block_storage_pools.lost)
    resolver(EnsureVolume, block_storage_images.with_path)
    policy.add("operator", operator.RULES)
    policy.lists("operator", operator.LISTS)
    policy.add("compute", compute_policy.RULES)
    events.subscribe(AgentUp, compute_hosts.agent_up)
    events.subscribe(AgentDown, compute_hosts.agent_down)
    events.subscribe(AgentTold, resync.heard)
    events.subscribe(PortDeleted, interfaces.port_deleted)
    resolver(EnsureDomain, fill_domain)
    wrong = unknown_rules(APIS)
    if wrong:
        raise RuntimeError("routes without a rule: " + "; ".join(wrong))
