"""The main line: what was reviewed is what runs, and nothing else does."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from tests.story.conftest import MakeApp
from tests.story.orders import replace_the_table
from tests.support.seeds import TestApp
from tests.support.waiting import eventually

from seed.api.present import promotion_detail
from seed.aws.values import ChangeSetRequest
from seed.builds.find import working_build
from seed.builds.records import Build
from seed.changesets import Severity, from_json
from seed.promotions.promote import NothingToPromote
from seed.promotions.reject import reject
from seed.work import intake
from seed.work.promoting.discard import change_set_name


def test_a_first_build_and_its_promotion_make_both_stacks(make_app: MakeApp) -> None:
    app = make_app()

    build = app.deploy()
    review = app.promote()

    assert build.state == "succeeded"
    assert app.cloud.stack("api-dev") is not None
    assert review.state == "review"
    assert app.cloud.stack("api-prod").is_new
    done = app.confirm(review)
    assert done.state == "promoted"
    assert app.cloud.stack("api-prod").status == "CREATE_COMPLETE"
    with app.world.database.read() as session:
        source = working_build(session, build.stage_id)
    assert source.promoted_at is not None


def test_a_commit_that_changes_nothing_shows_nothing_and_ends_as_unchanged(make_app: MakeApp) -> None:
    app = make_app()
    app.live()

    app.repository.commit("No change at all", allow_empty=True)
    build = app.deploy()
    promotion = app.promote()

    assert app.service(build, "api").state == "unchanged"
    assert promotion.state == "unchanged"
    assert from_json(promotion.plans[0].changes).resources == ()


def test_one_line_of_one_function_changes_that_function_and_its_version(make_app: MakeApp) -> None:
    app = make_app()
    app.live()

    app.repository.edit("api/hello.js", "ok: true", "ok: 1")
    app.repository.commit("One line")
    app.deploy()
    review = app.promote()

    found = from_json(review.plans[0].changes)
    changed = {row.resource_type for row in found.resources}
    assert changed == {"AWS::Lambda::Function", "AWS::Lambda::Version"}
    assert [row.logical_id for row in found.resources if not row.routine] == ["HelloLambdaFunction"]


def test_a_table_that_would_be_replaced_is_danger(make_app: MakeApp) -> None:
    app = make_app()
    app.live()

    replace_the_table(app)
    app.deploy()
    review = app.promote()

    found = from_json(review.plans[0].changes)
    table = next(row for row in found.resources if row.logical_id == "Things")
    assert (table.action, table.replacement) == ("Modify", "True")
    assert found.severity == Severity.DANGER
    assert any(f.rule == "data-replaced" for f in found.findings)


def test_production_runs_the_very_package_that_was_made_beside_the_build(make_app: MakeApp) -> None:
    app = make_app()
    build = app.deploy()
    row = app.service(build, "api")
    made = eventually(lambda: _ready(app, row.id), "the package for prod")

    done = app.confirm(app.promote())

    assert done.plans[0].package_digest == made


def test_rejecting_deletes_the_change_set_and_the_stack_made_only_to_hold_it(make_app: MakeApp) -> None:
    app = make_app()
    app.deploy()
    review = app.promote()

    with app.world.database.write() as session:
        reject(session, app.world.engine, app.seed.alice, review, "not today")

    assert app.promotion(review.id).state == "rejected"
    eventually(lambda: app.cloud.stack("api-prod") is None, "the empty stack's end")
    name = change_set_name(review.id, review.plans[0].id)
    assert app.cloud.change_set("api-prod", name) is None


def test_a_rollback_shows_the_same_review_and_runs_the_stored_package(make_app: MakeApp) -> None:
    app = make_app()
    first = app.live()
    app.repository.edit("api/serverless.yml", "LOG_LEVEL: info", "LOG_LEVEL: debug")
    app.repository.commit("Louder")
    app.live()

    review = app.roll_back(1)
    done = app.confirm(review)

    assert done.state == "promoted"
    assert done.plans[0].package_digest == first.plans[0].package_digest
    paths = [p.path for row in from_json(review.plans[0].changes).resources for p in row.properties]
    assert "/Properties/Environment/Variables/LOG_LEVEL" in paths
    assert (done.source_build.promoted_at, done.source_build.partly_promoted) == (None, False)


def test_a_failing_service_is_named_with_its_resource_and_promoting_again_plans_only_what_is_left(
    make_app: MakeApp,
) -> None:
    app = make_app("api", "web")
    app.live()
    for name in ("api", "web"):
        app.repository.edit(f"{name}/serverless.yml", "LOG_LEVEL: info", "LOG_LEVEL: debug")
    app.repository.edit("web/serverless.yml", "      Type: AWS::DynamoDB::Table", NEEDS_EXPORT)
    app.repository.commit("web imports what does not exist in prod")
    _export(app, "only-in-dev-dev")
    assert app.deploy().state == "succeeded"

    done = app.confirm(app.promote())

    states = {row.service.name: row.state for row in app.ended(done.target_build_id).services}
    assert done.state == "failed"
    assert states == {"api": "succeeded", "web": "failed"}
    assert "web" in done.reason
    told = promotion_detail(app.world, done).services
    assert {plan.service: plan.deployed for plan in told} == states
    with app.world.database.read() as session:
        source = session.get_one(Build, done.source_build_id)
        assert (source.promoted_at, source.partly_promoted) == (None, True)
    again = app.promote()
    assert {plan.service.name: plan.state for plan in again.plans}["api"] == "unchanged"


def test_a_stage_without_a_working_build_cannot_be_promoted(make_app: MakeApp) -> None:
    app = make_app()

    with pytest.raises(NothingToPromote):
        intake.promote(app.world, app.seed.alice, app.slug, "dev")


NEEDS_EXPORT = """      Type: AWS::DynamoDB::Table
      Metadata: {Note: unchanged}
    Imported:
      Type: AWS::SSM::Parameter
      Properties:
        Type: String
        Value: !ImportValue only-in-dev-${sls:stage}
    Rest:
      Type: AWS::DynamoDB::Table"""


def _export(app: TestApp, name: str) -> None:
    template = f'{{"Resources": {{"Q": {{"Type": "AWS::SQS::Queue"}}}}, "Outputs": {{"O": {{"Value": "x", "Export": {{"Name": "{name}"}}}}}}}}'
    request = ChangeSetRequest("exports", "one", "CREATE", template, {}, {}, ())
    app.cloud.create_change_set(request)
    app.cloud.wait_change_set("exports", "one")
    app.cloud.execute_change_set("exports", "one", "one")
    eventually(lambda: app.cloud.stack("exports").status == "CREATE_COMPLETE", "the exporting stack")


def _ready(app: TestApp, row_id: int) -> str:
    from seed.builds.records import DownstreamPackage

    with app.world.database.read() as session:
        made = session.scalars(sa.select(DownstreamPackage).where(DownstreamPackage.service_build_id == row_id)).one()
        return made.digest if made.state == "ready" else ""
