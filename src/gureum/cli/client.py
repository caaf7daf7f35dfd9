"""The command's own requests to the running cloud, as its administrator."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import click

from gureum.cli.place import Place
from gureum.settings import Settings, load

_SECONDS = 10


def base_url(settings: Settings) -> str:
    """Where the first port is reached from this machine."""
    host = settings.api.listen
    if host in ("0.0.0.0", "::"):  # noqa: S104
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.api.port}"


def openrc(place: Place) -> str:
    """Shell lines that make stock clients the administrator. Raises FileNotFoundError before the first start."""
    settings = load(place.state)
    values = {
        "OS_AUTH_URL": f"{base_url(settings)}/v3",
        "OS_IDENTITY_API_VERSION": "3",
        "OS_USERNAME": "admin",
        "OS_PASSWORD": place.password(),
        "OS_PROJECT_NAME": "admin",
        "OS_USER_DOMAIN_NAME": "Default",
        "OS_PROJECT_DOMAIN_NAME": "Default",
        "OS_REGION_NAME": settings.region,
    }
    return "\n".join(f"export {name}='{value}'" for name, value in values.items())


def alive(settings: Settings) -> bool:
    """Whether the API answers."""
    try:
        request = urllib.request.Request(f"{base_url(settings)}/v3")  # noqa: S310 - our own address
        with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


class Admin:
    """Requests with the administrator's token. Raises click.ClickException with what to do when there is none to be had."""

    def __init__(self, place: Place) -> None:
        self._base = base_url(load(place.state))
        user = {"name": "admin", "domain": {"id": "default"}, "password": place.password()}
        auth = {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"name": "admin", "domain": {"id": "default"}}},
        }
        headers, _ = self._call("POST", "/v3/auth/tokens", {"auth": auth}, None)
        self._token = headers["X-Subject-Token"]

    def get(self, path: str, *, seconds: float = _SECONDS) -> Any:
        """The JSON at a path of the first port."""
        return self._call("GET", path, None, self._token, seconds)[1]

    def post(self, path: str, body: Any) -> Any:
        """The JSON that answers a body sent to a path of the first port."""
        return self._call("POST", path, body, self._token)[1]

    def _call(self, method: str, path: str, body: Any, token: str | None, seconds: float = _SECONDS) -> tuple[Any, Any]:
        request = urllib.request.Request(f"{self._base}{path}", method=method)  # noqa: S310 - our own address
        request.add_header("Accept", "application/json")
        if token:
            request.add_header("X-Auth-Token", token)
        raw = None
        if body is not None:
            raw = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, raw, timeout=seconds) as answer:  # noqa: S310
                return answer.headers, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            if error.code == 401:
                raise click.ClickException(
                    "the administrator's first password is not good any more; use a stock client with the present one"
                ) from None
            raise click.ClickException(_message(error.read()) or f"{path}: {error.code}") from None
        except OSError as error:
            raise click.ClickException(f"the cloud does not answer ({error}); try: gureum up") from None


def _message(body: bytes) -> str:
    """The sentence in a fault's body, empty where there is none."""
    try:
        return str(next(iter(json.loads(body).values()))["message"])
    except (ValueError, AttributeError, KeyError, TypeError, StopIteration):
        return ""


def why(place: Place, server: str) -> Iterator[str]:
    """The lines of `gureum why`."""
    found = Admin(place).get(f"/gureum/v1/why/{server}")["why"]
    yield f"server {found['name']} ({found['id']}): {found['status']}"
    if found["host"]:
        yield f"placed on {found['host']} at {found['decided_at']}"
    if found["fault"]:
        yield f"fault: {found['fault']}"
    if found["wanted"]:
        yield "wanted: " + ", ".join(f"{name} {value}" for name, value in found["wanted"].items() if value)
    for one in found["refused"]:
        yield f"  {one['host']} was refused by {one['filter']}: {one['reason']}"
    if "now" in found:
        yield f"now {found['now']['fitting']} of {len(found['now']['hosts'])} hosts would take it"
        for host in found["now"]["hosts"]:
            for one in host["problems"]:
                yield f"  {host['host']} is refused by {one['filter']}: {one['reason']}"
        for sentence in found["now"]["remedies"]:
            yield f"→ {sentence}"
