"""Secrets that a test can find again: each is put in through an API that takes one, or is what an API gave out."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.system.direct import Direct, login

_MARK = "pLanTed"
_OLD, _NEW, _LATEST = "2.1", "2.90", "3.70"


@dataclass
class Planted:
    """Who asks, and the secrets so far, by what they are; `subjects` are the things that were made and changed with them."""

    admin: Direct
    secrets: dict[str, str] = field(default_factory=dict[str, str])
    subjects: list[str] = field(default_factory=list[str])
    server: str = ""

    def new(self, what: str) -> str:
        """A secret of the test's own."""
        self.secrets[what] = f"{_MARK}-{what.replace(' ', '-')}-{len(self.secrets):04d}"
        return self.secrets[what]

    def stranger(self, token: str | None = None) -> Direct:
        """Who has no token, or this one; what is answered is kept with the rest."""
        found = Direct(self.admin.port, token)
        found.exchanges = self.admin.exchanges
        return found

    def encoded(self, what: str) -> str:
        """A secret of the test's own, in base64: that is how it is sent and kept."""
        text = base64.b64encode(f"#!/bin/sh\necho {self.new(what)}\n".encode()).decode()
        self.secrets[f"{what}, encoded"] = text
        return text

    def given(self, what: str, secret: str) -> str:
        """A secret that the cloud made up."""
        assert len(secret) > 8, f"{what}: {secret!r} is too short to be looked for"
        self.secrets[what] = secret
        return secret


def plant(planted: Planted, until: Callable[[Callable[[], Any]], Any]) -> None:
    """Go through every API that takes or gives a secret, in good requests and in such as are refused."""
    user = _users(planted)
    _credentials(planted, user)
    _keys(planted, user)
    planted.server = _servers(planted, user, until)
    _console(planted, user)
    _attachment(planted, user, until)


def _users(planted: Planted) -> Direct:
    admin = planted.admin
    made = {"name": "planted", "domain_id": "default", "password": planted.new("first password")}
    user = admin.call("POST", "/v3/users", {"user": made}).ok()["user"]["id"]
    planted.subjects.append(user)
    assert (
        admin.call("POST", "/v3/users", {"user": made | {"password": planted.new("password of a twin")}}).status == 409
    )
    wrong = {"name": "other", "domain_id": "default", "password": [planted.new("password in a list")]}
    assert admin.call("POST", "/v3/users", {"user": wrong}).status == 400
    project = admin.said["project"]["id"]
    role = next(one["id"] for one in admin.call("GET", "/v3/roles").ok()["roles"] if one["name"] == "member")
    admin.call("PUT", f"/v3/projects/{project}/users/{user}/roles/{role}").ok()
    for name, what in (("planted", "wrong password"), ("nobody", "password of nobody")):
        assert planted.stranger().call("POST", "/v3/auth/tokens", login(name, planted.new(what))).status == 401
    member = admin.log_in("planted", made["password"], "admin")
    first = planted.given("first token", member.token or "")
    changed = {"original_password": made["password"], "password": planted.new("second password")}
    member.call("POST", f"/v3/users/{user}/password", {"user": changed}).ok()
    refused = {"original_password": planted.new("wrong original password"), "password": planted.new("password refused")}
    admin.call("POST", f"/v3/users/{user}/password", {"user": refused})
    admin.call("PATCH", f"/v3/users/{user}", {"user": {"password": planted.new("third password")}}).ok()
    member = admin.log_in("planted", planted.secrets["third password"], "admin")
    planted.given("second token", member.token or "")
    for token in (first, planted.new("token of nobody")):
        assert planted.stranger(token).call("GET", "/v3/auth/projects").status == 401
        assert admin.call("GET", "/v3/auth/tokens", headers={"X-Subject-Token": token}).status == 404
    bare = {"auth": {"identity": {"methods": ["token"], "token": {"id": member.token}}}}
    exchanged = planted.stranger().call("POST", "/v3/auth/tokens", bare)
    planted.given("unscoped token", exchanged.headers["x-subject-token"])
    return member


def _credentials(planted: Planted, user: Direct) -> None:
    id = user.said["user"]["id"]
    path = f"/v3/users/{id}/application_credentials"
    chosen = {"name": "chosen", "secret": planted.new("chosen application credential")}
    made = user.call("POST", path, {"application_credential": chosen}).ok()["application_credential"]
    user.call("POST", path, {"application_credential": chosen})
    other = user.call("POST", path, {"application_credential": {"name": "made"}}).ok()["application_credential"]
    planted.subjects += [made["id"], other["id"]]
    planted.given("application credential", other["secret"])
    for secret in (chosen["secret"], planted.new("wrong application credential")):
        shown = {"id": made["id"], "secret": secret}
        identity = {"methods": ["application_credential"], "application_credential": shown}
        answer = planted.stranger().call("POST", "/v3/auth/tokens", {"auth": {"identity": identity}})
        if secret == chosen["secret"]:
            planted.given("token by application credential", answer.headers["x-subject-token"])
    key = user.call("POST", f"/v3/users/{id}/credentials/OS-EC2", {"tenant_id": user.said["project"]["id"]}).ok()
    planted.given("EC2 secret", key["credential"]["secret"])
    blob = {"blob": planted.new("blob"), "type": "totp", "user_id": id}
    kept = user.call("POST", "/v3/credentials", {"credential": blob}).ok()["credential"]
    planted.subjects.append(kept["id"])
    changed = {"credential": {"blob": planted.new("second blob")}}
    user.call("PATCH", f"/v3/credentials/{kept['id']}", changed).ok()
    user.call("POST", "/v3/credentials", {"credential": blob | {"blob": {"x": planted.new("blob that is none")}}})


def _keys(planted: Planted, user: Direct) -> None:
    made = user.call("POST", "/compute/v2.1/os-keypairs", {"keypair": {"name": "planted"}}).ok()["keypair"]
    lines = made["private_key"].splitlines()
    planted.given("private key", lines[len(lines) // 2])


def _servers(planted: Planted, user: Direct, until: Callable[[Callable[[], Any]], Any]) -> str:
    admin = planted.admin
    flavor = {"name": "planted", "ram": 64, "vcpus": 1, "disk": 1}
    flavor_id = admin.call("POST", "/compute/v2.1/flavors", {"flavor": flavor}).ok()["flavor"]["id"]
    body = {"name": "planted", "disk_format": "raw", "container_format": "bare", "visibility": "public"}
    image = admin.call("POST", "/image/v2/images", body).ok()["id"]
    octets = {"Content-Type": "application/octet-stream"}
    admin.call("PUT", f"/image/v2/images/{image}/file", b"\0" * 4096, headers=octets).ok()
    until(lambda: admin.call("GET", f"/image/v2/images/{image}").ok()["status"] == "active")
    network = user.call("POST", "/network/v2.0/networks", {"network": {"name": "planted"}}).ok()["network"]["id"]
    inside = {"network_id": network, "ip_version": 4, "cidr": "10.77.0.0/24"}
    user.call("POST", "/network/v2.0/subnets", {"subnet": inside}).ok()
    server = {
        "name": "planted",
        "imageRef": image,
        "flavorRef": flavor_id,
        "networks": [{"uuid": network}],
        "adminPass": planted.new("administrator's password"),
        "user_data": planted.encoded("user data"),
        "personality": [{"path": "/etc/planted", "contents": planted.encoded("personality file")}],
    }
    made = user.call("POST", "/compute/v2.1/servers", {"server": server}, version=_OLD).ok()["server"]["id"]
    wrong = {"adminPass": [planted.new("adminPass in a list")], "user_data": planted.new("user data that is no base64")}
    for name, value in wrong.items():
        refused = user.call("POST", "/compute/v2.1/servers", {"server": server | {name: value}}, version=_OLD)
        assert refused.status == 400
    nowhere = server | {"flavorRef": "nowhere", "adminPass": planted.new("adminPass without a flavor")}
    assert user.call("POST", "/compute/v2.1/servers", {"server": nowhere}, version=_OLD).status == 400
    path = f"/compute/v2.1/servers/{made}"
    until(lambda: user.call("GET", path).ok()["server"]["status"] == "ACTIVE")
    again = {"imageRef": image, "adminPass": planted.new("adminPass of the rebuilt server")}
    again |= {"user_data": planted.encoded("user data of the rebuilt server")}
    user.call("POST", f"{path}/action", {"rebuild": again}, version=_NEW).ok()
    until(lambda: user.call("GET", path).ok()["server"]["status"] == "ACTIVE")
    plain = {name: server[name] for name in ("imageRef", "flavorRef", "networks")} | {"name": "plain"}
    answer = user.call("POST", "/compute/v2.1/servers", {"server": plain}, version=_NEW).ok()["server"]
    planted.given("adminPass that was made up", answer["adminPass"])
    until(lambda: user.call("GET", f"/compute/v2.1/servers/{answer['id']}").ok()["server"]["status"] == "ACTIVE")
    planted.subjects += [made, answer["id"]]
    return made


def _console(planted: Planted, user: Direct) -> None:
    asked = {"remote_console": {"protocol": "vnc", "type": "novnc"}}
    path = f"/compute/v2.1/servers/{planted.server}/remote-consoles"
    for what in ("used console token", "console token"):
        url = user.call("POST", path, asked, version=_NEW).ok()["remote_console"]["url"]
        parts = urlsplit(url)
        token = parse_qs(unquote(parse_qs(parts.query)["path"][0]).lstrip("?"))["token"][0]
        planted.given(what, token)
        page = planted.stranger().call("GET", f"{parts.path}?{parts.query}")
        assert page.status == 200
        if what.startswith("used"):
            upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
            upgrade["Sec-WebSocket-Key"] = base64.b64encode(b"k" * 16).decode()
            for _ in range(2):
                planted.stranger().call("GET", f"/console/websockify?token={token}", headers=upgrade)


def _attachment(planted: Planted, user: Direct, until: Callable[[Callable[[], Any]], Any]) -> None:
    project = user.said["project"]["id"]
    base = f"/volume/v3/{project}"
    volume = user.call("POST", f"{base}/volumes", {"volume": {"size": 1}}, version=_LATEST).ok()["volume"]["id"]
    connector = {"host": "elsewhere", "initiator": "iqn.x", "auth_password": planted.new("connector's password")}
    asked = {"volume_uuid": volume, "connector": connector, "mode": "rw"}
    until(lambda: user.call("GET", f"{base}/volumes/{volume}").ok()["volume"]["status"] == "available")
    made = user.call("POST", f"{base}/attachments", {"attachment": asked}, version=_LATEST).ok()["attachment"]["id"]
    planted.subjects += [volume, made]


def forms(secrets: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """What each secret looks like where bytes are looked through: as it is, and as JSON writes it."""
    for what, secret in secrets.items():
        yield what, secret.encode()
        escaped = json.dumps(secret)[1:-1]
        if escaped != secret:
            yield what, escaped.encode()
