"""No secret in a text: whole, encoded, in parts, and across the cuts of an endless line."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seed.masking import Masker, Words, forms
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


@pytest.mark.parametrize(
    ("secret", "written"),
    [
        ("a!b c(d)", "a!b%20c(d)"),
        ("pass*word 1", "pass*word+1"),
        ("p@ss w/x:1", "p@ss%20w/x:1"),
        ("p@ss w/x:1", "p%2540ss%2520w%252Fx%253A1"),
        ("p@ss w/x:1", "p%40ss%20w%2fx%3a1"),
        ("correct horse", base64.b64encode(base64.b64encode(b"x:correct horse")).decode()),
        ("correct horse", b"correct horse".hex().upper()),
        ('say "no\\', json.dumps(json.dumps({"a": 'say "no\\'}))),
        ('say "no"', quote(json.dumps('say "no"'))),
        ("a<b>&'c\"", "a&lt;b&gt;&amp;&#39;c&quot;"),
        ("it's a secret", "'it'\\''s a secret'"),
        ("smile \U0001f600 now", json.dumps("smile \U0001f600 now")),
        ("two\nlines of it", json.dumps("two\r\nlines of it")),
        ("to?> be~~ or", quote(base64.b64encode(b"to?> be~~ or").decode(), safe="")),
        ('a "b" c', base64.b64encode(json.dumps({"p": 'a "b" c'}).encode()).decode()),
    ],
)
def test_a_secret_is_masked_as_browsers_shells_and_files_write_it(secret: str, written: str) -> None:
    assert "***" in Masker([secret])(f"before {written} after")
    assert Masker([secret]).holds(written)


LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])


@settings(max_examples=50)
@given(
    st.text(LETTERS, min_size=5, max_size=30).filter(lambda text: text.strip() == text),
    st.sets(st.sampled_from("!*'();:@&=+$,/?#[]~-_. ")),
    st.booleans(), st.booleans(), st.integers(1, 3),
)  # fmt: skip
def test_whatever_an_encoder_calls_safe_a_secret_is_masked(
    secret: str, safe: set[str], plus: bool, lower: bool, times: int
) -> None:
    def encoded(sign: str) -> str:
        if sign in safe or (sign.isascii() and sign.isalnum()):
            return sign
        return "".join(f"%{byte:02x}" if lower else f"%{byte:02X}" for byte in sign.encode())

    written = "".join("+" if plus and sign == " " else encoded(sign) for sign in secret)
    for _ in range(times - 1):
        written = "".join(map(encoded, written))

    assert Masker([secret])(f"<{written}>") == "<***>"


def test_a_line_made_to_be_hard_is_read_as_soon_as_any_other() -> None:
    masker = Masker(["\\" * 20 + '"x', "''''''''''", "a\nb\nc\n\n\nd", '\\"' * 10 + "z", "a" * 40 + "b"])

    for part in ("%25", "\\", "%5C", "'\\''", '\\"', "\\n", "a", "%61", "&amp;"):
        assert masker(part * (16_384 // len(part)))


def test_what_overlaps_is_masked_whole() -> None:
    assert Masker(["abcdef", "defghi"])("<abcdefghi>") == "<***>"


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


@pytest.mark.parametrize(
    "line",
    [
        "KEY=\x1b[01;31m\x1b[KS3CR\x1b[m\x1b[K3T/word+1",
        '\x1b[32m"S3CR3T\x1b[0m\x1b[1m/word+1"\x1b[0m',
        base64.b64encode(b"S3CR3T/word+1").decode().replace("V", "\x1b[7mV\x1b[27m"),
        "\x1b(BS3CR\x1b(B3T/word+1",
    ],
)
def test_colours_within_a_secret_do_not_hide_it_from_the_mask(line: str) -> None:
    masked = Masker(["S3CR3T/word+1"])(line)

    assert "***" in masked
    assert "\x1b" not in masked


def test_lines_without_a_secret_keep_their_colours() -> None:
    assert Masker(["S3CR3T"])("\x1b[32mgood\x1b[0m") == "\x1b[32mgood\x1b[0m"


def test_ordinary_text_stays_as_it_is() -> None:
    masker = Masker(["correct horse", "abc", ""])

    assert masker("abc is too short to hide, a horse is no secret") == "abc is too short to hide, a horse is no secret"


def test_the_longer_of_two_secrets_is_masked_whole() -> None:
    assert Masker(["token", "token-and-more"])("token-and-more token") == "*** ***"


def test_of_thousands_of_secrets_a_line_is_searched_for_those_alone_that_it_may_hold() -> None:
    words = Words()
    for number in range(5000):
        words.add(f"{number:04}-secret", f"{number:04}")
    words.add("x y", "x")

    assert list(words.among({"0042", "zzzz"})) == ["x y", "0042-secret"]


@pytest.mark.parametrize("write", [str, quote, json.dumps, lambda text: base64.b64encode(b"ab" + text.encode()).decode(),
                                   lambda text: text.encode().hex().upper(), lambda text: f"\\u{ord(text[0]):04x}{text[1:]}"])  # fmt: skip
def test_among_many_secrets_each_is_masked(write: Callable[[str], str]) -> None:
    secrets = [f"{number * 7919:x}/{'key ' * (number % 3)}æ+{number}" for number in range(300, 600)]
    masker = Masker(secrets)

    shown = [masker(f"it is {write(secret)} here") for secret in secrets]

    assert [line for line in shown if "***" not in line] == []
    assert masker("+ an ordinary line & 50% more of it") == "+ an ordinary line & 50% more of it"
