"""Reading a long review in Chromium: search, filters, rows that are fetched, copying, accepting; all of it by keyboard."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from tests.browser.conftest import Open, Site

from seed.changesets import PropertyChange, from_json, to_json
from seed.promotions.records import ServicePlan

pytestmark = pytest.mark.browser


def number_of(site: Site, has: str, lacks: str = "nothing-like-this") -> int:
    with site.seed.world.database.read() as session:
        rows = session.scalars(sa.select(ServicePlan).order_by(ServicePlan.id.desc()))
        return next(row.promotion_id for row in rows if has in str(row.changes) and lacks not in str(row.changes))


def shown(page: Page) -> int:
    return page.locator("details.row:visible").count()


def big(tab: Open, site: Site, **how: object) -> Page:
    page = tab(**how).go(f"/promotions/{number_of(site, 'big-prod')}")
    expect(page.get_by_placeholder("Filter 500 resources")).to_be_visible()
    return page


def test_five_hundred_resources_are_searched_and_sifted_by_keyboard(tab: Open, site: Site) -> None:
    page = big(tab, site)
    page.keyboard.press("/")
    page.keyboard.type("resource49")
    expect(page.get_by_text("11 of 500")).to_be_visible()
    assert shown(page) == 11
    page.keyboard.press("Tab")
    expect(page.get_by_label("Kind of resource")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("[data-chip]").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    expect(page.locator("[data-chip]").first).to_have_attribute("aria-pressed", "true")
    assert shown(page) < 11
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(page.locator("[data-chip][aria-pressed=true]")).to_have_count(0)
    assert shown(page) == 500


def test_a_fold_of_outputs_alone_goes_where_something_else_is_looked_for(tab: Open, site: Site) -> None:
    number = number_of(site, "big-prod")
    output = PropertyChange("/Outputs/Arn/Value", "Outputs", "old", "new", routine="follows routine changes")
    with site.seed.world.database.write() as session:
        row = session.scalars(sa.select(ServicePlan).where(ServicePlan.promotion_id == number)).one()
        row.changes = to_json(replace(from_json(row.changes), outputs=(output,)), contexts=True)
    page = big(tab, site)
    fold = page.locator("details.routine", has_text="Arn/Value")
    expect(fold).to_be_visible()
    page.get_by_placeholder("Filter").fill("resource49")
    expect(page.get_by_text("11 of 500")).to_be_visible()
    expect(fold).to_be_hidden()


def test_chips_of_one_field_add_up_and_of_two_fields_cut_down(tab: Open, site: Site) -> None:
    page = big(tab, site)
    count = {
        name: int(page.locator(f'[data-chip][data-value="{name}"] b').inner_text()) for name in ("Removed", "Added")
    }
    page.locator('[data-chip][data-value="Removed"]').click()
    assert shown(page) == count["Removed"]
    page.locator('[data-chip][data-value="Added"]').click()
    assert shown(page) == count["Removed"] + count["Added"]
    page.get_by_label("Kind of resource").select_option("table")
    assert 0 < shown(page) < count["Removed"] + count["Added"]
    assert set(page.locator("details.row:visible .kind").all_inner_texts()) == {"table"}


def test_what_was_sifted_stands_in_the_address(tab: Open, site: Site) -> None:
    page = big(tab, site)
    page.get_by_placeholder("Filter").fill("resource7")
    page.locator('[data-chip][data-value="Removed"]').click()
    before = shown(page)
    assert "q=resource7" in page.url
    assert "only=Removed" in page.url
    page.reload()
    expect(page.get_by_placeholder("Filter")).to_have_value("resource7")
    expect(page.locator('[data-chip][data-value="Removed"]')).to_have_attribute("aria-pressed", "true")
    assert shown(page) == before


def test_a_link_to_a_row_opens_it_with_what_is_inside(tab: Open, site: Site) -> None:
    number = number_of(site, "big-prod")
    page = tab().go(f"/promotions/{number}#service-1--Resource12VeryLongVeryLongVeryLong")
    row = page.locator("details.row:target")
    expect(row).to_have_attribute("open", "")
    expect(row.locator(".property").first).to_be_visible()
    expect(row).to_be_in_viewport()


def test_what_is_inside_all_rows_is_asked_for_once(tab: Open, site: Site) -> None:
    one = tab()
    asked: list[str] = []
    one.page.on("request", lambda request: asked.append(request.url) if "/changes" in request.url else None)
    page = one.go(f"/promotions/{number_of(site, 'big-prod')}")
    page.locator("h1, .h1").first.click()
    page.keyboard.press("x")
    expect(page.get_by_role("button", name="Collapse all")).to_be_visible(timeout=20_000)
    assert page.locator("[data-inside]").count() == 0
    assert page.locator("details.row:not([open])").count() == 0
    assert asked == [f"{page.url}/changes"]
    page.keyboard.press("x")
    expect(page.get_by_role("button", name="Expand all")).to_be_visible()


def test_it_is_copied_by_a_key(tab: Open, site: Site) -> None:
    page = tab().go(f"/promotions/{number_of(site, 'OrdersTable')}")
    page.keyboard.press("m")
    expect(page.locator("#say")).to_have_text("Copied")
    assert "OrdersTable" in page.evaluate("navigator.clipboard.readText()")


def test_a_finding_is_accepted_and_taken_back(tab: Open, site: Site) -> None:
    page = tab().go(f"/promotions/{number_of(site, 'OrdersTable', 'UserMails')}")
    finding = page.locator(".finding").filter(has_text="Accept or mark").last
    sentence = finding.locator(".what > span").last.inner_text()
    finding.get_by_text("Accept or mark as wrong…").click()
    finding.get_by_label("Why, for those who read it next").fill("Agreed with the team")
    finding.get_by_label("Accepted for").select_option("90 days")
    finding.get_by_role("button", name="Accept it").click()
    page.wait_for_url(re.compile("#finding-"))
    expect(page.get_by_text("1 accepted finding")).to_be_visible()
    folded = page.locator("details.accepted")
    if folded.get_attribute("open") is None:
        folded.locator("> summary").click()
    expect(folded.get_by_text("Agreed with the team")).to_be_visible()
    assert sentence in folded.inner_text()
    folded.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("accepted finding")).to_have_count(0)


def test_a_finding_is_marked_as_wrong_by_keyboard(tab: Open, site: Site) -> None:
    page = tab().go(f"/promotions/{number_of(site, 'UserMails', 'OrdersTable')}")
    finding = page.locator(".finding").first
    finding.locator(".judge > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("The bucket is empty")
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(finding.get_by_role("button", name="It is wrong")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Marked as wrong by Alice")).to_be_visible()
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Marked as wrong")).to_have_count(0)


def test_nothing_moves_while_it_loads(tab: Open, site: Site) -> None:
    one = tab()
    one.page.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => { for (const e of list.getEntries())"
        " if (!e.hadRecentInput) window.moved += e.value; }).observe({type: 'layout-shift', buffered: true});"
    )
    page = one.go(f"/promotions/{number_of(site, 'big-prod')}")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("window.moved") < 0.01


def test_without_scripts_every_row_still_leads_to_what_is_inside(tab: Open, site: Site) -> None:
    one = tab(scripts=False)
    page = one.page
    page.goto(f"{one.url}/promotions/{number_of(site, 'big-prod')}")
    anchor = page.locator("details.row:has([data-inside])").first.get_attribute("id")
    row = page.locator(f'[id="{anchor}"]')
    row.locator("> summary").click()
    row.get_by_role("link", name="What changes of it").click()
    expect(page.locator("details.row")).to_have_count(1)
    expect(page.locator(".property").first).to_be_visible()
