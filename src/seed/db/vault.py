"""Secrets at rest: each value under a key of its own (AES-GCM), which is wrapped by the master key: an envelope.

Each value is bound to its place: moved to another row it does not open. The key file holds the master keys, the
newest first; with a guard (AWS KMS) the file holds them encrypted, and is of no use without it. While keys are
rotated there are two for a moment, so that a server that is killed in between opens everything.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from seed.errors import SeedError

NONCE = 12
KEY = 32
WRAPPED = NONCE + KEY + 16
MAGIC = b"SEED\x01"
DATA_KEY = b"seed data key"


class SecretNotReadable(SeedError):
    """A sealed value does not open: another key, another place, or damage."""

    code = "secret-not-readable"


class KeyFileNotReadable(SeedError):
    """The key file is damaged, or its guard will not open it."""

    code = "key-file-not-readable"


class Guard(Protocol):
    """What the key file is encrypted by."""

    def encrypt(self, content: bytes) -> bytes: ...
    def decrypt(self, content: bytes) -> bytes: ...


class Vault:
    """Seals and opens. The key file is made at first start, readable by the owner alone."""

    def __init__(self, key_file: Path, guard: Guard | None = None) -> None:
        self._file, self._guard = key_file, guard
        self._lock = threading.Lock()
        if not key_file.exists():
            key_file.parent.mkdir(parents=True, exist_ok=True)
            self._write([AESGCM.generate_key(KEY * 8)])
        self._keys = self._read()

    def seal(self, value: str, place: str) -> bytes:
        data_key = AESGCM.generate_key(KEY * 8)
        return MAGIC + _wrap(self._keys[0], data_key) + _encrypt(data_key, value.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        try:
            if not sealed.startswith(MAGIC):
                return self._open_bare(sealed, place)
            data_key = self._unwrap(sealed[len(MAGIC) :][:WRAPPED])
            return _decrypt(data_key, sealed[len(MAGIC) + WRAPPED :], place.encode()).decode()
        except InvalidTag:
            raise SecretNotReadable(
                "A stored secret cannot be opened.",
                hint="The key file of this data folder was changed; enter the secret again.",
                where=place,
            ) from None

    def add_key(self) -> None:
        """A new master key before the others: what is sealed from now on is sealed with it."""
        with self._lock:
            keys = [AESGCM.generate_key(KEY * 8), *self._keys]
            self._write(keys)
            self._keys = keys

    def forget_old_keys(self) -> None:
        """Only once everything is rewrapped."""
        with self._lock:
            self._write(self._keys[:1])
            self._keys = self._keys[:1]

    def rewrap(self, sealed: bytes) -> bytes:
        """The same value under the newest master key. It stays bound to its place, which need not be known."""
        if not sealed.startswith(MAGIC):
            raise ValueError("a value without an envelope is opened and sealed again")
        start, end = len(MAGIC), len(MAGIC) + WRAPPED
        try:
            return MAGIC + _wrap(self._keys[0], self._unwrap(sealed[start:end])) + sealed[end:]
        except InvalidTag:
            raise SecretNotReadable("A stored secret cannot be opened, so keys are not rotated.") from None

    @staticmethod
    def is_envelope(sealed: bytes) -> bool:
        return sealed.startswith(MAGIC)

    def _unwrap(self, wrapped: bytes) -> bytes:
        for key in self._keys:
            try:
                return _decrypt(key, wrapped, DATA_KEY)
            except InvalidTag:
                continue
        raise InvalidTag

    def _open_bare(self, sealed: bytes, place: str) -> str:
        """As values were sealed before there were envelopes."""
        for key in self._keys:
            try:
                return _decrypt(key, sealed, place.encode()).decode()
            except InvalidTag:
                continue
        raise InvalidTag

    def _read(self) -> list[bytes]:
        content = self._file.read_bytes()
        if self._guard is not None:
            plain = len(content) % KEY == 0 and len(content) <= 2 * KEY
            content = content if plain else self._guard.decrypt(content)
        if not content or len(content) % KEY:
            raise KeyFileNotReadable(
                "The key file is not one.",
                hint="Put back the right file; with SEED_KMS_KEY set, the one that was made with it.",
                where=self._file.name,
            )
        keys = [content[at : at + KEY] for at in range(0, len(content), KEY)]
        if self._guard is not None and plain:
            self._write(keys)  # a key file from before there was a guard
        return keys

    def _write(self, keys: Sequence[bytes]) -> None:
        """Written beside its place, synced and renamed: there is always a whole one."""
        content = b"".join(keys)
        if self._guard is not None:
            content = self._guard.encrypt(content)
        beside = self._file.with_name(f"{self._file.name}.new")
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._file)


def _wrap(key: bytes, data_key: bytes) -> bytes:
    return _encrypt(key, data_key, DATA_KEY)


def _encrypt(key: bytes, content: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, bound)


def _decrypt(key: bytes, content: bytes, bound: bytes) -> bytes:
    if len(content) < NONCE + 16:
        raise InvalidTag
    return AESGCM(key).decrypt(content[:NONCE], content[NONCE:], bound)
