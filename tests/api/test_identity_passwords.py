"""What an operator may ask of passwords: that they are strong, new, not for ever, and not guessed."""

import itertools
from collections.abc import Iterator

import pytest

from gureum.app import choose_identity
from gureum.identity.store import passwords
from gureum.settings import IdentitySettings
from tests.cloud import PASSWORD, Client, Cloud, Response

STRICT = IdentitySettings(
    password_days=10,
    password_regex="^.{6,}$",
    password_regex_description="at least six characters",
    password_unique=3,
    lockout_attempts=2,
    lockout_seconds=3,
)


@pytest.fixture(scope="module")
def strict() -> Iterator[Cloud]:
    """A cloud of a careful operator."""
    cloud = Cloud(identity=STRICT)
    yield cloud
    cloud.close()
    choose_identity(IdentitySettings())


def log_in(cloud: Cloud, user: Client, password: str) -> Response:
    """A user's login without a scope."""
    identity = {"methods": ["password"], "password": {"user": {"id": user.user_id, "password": password}}}
    return cloud.anonymous().post("/v3/auth/tokens", {"auth": {"identity": identity}})


def change(cloud: Cloud, user: Client, old: str, new: str) -> Response:
    """A user's own change of the password."""
    body = {"user": {"original_password": old, "password": new}}
    return cloud.anonymous().post(f"/v3/users/{user.user_id}/password", body)


def locked_out(cloud: Cloud) -> Client:
    """A user after two wrong passwords."""
    user = cloud.project("member", passwords=True).member
    for _ in range(2):
        assert log_in(cloud, user, "wrong").status == 401
    assert log_in(cloud, user, PASSWORD).status == 401
    return user


def test_the_last_passwords_are_not_chosen_again(strict: Cloud) -> None:
    user = strict.project("member", passwords=True).member
    names = [PASSWORD, "second", "third!", "fourth"]
    for old, new in itertools.pairwise(names):
        change(strict, user, old, new).ok(204)
    for refused in names[1:]:
        answer = change(strict, user, "fourth", refused)
        assert answer.status == 400
        assert "must be unique is 3" in answer.json["error"]["message"]
    change(strict, user, "fourth", PASSWORD).ok(204)
    log_in(strict, user, PASSWORD).ok(201)


def test_an_administrator_sets_any(strict: Cloud) -> None:
    user = strict.project("member", passwords=True).member
    for _ in range(2):
        strict.admin.patch(f"/v3/users/{user.user_id}", {"user": {"password": PASSWORD}}).ok(200)
    assert change(strict, user, PASSWORD, PASSWORD).status == 400


def test_weak_ones_are_refused_and_all_expire(strict: Cloud) -> None:
    user = strict.project("member", passwords=True).member
    answer = change(strict, user, PASSWORD, "short")
    assert answer.status == 400
    assert "at least six characters" in answer.json["error"]["message"]
    assert log_in(strict, user, PASSWORD).ok(201)["token"]["user"]["password_expires_at"] is not None


def test_who_guesses_is_locked_out_for_a_while(strict: Cloud) -> None:
    user = locked_out(strict)
    assert change(strict, user, PASSWORD, "new one").status == 401
    user.get("/network/v2.0/networks").ok(200)
    strict.wait(lambda: log_in(strict, user, PASSWORD).status == 201, "the end of the lockout")
    assert log_in(strict, user, "wrong").status == 401
    log_in(strict, user, PASSWORD).ok(201)


def test_an_administrator_lets_them_in_again(strict: Cloud) -> None:
    user = locked_out(strict)
    strict.admin.patch(f"/v3/users/{user.user_id}", {"user": {"password": "new one"}}).ok(200)
    log_in(strict, user, "new one").ok(201)


def test_some_are_never_locked_out(strict: Cloud) -> None:
    user = strict.project("member", passwords=True).member
    options = {"options": {"ignore_lockout_failure_attempts": True}}
    strict.admin.patch(f"/v3/users/{user.user_id}", {"user": options}).ok(200)
    for _ in range(3):
        assert log_in(strict, user, "wrong").status == 401
    log_in(strict, user, PASSWORD).ok(201)


def test_a_user_who_goes_leaves_nothing(strict: Cloud) -> None:
    user = locked_out(strict)
    strict.admin.patch(f"/v3/users/{user.user_id}", {"user": {"password": "new one"}}).ok(200)
    assert log_in(strict, user, "wrong").status == 401
    strict.admin.delete(f"/v3/users/{user.user_id}").ok(204)
    assert strict.read(lambda tx: passwords.before(tx, user.user_id, 9)) == []
    assert strict.read(lambda tx: passwords.wrong(tx, user.user_id)) == (0, 0)


def test_by_default_nobody_is_locked_out(cloud: Cloud) -> None:
    user = cloud.project("member", passwords=True).member
    for _ in range(5):
        assert log_in(cloud, user, "wrong").status == 401
    log_in(cloud, user, PASSWORD).ok(201)
    change(cloud, user, PASSWORD, PASSWORD).ok(204)
