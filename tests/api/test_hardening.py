"""What every route keeps to: size, host, headers, cookies, and no failure whatever is asked."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from starlette.testclient import TestClient
from tests.support.seeded import Seeded


def test_a_cookie_from_another_site_changes_nothing(stranger: TestClient, shop: Seeded) -> None:
    cookies = {"seed_session": shop.key()}

    crossed = stranger.post(
        "/tokens",
        json={"name": "x"},
        headers={"Sec-Fetch-Site": "cross-site", "Cookie": f"seed_session={cookies['seed_session']}"},
    )

    assert crossed.json()["error"]["code"] == "cross-site"


def test_a_large_body_is_refused_before_it_is_read(alice: TestClient) -> None:
    assert alice.post("/apps", content=b"x" * 1_100_000).status_code == 413


def test_a_large_body_that_does_not_tell_its_length_is_refused(stranger: TestClient) -> None:
    answer = stranger.post("/hooks/shop", content=(b"x" * 100_000 for _ in range(20)))

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid"


def test_an_unknown_host_is_not_answered(alice: TestClient) -> None:
    assert alice.get("/apps", headers={"Host": "evil.example"}).status_code == 400


def test_every_answer_carries_the_strict_headers(alice: TestClient) -> None:
    headers = alice.get("/apps").headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_no_read_fails_whatever_is_asked(alice: TestClient) -> None:
    for path, query in _odd_reads():
        answer = alice.get(path, params=query)
        assert answer.status_code < 500, (path, query, answer.text)


def _odd_reads() -> Iterator[tuple[str, dict[str, str]]]:
    names = ["shop", "..", "%2e%2e", "a" * 500, "<script>", "shop\x00", "ünï", "'; drop table apps --"]
    for name in map(quote, names):
        yield f"/apps/{name}", {}
        yield f"/apps/shop/stages/{name}/builds/1", {}
        yield f"/apps/shop/stages/dev/builds/1/logs/{name}", {"package": name}
        yield "/apps/shop/builds", {"stage": name, "limit": "500"}
    for number in ("0", "-1", "99999999999999999999", "1e3", "x"):
        yield f"/apps/shop/stages/dev/builds/{number}", {}
        yield f"/promotions/{number}", {"wait": "0"}
        yield "/apps/shop/builds", {"limit": number}
        yield "/apps/shop/activity", {"limit": number}
