"""Keys of SSH: what one looks like, its fingerprint, and making a pair."""

import base64
import binascii
import hashlib
from typing import NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from gureum.kernel.faults import Invalid

_BITS = 2048
_LONGEST = 16 * 1024


class Pair(NamedTuple):
    """Both halves of a key. The private one is PEM, as `ssh -i` takes it."""

    private: str
    public: str


def fingerprint(public_key: str) -> str:
    """The MD5 of a public key, as pairs of hex digits with colons. Raises Invalid for what is no public key."""
    words = public_key.split()
    try:
        if len(words) < 2 or len(public_key) > _LONGEST:
            raise ValueError("not a line of a type and a key")
        blob = base64.b64decode(words[1], validate=True)
        serialization.load_ssh_public_key(f"{words[0]} {words[1]}".encode())
    except (ValueError, binascii.Error, UnsupportedAlgorithm) as error:
        raise Invalid("Keypair data is invalid: failed to generate fingerprint", cause=str(error)) from None
    digest = hashlib.md5(blob, usedforsecurity=False).hexdigest()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def generate() -> Pair:
    """A new RSA pair. Takes tenths of a second of CPU: never within a transaction."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return Pair(private.decode(), f"{public.decode()} Generated-by-Nova")
