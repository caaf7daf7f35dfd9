"""Rules about single attributes, against what oslo.policy makes of upstream's.

What sets an attribute is refused or taken, reads show it or do not. Who may not do the operation at all is left out: that is the
matrix's question. And each rule is really asked: when an override says that nobody may, nobody does.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from gureum.kernel.policy import policy
from tests.cloud import Client, Response
from tests.contract import callers as kinds
from tests.contract import fitting, golden
from tests.contract.attributes import Case, Read, Write, cases, of_attributes, operation
from tests.contract.callers import OTHER_PROJECT, Callers, project_of
from tests.contract.fresh import Fresh
from tests.contract.operations import Operation
from tests.contract.policies import deciding, rules
from tests.contract.scene import Scene

SERVICES = ("identity", "image", "compute", "network", "block-storage")


class _Attribute:
    """One rule asked in one way."""

    def __init__(self, scene: Scene, service: str, case: Case) -> None:
        self.scene, self.service, self.case = scene, service, case
        self.operation: Operation = operation(service, case.operation)

    def asks(self, name: str, client: Client) -> bool:
        """Whether the caller may do the operation, and so comes as far as the attribute."""
        mine = project_of(client) == self.scene.a.id
        shows = isinstance(self.case, Read) and not self.case.refuses
        if client.token is None or not (
            mine or (name == OTHER_PROJECT and not self.operation.parameters and not shows)
        ):
            return False
        about = kinds.about(self.operation, self.scene, client)
        return any(kinds.may(client, self.service, rule, about) for rule in deciding(self.operation))

    def about(self, client: Client) -> Mapping[str, Any]:
        """What the rule is asked about."""
        owner = {"device_owner": "network:mine"} if self.service == "network" else {}
        return kinds.about(self.operation, self.scene, client) | owner

    def ask(self, name: str, client: Client) -> tuple[bool | None, int]:
        """Whether the attribute was taken or shown, None where the answer says nothing about it; and the status."""
        if isinstance(self.case, Write):
            answer = self._write(self.case, name, client)
            taken = answer.status < 300 or answer.status == 409
            return (True if taken else False if answer.status == 403 else None), answer.status
        answer = self._read(self.case, name, client)
        if self.case.refuses:
            return {200: True, 403: False}.get(answer.status), answer.status
        if answer.status != 200:
            return None, answer.status
        return _has(answer.json, self.case.key.split(".")) is not self.case.unheeded, 200

    def _write(self, case: Write, name: str, client: Client) -> Response:
        owner = self.scene.b if name == OTHER_PROJECT else self.scene.a
        things = Fresh(self.scene, self.operation, owner, client).make()
        if case.before is not None:
            case.before(things)
        path = things.path() + (f"?{case.query}" if case.query else "")
        return self._call(client, path, case.body(things))

    def _read(self, case: Read, name: str, client: Client) -> Response:
        owner = self.scene.b if name == OTHER_PROJECT else self.scene.a
        path = Fresh(self.scene, self.operation, owner, client).path()
        return self._call(client, path + (f"?{case.query.format(b=self.scene.b.id)}" if case.query else ""))

    def _call(self, client: Client, path: str, body: Any = None) -> Response:
        headers, version = fitting.headers(self.scene, self.operation), self.operation.version()
        return client.call(self.operation.route.method, path, body, version=version, headers=headers)

    def __str__(self) -> str:
        shown = f" shows {self.case.key}" if isinstance(self.case, Read) and self.case.key else ""
        return f"{self.case.rule}: {self.operation}{shown}"


def _has(value: Any, path: list[str]) -> bool:
    """Whether there is something at a path; of a list, in one of its members."""
    if isinstance(value, list):
        return any(_has(one, path) for one in value)
    if not path:
        return True
    return isinstance(value, dict) and path[0] in value and _has(value[path[0]], path[1:])


def _asked(scene: Scene, service: str) -> Iterator[_Attribute]:
    for rule in of_attributes(service):
        for case in cases(service, rule):
            yield _Attribute(scene, service, case)


def _wrong(one: _Attribute, callers: Callers) -> Iterator[str]:
    for name, client in callers.items():
        if not one.asks(name, client):
            continue
        about = one.about(client)
        allowed = all(kinds.may(client, one.service, rule, about) for rule in _rules(one))
        found, status = one.ask(name, client)
        if found is not allowed:
            yield f"{one} by {name}: {status}, upstream {'allows' if allowed else 'refuses'} it"


def _rules(one: _Attribute) -> list[str]:
    """The rules that the request asks: with a part of an attribute that about the whole too."""
    parent = one.case.rule.rpartition(":")[0]
    return [rule for rule in (one.case.rule, parent) if rule in of_attributes(one.service)]


@pytest.mark.parametrize("service", SERVICES)
def test_attributes_are_taken_and_shown_as_upstreams_rules_say(scene: Scene, callers: Callers, service: str) -> None:
    found = {line for one in _asked(scene, service) for line in _wrong(one, callers)}
    golden.compare(f"attributes_{service}", found)


@pytest.mark.parametrize("service", SERVICES)
def test_an_override_takes_every_attribute_away(scene: Scene, callers: Callers, service: str) -> None:
    found: set[str] = set()
    for one in _asked(scene, service):
        name = next(name for name in ("admin", "service") if _may_all(one, callers[name]))
        policy.override(service, {one.case.rule: "!"})
        try:
            answer, status = one.ask(name, callers[name])
        finally:
            policy.override(service, {})
        if answer is not False:
            found.add(f"{one}: {status}")
    golden.compare(f"attributes_fixed_{service}", found)


def _may_all(one: _Attribute, client: Client) -> bool:
    about = one.about(client)
    return all(kinds.may(client, one.service, rule, about) for rule in [*_rules(one), *deciding(one.operation)[:1]])


def test_rules_about_attributes_that_nothing_asks_are_known() -> None:
    found = {f"{service} {rule}" for service in SERVICES for rule in of_attributes(service) if not cases(service, rule)}
    golden.compare("attributes_unasked", found)


def test_every_case_is_about_a_rule_of_upstreams() -> None:
    for service in SERVICES:
        for rule in of_attributes(service):
            assert all(case.rule in rules(service) for case in cases(service, rule))
