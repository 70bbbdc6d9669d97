"""A pull request's stage on a real AWS: made, built as the merge, promoted from, and gone with its stacks."""

from __future__ import annotations

import sqlalchemy as sa
from tests.story.conftest import MakeApp
from tests.support.seeds import TestApp
from tests.support.waiting import eventually

from seed.apps.find import app_of, stages_of
from seed.apps.records import PULL_REQUEST, Stage
from seed.automatic.change import Change, change_automatic
from seed.builds.records import Build
from seed.db.base import now
from seed.forges.events import PullRequest
from seed.git.command import git
from seed.work import intake
from seed.work.hearing import followers
from seed.work.hearing.automatic_stages import remove_what_closed


def told(app: TestApp, action: str, head: str) -> str:
    with app.world.database.read() as session:
        row = app_of(session, app.seed.alice, app.slug)
    event = PullRequest(action, 7, head_branch="changes", head_commit=head, base_branch="main", at=now())
    return followers.pull_request(app.world, row, event)


def stage(app: TestApp, name: str) -> Stage | None:
    with app.world.database.read() as session:
        found = stages_of(session, app_of(session, app.seed.alice, app.slug).id)
        return next((one for one in found if one.name == name), None)


def switched_on(app: TestApp) -> None:
    with app.world.database.write() as session:
        row = app_of(session, app.seed.alice, app.slug)
        change_automatic(session, app.seed.alice, row, PULL_REQUEST, Change(on=True, empty_buckets=True))


def its_build(app: TestApp) -> Build:
    made = stage(app, "pr7")
    assert made is not None
    with app.world.database.read() as session:
        build_id = session.scalars(sa.select(Build.id).where(Build.stage_id == made.id)).one()
    return app.ended(build_id)


def test_a_pull_request_whose_first_deployment_failed_leaves_no_stack(make_app: MakeApp) -> None:
    app = make_app()
    switched_on(app)
    git(("checkout", "--quiet", "-b", "changes"), cwd=app.repository.folder)
    fails = (
        "    Broken:\n      Type: AWS::SSM::Parameter\n      Properties: {Type: String, Value: !ImportValue nobody}\n"
    )
    app.repository.edit("api/serverless.yml", "    Things:\n", f"{fails}    Things:\n")
    head = app.repository.commit("Cannot be deployed")
    git(("checkout", "--quiet", "main"), cwd=app.repository.folder)
    told(app, "opened", head)
    build = its_build(app)
    assert (build.state, build.services[0].stack_name) == ("failed", "api-pr7")
    assert app.cloud.stack("api-pr7") is not None

    told(app, "closed", head)
    remove_what_closed(app.world)

    eventually(lambda: stage(app, "pr7") is None, "the end of pr7")
    assert app.cloud.stack("api-pr7") is None


def test_a_pull_request_has_its_own_stacks_until_it_is_closed(make_app: MakeApp) -> None:
    app = make_app()
    app.live()
    switched_on(app)
    git(("checkout", "--quiet", "-b", "changes"), cwd=app.repository.folder)
    app.repository.edit("api/serverless.yml", "LOG_LEVEL: info", "LOG_LEVEL: debug")
    app.repository.write("seed.yml", 'before_build: ["echo for $SEED_PULL_REQUEST_NUMBER into $SEED_BRANCH"]\n')
    head = app.repository.commit("Louder")
    git(("checkout", "--quiet", "main"), cwd=app.repository.folder)
    app.repository.edit("api/hello.js", "ok: true", "ok: 1")
    app.repository.commit("Meanwhile on main")

    said = told(app, "opened", head)

    assert said.startswith("Made the stage pr7 for pull request 7")
    build = its_build(app)
    assert (build.state, build.head_commit) == ("succeeded", head)
    assert "for 7 into main" in app.log(app.service(build, "api"))
    assert app.cloud.stack("api-pr7") is not None

    promotion = app.settled(intake.promote(app.world, app.seed.alice, app.slug, "pr7").id)
    assert promotion.state == "review", "without a merge, read like any other"
    app.confirm(promotion)

    told(app, "closed", head)
    remove_what_closed(app.world)
    eventually(lambda: stage(app, "pr7") is None, "the end of pr7")
    assert app.cloud.stack("api-pr7") is None
    assert app.cloud.stack("api-prod") is not None
    assert app.cloud.stack("api-dev") is not None
