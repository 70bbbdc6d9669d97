"""A failure that people know, on the pages that tell of it."""

from __future__ import annotations

import sqlalchemy as sa
from markupsafe import escape
from starlette.testclient import TestClient
from tests.support.rows import FAILURE
from tests.support.seeded import Seeded

from seed.apps.records import Account, App
from seed.builds.records import Build, ServiceBuild
from seed.errors import SeedError
from seed.removals.records import Removal, RemovedStack
from seed.work.rows import as_failure


def test_its_cause_and_fix_stand_with_what_was_said(own: Seeded, own_alice: TestClient) -> None:
    failure = as_failure(SeedError(FAILURE["sentence"], hint=FAILURE["hint"]))
    assert failure["known"]["slug"] == "resource-exists"
    with own.world.database.write() as session:
        row = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.state == "failed")).first()
        row.failure = failure
        stage, number, slug = row.build.stage.name, row.build.number, row.build.stage.app.slug

    page = own_alice.get(f"/apps/{slug}/{stage}/builds/{number}").text

    assert "already exists in stack" in page
    assert page.index("already exists in stack") < page.index("whose name is taken")
    assert failure["known"]["fix"].split(",")[0] in page
    assert 'href="/findings#name-taken"' in page
    assert 'id="name-taken"' in own_alice.get("/findings").text


def test_that_of_a_build_whose_services_are_deployed_stands_on_its_page_and_in_the_api(
    own: Seeded, own_alice: TestClient
) -> None:
    with own.world.database.write() as session:
        build = session.scalars(sa.select(Build).where(Build.state == "succeeded")).first()
        build.state, build.reason = "failed", "Error: Rate exceeded post_deploy: `npm run smoke` ended with 1."
        at = f"{build.stage.name}/builds/{build.number}"
        slug, known = build.stage.app.slug, build.known

    page = own_alice.get(f"/apps/{slug}/{at}").text
    answer = own_alice.get(f"/api/v1/apps/{slug}/stages/{at}").json()

    assert known["slug"] == answer["known"]["slug"] == "rate-exceeded"
    assert escape(known["cause"]) in page
    assert escape(known["fix"]) in page


def test_that_of_a_removal_stands_on_its_page_and_in_the_api(own: Seeded, own_alice: TestClient) -> None:
    with own.world.database.write() as session:
        account = session.scalars(sa.select(Account)).first()
        app = session.scalars(sa.select(App)).first()
        removal = Removal(app_id=app.id, app=app.slug, stage="dev", asked_by="Alice", state="failed")
        session.add(removal)
        session.flush()
        reason = "Export shop-dev-Table cannot be deleted as it is in use by web-dev"
        stack = RemovedStack(removal_id=removal.id, account_id=account.id, stage="dev", service="api", phase=1,
                             stack_name="api-dev", state="failed", reason=reason)  # fmt: skip
        session.add(stack)
        session.flush()
        number, known = removal.id, stack.known

    page = own_alice.get(f"/removals/{number}").text
    answer = own_alice.get(f"/api/v1/removals/{number}").json()

    assert known["slug"] == answer["stacks"][0]["known"]["slug"] == "export-in-use"
    assert escape(known["cause"]) in page
    assert escape(known["fix"]) in page


def test_what_nobody_knows_is_told_as_it_is() -> None:
    assert "known" not in as_failure(SeedError("Something else went wrong."))
