"""Stages in a real browser on the real server: one comes by itself, one follows another branch, and one goes again."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Page, expect
from tests.story.conftest import MakeApp, email_of
from tests.support.browser import Watched, chromium
from tests.support.seeds import PASSWORD, TestApp
from tests.support.web import on_loopback

from seed.apps.find import app_of
from seed.git.command import git
from seed.people.sign_in import sign_in
from seed.server import application
from seed.work.hearing.automatic_stages import branch_pushed

SLOW = 60_000


@pytest.mark.browser
def test_a_stage_comes_by_itself_another_follows_a_branch_and_the_first_is_removed(make_app: MakeApp) -> None:
    app = make_app()
    with app.world.database.write() as session:
        key = sign_in(session, email_of(os.getpid()), PASSWORD, days=1)
    with on_loopback(application(app.seed.server)) as place, chromium() as browser:
        context = browser.new_context(viewport={"width": 1200, "height": 900})
        context.add_cookies([{"name": "seed_session", "value": key, "url": f"http://{place}"}])
        watched = Watched(context.new_page())
        page, at = watched.page, f"http://{place}/apps/{app.slug}"
        page.set_default_timeout(SLOW)

        _stages_come_by_themselves(page, at)
        push(app, "feature/login")
        page.goto(f"{at}/settings")
        expect(page.locator("#automatic-branch summary")).to_contain_text("on, 1 of 3 there")
        watched.check()

        _dev_follows(page, at, "feature/login")
        expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=SLOW)
        expect(page.get_by_text("On feature/login").first).to_be_visible()

        page.goto(f"{at}/feature-login/builds/1")
        expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=SLOW)
        assert app.cloud.stack("api-feature-login") is not None
        _remove(watched, at, "feature-login", instead="login")
        expect(page.get_by_text("Removed").first).to_be_visible(timeout=SLOW)
        assert app.cloud.stack("api-feature-login") is None
        page.goto(at)
        expect(page.get_by_role("link", name=re.compile("feature-login"))).to_have_count(0)
        watched.check()


def push(app: TestApp, branch: str) -> None:
    """As a webhook or a poll tells of it."""
    git(("checkout", "--quiet", "-b", branch), cwd=app.repository.folder)
    app.repository.edit("api/hello.js", "ok: true", "ok: 1")
    app.repository.commit(f"On {branch}")
    with app.world.database.read() as session:
        row = app_of(session, app.seed.alice, app.slug)
    assert branch_pushed(app.world, row, branch).startswith("Made the stage")


def _stages_come_by_themselves(page: Page, at: str) -> None:
    page.goto(f"{at}/settings")
    page.get_by_text("For each branch").click()
    form = page.locator("#automatic-branch form")
    form.get_by_label("Make a stage for each new branch").check()
    form.get_by_label("Only branches like these").fill("feature/*")
    form.get_by_label("At most").fill("3")
    form.get_by_role("button", name="Save").click()
    expect(page.locator("#automatic-branch summary")).to_contain_text("on, 0 of 3 there")


def _dev_follows(page: Page, at: str, branch: str) -> None:
    page.locator("#stage-dev summary").click()
    page.locator("#stage-dev").get_by_label("Branch", exact=True).fill(branch)
    page.locator("#stage-dev").get_by_role("button", name="Follow and build").click()
    page.wait_for_url(f"{at}/dev/builds/1")


def _remove(watched: Watched, at: str, stage: str, *, instead: str) -> None:
    """With another name typed first."""
    page = watched.page
    page.goto(f"{at}/settings")
    page.locator(f"#stage-{stage} summary").click()
    page.get_by_role("link", name=re.compile(f"Remove {stage}")).click()
    expect(page.get_by_text(f"api-{stage}").first).to_be_visible()
    watched.check()
    for typed in (instead, stage):
        page.get_by_label(f"Type {stage} to remove it").fill(typed)
        page.get_by_role("button", name=f"Remove {stage}").click()
        if typed == instead:
            expect(page.get_by_text(f"Type the name {stage} to remove it.")).to_be_visible()
            watched.errors = [one for one in watched.errors if "status of 422" not in one]  # the refusal's own
    page.wait_for_url("**/removals/*")
