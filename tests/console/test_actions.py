"""What a person asks for on a page becomes a verb, and leads to where its result is to be seen."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from tests.support.repository import Repository
from tests.support.seeded import NoWork, Seeded

from seed.apps.records import Stage
from seed.builds.records import Build, ServiceBuild, Step


def test_promoting_leads_to_the_review(own: Seeded, own_alice: TestClient) -> None:
    own.write(lambda s: s.query(Build).filter_by(state="running").update({"state": "cancelled"}))
    answer = own_alice.post("/apps/shop/dev/promote", data={"to": "staging", "service": "orders"})
    assert answer.status_code == 303
    page = own_alice.get(answer.headers["location"]).text
    assert "Planning what would change in staging" in page
    assert "<strong>orders</strong>" in page
    assert "<strong>users</strong>" not in page
    engine = own.world.engine
    assert isinstance(engine, NoWork)
    assert engine.jobs[-1][0] == "plan"


def test_deploying_leads_to_the_build(own: Seeded, own_alice: TestClient) -> None:
    answer = own_alice.post(
        "/apps/shop/dev/deploy", data={"commit": own.commits[0][:10], "service": ["orders", "users"]}
    )
    assert answer.headers["location"] == "/apps/shop/dev/builds/4"
    page = own_alice.get("/apps/shop/dev/builds/4").text
    assert "Let customers pay by invoice" in page
    assert "Queued" in page
    assert own_alice.post("/apps/shop/dev/builds/4/cancel").status_code == 303
    assert "Cancelled" in own_alice.get("/apps/shop/dev/builds/4").text
    own.write(lambda s: s.query(Build).filter_by(number=4).update({"state": "running"}))
    own.write(lambda s: s.query(ServiceBuild).filter_by(build_id=_id(s)).update({"state": "deploying"}))
    own.write(lambda s: s.add_all(Step(service_build_id=row.id, name="deploy") for row in _rows(s)))
    asked = own_alice.get("/apps/shop/dev/builds/4").text
    assert "CloudFormation is at work." in asked
    assert own_alice.post("/apps/shop/dev/builds/4/cancel", data={"update": "true"}).status_code == 303
    assert "Cancelling…" in own_alice.get("/apps/shop/dev/builds/4").text
    own.write(lambda s: s.query(Build).filter_by(number=4).update({"state": "failed"}))
    again = own_alice.post("/apps/shop/dev/builds/4/again")
    assert again.headers["location"] == "/apps/shop/dev/builds/5"


def test_rolling_back_is_offered_for_earlier_promoted_builds_only(own_alice: TestClient) -> None:
    page = own_alice.get("/apps/shop/prod").text
    assert page.count("Roll back to this") == 1
    answer = own_alice.post("/apps/shop/prod/rollback", data={"number": 1})
    assert answer.headers["location"].startswith("/promotions/")


def test_what_is_refused_is_said_with_a_way_back(own_alice: TestClient) -> None:
    answer = own_alice.post("/apps/shop/prod/deploy", headers={"referer": "http://127.0.0.1/apps/shop/prod"})
    assert answer.status_code == 409
    assert "by promotion only" in answer.text
    assert 'href="/apps/shop/prod"' in answer.text


def test_a_way_back_never_leads_elsewhere(own_alice: TestClient) -> None:
    answer = own_alice.post("/apps/shop/prod/deploy", headers={"referer": "https://evil.example/"})
    assert "evil.example" not in answer.text


def test_stages_are_added_and_removed(own: Seeded, own_alice: TestClient) -> None:
    bad = own_alice.post("/apps/shop/settings/stages", data={"name": "1 <b>", "branch": "x", "account": "local"})
    assert bad.status_code == 422
    assert "1 &lt;b&gt;" in bad.text
    own_alice.post("/apps/shop/settings/stages", data={"name": "qa", "branch": "qa", "account": "local"})
    assert "/apps/shop/qa" in own_alice.get("/apps/shop/settings").text
    wrong = own_alice.post("/apps/shop/settings/removal", data={"stage": "qa", "name": "qua", "keep": "yes"})
    assert (wrong.status_code, "Type the name qa" in wrong.text) == (422, True)
    done = own_alice.post("/apps/shop/settings/removal", data={"stage": "qa", "name": "qa", "keep": "yes"})
    assert done.headers["location"].startswith("/removals/")
    with own.world.database.read() as session:
        assert session.query(Stage).filter_by(name="qa").one().removing
    prod = own_alice.post("/apps/shop/settings/removal", data={"stage": "prod", "name": "prod"})
    assert (prod.status_code, "is a production stage" in prod.text) == (409, True)


def test_another_account_is_offered_only_where_no_stack_may_be_left_behind(own_alice: TestClient) -> None:
    own_alice.post("/apps/shop/settings/stages", data={"name": "qa", "branch": "qa", "account": "local"})
    page = own_alice.get("/apps/shop/settings").text

    assert 'action="/apps/shop/settings/stages/qa/account"' in page
    assert 'action="/apps/shop/settings/stages/dev/account"' not in page
    assert "It stays: <code>orders-1</code> may be there." in page


def test_the_secret_of_the_webhook_is_shown_only_when_asked_for(alice: TestClient) -> None:
    assert "s3cret-of-the-hook" not in alice.get("/apps/shop/settings").text
    answer = alice.post("/apps/shop/settings/webhook")
    assert "s3cret-of-the-hook" in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_token_is_shown_once(own_alice: TestClient) -> None:
    answer = own_alice.post("/tokens", data={"name": "my notebook", "scope": "deploy", "days": "30"})
    assert "seed_" in answer.text
    assert "shown this once" in answer.text
    listed = own_alice.get("/tokens").text
    assert "my notebook" in listed
    assert "shown this once" not in listed
    assert own_alice.post("/tokens/1/revoke").status_code == 303
    assert "my notebook" not in own_alice.get("/tokens").text
    assert own_alice.post("/tokens", data={"name": "x", "days": "soon"}).status_code == 422


def test_an_account_that_is_wrong_keeps_what_was_typed_but_its_secret(own_alice: TestClient) -> None:
    answer = own_alice.post(
        "/accounts", data={"name": "live", "kind": "keys", "region": "eu-west-1", "secret_access_key": "hush-hush"}
    )
    assert answer.status_code == 422
    assert 'value="live"' in answer.text
    assert "hush-hush" not in answer.text


def test_an_app_that_cannot_be_read_keeps_what_was_typed(own_alice: TestClient) -> None:
    answer = own_alice.post("/apps/new", data={"repository": "/nowhere/at/all", "account": "local"})
    assert answer.status_code >= 400
    assert 'value="/nowhere/at/all"' in answer.text


def test_a_configuration_that_does_not_parse_is_named(own_alice: TestClient, tmp_path: Path) -> None:
    broken = Repository(tmp_path / "broken")
    broken.write("api/serverless.yml", "service: api\nprovider: [\n")
    broken.commit("Broken")

    answer = own_alice.post("/apps/new", data={"repository": str(broken.folder), "account": "local"})

    assert "<code>api/serverless.yml:3</code>" in answer.text


def test_an_error_page_says_where_it_is(own_alice: TestClient) -> None:
    answer = own_alice.post("/apps/shop/settings/poll", data={"seconds": "-1"})

    assert "<code>seconds</code>" in answer.text


def test_what_runs_after_a_deployment_is_typed_line_by_line(own_alice: TestClient) -> None:
    typed = {"commands": "npm run smoke <b>\r\n\r\n  npm run report"}
    assert own_alice.post("/apps/shop/settings/stages/prod/post-deploy", data=typed).status_code == 303
    page = own_alice.get("/apps/shop/settings").text
    assert "npm run smoke &lt;b&gt;\nnpm run report</textarea>" in page

    assert own_alice.post("/apps/shop/services/unit-tests", data={"on": "yes"}).status_code == 303
    assert '<option value="yes" selected>have to succeed' in own_alice.get("/apps/shop/services").text


def test_stages_that_come_by_themselves_are_switched_on(own_alice: TestClient) -> None:
    typed = {"on": "yes", "copy_from": "dev", "only": "<b>*", "most": "4", "idle_days": "30", "forks": "yes"}
    assert own_alice.post("/apps/shop/settings/automatic/pull-request", data=typed).status_code == 303
    page = own_alice.get("/apps/shop/settings").text
    assert "on, 0 of 4 there" in page
    assert 'value="&lt;b&gt;*"' in page
    assert "Strangers’ code is run" in page
    assert 'name="remove" value="yes">' in page.split('id="automatic-pull-request"')[1], "a box that was not ticked"

    assert own_alice.post("/apps/shop/settings/automatic/branch", data={**typed, "most": "0"}).status_code == 422
    assert own_alice.post("/apps/shop/settings/automatic/tag", data=typed).status_code == 422


def _id(session: Session) -> int:
    return session.scalars(sa.select(Build.id).where(Build.number == 4)).one()


def _rows(session: Session) -> list[ServiceBuild]:
    return list(session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == _id(session))))
