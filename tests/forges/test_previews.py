"""What promoting a pull request's build would change downstream: our own comparison, once, with no trace in AWS."""

from __future__ import annotations

import json
from dataclasses import replace

import sqlalchemy as sa
from tests.forges.telling import SECRET, Speaking
from tests.support.seeded import Seeded

from seed.apps.records import Stage
from seed.aws.fake import FakeCloud
from seed.aws.port import ChangeSetRequest
from seed.builds.records import DownstreamPackage, ServiceBuild
from seed.connections.records import BuildPreview
from seed.packages import Package
from seed.packages.trust import Trusted
from seed.work.forge_previews import make_due

DEPLOYED = {"Resources": {"Orders": {"Type": "AWS::DynamoDB::Table", "Properties": {"BillingMode": "PAY_PER_REQUEST"}}}}
PACKAGED = {"Resources": {"News": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": f"news {SECRET}"}}}}


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


def built(speaking: Speaking, *states: str) -> int:
    """A build that succeeded, and its packages for production in these states."""
    made = package(PACKAGED)
    speaking.world.store.put(Trusted(made, {}))
    build = speaking.build()
    speaking.now_is(build, "succeeded", "succeeded")

    def rows(session: sa.orm.Session) -> None:
        prod = session.scalars(sa.select(Stage).where(Stage.name == "staging")).one()
        services = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build)).all()
        for row, state in zip(services, states, strict=False):
            digest = made.digest if state == "ready" else ""
            session.add(DownstreamPackage(service_build_id=row.id, stage_id=prod.id, state=state, digest=digest))

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
