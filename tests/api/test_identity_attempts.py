"""Guessing passwords."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from gureum.identity.service import attempts
from gureum.identity.service.attempts import Attempt
from gureum.identity.store.attempts import wrong_passwords
from gureum.kernel.clock import clock
from tests.cloud import PASSWORD, Client, Cloud, Response

FREE = 8


@pytest.fixture
def moved() -> Iterator[None]:
    """The test moves the clock."""
    yield
    clock.offset = 0.0


def waits(cloud: Cloud, attempt: Attempt) -> float:
    """Seconds until the next password is looked at, on a clock that is moved there."""
    start = clock.offset
    while cloud.read(lambda tx: attempts.standing(tx, attempt)).refused:
        clock.offset += 0.5
    return clock.offset - start


def test_the_penalty_grows_ends_and_is_bounded(cloud: Cloud, moved: None) -> None:
    attempt = Attempt("grows", "192.0.2.1")
    database = cloud.control.database
    for _ in range(FREE - 1):
        attempts.wrong(database, attempt)
        assert waits(cloud, attempt) == 0
    found: list[float] = []
    for _ in range(12):
        attempts.wrong(database, attempt)
        found.append(waits(cloud, attempt))
    assert [round(one) for one in found[:3]] == [1, 2, 4]
    assert 29 <= max(found) <= 30
    assert waits(cloud, Attempt("grows", "192.0.2.2")) == 0
    attempts.wrong(database, attempt)
    standing = cloud.read(lambda tx: attempts.standing(tx, attempt))
    assert standing.refused
    attempts.right(database, attempt, standing)
    assert waits(cloud, attempt) == 0


def test_what_is_long_ago_counts_no_more_and_is_not_kept(cloud: Cloud, moved: None) -> None:
    attempt = Attempt("long ago", "192.0.2.3")
    for _ in range(FREE + 1):
        attempts.wrong(cloud.control.database, attempt)
    clock.offset += 1000
    attempts.wrong(cloud.control.database, attempt)
    assert waits(cloud, attempt) == 0
    rows = cloud.read(lambda tx: tx.all(wrong_passwords.select()))
    assert {row.times for row in rows} == {1}
    assert len(rows) == 3


def test_a_clock_that_was_set_back_locks_nobody_out(cloud: Cloud, moved: None) -> None:
    attempt = Attempt("set back", "192.0.2.4")
    for _ in range(FREE + 1):
        attempts.wrong(cloud.control.database, attempt)
    assert cloud.read(lambda tx: attempts.standing(tx, attempt)).refused
    clock.offset -= 3600
    assert not cloud.read(lambda tx: attempts.standing(tx, attempt)).refused


def test_a_user_is_guarded_from_many_addresses_at_once_but_not_locked_out_where_known(
    cloud: Cloud, moved: None
) -> None:
    database = cloud.control.database
    at_home = Attempt("famous", "192.0.2.5")
    attempts.right(database, at_home, cloud.read(lambda tx: attempts.standing(tx, at_home)))
    for number in range(60):
        attempts.wrong(database, Attempt("famous", f"198.51.100.{number}"))
    elsewhere = Attempt("famous", "203.0.113.9")
    assert cloud.read(lambda tx: attempts.standing(tx, elsewhere)).refused
    assert not cloud.read(lambda tx: attempts.standing(tx, at_home)).refused
    assert waits(cloud, elsewhere) <= 8


def test_an_address_is_kept_from_trying_many_users(cloud: Cloud, moved: None) -> None:
    database = cloud.control.database
    for number in range(60):
        attempts.wrong(database, Attempt(f"user-{number}", f"2001:db8::{number:x}"))
    assert cloud.read(lambda tx: attempts.standing(tx, Attempt("another", "2001:db8::ffff"))).refused
    assert not cloud.read(lambda tx: attempts.standing(tx, Attempt("another", "2001:db8:0:1::1"))).refused


def login(client: Client, named: dict[str, Any], password: str, **more: Any) -> Response:
    """Try to log in."""
    identity = {"methods": ["password"], "password": {"user": named | {"password": password}}}
    return client.post("/v3/auth/tokens", {"auth": {"identity": identity}}, **more)


def test_a_guesser_is_refused_unread_and_learns_nothing_from_it(cloud: Cloud) -> None:
    body = {"user": {"name": "target", "password": PASSWORD, "domain_id": "default"}}
    user = cloud.admin.post("/v3/users", body).ok(201)["user"]["id"]

    def guess(named: dict[str, Any], password: str) -> tuple[int, bytes, float]:
        start = time.process_time()
        answer = login(cloud.anonymous(), named, password)
        return answer.status, answer.body, time.process_time() - start

    for named in ({"id": user}, {"name": "nobody", "domain": {"id": "default"}}):
        answers = [guess(named, f"wrong-{number}") for number in range(12)]
        assert guess(named, PASSWORD)[:2] == answers[0][:2], "the right one is refused like the wrong ones"
        assert {answer[:2] for answer in answers} == {answers[0][:2]}
        assert answers[0][0] == 401
        assert answers[-1][2] < min(answer[2] for answer in answers[:8])


def test_changing_a_password_and_credentials_are_no_way_around(cloud: Cloud) -> None:
    tenant = cloud.project("member", passwords=True)
    user = tenant.member.user_id
    made = tenant.member.post(
        f"/v3/users/{user}/application_credentials", {"application_credential": {"name": "a", "secret": "s3cret"}}
    ).ok(201)["application_credential"]["id"]

    def change(password: str) -> int:
        body = {"user": {"original_password": password, "password": password + "x"}}
        return cloud.anonymous().post(f"/v3/users/{user}/password", body).status

    def by_credential(secret: str) -> int:
        method = {"methods": ["application_credential"], "application_credential": {"id": made, "secret": secret}}
        return cloud.anonymous().post("/v3/auth/tokens", {"auth": {"identity": method}}).status

    assert by_credential("s3cret") == 201
    for attempt, right in ((by_credential, "s3cret"), (change, PASSWORD)):
        assert [attempt("wrong") for _ in range(FREE + 1)] == [401] * (FREE + 1)
        assert attempt(right) == 401, "refused unread"


def test_a_login_that_goes_well_writes_nothing(cloud: Cloud) -> None:
    tenant = cloud.project("member", passwords=True)
    login(cloud.anonymous(), {"id": tenant.member.user_id}, PASSWORD).ok(201)

    written: list[str] = []

    def watch(_: Any, __: Any, statement: str, *___: Any) -> None:
        tables = ("wrong_passwords", "users", "token", "epoch")
        if statement.startswith(("INSERT", "UPDATE", "DELETE")) and any(one in statement for one in tables):
            written.append(statement)

    event.listen(cloud.control.database.engine, "before_cursor_execute", watch)
    try:
        for _ in range(5):
            login(cloud.anonymous(), {"id": tenant.member.user_id}, PASSWORD).ok(201)
        assert not written
        assert login(cloud.anonymous(), {"id": tenant.member.user_id}, "wrong").status == 401
        assert any("wrong_passwords" in one for one in written)
    finally:
        event.remove(cloud.control.database.engine, "before_cursor_execute", watch)
    login(cloud.anonymous(), {"id": tenant.member.user_id}, PASSWORD).ok(201)
    rows = cloud.read(lambda tx: tx.all(wrong_passwords.select()))
    assert Attempt(tenant.member.user_id, "127.0.0.1").pair not in {row.key for row in rows}


@pytest.mark.parametrize(
    ("proxies", "said", "address"),
    [
        ((), "192.0.2.7", "127.0.0.1"),
        (("127.0.0.1",), "192.0.2.7", "192.0.2.7"),
        (("127.0.0.1",), "198.51.100.1, 192.0.2.7", "192.0.2.7"),
        (("127.0.0.1", "192.0.2.7"), "198.51.100.1, 192.0.2.7", "198.51.100.1"),
        (("127.0.0.1",), "", "127.0.0.1"),
    ],
)
def test_behind_a_proxy_that_is_believed_it_is_the_clients_address_that_counts(
    proxies: tuple[str, ...], said: str, address: str
) -> None:
    cloud = Cloud(proxies=proxies)
    try:
        user = cloud.admin.user_id
        assert login(cloud.anonymous(), {"id": user}, "wrong", headers={"x-forwarded-for": said}).status == 401
        assert Attempt(user, address).pair in {
            row.key for row in cloud.read(lambda tx: tx.all(wrong_passwords.select()))
        }
    finally:
        cloud.close()
