"""The reshaper."""

from typing import Any

from gureum.kernel.http import Call, Routes
from gureum.placement.service import reshaper
from gureum.placement.wire import reshaper as wire

routes = Routes(early=True, since=(1, 30))


@routes.post("/reshaper", "placement:reshaper:reshape", body=wire.RESHAPE, status=204)
def reshape(call: Call, body: dict[str, Any]) -> None:
    """Have providers and consumers have exactly this."""
    wanted, claims = wire.read(body)
    reshaper.reshape(call.tx, call.caller, wanted, claims)
