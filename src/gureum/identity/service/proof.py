"""Proving who asks: by password, by a token, by an application credential."""

from dataclasses import dataclass, replace

from gureum.identity import login as asked_for
from gureum.identity.application_credential import ApplicationCredential
from gureum.identity.service import attempts, lockout, passwords, tokens
from gureum.identity.service.attempts import Attempt, Standing
from gureum.identity.store import application_credentials, projects, users
from gureum.identity.token import Payload
from gureum.identity.user import User
from gureum.kernel import clock
from gureum.kernel.clock import Micros, parse_iso
from gureum.kernel.faults import Forbidden, Invalid, NotFound, Unauthenticated
from gureum.kernel.store.database import Database
from gureum.kernel.store.tx import Tx

DENIED = "The request you have made requires authentication."
MALFORMED = (
    "The server could not comply with the request since it is either malformed or otherwise incorrect. "
    "The client is assumed to be in error."
)
_METHODS = {"password", "token", "application_credential", "external"}


@dataclass(frozen=True, slots=True)
class Proven:
    """Who was proven to ask, and how; `earlier` is the token and `credential` the application credential that was shown."""

    user_id: str
    methods: tuple[str, ...]
    earlier: Payload | None = None
    default_project_id: str | None = None
    credential: ApplicationCredential | None = None


def prove(database: Database, identity: asked_for.Identity, peer: str) -> Proven:
    """Check every method that the request names. Raises Unauthenticated, saying no more than that to strangers."""
    if not set(identity.methods) <= _METHODS:
        raise Unauthenticated("Attempted to authenticate with an unsupported method.")
    proven: Proven | None = None
    for method in dict.fromkeys(identity.methods):
        one = _by(database, method, identity, peer)
        if proven is not None:
            if proven.user_id != one.user_id:
                raise Unauthenticated(DENIED)
            one = replace(
                one,
                methods=tuple(dict.fromkeys((*proven.methods, *one.methods))),
                earlier=one.earlier or proven.earlier,
                default_project_id=one.default_project_id or proven.default_project_id,
                credential=one.credential or proven.credential,
            )
        proven = one
    if proven is None:
        raise Unauthenticated(DENIED)
    return proven


def _by(database: Database, method: str, identity: asked_for.Identity, peer: str) -> Proven:
    if method == "password" and identity.password:
        if not identity.password.user:
            raise expected("user", "None")
        return _by_password(database, identity.password.user, peer)
    if method == "token" and identity.token:
        return _by_token(database, identity.token.id)
    if method == "application_credential" and identity.application_credential:
        return _by_credential(database, identity.application_credential, peer)
    raise expected(method, "identity")


def expected(what: str, where: str) -> Invalid:
    """The refusal of a request that leaves something out."""
    return Invalid(f"Expecting to find {what} in {where}. {MALFORMED}")


def instant(text: str) -> Micros:
    """The time at which something is to end. Raises Invalid for what is none or has passed."""
    try:
        when = parse_iso(text)
    except ValueError:
        raise Invalid(f"Timestamp not in expected format. {MALFORMED}") from None
    if when <= clock.now():
        raise Invalid(f"The 'expires_at' must not be before now. {MALFORMED}")
    return when


def _by_password(database: Database, asked: asked_for.PasswordUser, peer: str) -> Proven:
    user = database.read(lambda tx: find_user(tx, asked))
    name = asked.id or f"{asked.name}@{asked.domain}"
    user = _own_password(database, user, Attempt(user.id if user else name, peer), asked.password)
    must_not_have_expired(user)
    return Proven(user.id, ("password",), default_project_id=user.default_project_id)


def _verified(
    database: Database, attempt: Attempt, standing: Standing, owner: str, kept: str | None, secret: str | None
) -> None:
    """Raise Unauthenticated unless the secret is right; nobody's (None) costs as much to check as anybody's."""
    if standing.refused:
        raise Unauthenticated(DENIED)
    if not passwords.verify(owner, kept, secret or ""):
        attempts.wrong(database, attempt)
        raise Unauthenticated(DENIED)
    attempts.right(database, attempt, standing)


def _own_password(database: Database, user: User | None, attempt: Attempt, password: str | None) -> User:
    """The user, whose password it is. Raises Unauthenticated, also for one who is locked out."""
    standing, locked = database.read(lambda tx: (attempts.standing(tx, attempt), lockout.locked(tx, user)))
    if locked or standing.refused:
        raise Unauthenticated(DENIED)
    try:
        _verified(database, attempt, standing, user.id if user else "", user.password_hash if user else None, password)
    except Unauthenticated:
        lockout.wrong(database, user)
        raise
    if user is None:
        raise Unauthenticated(DENIED)
    lockout.right(database, user)
    return user


def check_own_password(database: Database, user: User | None, user_id: str, password: str, peer: str) -> User:
    """The user, whose password it is. Raises Unauthenticated for any other one, and for a user who is not there or disabled."""
    user = _own_password(database, user, Attempt(user_id, peer), password)
    if not user.enabled:
        raise Unauthenticated(DENIED)
    return user


def must_not_have_expired(user: User) -> None:
    """Raise Unauthenticated for a password that is over its time."""
    if user.password_expires_at is None or user.options.get("ignore_password_expiry"):
        return
    if user.password_expires_at <= clock.now():
        raise Unauthenticated(f"The password is expired and needs to be changed for user: {user.id}.")


def find_user(tx: Tx, asked: asked_for.PasswordUser) -> User | None:
    """The user that a request names by id, or by name and domain. Raises Invalid when it names none."""
    if asked.id is not None:
        return users.find(tx, asked.id)
    if asked.name is None:
        raise Invalid("Invalid input for field identity/password/user: id or name must be present.")
    if asked.domain is None:
        raise expected("domain", "user")
    domain = domain_id(tx, asked.domain)
    return None if domain is None else users.find_by_name(tx, asked.name, domain)


def domain_id(tx: Tx, asked: asked_for.DomainName | None) -> str | None:
    """The id of a domain that was given by id or name, or None for one that does not exist."""
    if asked is None:
        return None
    if asked.id is not None:
        return asked.id
    found = projects.find_by_name(tx, asked.name or "", None)
    return None if found is None else found.id


def _by_token(database: Database, token_id: str) -> Proven:
    token = database.read(lambda tx: tokens.validate(tx, token_id))
    payload = token.payload
    if payload.credential_id is not None:
        raise Unauthenticated(DENIED)
    if payload.trust_id is not None:
        raise Forbidden("A token that was made by a trust is not exchanged for another one.")
    return Proven(payload.user_id, tuple(dict.fromkeys(("token", *payload.methods))), payload)


def _by_credential(database: Database, asked: asked_for.ApplicationCredentialMethod, peer: str) -> Proven:
    def look(tx: Tx) -> tuple[ApplicationCredential | None, Attempt, Standing]:
        found = _find_credential(tx, asked)
        attempt = Attempt(f"credential {found.id if found else asked.id or f'{asked.name}@{asked.user}'}", peer)
        return found, attempt, attempts.standing(tx, attempt)

    found, attempt, standing = database.read(look)
    owner = f"credential {found.id}" if found else ""
    _verified(database, attempt, standing, owner, found.secret_hash if found else None, asked.secret)
    if found is None or (found.expires_at is not None and found.expires_at <= clock.now()):
        raise Unauthenticated(DENIED)
    return Proven(found.user_id, ("application_credential",), credential=found)


def _find_credential(tx: Tx, asked: asked_for.ApplicationCredentialMethod) -> ApplicationCredential | None:
    if asked.id is not None:
        found = application_credentials.find(tx, asked.id)
        if found is None:
            raise NotFound(f"Could not find Application Credential: {asked.id}.")
        return found
    if asked.name is None:
        raise Invalid("Invalid input for field identity/application_credential: id or name must be present.")
    if not asked.user:
        raise expected("user", "application_credential")
    user = find_user(tx, asked.user)
    return None if user is None else application_credentials.find_by_name(tx, user.id, asked.name)
