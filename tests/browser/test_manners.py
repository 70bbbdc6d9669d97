"""What the pages do for a person: keys, live changes, logs, confirming; and what is left without scripts."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, expect
from sqlalchemy.orm import Session
from tests.browser.conftest import Open, Site
from tests.support.seeded import EMAIL, PASSWORD

from seed.builds.records import Build, DownstreamPackage, ServiceBuild, Step
from seed.db.base import now, ring
from seed.promotions.records import Promotion
from seed.work.logs.log import LogWriter

pytestmark = pytest.mark.browser


def test_signing_in_leads_back_to_the_page(tab: Open) -> None:
    page = tab(signed_in=False).go("/apps/shop")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_title("shop · Seed")
    page.get_by_role("button", name="Alice").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in$"))


def test_the_keyboard_reaches_everything(tab: Open) -> None:
    page = tab().go("/apps/shop")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    for keys, title in (("ga", "Activity · shop"), ("gs", "Settings · shop"), ("gp", "shop"), ("gh", "Apps")):
        page.keyboard.press(keys[0])
        page.keyboard.press(keys[1])
        expect(page).to_have_title(f"{title} · Seed")
        page.wait_for_function("document.documentElement.classList.contains('scripted')")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="shop")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_title("shop · Seed")


def test_rows_of_a_review_are_stepped_through_opened_and_filtered(tab: Open) -> None:
    page = tab().go("/promotions/5")
    page.keyboard.press("j")
    first = page.locator("details.row").first
    expect(first.locator("> summary")).to_be_focused()
    assert first.evaluate("one => one.open") is True
    page.keyboard.press("k")
    page.keyboard.press("j")
    for row in page.locator("details.row:visible").all()[2:7]:  # past what is folded beneath one of them
        page.keyboard.press("j")
        expect(row.locator("> summary")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("table orders")
    expect(page.locator("details.row:visible")).to_have_count(1)
    page.get_by_placeholder("Filter").fill("nothing like this")
    expect(page.get_by_text("No resource fits the filter.")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("k")  # the last one, at the end of what is seen
    page.keyboard.press("Enter")
    expect(page.locator("details.row:focus-within > .inside")).to_be_in_viewport()


def test_the_review_can_be_copied_as_markdown(tab: Open) -> None:
    page = tab().go("/promotions/5")
    page.get_by_role("button", name="Copy as Markdown").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert "### orders" in page.evaluate("navigator.clipboard.readText()")


def test_a_page_takes_over_what_changed_and_leaves_what_a_person_did(tab: Open, site: Site) -> None:
    page = tab().go("/apps/shop/feature/builds/2")
    page.locator("#orders > details").nth(1).locator("> summary").click()
    expect(page.locator("#users .service-head").get_by_text("Packaging", exact=True)).to_be_visible()

    def move(session: Session) -> None:
        build = session.scalars(sa.select(Build).where(Build.state == "running", Build.trigger == "push")).one()
        users = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build.id)).all()[1]
        users.state, users.ended_at = "succeeded", now()
        ring(session, f"build:{build.id}")

    site.seed.write(move)
    expect(page.locator("#users .service-head").get_by_text("Succeeded", exact=True)).to_be_visible()
    assert page.locator("#orders > details").nth(1).evaluate("one => one.open") is True


def test_lines_arrive_while_they_are_written_every_one_in_order(tab: Open, site: Site) -> None:
    page = tab().go("/apps/shop/feature/builds/2")
    with site.seed.world.database.read() as session:
        build = session.scalars(sa.select(Build).where(Build.stage_id == 2, Build.number == 2)).one()
        row = build.services[0]
    before = page.locator("#orders .l").count()
    writer = LogWriter(site.seed.world.folders.log(row.id))
    writer.step("deploy")
    for _ in range(50):
        writer.write("\n".join(f"\x1b[32mline\x1b[0m <{n}>" for n in range(100)))
    writer.close()
    expect(page.locator("#orders .l")).to_have_count(before + 5000)
    numbers = page.locator("#orders .l > a").all_inner_texts()
    assert numbers == [str(n) for n in range(1, before + 5001)]
    box = page.locator("#orders .lines")
    assert box.evaluate("one => one.scrollHeight - one.scrollTop - one.clientHeight") < 40
    assert page.locator("#orders .l i.f2").last.inner_text() == "line"


def test_lines_stay_when_panels_appear_around_their_log(tab: Open, site: Site) -> None:
    page = tab().go("/apps/shop/staging/builds/2")
    lines = page.locator("#mails .lines")
    with site.seed.world.database.read() as session:
        build = session.scalars(sa.select(Build).where(Build.stage_id == 3, Build.number == 2)).one()
        number, row = build.id, build.services[2]
    writer = LogWriter(site.seed.world.folders.log(row.id))
    writer.write("the first line")
    expect(lines.locator(".l")).to_have_count(1)

    def grow(session: Session) -> None:
        mine = session.get_one(ServiceBuild, row.id)
        mine.state, mine.outputs = "deploying", {"Name": "value"}
        session.add(Step(service_build_id=row.id, name="package"))
        session.add(DownstreamPackage(service_build_id=row.id, stage_id=4))
        ring(session, f"build:{number}")

    site.seed.write(grow)
    expect(page.locator("#mails .steps")).to_be_visible()
    expect(page.locator("#mails").get_by_text("Package for prod")).to_be_visible()
    expect(lines.first.locator(".l")).to_have_count(1)
    with site.seed.world.database.read() as session:
        made = session.scalars(sa.select(DownstreamPackage).where(DownstreamPackage.service_build_id == row.id)).one()
    other = LogWriter(site.seed.world.folders.package_log(made.id))
    other.write("a line of the package")
    expect(lines.last.locator(".l")).to_have_count(1)
    writer.write("the second line")
    expect(lines.first.locator(".l")).to_have_count(2)


def test_following_stops_when_a_person_scrolls_up_and_goes_on_at_the_end(tab: Open) -> None:
    page = tab().go("/apps/shop/dev/builds/2")
    follow = page.locator("#users [data-follow]").first
    box = page.locator("#users .lines").first
    expect(follow).to_have_attribute("aria-pressed", "true")
    box.hover()
    page.mouse.wheel(0, -600)
    expect(follow).to_have_attribute("aria-pressed", "false")
    follow.click()
    expect(follow).to_have_attribute("aria-pressed", "true")
    assert box.evaluate("one => one.scrollHeight - one.scrollTop - one.clientHeight") < 40


def test_a_link_to_a_line_opens_its_log_and_fetches_what_is_earlier(tab: Open, site: Site) -> None:
    with site.seed.world.database.read() as session:
        build = session.scalars(sa.select(Build).where(Build.stage_id == 1, Build.number == 1)).one()
        row = build.services[0]
    writer = LogWriter(site.seed.world.folders.log(row.id))
    writer.write("\n".join(f"line {n}" for n in range(4600)))
    writer.close()
    page = tab().go("/apps/shop/dev/builds/1#orders-L17")
    line = page.locator("#orders-L17")
    expect(line).to_be_visible()
    expect(line).to_have_class("l here")
    expect(line).to_be_in_viewport()
    numbers = page.locator("#orders .lines").first.locator(".l > a").all_inner_texts()
    assert numbers == [str(n) for n in range(1, 4674)]


def test_confirming_what_is_dangerous_needs_the_name_typed(tab: Open, site: Site) -> None:
    number = open_review(site, "OrdersTable")
    page = tab().go(f"/promotions/{number}")
    page.keyboard.press("c")
    expect(page.get_by_label("to confirm")).to_be_focused()
    page.keyboard.type("dev")
    page.keyboard.press("Enter")
    assert page.get_by_label("to confirm").evaluate("one => one.validity.patternMismatch") is True
    page.get_by_label("to confirm").fill("prod")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Deploying to prod…")


def test_without_scripts_a_review_is_read_and_rejected(tab: Open, site: Site) -> None:
    number = open_review(site, "mails-prod")
    one = tab(scripts=False)
    page = one.page
    page.goto(f"{one.url}/promotions/{number}")
    page.get_by_text("Reject…").click()
    page.get_by_label("Why, for those who asked").fill("Not on a Friday")
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rejected. Nothing was deployed.")
    expect(page.get_by_text("Not on a Friday")).to_be_visible()


def test_a_review_changes_before_the_eyes_of_who_reads_it(tab: Open, site: Site) -> None:
    with site.seed.world.database.read() as session:
        number = session.scalars(sa.select(Promotion.id).where(Promotion.state == "planning")).first()
    page = tab().go(f"/promotions/{number}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Planning")

    def fail(session: Session) -> None:
        row = session.get_one(Promotion, number)
        row.state, row.failure = "failed", {"sentence": "No such bucket.", "hint": "", "where": ""}
        ring(session, f"promotion:{number}")

    site.seed.write(fail)
    expect(page.get_by_text("No such bucket.")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Failed")


def open_review(site: Site, has: str) -> int:
    """A review that waits, with nothing in the way of confirming it."""

    def find(session: Session) -> int:
        session.execute(sa.update(Build).where(Build.stage_id == 4, Build.state == "running").values(state="cancelled"))
        for one in session.scalars(sa.select(Promotion).where(Promotion.state.in_(("review", "stale")))):
            if len(one.plans) == 1 and has in str(one.plans[0].changes):
                one.state = "review"
                return one.id
        raise AssertionError(has)

    return int(site.seed.write(find))


def test_phases_are_arranged_by_keys_and_by_dragging(tab: Open) -> None:
    page = tab(width=360).go("/apps/shop/services")

    def phase(number: int) -> Locator:
        return page.locator(".phase").nth(number - 1)

    page.get_by_role("button", name="Move orders to the phase after").press("Enter")
    expect(phase(2)).to_contain_text("orders")
    page.get_by_role("button", name="Move mails to the phase after").press("ArrowDown")
    page.get_by_role("button", name="Move mails to the phase before").press("ArrowDown")
    expect(phase(3)).to_contain_text("mails")
    page.locator("li[data-name=users]").drag_to(phase(2))
    expect(phase(1)).to_contain_text("orders")
    expect(phase(1)).to_contain_text("users")
    expect(page.get_by_text("Not saved yet.")).to_be_visible()
    page.get_by_role("button", name="Save the phases").click()
    expect(page.get_by_text("Not saved yet.")).to_be_hidden()
    expect(phase(2)).to_contain_text("mails")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_phases_are_arranged_without_scripts_by_their_numbers(tab: Open, site: Site) -> None:
    page = tab(scripts=False).page
    page.goto(f"{site.url}/apps/shop/services")
    page.get_by_label("Phase of users").fill("9")
    page.get_by_role("button", name="Save the phases").click()
    expect(page.get_by_label("Phase of users")).not_to_have_value("9")
    expect(page.locator(".phase").last).to_contain_text("users")


def test_stages_are_put_in_order_by_keys_and_by_dragging(tab: Open) -> None:
    page = tab(width=360).go("/apps/shop/settings")

    def names() -> list[str]:
        return page.locator(".order li[data-kind=development] strong").all_inner_texts()

    first, second, *_ = names()
    page.get_by_role("button", name=f"Move {second} forward").press("Enter")
    assert names()[:2] == [second, first]
    expect(page.get_by_text("Not saved yet.")).to_be_visible()
    page.locator(f".order li[data-name={first}]").drag_to(page.locator(f".order li[data-name={second}]"))
    dragged = names()
    page.get_by_role("button", name="Save the order").click()
    expect(page.get_by_text("Not saved yet.")).to_be_hidden()
    assert names() == dragged
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_stage_is_added_renamed_and_set_as_staging(tab: Open) -> None:
    page = tab().go("/apps/shop/settings")

    page.get_by_text("Add a stage…").click()
    page.get_by_label("Branch that a development stage follows").fill("feature/Log_In")
    page.get_by_role("button", name="Add the stage").click()
    page.locator("#stage-feature-log-in > summary").click()
    page.get_by_label("Name, until the first build").last.fill("login")
    page.locator("#stage-feature-log-in").get_by_role("button", name="Rename").click()
    page.locator("#stage-login > summary").click()
    page.locator("#stage-login").get_by_label("Set as").select_option("staging")
    page.locator("#stage-login").get_by_role("button", name="Set", exact=True).first.click()

    expect(page.locator("#stage-login > summary")).to_contain_text("staging, promoted by hand")
    page.locator("#stage-login > summary").click()
    page.locator("#stage-login").get_by_label("Working builds come in").select_option("never")
    page.locator("#stage-login form[action$=promote] button").click()
    expect(page.locator("#stage-login > summary")).to_contain_text("Nobody reads what changes here")
