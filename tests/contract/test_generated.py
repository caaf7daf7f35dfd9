"""No request that schemathesis makes of upstream's descriptions makes an operation break, or answer late.

A part of the operations is asked a few times; `./test --long` asks each of them 500 times, `GUREUM_SCHEMATHESIS=N` N times.
"""

import os
import random
import time

import pytest

from tests import chance as chances
from tests.contract import generated
from tests.contract.fuzz import Request
from tests.contract.operations import services
from tests.contract.scene import Scene
from tests.contract.test_fuzz import LATE, spare

TIMES = int(os.environ.get("GUREUM_SCHEMATHESIS", "500" if chances.LONG else "0"))
_FEW, _SOME = 4, 12


@pytest.mark.parametrize("service", list(services()))
def test_nothing_breaks(scene: Scene, unwatched: None, service: str) -> None:
    seed = int(os.environ.get("GUREUM_SEED", random.randrange(10**6)))
    chance = random.Random(f"{seed} {service}")
    if service == "identity":
        spare(scene)
    operations = list(generated.described(service))
    if not TIMES:
        operations = chance.sample(operations, min(_SOME, len(operations)))
    broken: list[str] = []
    asked = 0
    for operation in operations:
        client = scene.cloud.admin if service == "identity" else chance.choice((scene.cloud.admin, scene.a.member))

        def ask(request: Request, client=client) -> None:
            nonlocal asked
            asked += 1
            began = time.process_time()
            answer = client.call(request.method, request.path, request.body, headers=request.headers)
            took = time.process_time() - began
            if (answer.status >= 500 and answer.status != 501) or took > LATE:
                broken.append(f"{answer.status} after {took:.2f} s: {request}")

        generated.each(scene, operation, chance, TIMES or _FEW, ask)
    print(f"seed {seed}: {asked} requests of {len(operations)} operations")
    assert asked >= len(operations)
    assert not broken, f"seed {seed}, {len(broken)} of {asked}:\n" + "\n".join(broken[:40])
