"""Every page answers those who may see it, and nobody else; and always under the strict policy."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from tests.support.seeded import Seeded

from seed.apps.records import Stage
from seed.builds.records import Build
from seed.console.assets import VERSION
from seed.promotions.records import Promotion

PAGES = (
    "/",
    "/apps/new",
    "/apps/shop",
    "/apps/shop/activity",
    "/apps/shop/settings",
    "/apps/shop/services",
    "/apps/shop/dev",
    "/apps/shop/feature",
    "/apps/shop/prod",
    "/apps/shop/dev/builds/1",
    "/apps/shop/dev/builds/2",
    "/apps/shop/feature/builds/1",
    "/apps/shop/feature/builds/2",
    "/apps/shop/prod/builds/3",
    "/apps/shop/dev/builds/1/log/orders?before=50",
    "/accounts",
    "/activity",
    "/tokens",
    "/server",
    "/_style",
)
POSTS = (
    "/apps/new", "/apps/shop/dev/deploy", "/apps/shop/dev/promote", "/apps/shop/prod/rollback",
    "/apps/shop/dev/builds/1/cancel", "/apps/shop/dev/builds/1/again", "/promotions/5/confirm", "/promotions/5/reject",
    "/promotions/5/again", "/apps/shop/settings/webhook", "/apps/shop/settings/stages", "/accounts", "/tokens",
    "/apps/shop/settings/stages/dev/account", "/apps/shop/settings/stages/dev/keep", "/apps/shop/settings/removal", "/accounts/local/check",
    "/accounts/local/remove", "/tokens/1/revoke", "/server/caches/clear",
    "/server/keys/rotate", "/sign-out",
)  # fmt: skip


def test_a_stage_shows_what_waits_for_it(alice: TestClient) -> None:
    page = alice.get("/apps/shop/prod").text
    assert re.search(r'href="/promotions/\d+">Promote staging #1 to prod</a>', page)
    assert re.search(r'href="/promotions/\d+">Roll prod back to #1</a>', page)
    assert "to staging</a>" not in page
    for path in ("/apps/shop/prod", "/apps/shop"):
        assert "Deletes data: OrdersTable" in alice.get(path).text, "which of those that wait is dangerous"


def test_the_list_of_apps_tells_the_newest_build_of_every_stage(alice: TestClient, shop: Seeded) -> None:
    page = alice.get("/").text
    with shop.world.database.read() as session:
        newest = sa.select(Stage.name, sa.func.max(Build.number)).join(Build, Build.stage_id == Stage.id)
        stages = session.execute(newest.where(Stage.removed_at.is_(None)).group_by(Stage.id)).all()

    assert len(stages) > 1
    for name, number in stages:
        assert re.search(rf'href="/apps/[a-z-]+/{name}">{name}</a>\s*<span class="soft">#{number} ·', page), name


def promotions(shop: Seeded) -> list[tuple[int, str, str]]:
    with shop.world.database.read() as session:
        return [(one.id, one.state, one.kind) for one in session.scalars(sa.select(Promotion))]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_there_for_who_is_signed_in(alice: TestClient, path: str) -> None:
    answer = alice.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert '<main id="main"' in answer.text


def test_a_promotion_has_a_page_in_every_state(alice: TestClient, shop: Seeded) -> None:
    seen = set()
    for number, state, _kind in promotions(shop):
        answer = alice.get(f"/promotions/{number}")
        assert answer.status_code == 200, state
        seen.add(state)
    assert seen >= {
        "planning", "review", "deploying", "promoted", "failed", "stale", "rejected", "expired", "unchanged",
    }  # fmt: skip


@pytest.mark.parametrize("path", [*PAGES, "/promotions/1"])
def test_a_stranger_is_sent_to_sign_in_and_back(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?to=/")


@pytest.mark.parametrize("path", ["/live?topics=apps", "/apps/shop/dev/builds/1/stream"])
def test_a_stranger_hears_nothing(stranger: TestClient, path: str) -> None:
    assert stranger.get(path, headers={"accept": "text/event-stream"}).status_code == 401


@pytest.mark.parametrize("path", POSTS)
def test_a_stranger_changes_nothing(stranger: TestClient, path: str) -> None:
    assert stranger.post(path).status_code in {303, 401}


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}]
)
def test_another_site_cannot_write_in_the_name_of_a_person(
    alice: TestClient, path: str, headers: dict[str, str]
) -> None:
    assert alice.post(path, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "path", [*PAGES, "/nowhere", "/static/x/y.css", "/sign-in", "/promotions/99999", "/live?topics=app:77"]
)
def test_every_answer_carries_the_policy(alice: TestClient, path: str) -> None:
    policy = alice.get(path).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy


@pytest.mark.parametrize("path", [*PAGES, "/sign-in"])
def test_no_page_has_a_script_or_a_style_of_its_own(alice: TestClient, path: str) -> None:
    text = alice.get(path).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\sstyle=|<style|\son\w+=\"", text)


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/apps/none", "/apps/shop/none", "/apps/shop/dev/builds/99", "/promotions/999", "/promotions/" + "9" * 30,
     "/apps/shop/dev/builds/" + "9" * 30, "/apps/shop/dev/builds/1/log/none", "/static/0/none.css", "/static/0/..%2fapp.py"],
)  # fmt: skip
def test_what_is_not_there_is_said_on_a_page(alice: TestClient, path: str) -> None:
    answer = alice.get(path)
    assert answer.status_code == 404
    assert "<h1>" in answer.text
    assert ('href="/apps/shop">To shop</a>' in answer.text) is path.startswith("/apps/shop/")


def test_static_files_are_kept_for_ever_under_their_hash(stranger: TestClient) -> None:
    answer = stranger.get(f"/static/{VERSION}/seed.css")
    assert "immutable" in answer.headers["cache-control"]
    assert "immutable" not in stranger.get("/static/old/seed.css").headers["cache-control"]
    plain = stranger.get(f"/static/{VERSION}/seed.css", headers={"accept-encoding": "identity"})
    assert answer.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert plain.text == answer.text


@pytest.mark.parametrize("path", ["/apps/shop/settings", "/tokens", "/accounts", "/welcome"])
def test_the_length_of_a_page_with_a_secret_tells_nothing_of_it(alice: TestClient, path: str) -> None:
    assert "content-encoding" not in alice.get(path).headers


@pytest.mark.parametrize("topics", ["app:1", "build:1", "promotion:1", "apps,activity,app:1"])
def test_only_things_that_are_there_can_be_heard(alice: TestClient, shop: Seeded, topics: str) -> None:
    shop.world.bell.closed = True  # so that the stream ends at once
    answer = alice.get(f"/live?topics={topics}")
    shop.world.bell.closed = False
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize("topics", ["app:99", "build:x", "promotion:99", "secret", "app:" + "9" * 40, "app:²"])
def test_nothing_else_can_be_heard(alice: TestClient, topics: str) -> None:
    assert alice.get("/live", params={"topics": topics}).status_code == 404


def test_a_build_draws_its_phases_and_one_phase_needs_no_drawing(own: Seeded, own_alice: TestClient) -> None:
    page = "/apps/shop/dev/builds/1"
    assert "Phases of this build" not in own_alice.get(page).text

    def arrange(session: Session) -> None:
        build = session.query(Build).filter_by(number=1).join(Stage).filter(Stage.name == "dev").one()
        for row in build.services:
            row.phase = 2 if row.service.name == "orders" else 1

    own.write(arrange)

    drawn = own_alice.get(page).text
    first, second = drawn.index('aria-label="Phase 1"'), drawn.index('aria-label="Phase 2"')
    assert first < drawn.index(">users</a>") < second < drawn.index(">orders</a>")


def test_services_that_need_each_other_in_a_circle_are_named(own: Seeded, own_alice: TestClient) -> None:
    for name, needed in (("orders", "users"), ("users", "orders")):
        text = (own.repository.folder / name / "serverless.yml").read_text()
        own.repository.write(f"{name}/serverless.yml", f"{text}custom: {{a: '${{cf:{needed}-${{sls:stage}}.X}}'}}\n")
    own.repository.commit("A circle")

    page = own_alice.post("/apps/shop/services/find").text

    assert "These services need each other in a circle: orders → users → orders." in page


def test_what_an_arrangement_lacks_is_said_on_the_page(own_alice: TestClient) -> None:
    answer = own_alice.post("/apps/shop/services/phases", data={"service": ["orders", "users"], "phase": ["1", "2"]})
    assert answer.status_code == 422
    assert "mails stands in no phase." in answer.text
    odd = own_alice.post("/apps/shop/services/phases", data={"service": ["orders"], "phase": ["-1"]})
    assert "A phase is a number from 1." in odd.text
