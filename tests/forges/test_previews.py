"""What promoting a pull request's build would change in production: our own comparison, once, with no trace in AWS."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.forges.telling import SECRET, Speaking
from tests.support.seeded import Seeded

from seed.apps.records import Stage
from seed.aws.fake import FakeCloud
from seed.aws.values import ChangeSetRequest
from seed.builds.records import DownstreamPackage, ServiceBuild
from seed.connections.records import BuildPreview
from seed.packages import Package
from seed.packages.trust import Trusted
from seed.work.build import load
from seed.work.packaging.order_downstream import order_downstream
from seed.work.telling.forge_previews import make_due

DEPLOYED = {"Resources": {"Orders": {"Type": "AWS::DynamoDB::Table", "Properties": {"BillingMode": "PAY_PER_REQUEST"}}}}
PACKAGED = {"Resources": {"News": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": f"news {SECRET}"}}}}


@pytest.fixture(autouse=True)
def nothing_packaged(shop: Seeded) -> None:
    shop.write(lambda session: session.execute(sa.delete(DownstreamPackage)))


def package(template: object) -> Package:
    return Package("orders-prod", "eu-west-1", "bucket", json.dumps(template), {}, {}, (), (), "serverless")


def cloud_with_stack() -> FakeCloud:
    cloud = FakeCloud()
    made = package(DEPLOYED)
    request = ChangeSetRequest(made.stack_name, "first", "CREATE", made.template, {}, {}, ())
    cloud.create_change_set(request)
    cloud.wait_change_set(made.stack_name, "first")
    cloud.execute_change_set(made.stack_name, "first", "token")
    for _ in range(5):
        cloud.events(made.stack_name)
    return cloud


def built(speaking: Speaking, *states: str, stage: str = "prod") -> int:
    """A build that succeeded, and its packages for production in these states."""
    made = package(PACKAGED)
    speaking.world.store.put(Trusted(made, {}))
    build = speaking.build()
    speaking.now_is(build, "succeeded", "succeeded")

    def rows(session: sa.orm.Session) -> None:
        target = session.scalars(sa.select(Stage).where(Stage.name == stage)).one()
        services = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build)).all()
        for row, state in zip(services, states, strict=False):
            digest = made.digest if state == "ready" else ""
            session.add(DownstreamPackage(service_build_id=row.id, stage_id=target.id, state=state, digest=digest))

    speaking.write(rows)
    return build


def previews(shop: Seeded) -> list[str]:
    with shop.world.database.read() as session:
        return [row.text for row in session.scalars(sa.select(BuildPreview))]


def test_a_preview_is_the_review_without_secrets_and_without_a_trace(speaking: Speaking) -> None:
    speaking.connect()
    speaking.request()
    cloud = cloud_with_stack()
    world = replace(speaking.world, connect=lambda _account: cloud)
    built(speaking, "ready")

    assert make_due(world) == 1
    assert make_due(world) == 0, "once"

    [text] = previews(speaking.shop)
    assert "Orders" in text
    assert "News" in text
    assert "🛑" in text, "a table would be lost"
    assert SECRET not in text
    assert cloud.stack("orders-prod").status == "CREATE_COMPLETE"
    assert cloud.change_set("orders-prod", "second") is None


def test_it_waits_until_every_package_is_made(speaking: Speaking) -> None:
    speaking.connect()
    speaking.request()
    built(speaking, "ready", "making")

    assert make_due(replace(speaking.world, connect=lambda _account: cloud_with_stack())) == 0


def test_a_package_that_was_not_made_and_an_account_that_fails_are_said(speaking: Speaking) -> None:
    speaking.connect()
    speaking.request()
    built(speaking, "failed", "ready")
    cloud = cloud_with_stack()
    cloud.account = "999999999999"

    def fails(_account: object) -> FakeCloud:
        raise OSError("no network")

    assert make_due(replace(speaking.world, connect=fails)) == 1

    [text] = previews(speaking.shop)
    assert "could not be made" in text
    assert "Could not be computed" in text


def test_nobody_asked_for_one_without_a_pull_request_or_a_connection(speaking: Speaking) -> None:
    world = replace(speaking.world, connect=lambda _account: cloud_with_stack())
    speaking.request(head_branch="another")
    built(speaking, "ready")
    assert make_due(world) == 0

    speaking.connect(comments=False)
    assert make_due(world) == 0


def ordered(speaking: Speaking, build: int) -> list[str]:
    """The stages that the build is packaged for."""
    with speaking.world.database.read() as session:
        rows = sa.select(Stage.name).join(DownstreamPackage).join(ServiceBuild).where(ServiceBuild.build_id == build)
        return list(session.scalars(rows.distinct().order_by(Stage.position)))


@pytest.mark.parametrize(("asks", "wanted"), [(True, ["staging", "prod"]), (False, ["staging"])])
def test_with_a_staging_stage_a_pull_requests_build_is_packaged_for_production_too(
    speaking: Speaking, asks: bool, wanted: list[str]
) -> None:
    speaking.connect()
    if asks:
        speaking.request()
    build = on_main(speaking)

    order_downstream(speaking.world, load(speaking.world, build))

    assert ordered(speaking, build) == wanted


def on_main(speaking: Speaking) -> int:
    build = speaking.build(commit=speaking.shop.commits[-1])
    speaking.now_is(build, "succeeded", "succeeded")
    speaking.write(lambda session: session.execute(
        sa.update(ServiceBuild).where(ServiceBuild.build_id == build).values(package_digest="d" * 64)))  # fmt: skip
    return build


def test_a_pull_request_that_comes_after_its_build_has_the_newest_one_packaged_for_production_once(
    speaking: Speaking,
) -> None:
    speaking.connect()
    older, newest = on_main(speaking), on_main(speaking)
    order_downstream(speaking.world, load(speaking.world, newest))
    assert ordered(speaking, newest) == ["staging"]
    speaking.request()

    assert [make_due(speaking.world), make_due(speaking.world)] == [0, 0]

    assert (ordered(speaking, newest), ordered(speaking, older)) == (["staging", "prod"], [])
    asked = [one for one in speaking.shop.world.engine.ids if one[:2] == ("package", newest)]
    assert len(set(asked)) == len(asked) == 2, "its first job is over, and does nothing more"


def test_production_is_compared_with_where_staging_is_packaged_first_and_each_of_several_by_its_name(
    speaking: Speaking,
) -> None:
    speaking.connect()
    speaking.request()
    speaking.write(lambda session: session.add(
        Stage(app_id=1, account_id=1, name="prod-eu", kind="production", branch="", auto_deploy=False, position=101)))  # fmt: skip
    build = built(speaking, "ready", stage="staging")
    world = replace(speaking.world, connect=lambda _account: cloud_with_stack())
    assert make_due(world) == 0

    package_for(speaking, build, "prod")
    assert make_due(world) == 0, "not the one without the other"
    package_for(speaking, build, "prod-eu")

    assert make_due(world) == 2
    speaking.tell()
    [comment] = [row.body["text"] for row in speaking.rows() if row.kind == "comment"]
    headings = [line for line in comment.splitlines() if line.startswith("#### Promoting")]
    assert headings == [f"#### Promoting this would change in {one}" for one in ("prod", "prod\\-eu")]


def package_for(speaking: Speaking, build: int, stage: str) -> None:
    def change(session: sa.orm.Session) -> None:
        target = session.scalars(sa.select(Stage.id).where(Stage.name == stage)).one()
        row = session.scalars(sa.select(ServiceBuild.id).where(ServiceBuild.build_id == build)).first()
        digest = package(PACKAGED).digest
        session.add(DownstreamPackage(service_build_id=row, stage_id=target, state="ready", digest=digest))

    speaking.write(change)
