"""The whole story as a person sees it, in a real browser on the real server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.support.browser import Watched, chromium
from tests.support.repository import Repository
from tests.support.seeds import NUMBERS, Seed
from tests.support.web import on_loopback

from seed.apps.accounts import add_account
from seed.aws.values import AccountSettings
from seed.people.sign_in import make_link
from seed.server import application

SLOW = 60_000


@pytest.fixture(scope="module")
def url(seed: Seed) -> Iterator[str]:
    with on_loopback(application(seed.server)) as place:
        yield f"http://{place}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.campaign)])
def test_from_an_empty_page_to_a_promoted_production(
    seed: Seed, url: str, browser: Browser, tmp_path: Path, scheme: str
) -> None:
    number = next(NUMBERS)
    account, name = f"account-{number}", f"shop-{number}"
    with seed.world.database.write() as session:
        add_account(
            session, seed.alice, account, AccountSettings("local", access_key_id=f"{number:012d}"), seed.world.vault
        )
        link = make_link(session, "sign-in", seed.alice.person_id)
    repository = Repository(tmp_path / "repository")
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1200, "height": 900})
    watched = Watched(context.new_page())
    page = watched.page
    page.set_default_timeout(SLOW)

    page.goto(f"{url}/link?key={link}&to=/apps/new")
    watched.check()
    page.get_by_role("button", name="Sign in").click()

    page.locator("[name=repository]").fill(str(repository.folder))
    page.locator("[name=name]").fill(name)
    page.locator("[name=account]").select_option(account)
    page.locator("[name=production_account]").select_option(account)
    watched.check()
    page.get_by_role("button", name=re.compile("Add")).click()
    page.wait_for_url(f"**/apps/{name}")
    watched.check()

    _deploy(page, name)
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=SLOW)
    watched.check()

    _promoted_from(page, f"{url}/apps/{name}", "button", "Promote #1")
    confirm = page.get_by_role("button", name="Promote to prod")
    expect(confirm).to_be_visible(timeout=SLOW)
    watched.check()
    confirm.click()
    expect(page.get_by_text("Promoted", exact=True).first).to_be_visible(timeout=SLOW)

    _make_it_dangerous(repository)
    page.goto(f"{url}/apps/{name}/dev")
    _deploy(page, name)
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=SLOW)
    _promoted_from(page, f"{url}/apps/{name}", "button", "Promote #2")
    expect(page.get_by_text("Danger").first).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Things")
    watched.check()
    _promoted_from(page, f"{url}/apps/{name}", "link", "Review #2")

    page.locator("#typed").fill("production")
    page.get_by_role("button", name="Promote to prod").click(force=True)
    expect(page.locator("#typed")).to_be_visible()
    page.locator("#typed").fill("prod")
    page.get_by_role("button", name="Promote to prod").click()
    expect(page.get_by_text("Promoted", exact=True).first).to_be_visible(timeout=SLOW)
    watched.check()

    _fits_a_phone(watched, [f"{url}/apps/{name}", f"{url}/apps/{name}/activity", page.url])
    context.close()


def _promoted_from(page: Page, pipeline: str, role: Literal["button", "link"], name: str) -> None:
    page.goto(pipeline)
    page.get_by_role(role, name=re.compile(name)).click()
    page.wait_for_url("**/promotions/*")


def _fits_a_phone(watched: Watched, addresses: list[str]) -> None:
    watched.page.set_viewport_size({"width": 360, "height": 740})
    for address in addresses:
        watched.page.goto(address)
        width = watched.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, f"{address} is {width} wide"
        watched.check()


def _deploy(page: object, name: str) -> None:
    page.goto(page.url.split("/apps/")[0] + f"/apps/{name}/dev")
    page.locator("form[action$='/deploy']").evaluate("form => form.closest('details')?.setAttribute('open', '')")
    page.get_by_role("button", name="Deploy", exact=True).click()
    page.wait_for_url("**/builds/*")


def _make_it_dangerous(repository: Repository) -> None:
    repository.edit(
        "api/serverless.yml",
        "          - {AttributeName: id, KeyType: HASH}",
        "          - {AttributeName: at, KeyType: HASH}",
    )
    repository.edit(
        "api/serverless.yml",
        "          - {AttributeName: id, AttributeType: S}",
        "          - {AttributeName: at, AttributeType: S}",
    )
    repository.commit("Another key")
