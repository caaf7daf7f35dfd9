"""Which microversion a request speaks, and the headers that say which one the answer speaks."""

import re
from collections.abc import Mapping

from gureum.kernel.faults import Invalid, NotAcceptable
from gureum.kernel.http.answer import Header
from gureum.kernel.http.api import Versions
from gureum.kernel.http.history import Version

_NUMBER = re.compile(r"([0-9]{1,999})\.([0-9]{1,999})\Z")


def choose_version(versions: Versions, headers: Mapping[str, str]) -> Version:
    """The version a request asks for. Raises Invalid for text that is none, NotAcceptable for one out of range."""
    text = _asked(versions, headers)
    if text is None:
        return versions.default or versions.least
    if text.lower() == "latest":
        return versions.most
    found = _NUMBER.match(text)
    if found is None:
        raise Invalid(
            f"API Version String {text} is of invalid format. Must be of format MajorNum.MinorNum.", version=text
        )
    version = int(found.group(1)), int(found.group(2))
    if not versions.least <= version <= versions.most:
        raise NotAcceptable(
            f"Version {text} is not supported by the API. Minimum is {show(versions.least)} and maximum is "
            f"{show(versions.most)}.",
            version=text,
            least=show(versions.least),
            most=show(versions.most),
        )
    return version


def _asked(versions: Versions, headers: Mapping[str, str]) -> str | None:
    given = headers.get("openstack-api-version")
    for part in (given or "").split(","):
        words = part.split()
        if len(words) == 2 and words[0] == versions.service:
            return words[1]
    if given is not None and versions.strict:
        raise Invalid(
            "The server could not comply with the request since it is either malformed or otherwise incorrect."
        )
    return headers.get(versions.legacy_header.lower()) if versions.legacy_header else None


def version_headers(versions: Versions | None, version: Version) -> list[Header]:
    """What the answer says of its version; nothing where none was chosen."""
    if versions is None or version == (0, 0):
        return []
    headers = [("OpenStack-API-Version", f"{versions.service} {show(version)}"), ("Vary", "OpenStack-API-Version")]
    if versions.legacy_header:
        headers += [(versions.legacy_header, show(version)), ("Vary", versions.legacy_header)]
    return headers


def show(version: Version) -> str:
    """2.104"""
    return f"{version[0]}.{version[1]}"
