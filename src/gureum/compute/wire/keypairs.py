"""Key pairs over the wire."""

from typing import Any

from gureum.compute.keypair import KeyPair
from gureum.compute.wire import values
from gureum.kernel.http import Call, Change, History
from gureum.kernel.http.history import Version
from gureum.kernel.http.schema import Query, Shapes

_TYPE = {"type": "string", "enum": ["ssh", "x509"]}
_OLD_PATTERN = r"^[_\- a-zA-Z0-9]+$"
_PATTERN = r"^[_\-\@\. a-zA-Z0-9]+$"


def _name(pattern: str) -> values.Schema:
    return {"allOf": [values.NAME, {"type": "string", "minLength": 1, "maxLength": 255, "pattern": pattern}]}


def _create(version: Version) -> values.Schema:
    known: dict[str, values.Schema] = {
        "name": _name(_PATTERN if version >= (2, 92) else _OLD_PATTERN),
        "public_key": values.TEXT,
    }
    if version >= (2, 2):
        known["type"] = _TYPE
    if version >= (2, 10):
        known["user_id"] = values.TEXT
    required = ("name", "public_key") if version >= (2, 92) else ("name",)
    return values.wrapped("keypair", known, required=required)


def _query(version: Version) -> values.Schema:
    known: dict[str, values.Schema] = {}
    if version >= (2, 10):
        known["user_id"] = values.many(values.TEXT)
    if version >= (2, 35):
        known |= {"limit": values.many(values.NATURAL), "marker": values.many(values.TEXT)}
    return values.parameters(version, **known)


def _item_query(version: Version) -> values.Schema:
    return values.parameters(version, **({"user_id": values.many(values.TEXT)} if version >= (2, 10) else {}))


CREATE = Shapes(_create, values.FORMATS)
QUERY = Query(_query)
ITEM_QUERY = Query(_item_query)


def _without_type(item: dict[str, Any], _call: Call) -> None:
    item.get("keypair", item).pop("type", None)


HISTORY = History(
    "keypair",
    "keypairs",
    [Change((2, 2), "key pairs have a type; the usual statuses", down=_without_type, status={201: 200, 204: 202})],
)


def brief(pair: KeyPair) -> dict[str, Any]:
    """A key pair as lists show it."""
    shown = {"name": pair.name, "public_key": pair.public_key, "fingerprint": pair.fingerprint, "type": pair.type}
    return {"keypair": shown}


def show(pair: KeyPair) -> dict[str, Any]:
    """A key pair."""
    return {
        "name": pair.name,
        "public_key": pair.public_key,
        "fingerprint": pair.fingerprint,
        "user_id": pair.user_id,
        "created_at": values.moment(pair.created_at),
        "deleted": False,
        "deleted_at": None,
        "id": pair.id,
        "updated_at": None,
        "type": pair.type,
    }


def show_new(pair: KeyPair, private_key: str | None) -> dict[str, Any]:
    """A key pair just made, with the private key where it was made here."""
    shown: dict[str, Any] = {
        "type": pair.type,
        "name": pair.name,
        "public_key": pair.public_key,
        "fingerprint": pair.fingerprint,
        "user_id": pair.user_id,
    }
    return shown if private_key is None else shown | {"private_key": private_key}
