"""The review: worst first, nothing hidden, nothing of it markup."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from tests.console.reviewing import find
from tests.support.change_sets import HOSTILE, archive, many, mild
from tests.support.rows import DIGEST
from tests.support.seeded import Seeded

from seed.changesets import (
    ChangeSet,
    CodeChange,
    FileChange,
    Finding,
    PropertyChange,
    ResourceChange,
    Severity,
    to_json,
)
from seed.changesets.enrich import looked_into
from seed.console.review import findings, service_view
from seed.console.review_page import functions_of
from seed.promotions.records import Promotion, ServicePlan


def test_danger_is_read_before_anything_else(alice: TestClient, shop: Seeded) -> None:
    text = alice.get(f"/promotions/{find(shop, services=3)}").text
    places = [
        text.index(word)
        for word in (
            "Replaces the table",
            'class="finding danger"',
            'class="finding warning"',
            ">Changes<",
            ">Replaced ",
            ">Added ",
        )
    ]
    assert places == sorted(places)


def test_every_resource_is_on_the_page_also_the_routine_ones(alice: TestClient, shop: Seeded) -> None:
    number = find(shop, services=3)
    text = alice.get(f"/promotions/{number}").text
    with shop.world.database.read() as session:
        plans = session.scalars(sa.select(ServicePlan).where(ServicePlan.promotion_id == number)).all()
        names = [row["logical_id"] for plan in plans for row in (plan.changes or {})["resources"]]
    assert len(names) > 25
    assert [name for name in names if name not in text] == []


def test_five_hundred_resources_are_all_there_and_link_to_themselves(alice: TestClient, shop: Seeded) -> None:
    answer = alice.get(f"/promotions/{find(shop, has='big-prod')}")
    assert len(re.findall(r'<details class="row ', answer.text)) == len(many().resources)
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(answer.text) / 10


def test_a_row_of_a_long_review_is_fetched_and_is_a_page_without_scripts(alice: TestClient, shop: Seeded) -> None:
    number = find(shop, has="big-prod")
    text = alice.get(f"/promotions/{number}").text
    link = re.findall(r'href="(/promotions/\d+/changes\?row=service-1--Resource7[^"]*)"', text)[0]
    found = alice.get(link)
    assert found.status_code == 200
    assert len(re.findall(r'<details class="row ', found.text)) == 1
    assert "P3" in found.text
    assert len(re.findall(r'<details class="row ', alice.get(f"/promotions/{number}/changes").text)) == 500
    assert alice.get(f"/promotions/{number}/changes?row=service-1--Nothing").status_code == 404


def test_a_short_review_comes_whole(alice: TestClient, shop: Seeded) -> None:
    assert "data-inside" not in alice.get(f"/promotions/{find(shop, services=3)}").text


def test_the_code_of_a_function_is_read_file_by_file(alice: TestClient, shop: Seeded) -> None:
    number = find(shop, has="OrdersTable")
    text = alice.get(f"/promotions/{number}").text
    assert "2 files of its code change" in text
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/promotions/\d+/code\?[^"]+)"', text)]
    assert len(links) == 2
    changed = next(alice.get(link).text for link in links if "create" in link)
    assert "exports.log = log;" in changed
    assert "<del>5</del>" in changed
    assert "<ins>10</ins>" in changed
    assert "removed" in next(alice.get(link).text for link in links if "old_js" in link)
    row = links[0].split("row=")[1].split("&")[0]
    for path in ("same_js", "../../key", "%2Fetc%2Fpasswd", ""):
        assert alice.get(f"/promotions/{number}/code?row={row}&file={path}").status_code == 404
    assert alice.get(f"/promotions/{number}/code?row=service-1--Nope&file=old_js").status_code == 404


def test_a_secret_in_the_code_is_withheld_and_said_to_be(own: Seeded, own_alice: TestClient) -> None:
    number = find(own, has="OrdersTable")
    sides = [archive(f_js=f"key = 's3cret-of-the-hook{sign}'") for sign in ("", "!")]
    shas = [hashlib.sha256(side).hexdigest() for side in sides]
    for sha, side in zip(shas, sides, strict=True):
        place = own.world.folders.packages / "files" / sha[:2] / sha
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(side)
    code = CodeChange((FileChange("f_js", 26, 27),), 0, len(sides[0]), len(sides[1]), *shas)
    new = replace(mild(), resources=(replace(mild().resources[0], code=code),))
    change = sa.update(ServicePlan).where(ServicePlan.promotion_id == number)
    own.write(lambda session: session.execute(change.values(changes=to_json(new, contexts=True))))

    text = own_alice.get(f"/promotions/{number}/code?row=service-1--GetUserLambdaFunction&file=f_js").text

    assert "s3cret" not in text
    assert "****" in text
    assert "it is withheld" in text


def test_what_would_be_lost_is_counted_at_the_top_and_dated_in_its_row(alice: TestClient, shop: Seeded) -> None:
    text = alice.get(f"/promotions/{find(shop, has='OrdersTable')}").text
    assert "in prod: its 1,204,331 items (2.1 GB) are lost." in text
    assert "It held 1,204,331 items (2.1 GB) when that was counted" in text


def test_what_is_inside_of_a_nested_stack_is_shown_in_its_row(own: Seeded, own_alice: TestClient) -> None:
    number = find(own, has="UserMails")
    storage = ResourceChange("Storage", "AWS::CloudFormation::Stack", "Modify")
    whole = looked_into(ChangeSet("app", new_stack=False, resources=(storage,)), {"Storage": mild()})

    def nest(session: Session) -> None:
        plan = session.scalars(sa.select(ServicePlan).where(ServicePlan.promotion_id == number)).one()
        plan.changes = to_json(whole, contexts=True)

    own.write(nest)
    text = own_alice.get(f"/promotions/{number}").text
    assert "Inside the nested stack" in text
    assert 'id="service-1--Storage--GetUserLambdaFunction"' in text
    assert "a secret changes" in text
    assert text.index('id="service-1--Storage"') < text.index('id="service-1--Storage--UserMails"')


def test_what_came_from_a_repository_is_never_markup(alice: TestClient, shop: Seeded) -> None:
    number = find(shop, has="alert(1)")
    for path in (f"/promotions/{number}", f"/promotions/{number}/markdown"):
        answer = alice.get(path)
        assert answer.status_code == 200
        if "html" in answer.headers["content-type"]:
            assert HOSTILE[:8] not in answer.text
            assert "\u202e" not in answer.text
            assert "&lt;script&gt;" in answer.text
        else:
            assert answer.headers["content-type"].startswith("text/plain")
            assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_secret_says_that_it_changes_and_no_more(alice: TestClient, shop: Seeded) -> None:
    text = alice.get(f"/promotions/{find(shop, has='UserMails', services=1)}").text
    assert "a secret changes" in text


def test_functions_in_nested_stacks_are_counted_as_what_they_are() -> None:
    functions = tuple(ResourceChange(name, "AWS::Lambda::Function", "Modify") for name in "ab")
    inside = ChangeSet("Child", new_stack=False, resources=functions)
    child = ResourceChange("Child", "AWS::CloudFormation::Stack", "Modify", nested=inside)
    assert functions_of(ChangeSet("app", new_stack=False, resources=(child, functions[0]))) == 3


def test_a_fold_says_what_is_in_it() -> None:
    def words(*kinds: str, outputs: tuple[PropertyChange, ...] = ()) -> str:
        rows = tuple(
            ResourceChange(f"R{at}", "AWS::SNS::Topic", "Modify", routine="so", routine_kind=kind)
            for at, kind in enumerate(kinds)
        )
        return service_view("app", ChangeSet("app", new_stack=False, resources=rows, outputs=outputs), "s").folded

    assert words("tags", "version") == "versions, tags"
    assert words("same-code", "metadata") == "same code elsewhere, metadata"
    assert words("") == "", "a review that is older than the kinds"
    output = PropertyChange("/Outputs/Arn/Value", "Outputs", "a", "b", routine="so", routine_kind="follows")
    assert words(outputs=(output,)) == "outputs that follow"


def test_a_stale_review_leads_to_its_new_plan(alice: TestClient, shop: Seeded) -> None:
    text = alice.get(f"/promotions/{find(shop, state='stale')}").text
    assert "was changed after the review was made." in text
    assert "Read the new review" in text


def test_a_failure_stands_before_what_was_planned(alice: TestClient, shop: Seeded) -> None:
    text = alice.get(f"/promotions/{find(shop, state='failed', services=2)}").text
    assert text.index("already exists in stack") < text.index('class="finding')
    assert text.index("Succeeded") < text.index("Failed</span> <strong>users")


def test_a_rollback_is_called_one(alice: TestClient, shop: Seeded) -> None:
    text = alice.get(f"/promotions/{find(shop, kind='rollback')}").text
    assert "Roll prod back to #1" in text
    assert "1 commit goes back" in text


def test_the_command_line_twins_are_shown(alice: TestClient, shop: Seeded) -> None:
    number = find(shop, has="mails-prod")
    text = alice.get(f"/promotions/{number}").text
    assert f"seed promotion confirm {number} --digest {DIGEST}" in text


def test_a_paused_promotion_leads_to_its_second_review(own: Seeded, own_alice: TestClient) -> None:
    def pause(session: Session) -> tuple[int, int]:
        waiting = session.scalars(sa.select(Promotion).where(Promotion.state == "review")).first()
        done = session.scalars(sa.select(Promotion).where(Promotion.state == "promoted")).first()
        done.state, done.reason = "paused", f"users waits for a second review: promotion {waiting.id}"
        waiting.replaces_id = done.id
        return done.id, waiting.id

    paused, rest = own.write(pause)

    page = own_alice.get(f"/promotions/{paused}").text
    assert "the rest waits for a second review" in page
    assert f'href="/promotions/{rest}">Read the new review' in page
    assert "whose earlier phases run in" in own_alice.get(f"/promotions/{rest}").text


def test_what_fails_stands_first_among_its_severity_whichever_service_it_is_of() -> None:
    lost = Finding("data-removed", Severity.DANGER, "Its items are lost.", "Table")
    fails = Finding("name-illegal", Severity.DANGER, "It will fail.", "Queue", fails=True)
    sets = (ChangeSet("a", new_stack=False, findings=(lost,)), ChangeSet("b", new_stack=False, findings=(fails,)))
    services = [service_view(one.stack_name, one, one.stack_name) for one in sets]

    assert [one.finding for one in findings(services, {})] == [fails, lost]
