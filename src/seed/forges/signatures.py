"""Whether a webhook comes from who knows the secret. Every comparison takes constant time.

GitHub and Bitbucket sign the body. GitLab sends the secret itself (`X-Gitlab-Token`), or, with a signing token,
signs id, time and body by the Standard Webhooks rules: then an old request is refused as well.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime

TOLERANCE_SECONDS = 5 * 60
SIGNING_PREFIX = "whsec_"
TIME = re.compile(r"[0-9]{1,15}")


def verify(forge: str, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """`headers` by lower-case name. An empty secret fits nothing."""
    if not secret:
        return False
    if forge == "github":
        return _signed(secret, body, headers.get("x-hub-signature-256", ""))
    if forge == "bitbucket":
        return _signed(secret, body, headers.get("x-hub-signature", ""))
    if headers.get("webhook-signature"):
        return _signed_by_standard(secret, headers, body, now)
    return hmac.compare_digest(secret.encode(), headers.get("x-gitlab-token", "").encode(errors="replace"))


def sign(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def signing_token(secret: str) -> str:
    """The secret in the form that GitLab takes as a signing token."""
    return SIGNING_PREFIX + base64.b64encode(secret.encode()).decode()


def sign_by_standard(secret: str, delivery: str, seconds: int, body: bytes) -> str:
    signed = f"{delivery}.{seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def _signed(secret: str, body: bytes, signature: str) -> bool:
    return hmac.compare_digest(sign(secret, body).encode(), signature.encode(errors="replace"))


def _signed_by_standard(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    told = headers.get("webhook-timestamp", "")
    if not TIME.fullmatch(told) or abs(now.timestamp() - int(told)) > TOLERANCE_SECONDS:
        return False
    wanted = sign_by_standard(secret, headers.get("webhook-id", ""), int(told), body).encode()
    # Several signatures, by several secrets, are told while one of them is being replaced.
    given = headers["webhook-signature"].split()
    return any(hmac.compare_digest(wanted, one.encode(errors="replace")) for one in given)


def _key(secret: str) -> bytes:
    """A token of GitLab's own making is base64 behind its prefix; any other secret is its own key."""
    if not secret.startswith(SIGNING_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(SIGNING_PREFIX), validate=True)
    except binascii.Error:
        return secret.encode()
