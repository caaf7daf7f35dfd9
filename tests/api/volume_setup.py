"""What the tests of volumes have in common."""

from typing import Any

from tests.cloud import Client, Cloud

V3 = "/volume/v3"
SERVER = "11111111-2222-3333-4444-555555555555"
OTHER_SERVER = "66666666-7777-8888-9999-000000000000"
NEWEST = "3.71"


def create(client: Client, **more: Any) -> dict[str, Any]:
    """A volume that is being made."""
    return client.post(f"{V3}/volumes", {"volume": {"size": 1} | more}, version=NEWEST).ok(202)["volume"]


def show(client: Client, id: str) -> dict[str, Any]:
    """A volume as it is now."""
    return client.get(f"{V3}/volumes/{id}", version=NEWEST).ok(200)["volume"]


def ready(cloud: Cloud, client: Client, **more: Any) -> dict[str, Any]:
    """A volume that is available."""
    id = create(client, **more)["id"]
    return becomes(cloud, client, id, "available")


def becomes(cloud: Cloud, client: Client, id: str, status: str) -> dict[str, Any]:
    """The volume, once it has come to a state."""

    def there() -> dict[str, Any] | None:
        found = show(client, id)
        return found if found["status"] == status else None

    return cloud.wait(there, f"volume {id} {status}")


def gone(cloud: Cloud, client: Client, id: str) -> None:
    """Wait until a volume is no more."""
    cloud.wait(lambda: client.get(f"{V3}/volumes/{id}").status == 404, f"the end of {id}")


def message(answer: Any, status: int) -> str:
    """The sentence of a refusal."""
    assert answer.status == status, answer.body
    return next(iter(answer.json.values()))["message"]
