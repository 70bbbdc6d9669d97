"""The signature of the generic webhook: HMAC-SHA256 over the raw body."""

from __future__ import annotations

import hashlib
import hmac

PREFIX = "sha256="


def sign(secret: str, body: bytes) -> str:
    return PREFIX + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def verify(secret: str, body: bytes, signature: str) -> bool:
    """In constant time; what is not ASCII is wrong, not an error."""
    return hmac.compare_digest(sign(secret, body).encode(), signature.encode())
