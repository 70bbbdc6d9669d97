"""Removals really remove: stacks gone from the account, later phases first, and what stays is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
import sqlalchemy as sa
from tests.story.conftest import MakeApp
from tests.support.seeds import TestApp
from tests.support.waiting import eventually
from tests.work.account import KEYS

from seed.apps.edit_stage import StageInUse
from seed.apps.find import stages_of
from seed.apps.records import App, Stage
from seed.builds.deploy import StageRemoved
from seed.errors import Conflict
from seed.removals.ask import NameNotTyped
from seed.removals.records import Removal
from seed.work import intake
from seed.work.removing import removals
from seed.work.removing.remove import remove

ClientOf = Callable[[TestApp, str], Any]


@pytest.fixture
def client_of() -> Iterator[ClientOf]:
    """As another tool would look into the app's account."""
    with ExitStack() as ending:

        def made(app: TestApp, service: str) -> Any:
            environment = app.cloud.environment()
            client = boto3.client(
                service, endpoint_url=environment["AWS_ENDPOINT_URL"], region_name=app.cloud.region,
                aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            )  # fmt: skip
            ending.callback(client.close)
            return client

        yield made


def ask(app: TestApp, typed: str, *, stage: str = "", service: str = "", empty: bool = False) -> Removal:
    made = removals.ask(
        app.world, app.seed.alice, app.slug, stage=stage, service=service, typed=typed, empty_buckets=empty
    )
    return ended(app, made.id)


def test_a_whole_app_can_be_forgotten_while_its_stacks_stay(make_app: MakeApp) -> None:
    app = make_app()
    app.live()

    made = removals.ask(app.world, app.seed.alice, app.slug, typed=app.slug, keep=True)
    done = ended(app, made.id)

    assert (done.state, {one.state for one in done.stacks}) == ("removed", {"kept"})
    assert stages(app) == set()
    assert app.cloud.stack("api-dev") is not None
    assert app.cloud.stack("api-prod") is not None


def ended(app: TestApp, removal_id: int) -> Removal:
    eventually(lambda: load(app, removal_id).state != "removing", f"the end of removal {removal_id}")
    return load(app, removal_id)


def load(app: TestApp, removal_id: int) -> Removal:
    with app.world.database.read() as session:
        found = session.get_one(Removal, removal_id)
        _ = found.stacks
        return found


def stages(app: TestApp) -> set[str]:
    with app.world.database.read() as session:
        found = session.scalar(sa.select(App).where(App.slug == app.slug))
        return {stage.name for stage in stages_of(session, found.id)} if found else set()


def test_a_stage_goes_with_its_stacks_and_the_others_stay(make_app: MakeApp) -> None:
    app = make_app()
    app.live()

    [shown] = removals.preview(app.world, app.seed.alice, app.slug, stage="dev")
    done = ask(app, "dev", stage="dev")

    assert {row.action for row in shown.changes.resources} == {"Remove"}
    assert (done.state, [one.state for one in done.stacks]) == ("removed", ["gone"])
    assert app.cloud.stack("api-dev") is None
    assert app.cloud.stack("api-prod") is not None
    assert stages(app) == {"prod"}


def test_what_was_promoted_from_a_stage_outlives_it(make_app: MakeApp) -> None:
    app = make_app()
    promoted = app.live()
    ask(app, "dev", stage="dev")

    kept = app.promotion(promoted.id)
    assert (kept.state, kept.digest, kept.source_build.stage.name) == ("promoted", promoted.digest, "dev")
    back = app.roll_back(1)
    assert (back.state, back.plans[0].package_digest) == ("unchanged", promoted.plans[0].package_digest)


def test_nothing_goes_without_its_name_and_production_goes_with_its_app_alone(make_app: MakeApp) -> None:
    app = make_app()
    app.live()

    with pytest.raises(NameNotTyped, match="Type the name dev"):
        ask(app, "Dev", stage="dev")
    with pytest.raises(Conflict, match="production stage"):
        ask(app, "prod", stage="prod")

    assert app.cloud.stack("api-dev") is not None


def test_a_service_goes_from_every_stage_and_keeps_its_history(make_app: MakeApp) -> None:
    app = make_app("api", "jobs")
    app.live()

    done = ask(app, "jobs", service="jobs")

    assert done.state == "removed"
    assert {one.stack_name for one in done.stacks} == {"jobs-dev", "jobs-prod"}
    assert app.cloud.stack("jobs-prod") is None
    assert app.cloud.stack("api-prod") is not None
    assert [row.service.name for row in app.deploy().services] == ["api"]


def test_an_app_goes_with_all_its_stages(make_app: MakeApp) -> None:
    app = make_app()
    app.live()

    done = ask(app, app.slug)

    assert done.state == "removed"
    assert app.cloud.stack("api-prod") is None
    assert stages(app) == set()


def with_files(app: TestApp) -> None:
    """A table that stays, and a bucket: the same in the stack and in one that is nested in it."""
    table = "AWS::DynamoDB::Table"
    child = {"Resources": {"Pictures": {"Type": "AWS::S3::Bucket"}, "Rows": {"Type": table, "DeletionPolicy": "Retain",
             "Properties": {"BillingMode": "PAY_PER_REQUEST", **KEYS}}}}  # fmt: skip
    file = app.repository.folder.parent / "child.json"
    file.write_text(json.dumps(child))
    bucket = app.cloud.assets_bucket()
    app.cloud.put_asset("child.json", file)
    address = f"{app.cloud.environment()['AWS_ENDPOINT_URL']}/{bucket}/child.json"
    more = f"""    Files:
      Type: AWS::S3::Bucket
    Storage:
      Type: AWS::CloudFormation::Stack
      Properties:
        TemplateURL: {address}
    Things:
      DeletionPolicy: Retain
"""
    app.repository.edit("api/serverless.yml", "    Things:\n", more)
    app.repository.commit("Files")


def buckets(app: TestApp) -> tuple[str, str]:
    """The stack's own, and the one inside."""
    ids = {one.logical_id: one.physical_id for one in app.cloud.resources("api-dev")}
    inside = {one.logical_id: one.physical_id for one in app.cloud.resources(ids["Storage"])}
    return ids["Files"], inside["Pictures"]


def test_full_buckets_go_where_that_is_allowed_alone_and_what_a_policy_keeps_is_told(
    make_app: MakeApp, client_of: ClientOf
) -> None:
    app = make_app()
    with_files(app)
    assert app.deploy().state == "succeeded"
    names, client = buckets(app), client_of(app, "s3")
    for name in names:
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        for body in (b"one", b"two"):
            client.put_object(Bucket=name, Key="photo.jpg", Body=body)
    client.delete_object(Bucket=names[1], Key="photo.jpg")  # only old versions are left, and a mark of deletion

    [shown] = removals.preview(app.world, app.seed.alice, app.slug, stage="dev")
    refused = ask(app, "dev", stage="dev")

    kept = dict.fromkeys(("Things", "Storage/Rows"), "its DeletionPolicy is Retain")
    assert {one["id"]: one["because"] for one in shown.stays} == kept
    assert {"Files", "Storage", "Storage/Pictures", "Storage/Rows"} <= {name for name, _ in shown.resources}
    assert (refused.state, refused.stacks[0].state) == ("failed", "failed")
    assert f"The buckets {names[0]} and {names[1]} are not empty" in refused.reason
    assert client.get_object(Bucket=names[0], Key="photo.jpg")["Body"].read() == b"two"
    assert [len(client.list_object_versions(Bucket=name)["Versions"]) for name in names] == [2, 2]
    assert "dev" in stages(app)

    done = ask(app, "dev", stage="dev", empty=True)

    assert (done.state, app.cloud.stack("api-dev")) == ("removed", None)
    assert {one["id"]: one["because"] for one in done.stacks[0].leftovers} == kept
    assert not {one["Name"] for one in client.list_buckets()["Buckets"]} & set(names)


def test_while_it_is_removed_nothing_comes_in(make_app: MakeApp) -> None:
    app = make_app()
    app.live()
    with app.world.database.write() as session:
        session.execute(sa.update(Stage).where(Stage.name == "dev").values(removing=True))

    with pytest.raises(StageRemoved):
        app.deploy()
    with pytest.raises(StageInUse, match="already"):
        ask(app, "dev", stage="dev")


def test_a_removal_that_was_killed_goes_on_and_one_that_ended_does_nothing(make_app: MakeApp) -> None:
    app = make_app()
    app.live()
    done = ask(app, "dev", stage="dev")
    with app.world.database.write() as session:
        row = session.get_one(Removal, done.id)
        row.state, row.ended_at = "removing", None
        row.stacks[0].state = "deleting"

    remove(app.world, done.id)
    remove(app.world, done.id)

    assert load(app, done.id).state == "removed"


def test_a_stack_that_nobody_may_delete_fails_with_its_reason(make_app: MakeApp, client_of: ClientOf) -> None:
    app = make_app()
    app.live()
    cloudformation = client_of(app, "cloudformation")
    cloudformation.update_termination_protection(StackName="api-dev", EnableTerminationProtection=True)

    done = ask(app, "dev", stage="dev")

    assert done.state == "failed"
    assert "protected from termination" in done.reason
    assert json.dumps(done.stacks[0].leftovers).count('"id"') > 0
    assert stages(app) == {"dev", "prod"}
    cloudformation.update_termination_protection(StackName="api-dev", EnableTerminationProtection=False)
    assert ask(app, "dev", stage="dev").state == "removed"
    with pytest.raises(Exception, match="dev"):
        intake.deploy(app.world, app.seed.alice, app.slug, "dev")
