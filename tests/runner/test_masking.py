"""No secret in a text: whole, encoded, in parts, and across the cuts of an endless line."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seed.masking import Masker, forms
from seed.work.runner.lines import Lines

SECRET = "p@ss/word+with=æ spaces & signs~"


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        base64.b64encode(SECRET.encode()).decode().rstrip("="),
        quote(SECRET, safe=""),
        quote(SECRET),
        quote_plus(SECRET),
        json.dumps({"key": SECRET}),
        json.dumps({"key": SECRET}, ensure_ascii=False),
        SECRET.encode().hex(),
    ],
)
def test_a_secret_is_masked_however_it_is_written(written: str) -> None:
    told = Masker([SECRET])(f"before {written} after")

    assert told.startswith("before ")
    assert told.endswith(" after")
    assert "***" in told
    assert not any(form in told for form in forms(SECRET))


@given(st.binary(max_size=7), st.binary(max_size=7))
def test_within_longer_base64_nothing_that_tells_it_is_left(before: bytes, after: bytes) -> None:
    text = base64.b64encode(before + b"correct horse battery" + after).decode()

    told = Masker(["correct horse battery"])(text)

    assert "***" in told
    assert "Y3QgaG9yc2" not in told


def test_a_key_of_many_lines_and_wrapped_base64_are_masked_line_by_line() -> None:
    key = "-----BEGIN KEY-----\n" + "\n".join("QUJD" * 16 + str(n) for n in range(5)) + "\n-----END KEY-----\n"
    masker = Masker([key])
    wrapped = base64.encodebytes(key.encode()).decode().splitlines()

    assert all("QUJD" not in masker(line) for line in key.splitlines())
    assert [masker(line) for line in wrapped[:-1]] == ["***"] * (len(wrapped) - 1)


def test_a_secret_that_an_endless_line_is_cut_through_is_masked_on_both_sides() -> None:
    secret = "S3CR3T-" * 6
    masker, told = Masker([secret]), []
    lines = Lines(lambda line: told.append(masker(line)))

    for at in range(16_384 - 40, 16_384, 7):
        text = ("x" * at + secret + "y" * 100).encode()
        for start in range(0, len(text), 1000):
            lines.feed(text[start : start + 1000])
        lines.feed(b"\n")
    lines.end()

    assert not any("S3CR" in line for line in told)


def test_ordinary_text_stays_as_it_is() -> None:
    masker = Masker(["correct horse", "abc", ""])

    assert masker("abc is too short to hide, a horse is no secret") == "abc is too short to hide, a horse is no secret"


def test_the_longer_of_two_secrets_is_masked_whole() -> None:
    assert Masker(["token", "token-and-more"])("token-and-more token") == "*** ***"
