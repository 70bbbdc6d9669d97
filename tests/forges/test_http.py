"""No way into private networks, bounded answers, and rate limits as times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from tests.forges.speaking import speaking

from seed.forges.errors import ForgeNotReached
from seed.forges.http import Http, check_url
from seed.outside import Guarded, PrivateAddress, is_public, paused_until

NONE: frozenset[str] = frozenset()
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "url",
    ["http://api.github.com", "ftp://x.example.com", "https://", "https://user:pw@x.example.com", "https://x.example.com?a",
     "file:///etc/passwd", "https://x.example.com/#a", ""],
)  # fmt: skip
def test_an_address_that_is_not_spoken_to(url: str) -> None:
    with pytest.raises(PrivateAddress):
        check_url(url, NONE)


def test_a_host_that_the_operator_allows_may_do_without_tls() -> None:
    check_url("http://gitlab.internal:8080/api/v4", frozenset({"gitlab.internal"}))
    check_url("https://api.github.com", NONE)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "::1", "fe80::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "ff02::1"],
)  # fmt: skip
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["140.82.121.6", "2606:50c0:8000::153"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f000001", "2130706433", "127.1"])
def test_loopback_in_any_writing_is_refused(host: str) -> None:
    with speaking("github") as forge:
        port = forge.url.rsplit(":", 1)[-1]
        with pytest.raises((PrivateAddress, ForgeNotReached)):
            Http(f"https://{host}:{port}", NONE, {}).call("GET", "/")
        assert forge.calls == []


def test_the_address_that_was_checked_is_the_one_that_is_spoken_to() -> None:
    """A name that resolves to a private address the second time leads nowhere."""
    asked: list[str] = []
    reached: list[tuple[str, str, str]] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1" if len(asked) > 1 else "140.82.121.6"]

    def onward(request: httpx2.Request) -> httpx2.Response:
        reached.append((request.url.host, request.headers["host"], request.extensions["sni_hostname"]))
        return httpx2.Response(200)

    guarded = Guarded(NONE, "url", resolve=resolve, onward=onward)
    httpx2.Client(transport=guarded, trust_env=False).get("https://rebind.example.com/")

    assert asked == ["rebind.example.com"]
    assert reached == [("140.82.121.6", "rebind.example.com", "rebind.example.com")]


def test_a_name_with_one_private_address_among_its_addresses_is_not_spoken_to() -> None:
    def onward(_request: httpx2.Request) -> httpx2.Response:
        pytest.fail("it was spoken to")

    guarded = Guarded(NONE, "url", resolve=lambda _host, _port: ["140.82.121.6", "10.0.0.1"], onward=onward)

    with pytest.raises(PrivateAddress):
        httpx2.Client(transport=guarded, trust_env=False).get("https://both.example.com/")


@pytest.mark.parametrize("body", [b"x" * 11_000_000, b"[" * 200_000])
def test_an_answer_without_end_is_cut_off_and_nonsense_is_none(body: bytes) -> None:
    with speaking("github") as forge:
        forge.refusal = (200, {}, body)
        http = Http(forge.url, frozenset({"127.0.0.1"}), {})

        if len(body) > 10_000_000:
            with pytest.raises(ForgeNotReached):
                http.call("GET", "/")
        else:
            assert http.call("GET", "/").body is None


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (200, {"x-ratelimit-remaining": "0"}, None),
        (403, {}, None),
        (403, {"x-ratelimit-remaining": "12", "x-ratelimit-reset": "1"}, None),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(AT.timestamp()) + 90)}, 90),
        (403, {"retry-after": "7"}, 7),
        (429, {"ratelimit-remaining": "0", "ratelimit-reset": str(int(AT.timestamp()) + 20)}, 20),
        (429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "12"}, 5),
        (429, {"retry-after": "soon"}, 60),
    ],
)
def test_when_a_rate_limit_ends(status: int, headers: dict[str, str], wait: int | None) -> None:
    assert paused_until(status, headers, AT) == (None if wait is None else AT + timedelta(seconds=wait))
