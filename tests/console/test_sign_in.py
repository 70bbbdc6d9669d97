"""Who one is: by password, by a link that works once; and how a cookie is made."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.support.seeded import EMAIL, PASSWORD, Seeded, empty
from tests.support.web import application_of

from seed.console.sign_in import own
from seed.people.sign_in import make_link
from seed.server import application


def test_signing_in_goes_where_one_wanted_to_go(stranger: TestClient) -> None:
    answer = stranger.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "to": "/apps/shop?x=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/apps/shop?x=1")
    cookie = answer.headers["set-cookie"].lower()
    assert "seed_session=sess_" in cookie
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert stranger.get("/").status_code == 200


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "", "/a\nb"]
)
def test_nobody_is_sent_to_another_site(to: str) -> None:
    assert own(to) == "/"


def test_a_wrong_password_is_said_without_saying_what_is_wrong(stranger: TestClient) -> None:
    for email in (EMAIL, "nobody@example.com"):
        answer = stranger.post("/sign-in", data={"email": email, "password": "wrong password"})
        assert answer.status_code == 401
        assert "E-mail and password do not fit." in answer.text
        assert "set-cookie" not in answer.headers


def test_looking_at_a_link_does_not_use_it_up(shop: Seeded, stranger: TestClient) -> None:
    link = shop.write(lambda session: make_link(session, "sign-in", 1))
    for _ in range(3):
        assert stranger.get(f"/link?key={link}&to=/promotions/1").status_code == 200
    answer = stranger.post("/link", data={"key": link, "to": "/promotions/1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/promotions/1")
    assert stranger.post("/link", data={"key": link}).status_code in {303, 401}
    assert "not good any more" in stranger.get(f"/link?key={link}").text


def test_the_first_administrator_is_made_by_the_first_link(tmp_path: Path) -> None:
    server = empty(tmp_path)
    link = server.first_link().partition("key=")[2]
    client = TestClient(application_of(server), base_url="http://127.0.0.1", follow_redirects=False)
    assert client.get(f"/welcome?key={link}").status_code == 200
    given = {"key": link, "name": "Robin", "email": "robin@example.com", "password": "short"}
    assert "10 characters" in client.post("/welcome", data=given).text
    assert client.post("/welcome", data={**given, "password": PASSWORD}).status_code == 303
    page = client.get("/").text
    assert "Robin" in page
    assert "seed app add PATH_OR_URL" in page
    server.world.database.close()


def test_a_program_makes_the_first_administrator_by_the_same_link(tmp_path: Path) -> None:
    server = empty(tmp_path)
    client = TestClient(application_of(server), base_url="http://127.0.0.1/api/v1")
    link = server.first_link().partition("key=")[2]
    given = {"key": link, "name": "Robin", "email": "robin@example.com", "password": PASSWORD}
    assert client.post("/login/first", json={**given, "password": "short"}).status_code == 422

    made = client.post("/login/first", json=given).json()

    assert client.get("/me", headers={"Authorization": f"Bearer {made['token']}"}).json()["scope"] == "admin"
    assert client.post("/login/first", json={**given, "email": "eve@example.com"}).status_code == 401
    server.world.database.close()


def test_signing_out_ends_the_session(shop: Seeded, stranger: TestClient) -> None:
    stranger.cookies.set("seed_session", shop.key())
    assert stranger.get("/").status_code == 200
    stranger.post("/sign-out")
    stranger.cookies.clear()
    assert stranger.get("/").status_code == 303


def test_over_https_the_cookie_is_bound_to_the_host(shop: Seeded) -> None:
    from dataclasses import replace

    app = application(shop.server)
    settings = shop.world.settings.model_copy(update={"public_url": "https://seed.example.com"})
    app.state.world = replace(shop.world, settings=settings)
    client = TestClient(app, base_url="https://127.0.0.1", follow_redirects=False)
    answer = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-seed_session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
