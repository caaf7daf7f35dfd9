"""The simulated switch: rows with generations, as OVN's database would have them."""

from collections.abc import Callable, Iterable, Sequence

from gureum.agent.drivers.protocols import DriverFault, Things
from gureum.agent.drivers.sim.world import World, Written
from gureum.contracts import switch

WITHOUT_NAME = 1442
"""MTU of a switch that is made because a port came first."""


class SimSwitch:
    """One transaction a batch; a statement older than its row changes nothing."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._changed: Callable[[str, bool], None] | None = None

    def apply(self, batch: Sequence[tuple[int, switch.SwitchAsk]]) -> dict[int, DriverFault | None]:
        with self._world.lock:
            return {index: self._write(generation, body) for index, (generation, body) in enumerate(batch)}

    def things(self) -> Things:
        kinds = {"network": "switch", "port": "port", "router": "router", "security_group": "group"}
        return {kind: sorted(self._world.written(table)) for kind, table in kinds.items()}

    def ports_up(self) -> Iterable[str]:
        return self._world.ports_up()

    def watch(self, changed: Callable[[str, bool], None]) -> None:
        self.close()
        self._changed = changed
        self._world.watch_ports(changed)

    def close(self) -> None:
        if self._changed is not None:
            self._world.unwatch_ports(self._changed)

    def _write(self, generation: int, body: switch.SwitchAsk) -> DriverFault | None:
        match body:
            case switch.EnsureSwitch():
                self._put("switch", body.network_id, generation, body)
            case switch.EnsurePort():
                self._ensure_network(body.network_id)
                self._put("port", body.port_id, generation, body)
            case switch.EnsureRouter():
                self._put("router", body.router_id, generation, body)
            case switch.EnsureSecurityGroup():
                self._put("group", body.group_id, generation, body)
            case switch.RemoveSwitch():
                self._remove_switch(body.network_id)
            case switch.RemovePort():
                self._world.write("port", body.port_id, None)
            case switch.RemoveRouter():
                self._world.write("router", body.router_id, None)
            case switch.RemoveSecurityGroup():
                self._world.write("group", body.group_id, None)
        return None

    def _put(
        self,
        kind: str,
        id: str,
        generation: int,
        statement: switch.EnsureSwitch | switch.EnsurePort | switch.EnsureRouter | switch.EnsureSecurityGroup,
    ) -> None:
        row = self._world.row(kind, id)
        if row is None or row.generation <= generation:
            self._world.write(kind, id, Written(generation, statement))

    def _ensure_network(self, network_id: str) -> None:
        if self._world.row("switch", network_id) is None:
            bare = switch.EnsureSwitch(network_id=network_id, name="", mtu=WITHOUT_NAME)
            self._put("switch", network_id, 0, bare)

    def _remove_switch(self, network_id: str) -> None:
        for port_id, row in self._world.written("port").items():
            if isinstance(row.statement, switch.EnsurePort) and row.statement.network_id == network_id:
                self._world.write("port", port_id, None)
        self._world.write("switch", network_id, None)
