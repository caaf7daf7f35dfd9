"""Identifiers in the two shapes that OpenStack uses."""

import re
import uuid

_UUID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}\Z")


def new_uuid() -> str:
    """A random id with dashes, as most services use."""
    return str(uuid.uuid4())


def new_hex() -> str:
    """A random id of 32 hex digits, as the identity service uses."""
    return uuid.uuid4().hex


def new_request_id() -> str:
    """A request id, as `req-<uuid>`."""
    return f"req-{uuid.uuid4()}"


def is_uuid(text: str) -> bool:
    """Whether `text` is a uuid, dashes or not."""
    return bool(_UUID.match(text))
