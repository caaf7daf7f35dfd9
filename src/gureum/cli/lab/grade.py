"""Grading the self-service lab from outside."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import click
from websockets.sync.client import connect

from gureum.cli.lab import guest
from gureum.cli.lab.shell import USER, Lab, until

GROUP = "test-group"


@dataclass(frozen=True)
class Item:
    """One line of the report; `passed` is None for what is left out."""

    what: str
    passed: bool | None
    said: str = ""


def grade(lab: Lab) -> Iterator[Item]:
    """Check each step."""
    address = lab.steps().get("floating ip create ext-net")
    if address is None:
        raise click.ClickException("the lab has not been built: gureum lab self-service start")
    yield from _api(lab, address)
    yield _screen(lab)
    if lab.simulated:
        for what in ("ping", "ssh with the key", "the volume in the guest", "curl", "rules take effect at once"):
            yield Item(f"{what} (nothing is inside a simulated guest)", None)
        return
    yield from _reach(lab, address)
    yield from _rules(lab, address)


def _api(lab: Lab, address: str) -> Iterator[Item]:
    server: dict[str, Any] = lab.ask(USER, "server", "show", "test-instance") or {}
    yield Item("server test-instance is ACTIVE", server.get("status") == "ACTIVE", str(server.get("status")))
    found = [one for addresses in (server.get("addresses") or {}).values() for one in addresses]
    yield Item(f"floating IP {address} is on test-instance", address in found, ", ".join(found))
    volume: dict[str, Any] = lab.ask(USER, "volume", "show", "test-vol") or {}
    devices = [one.get("device") for one in volume.get("attachments") or []]
    yield Item("volume test-vol is in use as /dev/vdb", devices == ["/dev/vdb"], f"{volume.get('status')} {devices}")
    router: dict[str, Any] = lab.ask(USER, "router", "show", "test-router") or {}
    yield Item("router test-router has its gateway", bool(router.get("external_gateway_info")), "")
    rules = lab.ask(USER, "security", "group", "rule", "list", GROUP) or []
    ports = sorted(str(rule.get("Port Range")) for rule in rules if rule.get("Direction") == "ingress")
    yield Item("test-group lets ICMP, SSH and HTTP in", len(ports) == 3, ", ".join(ports))
    denied = lab.type(USER, "project", "list", "--long", quiet=True)
    yield Item("test-user may not list all projects", denied.returncode != 0 or "service" not in denied.stdout)
    log = lab.type(USER, "console", "log", "show", "test-instance", quiet=True).stdout
    yield Item("the console log shows the guest", "login:" in log or "Linux version" in log, f"{len(log)} characters")


def _screen(lab: Lab) -> Item:
    """The console page's websocket must carry the RFB protocol's greeting."""
    what = "the noVNC console shows the guest's screen"
    url = (lab.ask(USER, "console", "url", "show", "--novnc", "test-instance") or {}).get("url", "")
    if "?path=" not in url:
        return Item(what, False, f"no address: {url!r}")
    page, _, path = url.partition("?path=")
    base = page.replace("http", "ws", 1).rpartition("/")[0]
    try:
        with connect(f"{base}/{path.replace('%3F', '?').replace('%3D', '=')}", proxy=None) as socket:
            banner = socket.recv(10)
    except Exception as error:
        return Item(what, False, repr(error))
    greeting = banner if isinstance(banner, bytes) else banner.encode()
    return Item(what, greeting.startswith(b"RFB 003"), greeting[:11].decode("latin-1"))


def _reach(lab: Lab, address: str) -> Iterator[Item]:
    done = guest.ping(address)
    yield Item(f"ping -c4 {address}", done.returncode == 0, _last(done.stdout))
    lab.key.chmod(0o664)
    done = guest.ssh(lab.key, address, "true")
    refused = done.returncode != 0 and "UNPROTECTED PRIVATE KEY FILE" in done.stderr
    yield Item("ssh refuses a key with mode 664", refused)
    lab.key.chmod(0o600)
    done = guest.ssh(lab.key, address, "hostname")
    yield Item("ssh logs in with the key at mode 600", done.stdout.strip() == "test-instance", done.stdout.strip())
    done = guest.ssh(lab.key, address, "cat /mydisk/file; ls /dev/vdb")
    yield Item("the guest has its file on /dev/vdb", "kept" in done.stdout and "/dev/vdb" in done.stdout)
    # the guest's loop needs a moment between two answers
    page = until(lambda: guest.curl(address).stdout.strip(), 10, 0.5) or ""
    yield Item("curl gets the guest's page", "HELLO WORLD" in page, page)


def _rules(lab: Lab, address: str) -> Iterator[Item]:
    with_icmp = _without_rule(lab, "icmp", None, lambda: _stops(lambda: guest.answers_ping(address)))
    yield Item("without the ICMP rule ping stops within a second", with_icmp)
    yield Item("with it again ping answers", bool(until(lambda: guest.answers_ping(address), 5, 0.2)))
    with_http = _without_rule(lab, "tcp", "80:80", lambda: guest.curl(address, 3).returncode == 28)
    yield Item("without the HTTP rule curl times out", with_http)
    again = until(lambda: "HELLO WORLD" in guest.curl(address).stdout, 10, 0.5)
    yield Item("with it again curl gets the page", bool(again))


def _stops(works: Callable[[], bool]) -> bool:
    """Whether it stops within a second (the ping itself waits up to one)."""
    began = time.monotonic()
    while works():
        if time.monotonic() - began > 1.0:
            return False
    return True


def _without_rule(lab: Lab, protocol: str, ports: str | None, check: Callable[[], bool]) -> bool:
    """Take a rule away, check, and put it back."""
    rules = lab.ask(USER, "security", "group", "rule", "list", GROUP) or []
    ids = [
        rule["ID"]
        for rule in rules
        if rule["IP Protocol"] == protocol and rule["Direction"] == "ingress" and (ports in (None, rule["Port Range"]))
    ]
    if len(ids) != 1:
        return False
    lab.type(USER, "security", "group", "rule", "delete", ids[0], quiet=True)
    try:
        return check()
    finally:
        port = ["--dst-port", ports.partition(":")[0]] if ports else []
        lab.type(USER, "security", "group", "rule", "create", "--proto", protocol, *port, GROUP, quiet=True)


def _last(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""
