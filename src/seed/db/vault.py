"""Secrets at rest: AES-GCM under a key file, each value bound to its place.

A sealed value moved to another row does not open: the place is associated data.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from seed.errors import SeedError

NONCE = 12


class SecretNotReadable(SeedError):
    """A sealed value does not open: another key, another place, or damage."""

    code = "secret-not-readable"


class Vault:
    """Seals and opens. The key file is made at first start, readable by the owner alone."""

    def __init__(self, key_file: Path) -> None:
        if not key_file.exists():
            key_file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(AESGCM.generate_key(256))
        self._cipher = AESGCM(key_file.read_bytes())

    def seal(self, value: str, place: str) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, value.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], place.encode()).decode()
        except InvalidTag:
            raise SecretNotReadable(
                "A stored secret cannot be opened.",
                hint="The key file of this data folder was changed; enter the secret again.",
                where=place,
            ) from None
