"""No request whatever makes an operation break (500 is never the answer) or late.

`./test --long` asks each in 220 ways, `GUREUM_FUZZ=N` in N.
"""

import os
import random
import time
from dataclasses import replace

import pytest

from tests import chance as chances
from tests.contract import fuzz
from tests.contract.operations import operations, services
from tests.contract.scene import Scene

LATE = 2.0
"""Seconds of the processor that a request may take."""
TIMES = int(os.environ.get("GUREUM_FUZZ", "220" if chances.LONG else "6"))


def spare(scene: Scene) -> None:
    """The domain, project and user that requests may disable and take away are not those of our tokens."""
    admin = scene.cloud.admin
    domain = scene.make("domains", "/v3/domains", "domain", {"name": "spare"}, admin)["id"]
    project = scene.make("projects", "/v3/projects", "project", {"name": "spare", "domain_id": domain}, admin)["id"]
    scene.make("users", "/v3/users", "user", {"name": "spare", "domain_id": domain}, admin)
    scene.a = replace(scene.a, id=project)


@pytest.mark.parametrize("service", list(services()))
def test_nothing_breaks(scene: Scene, unwatched: None, service: str) -> None:
    seed = int(os.environ.get("GUREUM_SEED", random.randrange(10**6)))
    chance = random.Random(f"{seed} {service}")
    broken: list[str] = []
    if service == "identity":
        spare(scene)
    refused = asked = 0
    for operation in operations():
        if operation.service != service:
            continue
        client = (
            scene.cloud.admin if operation.service == "identity" else chance.choice((scene.cloud.admin, scene.a.member))
        )
        for request in fuzz.requests(scene, operation, chance, TIMES):
            began = time.process_time()
            try:
                answer = client.call(request.method, request.path, request.body, headers=request.headers)
            except TimeoutError:
                raise AssertionError(f"seed {seed}: no answer to {request}") from None
            asked += 1
            refused += answer.status == 401 and "x-auth-token" not in request.headers
            took = time.process_time() - began
            if (answer.status >= 500 and answer.status != 501) or took > LATE:
                broken.append(f"{answer.status} after {took:.2f} s: {request}")
    print(f"seed {seed}: {asked} requests")
    assert not broken, f"seed {seed}, {len(broken)} of {asked}:\n" + "\n".join(broken[:40])
    assert refused < asked / 20, f"seed {seed}: {refused} of {asked} were refused for their token"
