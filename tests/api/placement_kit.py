"""What the tests of placement make: providers, traits, and the sentences that refuse."""

import uuid
from typing import Any

from tests.cloud import Client, Response

API = "/placement"
PROVIDERS = f"{API}/resource_providers"
NEWEST = "1.39"
NOWHERE = "00000000-0000-4000-8000-00000000dead"
"""An id that nothing has."""


def fresh(prefix: str = "rp") -> str:
    """A name that nothing has."""
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


def custom(prefix: str = "") -> str:
    """A custom name that nothing has."""
    return f"CUSTOM_{prefix}{uuid.uuid4().hex[:8].upper()}"


def refusal(answer: Response) -> tuple[int, str, str]:
    """Status, sentence behind the standing one, and code of a refusal."""
    error = answer.json["errors"][0]
    assert error["status"] == answer.status
    assert error["request_id"].startswith("req-")
    return answer.status, error["detail"].partition("\n\n")[2].strip(), error.get("code", "")


def said(answer: Response) -> str:
    """The sentence of a refusal."""
    return refusal(answer)[1]


def provider(admin: Client, inventories: dict[str, Any] | None = None, **asked: Any) -> dict[str, Any]:
    """A new provider with inventories: by class the total, or the whole of it."""
    traits, aggregates = asked.pop("traits", None), asked.pop("aggregates", None)
    made = admin.post(PROVIDERS, {"name": fresh()} | asked, version=NEWEST).ok(200)
    path = f"{PROVIDERS}/{made['uuid']}"
    generation = made["generation"]
    if inventories:
        whole = {name: has if isinstance(has, dict) else {"total": has} for name, has in inventories.items()}
        body = {"resource_provider_generation": generation, "inventories": whole}
        generation = admin.put(f"{path}/inventories", body, version=NEWEST).ok(200)["resource_provider_generation"]
    if traits:
        body = {"resource_provider_generation": generation, "traits": traits}
        generation = admin.put(f"{path}/traits", body, version=NEWEST).ok(200)["resource_provider_generation"]
    if aggregates:
        body = {"resource_provider_generation": generation, "aggregates": aggregates}
        admin.put(f"{path}/aggregates", body, version=NEWEST).ok(200)
    return admin.get(path, version=NEWEST).ok(200)


def host(admin: Client) -> dict[str, Any]:
    """The provider of the first simulated host."""
    id = admin.get("/compute/v2.1/os-hypervisors", version="2.88").ok(200)["hypervisors"][0]["id"]
    return admin.get(f"{PROVIDERS}/{id}", version=NEWEST).ok(200)


def claim(admin: Client, *taken: tuple[dict[str, Any], dict[str, int]], **more: Any) -> tuple[str, Response]:
    """Have a new consumer hold amounts of providers."""
    consumer = more.pop("consumer", None) or str(uuid.uuid4())
    body = {
        "allocations": {one["uuid"]: {"resources": amounts} for one, amounts in taken},
        "project_id": admin.project_id,
        "user_id": admin.user_id,
        "consumer_generation": None,
        "consumer_type": "TEST",
    }
    return consumer, admin.put(f"{API}/allocations/{consumer}", body | more, version=NEWEST)
