"""Settings by hand: a notification is added and tried, a variable is changed, an account's form asks what it needs."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Open

pytestmark = pytest.mark.browser
PAGE = "/apps/shop/settings/stages/staging/notifications"


def test_a_webhook_is_added_tried_and_removed(tab: Open) -> None:
    page = tab().go(PAGE)
    page.get_by_text("Add a webhook…").click()
    form = page.locator("form", has=page.get_by_role("button", name="Add a webhook"))
    form.get_by_label("Address").fill("https://hooks.example.com/very-secret")
    form.get_by_label("A build starts").uncheck()
    form.get_by_role("button").click()

    row = page.locator(".list").first.get_by_role("listitem")
    expect(row).to_contain_text("hooks.example.com")
    expect(row).to_contain_text("A build works, a build or plan fails, a review waits, a promotion runs")
    row.get_by_role("button", name="Send a test").click()
    expect(page.locator("#log")).to_contain_text("A test from staging")
    assert "very-secret" not in page.content()
    row.get_by_text("Remove…").click()
    row.get_by_role("button", name="Remove this webhook").click()
    expect(page.get_by_role("heading", name="Nobody is told yet")).to_be_visible()


def test_a_stage_leads_to_its_own_settings(tab: Open) -> None:
    page = tab().go("/apps/shop/dev")
    page.locator(".facts").get_by_role("link", name="Settings").click()

    expect(page.locator("#stage-dev")).to_have_attribute("open", "")
    expect(page.locator("#stage-prod")).not_to_have_attribute("open", "")


def test_a_badge_is_shown_as_it_will_be_seen(tab: Open) -> None:
    page = tab().go("/apps/shop/settings/stages/dev/notifications")
    image = page.get_by_alt_text("The badge of dev")

    assert image.evaluate("one => one.complete && one.naturalWidth") > 60


def test_a_variable_is_changed_where_it_stands(tab: Open) -> None:
    page = tab().go("/apps/shop/variables")
    row = page.get_by_role("listitem").filter(has_text="LOG_LEVEL")
    row.get_by_text("Change…").click()
    row.get_by_label("Value").fill("warning")
    row.get_by_role("button", name="Save LOG_LEVEL").click()

    expect(page.get_by_role("listitem").filter(has_text="LOG_LEVEL")).to_contain_text("warning")


def test_an_account_is_asked_for_what_its_kind_needs(tab: Open) -> None:
    page = tab().go("/accounts")
    page.get_by_text("Add an account…").click()
    expect(page.get_by_label("Profile", exact=True)).to_be_visible()
    expect(page.get_by_label("Secret access key")).to_be_hidden()
    page.get_by_label("Kind").select_option("keys")
    expect(page.get_by_label("Secret access key")).to_be_visible()
    expect(page.get_by_label("Profile", exact=True)).to_be_hidden()


def test_a_choice_stands_beside_its_words(tab: Open) -> None:
    page = tab(width=360).go("/apps/shop/settings/removal?stage=dev")
    for choice in ("Delete the resources", "without the hooks", "Keep the resources"):
        box = page.get_by_label(choice).bounding_box()
        words = page.get_by_text(choice).bounding_box()
        assert box is not None
        assert words is not None
        assert box["width"] < 24
        assert words["height"] < 70
        assert words["width"] > 150
