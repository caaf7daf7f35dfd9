"""Users."""

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from gureum.identity.service import allowed, passwords, removal
from gureum.identity.service.settings import settings
from gureum.identity.store import passwords as kept_passwords
from gureum.identity.store import projects
from gureum.identity.store import users as store
from gureum.identity.store.listing import Listing
from gureum.identity.user import User
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.clock import Micros
from gureum.kernel.faults import Conflict, Forbidden, Invalid
from gureum.kernel.ids import new_hex
from gureum.kernel.store.tx import Tx

DEFAULT_DOMAIN = "default"
_KNOWN = ("name", "domain_id", "enabled", "default_project_id", "password", "options")


def get(tx: Tx, caller: Caller, id: str) -> User:
    """A user. Raises NotFound, or Forbidden for one that the caller may not see."""
    allowed.demand(caller, "get_user", allowed.about("user", store.find(tx, id)))
    return store.get(tx, id)


def search(tx: Tx, caller: Caller, listing: Listing, *wheres: sa.ColumnElement[bool]) -> list[User]:
    """The users that a list request means; with a domain's token, those of that domain."""
    allowed.demand(caller, "list_users", {"target.domain_id": caller.domain_id} if caller.domain_id else None)
    if caller.domain_id is not None:
        listing = listing.where("domain_id", caller.domain_id)
    return store.search(tx, listing, *wheres)


def home_domain(caller: Caller, asked: Mapping[str, Any]) -> str:
    """The domain that a new user or group belongs to: the one asked for, the caller's, or the default one."""
    return asked.get("domain_id") or caller.domain_id or DEFAULT_DOMAIN


def may_create(caller: Caller, asked: Mapping[str, Any]) -> None:
    """Raise Forbidden unless the caller may make this user: to be asked before a password is hashed."""
    domain_id = home_domain(caller, asked)
    allowed.demand(caller, "create_user", {"target.user.domain_id": domain_id})


def may_update(tx: Tx, caller: Caller, id: str, asked: Mapping[str, Any]) -> User:
    """The user, if the caller may change it so: to be asked before a password is hashed. Raises Forbidden, NotFound, Invalid."""
    allowed.demand(caller, "update_user", allowed.about("user", store.find(tx, id)))
    user = store.get(tx, id)
    allowed.must_keep(asked, id=id, domain_id=user.domain_id)
    return user


def create(tx: Tx, caller: Caller, asked: Mapping[str, Any], password_hash: str | None) -> User:
    """Make a user. Raises NotFound for a domain that is not there, Conflict for a name that the domain has."""
    may_create(caller, asked)
    domain_id = home_domain(caller, asked)
    projects.get(tx, domain_id, domain=True)
    _must_be_free(tx, asked["name"], domain_id)
    now = clock.now()
    user = User(
        id=new_hex(),
        name=asked["name"],
        domain_id=domain_id,
        enabled=asked.get("enabled", True),
        default_project_id=asked.get("default_project_id"),
        password_hash=password_hash,
        password_expires_at=_expiry(now) if password_hash else None,
        tokens_since=now,
        created_at=now,
        options=allowed.merged_options({}, asked.get("options")),
        extra=allowed.extra_of(asked, *_KNOWN),
    )
    _check_default_project(tx, asked)
    store.add(tx, user)
    return user


def update(tx: Tx, caller: Caller, id: str, asked: Mapping[str, Any], password_hash: str | None) -> User:
    """Change a user; a new password or disabling voids the user's tokens."""
    user = may_update(tx, caller, id, asked)
    values: dict[str, Any] = {name: asked[name] for name in ("name", "enabled", "default_project_id") if name in asked}
    if values.get("name", user.name) != user.name:
        _must_be_free(tx, values["name"], user.domain_id)
    _check_default_project(tx, asked)
    values["options"] = allowed.merged_options(user.options, asked.get("options"))
    values["extra"] = user.extra | allowed.extra_of(asked, *_KNOWN)
    if "password" in asked:
        values |= _new_password(tx, user, password_hash)
    if user.enabled and values.get("enabled") is False:
        values["tokens_since"] = clock.now()
    if "password" in asked or values.get("enabled"):
        kept_passwords.forgive(tx, id)
    store.change(tx, id, **values)
    return store.get(tx, id)


def change_password(tx: Tx, id: str, password_hash: str) -> None:
    """Give a user the password that they chose themselves, whose old one was checked."""
    user = store.get(tx, id)
    if not user.may_change_password:
        raise Forbidden("You are not authorized to perform the requested action: change_password.")
    store.change(tx, user.id, **_new_password(tx, user, password_hash))


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Forget a user, their roles, memberships and credentials."""
    allowed.demand(caller, "delete_user", allowed.about("user", store.find(tx, id)))
    store.get(tx, id)
    removal.forget_user(tx, id)


def check_strength(password: str) -> None:
    """Raise Invalid for a password that the operator's settings refuse."""
    if settings.password_regex and not re.match(settings.password_regex, password):
        raise Invalid(f"The password does not match the requirements: {settings.password_regex_description}.")


def former_passwords(tx: Tx, id: str) -> list[str]:
    """The hashes of the passwords that a user had lately, as far as they may not be chosen again."""
    return kept_passwords.before(tx, id, settings.password_unique - 1) if settings.password_unique > 1 else []


def check_unused(user: User, former: list[str], password: str) -> None:
    """Raise Invalid for a password that the user has, or had lately, where the operator's settings refuse that."""
    if settings.password_unique < 2:
        return
    for kept in (user.password_hash, *former):
        if kept is not None and passwords.verify(user.id, kept, password):
            raise Invalid(
                "The new password cannot be identical to a previous password. The total number which includes the new "
                f"password must be unique is {settings.password_unique}."
            )


def _new_password(tx: Tx, user: User, password_hash: str | None) -> dict[str, Any]:
    """The columns of a new password; the old one is kept as long as it may not be chosen again."""
    if user.password_hash is not None and settings.password_unique > 1:
        kept_passwords.put_away(tx, user.id, user.password_hash, settings.password_unique - 1)
    now = clock.now()
    return {"password_hash": password_hash, "password_expires_at": _expiry(now), "tokens_since": now}


def _expiry(now: Micros) -> Micros | None:
    return now + settings.password_lifetime if settings.password_lifetime else None


def _must_be_free(tx: Tx, name: str, domain_id: str) -> None:
    if store.find_by_name(tx, name, domain_id) is not None:
        raise Conflict(f"Duplicate entry found with name {name} at domain ID {domain_id}.", store="user")


def _check_default_project(tx: Tx, asked: Mapping[str, Any]) -> None:
    id = asked.get("default_project_id")
    if id is not None and projects.find(tx, id, domain=True) is not None:
        raise Invalid("User's default project ID cannot be a domain ID: " + id)
