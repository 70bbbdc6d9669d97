"""Random keys: what a person holds, and the hash that a row keeps."""

from __future__ import annotations

import hashlib
import secrets

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

PASSWORDS = PasswordHash((Argon2Hasher(),))


def new_key(prefix: str) -> str:
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def key_hash(key: str) -> str:
    """Keys are long and random, so a plain hash is enough; passwords use Argon2."""
    return hashlib.sha256(key.encode()).hexdigest()
