"""Promotion across phases: what cannot be planned for real yet is shown as a preview, and never runs unseen."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from tests.story.conftest import MakeApp
from tests.support.seeds import TestApp

from seed.apps.find import app_of
from seed.apps.services import arrange
from seed.builds.records import Build, ServiceBuild
from seed.changesets import from_json
from seed.promotions.records import Promotion, ServicePlan

EXPORT = """  Outputs:
    ThingsName:
      Value: {Ref: Things}
      Export: {Name: "users-${sls:stage}-things"}
"""
IMPORT = '    THINGS: {"Fn::ImportValue": "users-${sls:stage}-things"}\n'
READ = '    THINGS: {"Fn::GetStackOutput": {StackName: "users-${sls:stage}", OutputName: ThingsName}}\n'


def shop(make_app: MakeApp, *services: str, taken: str = IMPORT) -> TestApp:
    """`users` exports what `orders` imports; orders comes after."""
    app = make_app(*(services or ("users", "orders")))
    users = (app.repository.folder / "users/serverless.yml").read_text()
    app.repository.write("users/serverless.yml", users + EXPORT)
    app.repository.edit("orders/serverless.yml", "    LOG_LEVEL: info\n", f"    LOG_LEVEL: info\n{taken}")
    app.repository.commit("Orders need users")
    phases(app, [[name] for name in services or ("users", "orders")])
    return app


def phases(app: TestApp, wanted: list[list[str]]) -> None:
    with app.world.database.write() as session:
        arrange(session, app.seed.alice, app_of(session, app.seed.alice, app.slug), wanted)


def plan_of(promotion: Promotion, name: str) -> ServicePlan:
    return next(plan for plan in promotion.plans if plan.service.name == name)


def rows_of(app: TestApp, promotion: Promotion) -> dict[str, ServiceBuild]:
    with app.world.database.read() as session:
        query = sa.select(ServiceBuild).where(ServiceBuild.build_id == promotion.target_build_id)
        return {row.service.name: row for row in session.scalars(query)}


def confirmed_less(app: TestApp, promotion: Promotion, name: str, change: Callable[[dict[str, object]], None]) -> None:
    """As if the preview had shown other than what CloudFormation will answer."""
    with app.world.database.write() as session:
        plan = session.get_one(ServicePlan, plan_of(promotion, name).id)
        changes = json.loads(json.dumps(plan.changes))
        change(changes)
        plan.changes = changes


def drop_the_table(changes: dict[str, object]) -> None:
    changes["resources"] = [row for row in changes["resources"] if row["logical_id"] != "Things"]


@pytest.mark.parametrize(("taken", "named"), [(IMPORT, "users-prod-things"), (READ, "users-prod.ThingsName")])
def test_a_service_that_takes_what_an_earlier_phase_will_make_is_shown_as_a_preview(
    make_app: MakeApp, taken: str, named: str
) -> None:
    app = shop(make_app, taken=taken)
    assert app.deploy().state == "succeeded"

    review = app.promote()

    users, orders = plan_of(review, "users"), plan_of(review, "orders")
    assert (users.method, orders.method) == ("change-set", "preview")
    assert orders.change_set_arn == ""
    found = from_json(orders.changes)
    assert "AWS::Lambda::Function" in {row.resource_type for row in found.resources}
    said = next(finding for finding in found.findings if finding.rule == "preview")
    assert said.evidence == f"imports {named}"


def test_its_real_change_set_runs_when_it_holds_nothing_but_what_was_confirmed(make_app: MakeApp) -> None:
    app = shop(make_app)
    app.deploy()

    done = app.confirm(app.promote())

    assert done.state == "promoted", done.reason
    rows = rows_of(app, done)
    assert (rows["orders"].state, rows["orders"].method) == ("succeeded", "change-set")
    assert rows["orders"].change_set_arn
    assert rows["users"].ended_at <= rows["orders"].started_at
    assert app.cloud.stack("orders-prod").status == "CREATE_COMPLETE"
    assert "nothing but what was confirmed" in app.log(rows["orders"])


def test_what_was_not_in_the_preview_pauses_for_a_second_review_and_is_not_deployed(make_app: MakeApp) -> None:
    app = shop(make_app, "users", "orders", "web")
    app.deploy()
    review = app.promote()
    confirmed_less(app, review, "orders", drop_the_table)

    paused = app.confirm(review)

    rows = rows_of(app, paused)
    rest = app.settled(_rest(app, paused))
    assert paused.state == "paused"
    assert paused.reason == f"orders, web wait for a second review: promotion {rest.id}"
    assert {name: row.state for name, row in rows.items()} == {
        "users": "succeeded",
        "orders": "skipped",
        "web": "skipped",
    }
    assert "Add Things (AWS::DynamoDB::Table)" in rows["orders"].failure["sentence"]
    assert app.cloud.stack("orders-prod").is_new
    assert app.cloud.stack("web-prod").is_new
    assert (rest.state, [plan.service.name for plan in rest.plans]) == ("review", ["orders", "web"])
    assert {plan.method for plan in rest.plans} == {"change-set"}
    with app.world.database.read() as session:
        assert session.get_one(Build, rest.source_build_id).promoted_at is None

    done = app.confirm(rest)

    assert done.state == "promoted", done.reason
    assert app.cloud.stack("orders-prod").status == "CREATE_COMPLETE"
    assert app.cloud.stack("web-prod").status == "CREATE_COMPLETE"


def test_a_second_promotion_has_real_change_sets_throughout(make_app: MakeApp) -> None:
    app = shop(make_app)
    app.live()
    app.repository.edit("orders/hello.js", "ok: true", "ok: 1")
    app.repository.edit("users/hello.js", "ok: true", "ok: 1")
    app.repository.commit("Both")
    app.deploy()

    review = app.promote()

    assert {plan.method for plan in review.plans} == {"change-set"}


def test_an_import_from_the_same_phase_is_told_with_what_to_do(make_app: MakeApp) -> None:
    app = shop(make_app)
    app.deploy()
    phases(app, [["users", "orders"]])

    failed = app.promote()

    assert failed.state == "failed"
    assert failed.failure["code"] == "import-too-early"
    assert failed.failure["hint"] == "Put orders into a later phase."


def test_a_rollback_goes_through_the_phases_backwards(make_app: MakeApp) -> None:
    app = shop(make_app)
    first = app.live()
    app.repository.edit("orders/hello.js", "ok: true", "ok: 1")
    app.repository.edit("users/hello.js", "ok: true", "ok: 1")
    app.repository.commit("Both")
    app.live()
    with app.world.database.read() as session:
        number = session.get_one(Build, first.target_build_id).number

    done = app.confirm(app.roll_back(number))

    assert done.state == "promoted", done.reason
    rows = rows_of(app, done)
    assert rows["orders"].ended_at <= rows["users"].started_at


def test_a_failed_phase_of_a_promotion_keeps_the_later_ones_from_beginning(make_app: MakeApp) -> None:
    app = shop(make_app)
    app.deploy()
    review = app.promote()
    app.cloud.delete_change_set("users-prod", plan_of(review, "users").change_set_name)
    with app.world.database.write() as session:
        # As if it vanished in the moment after the last look.
        session.get_one(ServicePlan, plan_of(review, "users").id).method = "update-stack"
        session.get_one(ServicePlan, plan_of(review, "users").id).package_digest = "sha256:" + "0" * 64

    failed = app.confirm(review)

    rows = rows_of(app, failed)
    assert (failed.state, rows["users"].state, rows["orders"].state) == ("failed", "failed", "skipped")
    assert rows["orders"].reason == "phase 1 failed: users"
    assert app.cloud.stack("orders-prod") is None


def _rest(app: TestApp, paused: Promotion) -> int:
    with app.world.database.read() as session:
        return session.scalars(sa.select(Promotion.id).where(Promotion.replaces_id == paused.id)).one()
