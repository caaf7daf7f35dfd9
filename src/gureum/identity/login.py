"""What a login asks for. These are also the request's types on the wire: they have had one shape from the beginning."""

from msgspec import UNSET, Struct, UnsetType, field


class DomainName(Struct):
    """A domain by id or by name."""

    id: str | None = None
    name: str | None = None


class PasswordUser(Struct):
    password: str | None = None
    id: str | None = None
    name: str | None = None
    domain: DomainName | None = None


class PasswordMethod(Struct):
    user: PasswordUser | UnsetType = UNSET


class TokenMethod(Struct):
    id: str


class ApplicationCredentialMethod(Struct):
    secret: str | None = None
    id: str | None = None
    name: str | None = None
    user: PasswordUser | UnsetType = UNSET


class Identity(Struct):
    methods: list[str]
    password: PasswordMethod | UnsetType = UNSET
    token: TokenMethod | UnsetType = UNSET
    application_credential: ApplicationCredentialMethod | UnsetType = UNSET


class ProjectScope(Struct):
    id: str | None = None
    name: str | None = None
    domain: DomainName | None = None


class SystemScope(Struct):
    all: bool = False


class TrustScope(Struct):
    id: str


class ScopeRequest(Struct):
    project: ProjectScope | UnsetType = UNSET
    domain: DomainName | UnsetType = UNSET
    system: SystemScope | UnsetType = UNSET
    unscoped: dict[str, str] | UnsetType = UNSET
    trust: TrustScope | UnsetType = field(default=UNSET, name="OS-TRUST:trust")


class Auth(Struct):
    identity: Identity
    scope: ScopeRequest | str | UnsetType = UNSET


class AuthRequest(Struct):
    """POST /v3/auth/tokens."""

    auth: Auth
