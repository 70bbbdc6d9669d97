"""What every gateway does: the real one on the local AWS, and the fake, by the same rules."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import random
import zipfile
from pathlib import Path

import pytest

from seed.aws.connect import connect
from seed.aws.errors import AwsSaid, ChangeSetMoved
from seed.aws.fake import FakeCloud
from seed.aws.follow import follow
from seed.aws.local import LocalAws
from seed.aws.port import AccountSettings, ChangeSetRequest, Cloud

NUMBERS = itertools.count(random.randrange(10**6, 10**8))


@pytest.fixture(params=["real", "fake"])
def cloud(request: pytest.FixtureRequest, local_aws: LocalAws) -> Cloud:
    number = f"{next(NUMBERS):012d}"
    if request.param == "fake":
        return FakeCloud(number, "us-east-1")
    return connect(AccountSettings("local", access_key_id=number), local_endpoint=local_aws.endpoint)


def template(seconds: int = 30, **more: object) -> str:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": seconds}}
    return json.dumps({"Resources": {"Queue": queue, **more}, "Outputs": {"Word": {"Value": "seed"}}})


def request(name: str, text: str, kind: str = "CREATE", stack: str = "app-dev") -> ChangeSetRequest:
    return ChangeSetRequest(stack, name, kind, text, {}, {"team": "a"}, ["CAPABILITY_IAM"])


def run(cloud: Cloud, asked: ChangeSetRequest) -> None:
    cloud.create_change_set(asked)
    cloud.wait_change_set(asked.stack_name, asked.name)
    cloud.execute_change_set(asked.stack_name, asked.name, f"token-{asked.stack_name}-{asked.name}")
    assert follow(cloud, asked.stack_name, lambda _event: None).ok


def test_a_stack_that_does_not_exist_is_none(cloud: Cloud) -> None:
    assert cloud.stack("nope") is None
    assert cloud.template("nope") is None
    assert cloud.resources("nope") == []
    assert cloud.events("nope") == []
    assert cloud.change_set("nope", "nope") is None


def test_a_create_change_set_makes_a_new_stack_that_only_waits(cloud: Cloud) -> None:
    cloud.create_change_set(request("one", template()))

    answer = cloud.wait_change_set("app-dev", "one")

    assert (answer.status, answer.execution_status) == ("CREATE_COMPLETE", "AVAILABLE")
    assert [change["ResourceChange"]["Action"] for change in answer.changes] == ["Add"]
    assert cloud.stack("app-dev").is_new


def test_asking_twice_for_a_change_set_of_one_name_is_asking_once(cloud: Cloud) -> None:
    first = cloud.create_change_set(request("one", template()))

    assert cloud.create_change_set(request("one", template())) == first


def test_executing_makes_the_stack_and_its_outputs(cloud: Cloud) -> None:
    run(cloud, request("one", template()))

    stack = cloud.stack("app-dev")
    assert stack.status == "CREATE_COMPLETE"
    assert dict(stack.outputs) == {"Word": "seed"}
    assert dict(stack.tags) == {"team": "a"}
    assert json.loads(cloud.template("app-dev")) == json.loads(template())
    assert [resource.logical_id for resource in cloud.resources("app-dev")] == ["Queue"]


def test_executing_twice_with_one_token_is_executing_once(cloud: Cloud) -> None:
    run(cloud, request("one", template()))
    before = len(cloud.events("app-dev"))

    cloud.execute_change_set("app-dev", "one", "token-app-dev-one")

    assert len(cloud.events("app-dev")) == before


def test_where_no_update_runs_there_is_none_to_cancel(cloud: Cloud) -> None:
    run(cloud, request("one", template()))

    cloud.cancel_update("app-dev", "token")
    cloud.cancel_update("nope", "token")

    assert cloud.stack("app-dev").status == "CREATE_COMPLETE"


def test_a_stacks_policy_is_kept_as_it_was_set(cloud: Cloud) -> None:
    run(cloud, request("one", template()))
    assert cloud.stack_policy("app-dev") == ""
    allowed = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    policy = json.dumps({"Statement": [allowed]}, sort_keys=True, separators=(",", ":"))

    cloud.set_stack_policy("app-dev", policy)
    cloud.set_stack_policy("app-dev", policy)

    assert cloud.stack_policy("app-dev") == policy


def test_a_change_set_that_is_gone_cannot_be_executed(cloud: Cloud) -> None:
    run(cloud, request("one", template()))

    with pytest.raises(ChangeSetMoved):
        cloud.execute_change_set("app-dev", "never-made", "token")


def test_an_arn_names_the_very_change_set_and_not_another_made_under_its_name(cloud: Cloud) -> None:
    planned = cloud.create_change_set(request("one", template()))
    cloud.wait_change_set("app-dev", planned)
    cloud.delete_change_set("app-dev", "one")
    other = cloud.create_change_set(request("one", template(60)))
    cloud.wait_change_set("app-dev", other)

    assert planned != other
    assert cloud.change_set("app-dev", planned) is None
    with pytest.raises(ChangeSetMoved):
        cloud.execute_change_set("app-dev", planned, "token-arn")
    assert cloud.stack("app-dev").is_new
    found = cloud.change_set("app-dev", other)
    assert (found.arn, found.name) == (other, "one")

    cloud.execute_change_set("app-dev", other, "token-arn")
    assert follow(cloud, "app-dev", lambda _event: None).ok


def test_a_change_set_without_a_change_is_empty(cloud: Cloud) -> None:
    run(cloud, request("one", template()))

    cloud.create_change_set(request("two", template(), "UPDATE"))

    assert cloud.wait_change_set("app-dev", "two").empty


def test_an_update_lists_what_is_modified_added_and_removed(cloud: Cloud) -> None:
    topic = {"Type": "AWS::SNS::Topic"}
    run(cloud, request("one", template(30, Old=topic)))

    cloud.create_change_set(request("two", template(60, New=topic), "UPDATE"))
    answer = cloud.wait_change_set("app-dev", "two")

    actions = {c["ResourceChange"]["LogicalResourceId"]: c["ResourceChange"]["Action"] for c in answer.changes}
    assert actions == {"Queue": "Modify", "New": "Add", "Old": "Remove"}


def test_events_after_one_are_only_the_newer_ones_oldest_first(cloud: Cloud) -> None:
    run(cloud, request("one", template()))
    last = cloud.events("app-dev")[-1]

    run(cloud, request("two", template(60), "UPDATE"))
    newer = cloud.events("app-dev", after=last.event_id)

    assert newer
    assert last.event_id not in {event.event_id for event in newer}
    assert newer == sorted(newer, key=lambda event: event.at)
    assert newer[-1].status == "UPDATE_COMPLETE"


def test_deleting_a_change_set_twice_is_deleting_it_once(cloud: Cloud) -> None:
    cloud.create_change_set(request("one", template()))

    cloud.delete_change_set("app-dev", "one")
    cloud.delete_change_set("app-dev", "one")

    assert cloud.change_set("app-dev", "one") is None


def test_a_stack_tells_the_change_sets_that_it_has(cloud: Cloud) -> None:
    assert cloud.change_sets("app-dev") == ()
    cloud.create_change_set(request("one", template()))
    cloud.create_change_set(request("two", template(60)))

    assert set(cloud.change_sets("app-dev")) == {"one", "two"}
    cloud.delete_change_set("app-dev", "one")
    assert cloud.change_sets("app-dev") == ("two",)


def test_a_stack_made_only_to_hold_a_change_set_can_be_deleted(cloud: Cloud) -> None:
    cloud.create_change_set(request("one", template()))

    cloud.delete_change_set("app-dev", "one")
    cloud.delete_stack("app-dev", "token")

    assert cloud.stack("app-dev") is None


def test_assets_are_kept_by_key(cloud: Cloud, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"content")
    bucket = cloud.assets_bucket()

    assert bucket == f"seed-assets-{cloud.identity().account}-us-east-1"
    assert cloud.assets_bucket() == bucket
    assert not cloud.has_asset("assets/a.zip")
    cloud.put_asset("assets/a.zip", tmp_path / "a.zip")
    assert cloud.has_asset("assets/a.zip")
    cloud.read_asset("assets/a.zip", tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_bytes() == b"content"


def test_a_build_gets_credentials_and_region_and_nothing_else(cloud: Cloud) -> None:
    found = cloud.environment()

    assert found["AWS_REGION"] == "us-east-1"
    assert {name.split("_")[0] for name in found} == {"AWS"}


def table(name: str) -> dict[str, object]:
    keys = {"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}  # fmt: skip
    return {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": name, **keys}}


def test_what_is_in_a_resource_is_counted_and_other_types_say_nothing(cloud: Cloud) -> None:
    name = f"table-{next(NUMBERS)}"
    run(cloud, request("one", template(Table=table(name), Topic={"Type": "AWS::SNS::Topic"})))
    ids = {one.logical_id: one.physical_id for one in cloud.resources("app-dev")}

    for logical_id, kind, unit in (("Queue", "AWS::SQS::Queue", "message"), ("Table", "AWS::DynamoDB::Table", "item")):
        held = cloud.held(kind, ids[logical_id])
        assert held is not None
        assert (held.number, held.unit) == (0, unit)
    assert cloud.held("AWS::SNS::Topic", ids["Topic"]) is None
    assert cloud.held("AWS::DynamoDB::Table", "no-such-table") is None
    assert cloud.held("AWS::DynamoDB::Table", "") is None


def test_a_name_is_taken_once_something_has_it(cloud: Cloud) -> None:
    name = f"table-{next(NUMBERS)}"

    assert cloud.taken("AWS::DynamoDB::Table", name) is False
    run(cloud, request("one", template(Table=table(name))))
    assert cloud.taken("AWS::DynamoDB::Table", name) is True
    assert cloud.taken("AWS::S3::Bucket", f"seed-none-{next(NUMBERS)}") is False
    assert cloud.taken("AWS::SQS::Queue", f"none-{next(NUMBERS)}") is False
    assert cloud.taken("AWS::Nobody::Knows", name) is None


def test_who_imports_an_export_is_told_by_the_account(cloud: Cloud) -> None:
    export = f"export-{next(NUMBERS)}"
    giving = json.loads(template())
    giving["Outputs"] = {"Given": {"Value": "x", "Export": {"Name": export}}}
    run(cloud, request("one", json.dumps(giving), stack="giving"))
    giver = cloud.stack("giving")
    assert giver is not None
    assert giver.exports == (export,)
    assert cloud.importers(export) == ()
    assert cloud.importers(f"{export}-none") == ()

    taking = json.loads(template())
    taking["Outputs"] = {"Taken": {"Value": {"Fn::ImportValue": export}}}
    run(cloud, request("one", json.dumps(taking), stack="taking"))

    assert cloud.importers(export) == ("taking",)


def test_new_code_goes_to_a_function_without_its_stack(cloud: Cloud, tmp_path: Path) -> None:
    cloud.assets_bucket()
    codes = {name: _stored(cloud, tmp_path, name) for name in ("one", "two")}
    function = {
        "Handler": "index.handler", "Runtime": "nodejs20.x", "Role": "arn:aws:iam::111122223333:role/x",
        "Code": {"S3Bucket": cloud.assets_bucket(), "S3Key": "code/one.zip"},
    }  # fmt: skip
    run(cloud, request("one", template(Hello={"Type": "AWS::Lambda::Function", "Properties": function})))
    name = next(r.physical_id for r in cloud.resources("app-dev") if r.logical_id == "Hello")
    before = cloud.template("app-dev")

    assert cloud.code_sha256(name) == codes["one"]
    assert cloud.update_code(name, "code/two.zip") == codes["two"]
    assert cloud.update_code(name, "code/two.zip") == codes["two"]
    assert cloud.code_sha256(name) == codes["two"]
    assert cloud.template("app-dev") == before
    with pytest.raises(AwsSaid):
        cloud.update_code(f"{name}-not-there", "code/two.zip")


def test_the_code_of_a_layer_is_told(cloud: Cloud, tmp_path: Path) -> None:
    cloud.assets_bucket()
    code = _stored(cloud, tmp_path, "one")
    content = {"S3Bucket": cloud.assets_bucket(), "S3Key": "code/one.zip"}
    run(cloud, request("one", template(Lib={"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": content}})))
    arn = next(r.physical_id for r in cloud.resources("app-dev") if r.logical_id == "Lib")

    assert cloud.layer_sha256(arn) == code
    assert cloud.layer_sha256(f"{arn}9") is None


def _stored(cloud: Cloud, folder: Path, name: str) -> str:
    file = folder / f"{name}.zip"
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("index.js", f"exports.handler = async () => '{name}';")
    cloud.put_asset(f"code/{name}.zip", file)
    return base64.b64encode(hashlib.sha256(file.read_bytes()).digest()).decode()


def test_a_bucket_is_emptied_with_its_old_versions_and_one_that_is_not_there_is_empty(
    cloud: Cloud, tmp_path: Path
) -> None:
    if isinstance(cloud, FakeCloud):
        cloud.buckets["full"] = ["one", "two"]
        full, expected = "full", 2
    else:
        (tmp_path / "asset").write_text("x")
        full = cloud.assets_bucket()
        for key in ("one", "two"):
            cloud.put_asset(key, tmp_path / "asset")
        expected = 2

    assert cloud.holds_anything(full)
    assert cloud.empty_bucket(full) == expected
    assert not cloud.holds_anything(full)
    assert not cloud.holds_anything("no-such-bucket-anywhere")
    assert cloud.empty_bucket(full) == 0
    assert cloud.empty_bucket("no-such-bucket-anywhere") == 0
