"""What this API had once: its paths still answer, with 410."""

from typing import NoReturn

from gureum.kernel.faults import Gone
from gureum.kernel.http import Call, Routes
from gureum.kernel.http.route import AUTHENTICATED

routes = Routes()


def _gone(call: Call) -> NoReturn:
    raise Gone("This resource is no longer available. No forwarding address is given.")


def _gone_item(call: Call, id: str) -> NoReturn:
    raise Gone("This resource is no longer available. No forwarding address is given.")


for _name in ("os-agents", "os-cells", "os-cloudpipe", "os-fping"):
    routes.get(f"/v2.1/{_name}", AUTHENTICATED)(_gone)
for _name in ("os-cells", "os-fping"):
    routes.get(f"/v2.1/{_name}/{{id}}", AUTHENTICATED)(_gone_item)
routes.delete("/v2.1/os-cells/{id}", AUTHENTICATED)(_gone_item)
