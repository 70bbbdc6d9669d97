"""From development over staging to production in two regions: each takes only what staging ran, and stays in its own."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from tests.story.conftest import MakeApp
from tests.support.seeds import TestApp

from seed.apps.accounts import add_account
from seed.apps.edit_stage import StageInUse
from seed.apps.find import account_of, app_of, stage_of
from seed.apps.new_stage import new_stage
from seed.apps.records import Account, Stage
from seed.apps.set_account import set_account
from seed.aws.port import Cloud
from seed.aws.values import AccountSettings
from seed.builds.find import working_build
from seed.builds.records import Build
from seed.promotions.promote import NotDownstream
from seed.promotions.records import Promotion
from seed.work import intake

EU = "eu-west-1"


def in_europe(app: TestApp) -> str:
    """The same AWS account in another region."""
    name = f"{app.account}-eu"
    with app.world.database.write() as session:
        key = account_of(session, app.seed.alice, app.account).access_key_id
        add_account(session, app.seed.alice, name, AccountSettings("local", EU, access_key_id=key), app.world.vault)
    return name


def add_stage(app: TestApp, name: str, kind: str) -> None:
    with app.world.database.write() as session:
        row, account = app_of(session, app.seed.alice, app.slug), account_of(session, app.seed.alice, app.account)
        new_stage(session, app.world.engine, app.seed.alice, row, account, kind=kind, name=name, branch="")


def move(app: TestApp, stage: str, account: str) -> None:
    with app.world.database.write() as session:
        to = account_of(session, app.seed.alice, account)
        set_account(session, app.seed.alice, stage_of(session, app.seed.alice, app.slug, stage), to)


def cloud(app: TestApp, account: str) -> Cloud:
    with app.world.database.read() as session:
        return app.world.connect(session.scalars(sa.select(Account).where(Account.name == account)).one())


def promoted(app: TestApp, source: str, to: str) -> Build:
    """Planned, read and confirmed; the build that carried it out."""
    review = app.settled(intake.promote(app.world, app.seed.alice, app.slug, source, to=to).id)
    assert review.state == "review", review.reason
    done: Promotion = app.confirm(review)
    assert done.state == "promoted", done.reason
    return app.ended(done.target_build_id)


def working(app: TestApp, name: str) -> Build:
    with app.world.database.read() as session:
        stage = session.scalars(sa.select(Stage).where(Stage.app_id == app_of(session, app.seed.alice, app.slug).id,
                                                       Stage.name == name)).one()  # fmt: skip
        found = working_build(session, stage.id)
        assert found is not None
        return found


def test_production_in_two_regions_takes_what_staging_ran_and_each_stays_where_it_is(make_app: MakeApp) -> None:
    app = make_app()
    europe = in_europe(app)
    add_stage(app, "staging", "staging")
    add_stage(app, "prod-eu", "production")
    move(app, "prod-eu", europe)  # nothing is there yet

    first = app.deploy()
    for production in ("prod", "prod-eu"):
        with pytest.raises(NotDownstream):
            intake.promote(app.world, app.seed.alice, app.slug, "dev", to=production)
    promoted(app, "dev", "staging")
    app.repository.write("api/hello.js", "exports.handler = async () => 'newer';\n")
    app.repository.commit("Newer, and never in staging")
    assert app.deploy().state == "succeeded"

    carried = [promoted(app, "staging", production) for production in ("prod", "prod-eu")]

    assert {build.commit for build in carried} == {first.commit} != {working(app, "dev").commit}
    ours, theirs = cloud(app, app.account), cloud(app, europe)
    assert (ours.region, theirs.region) == ("us-east-1", EU)
    for here, there, build in ((ours, theirs, carried[0]), (theirs, ours, carried[1])):
        stage = build.stage.name
        stack = here.stack(f"api-{stage}")
        assert stack is not None
        assert stack.status == "CREATE_COMPLETE"
        assert f":{here.region}:" in build.services[0].change_set_arn
        assert there.stack(f"api-{stage}") is None
        code = json.loads(here.template(f"api-{stage}") or "")["Resources"]["HelloLambdaFunction"]["Properties"]["Code"]
        assert here.region in code["S3Bucket"], "code is read from the function's own region"

    for stage, elsewhere in (("prod", europe), ("prod-eu", app.account)):
        with pytest.raises(StageInUse):
            move(app, stage, elsewhere)

    promoted(app, "dev", "staging")
    promoted(app, "staging", "prod-eu")
    assert working(app, "prod-eu").commit == working(app, "dev").commit
    assert working(app, "prod").commit == first.commit, "one region at a time"
