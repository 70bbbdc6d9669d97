"""A GitHub App: its signed word, and its token that is kept until shortly before its end."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from tests.forges.keys import KEY, PEM
from tests.forges.said import LOCAL, STATUS
from tests.forges.speaking import Forge, speaking

from seed.forges.connect import Access, connect
from seed.forges.errors import ForgeRefused
from seed.forges.github.app import WrongKey, load_key, signed_word


class Clock:
    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at


def access(forge: Forge) -> Access:
    return Access("github", forge.url, "mike/shop", PEM, "12345")


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_the_word_is_signed_by_the_key_and_short_lived() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    head, body, signature = signed_word("12345", load_key(PEM), at).split(".")

    KEY.public_key().verify(decoded(signature), f"{head}.{body}".encode(), PKCS1v15(), SHA256())
    assert json.loads(decoded(head)) == {"alg": "RS256", "typ": "JWT"}
    claims = json.loads(decoded(body))
    assert (claims["iss"], claims["iat"]) == ("12345", int(at.timestamp()) - 60)
    assert 0 < claims["exp"] - claims["iat"] <= 600


def test_the_token_is_kept_until_shortly_before_its_end() -> None:
    clock = Clock()
    with speaking("github") as forge:
        api = connect(access(forge), LOCAL, clock)
        for _ in range(3):
            api.status(STATUS)
        assert forge.issued == 1
        assert forge.tokens[-1] == "Bearer ghs_1"

        clock.at += timedelta(minutes=59)
        api.status(STATUS)

        assert forge.issued == 2
        assert forge.tokens[-1] == "Bearer ghs_2"


def test_a_withdrawn_token_is_asked_for_anew_once() -> None:
    with speaking("github") as forge:
        api = connect(access(forge), LOCAL)
        api.status(STATUS)
        real, tries = forge.answer, []

        def withdrawn(method: str, path: str, query: dict[str, list[str]], body: object) -> tuple[int, object]:
            if "/statuses/" in path:
                tries.append(forge.tokens[-1])
                if forge.tokens[-1] == "Bearer ghs_1":
                    return 401, {"message": "Bad credentials"}
            return real(method, path, query, body)

        forge.answer = withdrawn  # type: ignore[method-assign]
        api.status(STATUS)

        assert tries == ["Bearer ghs_1", "Bearer ghs_2"]


def test_a_wrong_key_is_refused_by_the_forge_in_its_words() -> None:
    with speaking("github") as forge:
        forge.refusal = (401, {}, {"message": "A JSON web token could not be decoded"})

        with pytest.raises(ForgeRefused, match="could not be decoded"):
            connect(access(forge), LOCAL).status(STATUS)


EC = ec.generate_private_key(ec.SECP256R1()).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)


@pytest.mark.parametrize("pem", ["", "nonsense", EC.decode(), PEM[:200]])
def test_what_is_no_rsa_key_is_refused(pem: str) -> None:
    with pytest.raises(WrongKey):
        load_key(pem)
