"""What happens around the main line: adoption, polling, superseding, cancelling, expiry, several services."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.story.conftest import MakeApp
from tests.support.seeds import TestApp
from tests.support.waiting import eventually

from seed.api import present
from seed.apps.records import App, Stage
from seed.builds.cancel import cancel
from seed.builds.records import Build
from seed.builds.states import NotPossible
from seed.changesets import from_json
from seed.cli import show
from seed.db.base import now
from seed.promotions.promote import NothingToPromote
from seed.promotions.records import Promotion
from seed.work import intake, sweep

OSLS = Path(__file__).parents[2] / "npm" / "node_modules" / "osls" / "bin" / "serverless.js"


def osls(app: TestApp, tmp_path: Path, *arguments: str) -> str:
    """The framework's own command, on the repository, with the stage's credentials."""
    home = tmp_path / "home"
    if not home.exists():
        shutil.copytree(app.world.folders.data / "warm", home)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "CI": "true",
        "NODE_NO_WARNINGS": "1",
        "SLS_AWS_MONITORING_FREQUENCY": "200",
        "npm_config_update_notifier": "false",
        **app.cloud.environment(),
    }
    ended = subprocess.run(
        ["node", str(OSLS), *arguments, "--stage", "dev"],
        cwd=app.repository.folder / "api",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def test_a_stack_of_the_frameworks_own_deploy_is_adopted_and_can_be_given_back(
    make_app: MakeApp, tmp_path: Path
) -> None:
    app = make_app()
    osls(app, tmp_path, "deploy")
    before = {r.logical_id: r.physical_id for r in app.cloud.resources("api-dev")}

    build = app.deploy()

    row = app.service(build, "api")
    found = from_json(row.changes)
    assert row.state == "succeeded"
    assert {r.action for r in found.resources} == {"Modify"}
    assert all(
        "same code, stored elsewhere" in p.routine for r in found.resources for p in r.properties if "/Code" in p.path
    )
    assert {r.logical_id: r.physical_id for r in app.cloud.resources("api-dev")} == before
    assert app.service(app.deploy(), "api").state == "unchanged"
    osls(app, tmp_path, "deploy", "--force")
    osls(app, tmp_path, "remove")
    assert app.cloud.stack("api-dev") is None


def test_polling_deploys_a_new_commit_once(make_app: MakeApp) -> None:
    app = make_app()
    app.deploy()
    with app.world.database.write() as session:
        session.scalars(sa.select(App).where(App.slug == app.slug)).one().poll_seconds = 1
    sha = app.repository.commit("Found by looking", allow_empty=True)

    found = eventually(lambda: _newest(app) if _newest(app).commit == sha else None, "the poll", 30)

    assert app.ended(found.id).trigger == "poll"
    with app.world.database.write() as session:
        row = session.scalars(sa.select(App).where(App.slug == app.slug)).one()
        row.polled_at = now() - timedelta(hours=1)
    sweep.poll_repositories(app.world)
    assert _newest(app).id == found.id


def test_a_newer_build_replaces_the_one_that_waits(make_app: MakeApp) -> None:
    app = make_app()
    deploys = [intake.deploy(app.world, app.seed.alice, app.slug, "dev") for _ in range(4)]

    ended = [app.ended(build.id) for build in deploys]

    assert ended[-1].state == "succeeded"
    for build in ended[1:-1]:
        assert (build.state, build.reason) == ("skipped", f"superseded by build {build.number + 1}")


def test_a_build_can_be_cancelled_until_it_has_ended(make_app: MakeApp) -> None:
    app = make_app()
    build = intake.deploy(app.world, app.seed.alice, app.slug, "dev")

    with app.world.database.write() as session:
        cancel(session, app.seed.alice, build)

    assert app.ended(build.id).state == "cancelled"
    assert app.cloud.stack("api-dev") is None
    with pytest.raises(NotPossible), app.world.database.write() as session:
        cancel(session, app.seed.alice, build)


def test_a_review_that_nobody_confirms_expires_and_is_cleaned_up(make_app: MakeApp) -> None:
    app = make_app()
    app.deploy()
    review = app.promote()
    with app.world.database.write() as session:
        session.get_one(Promotion, review.id).planned_at = now() - timedelta(days=30)

    sweep.expire_reviews(app.world)

    assert app.promotion(review.id).state == "expired"
    eventually(lambda: app.cloud.stack("api-prod") is None, "the empty stack's end")


def test_one_service_can_be_deployed_and_promoted_alone(make_app: MakeApp) -> None:
    app = make_app("api", "web")
    app.deploy(services=["web"])
    with pytest.raises(NothingToPromote, match="api does not run in dev"):
        app.promote(["api", "web"])
    app.deploy()

    done = app.confirm(app.promote(["web"]))

    assert done.state == "promoted"
    assert app.cloud.stack("web-prod") is not None
    assert app.cloud.stack("api-prod") is None
    assert _how_much(app) == "partly promoted"

    assert app.confirm(app.promote(["api"])).state == "promoted"
    assert _how_much(app) == "promoted"


def test_a_failing_package_for_production_does_not_fail_the_build_and_stops_the_promotion(make_app: MakeApp) -> None:
    app = make_app()
    app.repository.edit("api/serverless.yml", "LOG_LEVEL: info", "LOG_LEVEL: ${self:custom.${sls:stage}.level}")
    app.repository.edit("api/serverless.yml", "functions:", "custom: {dev: {level: info}}\nfunctions:")
    app.repository.commit("No level for prod")

    build = app.deploy()
    promotion = app.promote()

    assert build.state == "succeeded"
    assert promotion.state == "failed"
    assert promotion.failure["code"] == "package-not-made"
    assert app.cloud.stack("api-prod") is None


def test_the_environment_of_a_build_tells_where_it_is(make_app: MakeApp) -> None:
    app = make_app()
    app.repository.edit(
        "api/serverless.yml",
        "LOG_LEVEL: info",
        "STAGE: ${env:SEED_STAGE_NAME}\n    SERVICE: ${env:SEED_SERVICE_NAME}\n    SHA: ${env:SEED_BUILD_SERVICE_SHA}",
    )
    sha = app.repository.commit("Where am I")

    app.deploy()

    template = app.cloud.template("api-dev")
    for value in ("dev", "api", sha):
        assert f'"{value}"' in template


def _how_much(app: TestApp) -> str:
    """As the command line tells it of the last build of dev."""
    with app.world.database.read() as session:
        query = sa.select(Build).join(Stage).join(App, App.id == Build.app_id)
        build = session.scalars(
            query.where(App.slug == app.slug, Stage.name == "dev").order_by(Build.id.desc())
        ).first()
        return show.promoted(present.build(build).model_dump()) if build else ""


def _newest(app: TestApp) -> Build:
    with app.world.database.read() as session:
        mine = sa.select(Build).join(App, App.id == Build.app_id).where(App.slug == app.slug)
        return session.scalars(mine.order_by(Build.id.desc()).limit(1)).one()
