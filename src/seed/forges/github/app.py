"""A GitHub App's credentials: a short-lived word signed with its key, and with that a token for one installation."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from seed.errors import Invalid
from seed.forges.body import Body
from seed.forges.errors import ForgeNotReached
from seed.forges.http import Http

LIFE, SKEW, RENEW_BEFORE = timedelta(minutes=9), timedelta(seconds=60), timedelta(minutes=2)


class WrongKey(Invalid):
    """The text is not an RSA private key in PEM."""

    code = "wrong-key"


def load_key(pem: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise WrongKey(
            "This is no RSA private key in PEM.",
            hint="In the App's settings: Private keys.",
            where="secret",
        )
    return key


def signed_word(app: str, key: RSAPrivateKey, at: datetime) -> str:
    """A JSON Web Token by RS256. It begins a minute ago, since clocks differ, and lasts at most ten."""
    claims = {"iat": int((at - SKEW).timestamp()), "exp": int((at + LIFE).timestamp()), "iss": app}
    text = ".".join(_encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claims))
    return f"{text}.{_encoded(key.sign(text.encode(), PKCS1v15(), SHA256()))}"


class AppToken:
    """The token of the installation on one repository: asked for when needed, kept until shortly before its end."""

    def __init__(self, http: Http, app: str, pem: str, repository: str, clock: Callable[[], datetime]) -> None:
        self._http, self._app, self._key = http, app, load_key(pem)
        self._repository, self._clock = repository, clock
        self._token, self._until = "", clock()
        self._lock = threading.Lock()

    def __call__(self) -> str:
        with self._lock:
            if not self._token or self._clock() >= self._until - RENEW_BEFORE:
                self._renew()
            return self._token

    def forget(self) -> None:
        with self._lock:
            self._token = ""

    def _renew(self) -> None:
        headers = {"Authorization": f"Bearer {signed_word(self._app, self._key, self._clock())}"}
        found = self._http.call("GET", f"/repos/{self._repository}/installation", headers=headers)
        path = f"/app/installations/{_body(found.body).number('id')}/access_tokens"
        made = _body(self._http.call("POST", path, {}, headers=headers).body)
        self._token, self._until = made.text("token"), made.at("expires_at") or self._clock()


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _body(found: Any) -> Body:
    if not isinstance(found, dict):
        raise ForgeNotReached("The forge's answer is not what it describes.")
    return Body(found)
