"""What the tests of compute's smaller resources share."""

import itertools
from typing import Any

from tests.cloud import Client, Response

_numbers = itertools.count(1)
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5H0Zz1nYqXl9rYw8mD0c1VnB2o3pQ4rS5tU6vW7xY8 rec"


def fresh(word: str) -> str:
    """A name that nobody has yet."""
    return f"{word}-{next(_numbers)}"


def message(response: Response) -> str:
    """The sentence of a refusal."""
    return next(iter(response.json.values()))["message"]


def new_flavor(admin: Client, **values: Any) -> dict[str, Any]:
    """A new flavor."""
    body = {"name": fresh("flavor"), "ram": 64, "vcpus": 1, "disk": 1} | values
    return admin.post("/compute/v2.1/flavors", {"flavor": body}, version="2.96").ok(200)["flavor"]


def new_aggregate(admin: Client, **values: Any) -> dict[str, Any]:
    """A new host aggregate."""
    body = {"name": fresh("aggregate")} | values
    return admin.post("/compute/v2.1/os-aggregates", {"aggregate": body}, version="2.96").ok(200)["aggregate"]
