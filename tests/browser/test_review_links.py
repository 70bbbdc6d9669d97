"""What a review leads to is seen, whatever was sifted or closed before; and what is in a row can be read by everybody."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, Route, expect
from tests.browser.conftest import Open, Site
from tests.changesets.templates import OTHER_KEY, TABLE, stack
from tests.support.change_sets import danger
from tests.support.rows import Rows

from seed.apps.records import App, Service, Stage
from seed.builds.records import Build
from seed.changesets import ChangeSet, Severity, Tree, compare, inside
from seed.promotions.records import ServicePlan

pytestmark = pytest.mark.browser
MOVED = (
    "window.moved = []; new PerformanceObserver((list) => { for (const e of list.getEntries())"
    " moved.push({value: e.value, asked: e.hadRecentInput}); }).observe({type: 'layout-shift', buffered: true});"
)
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def review_of(site: Site, changes: ChangeSet) -> int:
    """A promotion of its own, with these changes."""
    seed = site.seed
    with seed.world.database.write() as session:
        app = session.scalars(sa.select(App)).one()
        stages = {stage.name: stage for stage in session.scalars(sa.select(Stage))}
        rows = Rows(session, seed.world, seed.commits, app, list(session.scalars(sa.select(Service))), stages)
        source = session.scalars(sa.select(Build).where(Build.stage == stages["dev"], Build.number == 3)).one()
        return rows.promotion(source, "prod", "review", {"orders": changes}).id


def shown(page: Page) -> int:
    return page.locator("details.row:visible").count()


def test_what_is_routine_is_found_when_it_is_looked_for(tab: Open, site: Site) -> None:
    page = tab().go(f"/promotions/{review_of(site, danger())}")
    chip = page.locator('[data-chip][data-value="Routine"]')
    chip.click()
    assert shown(page) == int(chip.locator("b").inner_text()) > 0
    expect(page.locator("details.beneath:visible > summary").first).to_have_text(
        re.compile(r"^\d of \d more belongs? to it: ")
    )
    chip.click()
    page.keyboard.press("/")
    page.keyboard.type("version")
    expect(page.get_by_text(f"{shown(page)} of ")).to_be_visible()
    assert shown(page) > 0


def test_a_link_to_a_row_that_is_sifted_out_or_closed_again_shows_it(tab: Open, site: Site) -> None:
    page = tab().go(f"/promotions/{review_of(site, danger())}")
    page.keyboard.press("/")
    page.keyboard.type("getorder")
    row = page.locator('[id="service-1--OrdersTable"]')
    expect(row).to_be_hidden()

    link = page.get_by_role("link", name="See the change").first
    link.click()
    expect(row).to_be_in_viewport()
    expect(page.get_by_label("Filter the changes")).to_have_value("")

    row.locator("> summary").click()
    expect(row).not_to_have_attribute("open", "")
    link.click()
    expect(row).to_have_attribute("open", "")
    expect(row).to_be_in_viewport()


def nested_and_long(site: Site) -> int:
    """A review whose nested stack is so long that it comes later."""

    def side(address: str, key: object) -> Tree:
        child = stack(Child=("AWS::CloudFormation::Stack", {"TemplateURL": address}))
        return Tree(child, {address: Tree(stack(**{f"Orders{n}": ("AWS::DynamoDB::Table", key) for n in range(62)}))})

    old, new = side("1", TABLE), side("2", OTHER_KEY)
    changes = inside(compare(old.template, new.template), old, new)
    rows = [replace(row, severity=Severity.WARNING) for row in changes.resources]
    return review_of(site, replace(changes, resources=tuple(rows)))


def test_without_scripts_a_link_into_a_nested_stack_that_comes_later_leads_there(tab: Open, site: Site) -> None:
    one = tab(scripts=False)
    one.page.goto(f"{one.url}/promotions/{nested_and_long(site)}")
    one.page.get_by_role("link", name="See the change").nth(3).click()
    expect(one.page.locator('[id="service-1--Child--Orders3"]')).to_be_in_viewport()
    assert one.page.url.partition("#")[0].endswith("?row=service-1--Child")


def test_a_link_into_a_nested_stack_leads_there_also_before_it_has_come(tab: Open, site: Site) -> None:
    one, number = tab(), nested_and_long(site)
    held: list[Route] = []
    one.page.route("**/changes*", lambda route: held.append(route))  # noqa: PLW0108, playwright marks what it is given
    page = one.go(f"/promotions/{number}")
    page.get_by_role("link", name="See the change").nth(3).click()
    expect(page.locator('[id="service-1--Child"]')).to_have_attribute("open", "")
    while len(held) < 2:
        page.wait_for_timeout(10)
    for route in held:
        route.continue_()
    expect(page.locator('[id="service-1--Child--Orders3"]')).to_be_in_viewport()
    assert page.url.endswith(f"/promotions/{number}#service-1--Child--Orders3")


def test_every_link_within_a_review_leads_somewhere(tab: Open, site: Site) -> None:
    sides = stack(T=("AWS::SNS::Topic", {"TopicName": {"Ref": "Name"}})) | {"Parameters": {"Name": {"Type": "String"}}}
    page = tab().go(f"/promotions/{review_of(site, compare(sides, sides, before={'Name': 'a'}, after={'Name': 'b'}))}")
    page.keyboard.press("x")
    assert page.locator('a[href="#service-1--Name"]').count() > 0
    places = page.eval_on_selector_all(
        'main a[href^="#"]', "all => all.map(one => decodeURIComponent(one.hash.slice(1)))"
    )
    assert [place for place in places if page.locator(f'[id="{place}"]').count() != 1] == []


NAMES = """() => {
  const button = document.querySelector('[data-key="m"]');
  window.names = [];
  const seen = new MutationObserver(() => window.names.push(button.textContent.trim()));
  seen.observe(button, { childList: true, characterData: true, subtree: true });
}"""
"""Keeps what the button is called meanwhile: that is short, and a busy machine looks when it is over."""


def test_the_button_that_copies_has_its_name_again_however_often_it_is_pressed(tab: Open, site: Site) -> None:
    page = tab().go(f"/promotions/{review_of(site, danger())}")
    said = page.locator("#say")
    page.evaluate(NAMES)
    for _ in range(2):
        page.evaluate("() => { document.getElementById('say').textContent = ''; }")
        page.keyboard.press("m")
        expect(said).to_have_text("Copied")
    assert "Copied" in page.evaluate("names")
    expect(page.get_by_role("button", name="Copy as Markdown")).to_be_visible()
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    page.keyboard.press("m")
    expect(said).to_have_text("Not copied")
    assert "Not copied" in page.evaluate("names")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_in_a_row_is_read_by_everybody(tab: Open, site: Site, theme: Literal["light", "dark"]) -> None:
    text = "a sentence of many words that nobody would write on one line, because it goes on and on and says {} only"
    document = {"Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Principal": "*", "Resource": "*"}]}
    wider = {"Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Principal": "*", "Resource": "*"}]}
    old, new = (
        stack(P=("AWS::SSM::Parameter", {"Type": "String", "Value": text.format(word)}),
              A=("AWS::S3::BucketPolicy", {"Bucket": "b", "PolicyDocument": policy}))
        for word, policy in (("little", document), ("much", wider))
    )  # fmt: skip
    one = tab(theme=theme)
    page = one.go(f"/promotions/{review_of(site, compare(old, new))}")
    page.keyboard.press("x")
    expect(page.locator(".property .diff .gone del").first).to_be_visible()
    expect(page.locator(".grants").first).to_be_visible()
    one.watched.check()


def test_what_a_nested_stack_loses_is_seen_on_its_closed_row(tab: Open, site: Site) -> None:
    def side(address: str, key: object) -> Tree:
        child = stack(Child=("AWS::CloudFormation::Stack", {"TemplateURL": address}))
        return Tree(child, {address: Tree(stack(Orders=("AWS::DynamoDB::Table", key)))})

    old, new = side("1", TABLE), side("2", OTHER_KEY)
    page = tab().go(f"/promotions/{review_of(site, inside(compare(old.template, new.template), old, new))}")
    row = page.locator('[id="service-1--Child"]')
    expect(row.locator("> summary .fate.bad")).to_have_text("danger inside")
    expect(page.get_by_role("heading", level=1)).to_contain_text("replaces the table Orders")


def test_what_is_in_a_nested_stack_is_sifted_and_counted_as_the_rest_is(tab: Open, site: Site) -> None:
    def side(address: str, key: object) -> Tree:
        child = stack(Child=("AWS::CloudFormation::Stack", {"TemplateURL": address}))
        return Tree(child, {address: Tree(stack(**{f"Orders{n}": ("AWS::DynamoDB::Table", key) for n in range(12)}))})

    old, new = side("1", TABLE), side("2", OTHER_KEY)
    page = tab().go(f"/promotions/{review_of(site, inside(compare(old.template, new.template), old, new))}")
    child = page.locator('[id="service-1--Child"]')
    child.locator("> summary").click()
    page.get_by_placeholder("Filter 13 resources").fill("orders1")
    expect(page.get_by_text("3 of 13")).to_be_visible()  # 1, 10 and 11
    expect(child.locator("details.row:visible code").first).to_have_text("Orders1")
    assert shown(page) == 4
    heading = child.locator("h4")
    expect(heading).to_have_text("Replaced 3 of 12")

    page.get_by_placeholder("Filter").fill("child")
    expect(page.get_by_text("1 of 13")).to_be_visible()
    assert shown(page) == 13
    page.locator('[data-chip][data-value="Replaced"]').click()
    expect(page.get_by_text("No resource fits the filter.")).to_be_visible()
    page.get_by_placeholder("Filter").fill("")
    expect(page.get_by_text("12 of 13")).to_be_visible()
    page.keyboard.press("Escape")
    expect(child).not_to_have_attribute("open", "")
    expect(heading).to_have_text("Replaced 12")


@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_moves_by_itself_while_rows_are_sifted_and_opened(tab: Open, site: Site, width: int) -> None:
    """What a person did moves the page, and nothing after it: also where what is inside a row arrives long after."""
    one = tab(width=width)
    one.page.add_init_script(MOVED)
    held: list[Route] = []
    one.page.route("**/changes*", lambda route: held.append(route))  # noqa: PLW0108, playwright marks what it is given
    with site.seed.world.database.read() as session:
        plans = session.scalars(sa.select(ServicePlan)).all()
        number = next(plan.promotion_id for plan in plans if "big-prod" in str(plan.changes))
    page = one.go(f"/promotions/{number}")
    page.keyboard.press("/")
    page.keyboard.type("resource4")
    page.keyboard.press("Enter")
    waits = page.locator("details.row:visible:has([data-inside])").first
    row = page.locator(f'[id="{waits.get_attribute("id")}"]')
    row.locator("> summary").click()
    expect(row.locator("[data-inside]")).to_be_visible()
    page.evaluate("() => { window.moved = []; }")
    for route in held:
        route.continue_()
    expect(row.locator(".property").first).to_be_visible()
    page.evaluate(DRAWN)
    assert page.evaluate("moved") == []

    row.locator("> .inside").click()
    expect(row.locator(".late")).to_have_count(0)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    page.evaluate(DRAWN)
    assert page.evaluate("moved.filter((one) => !one.asked)") == []


def test_who_wants_no_motion_gets_none(tab: Open, site: Site) -> None:
    page = tab().page
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{site.url}/promotions/{review_of(site, danger())}")
    moving = "all => all.filter(one => getComputedStyle(one, '::before').transitionDuration !== '0s').length"
    assert page.eval_on_selector_all("summary", moving) == 0


def test_an_address_that_nobody_can_read_is_no_error(tab: Open, site: Site) -> None:
    page = tab().go(f"/promotions/{review_of(site, danger())}#service-1--100%")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_on_paper_everything_is_unfolded_on_white_and_nothing_is_there_to_be_pressed(tab: Open, site: Site) -> None:
    page = tab(theme="dark").go(f"/promotions/{review_of(site, danger())}")
    folded = page.locator(".beneath .row .inside").first
    expect(folded).to_be_hidden()
    page.emulate_media(media="print", color_scheme="dark")
    for shown_now in (folded, page.locator(".digest .full"), page.get_by_role("heading", level=1)):
        expect(shown_now).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("button:visible, input:visible, .tabs:visible").count() == 0
    ago = page.locator(".facts-list time").first
    assert ago.evaluate("one => getComputedStyle(one, '::after').content").endswith('UTC"'), "no time that grows old"


def test_on_a_narrow_page_a_link_at_the_top_leads_to_the_decision(tab: Open, site: Site) -> None:
    number = review_of(site, danger())
    page = tab(width=360).go(f"/promotions/{number}")
    expect(page.get_by_role("button", name="Promote to prod")).not_to_be_in_viewport()
    page.get_by_role("link", name="Decide").click()
    expect(page.get_by_role("button", name="Promote to prod")).to_be_in_viewport()
    expect(tab().go(f"/promotions/{number}").get_by_role("link", name="Decide")).to_be_hidden()
