"""Only who knows the secret is heard."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from seed.forges.signatures import sign, sign_by_standard, signing_token, verify

SECRET, BODY = "It's a Secret to Everybody", b"Hello, World!"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
GITHUB = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
"""The example of GitHub's documentation for this secret and this body."""


@pytest.mark.parametrize(("forge", "header"), [("github", "x-hub-signature-256"), ("bitbucket", "x-hub-signature")])
def test_a_signed_body(forge: str, header: str) -> None:
    assert verify(forge, SECRET, {header: GITHUB}, BODY, NOW)
    assert sign(SECRET, BODY) == GITHUB
    for wrong in ("", "sha256=", GITHUB.upper(), GITHUB[:-1], "sha256=é" * 3, "\udc80"):
        assert not verify(forge, SECRET, {header: wrong}, BODY, NOW)
    assert not verify(forge, SECRET, {header: GITHUB}, BODY + b" ", NOW)
    assert not verify(forge, SECRET, {}, BODY, NOW)


def test_a_signature_in_another_forges_header_is_none() -> None:
    assert not verify("github", SECRET, {"x-hub-signature": GITHUB}, BODY, NOW)
    assert not verify("github", SECRET, {"x-gitlab-token": SECRET}, BODY, NOW)


def test_gitlabs_token() -> None:
    assert verify("gitlab", SECRET, {"x-gitlab-token": SECRET}, BODY, NOW)
    assert not verify("gitlab", SECRET, {"x-gitlab-token": SECRET + "x"}, BODY, NOW)
    assert not verify("gitlab", SECRET, {}, BODY, NOW)


@pytest.mark.parametrize("forge", ["github", "gitlab", "bitbucket"])
def test_no_secret_fits_nothing(forge: str) -> None:
    headers = {"x-hub-signature-256": sign("", BODY), "x-hub-signature": sign("", BODY), "x-gitlab-token": ""}

    assert not verify(forge, "", headers, BODY, NOW)


def signed(secret: str, at: datetime = NOW, delivery: str = "d1") -> dict[str, str]:
    seconds = int(at.timestamp())
    told = sign_by_standard(secret, delivery, seconds, BODY)
    return {"webhook-id": delivery, "webhook-timestamp": str(seconds), "webhook-signature": told}


def test_gitlabs_signing_token_signs_id_time_and_body() -> None:
    headers = signed(SECRET)

    assert verify("gitlab", SECRET, headers, BODY, NOW)
    assert verify("gitlab", SECRET, {**headers, "webhook-signature": f"v1,x {headers['webhook-signature']}"}, BODY, NOW)
    assert not verify("gitlab", SECRET, {**headers, "webhook-id": "d2"}, BODY, NOW)
    assert not verify("gitlab", SECRET, headers, BODY + b" ", NOW)
    assert not verify("gitlab", SECRET, {**headers, "webhook-timestamp": "9" * 5000}, BODY, NOW)


def test_the_token_in_gitlabs_form_signs_the_same() -> None:
    assert signed(signing_token(SECRET)) == signed(SECRET)
    assert base64.b64decode(signing_token(SECRET).removeprefix("whsec_")) == SECRET.encode()


@pytest.mark.parametrize("late", [timedelta(minutes=6), timedelta(minutes=-6)])
def test_an_old_request_is_refused(late: timedelta) -> None:
    assert not verify("gitlab", SECRET, signed(SECRET), BODY, NOW + late)


def test_a_wrong_signature_is_not_saved_by_a_right_token() -> None:
    headers = {**signed("other"), "x-gitlab-token": SECRET}

    assert not verify("gitlab", SECRET, headers, BODY, NOW)
