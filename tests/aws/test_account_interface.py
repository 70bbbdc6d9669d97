"""What every gateway does with what is in an account beside its stacks: the real one on the local AWS, and the fake."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from tests.aws.stacks import NUMBERS, request, run, template

from seed.aws.errors import AwsSaid
from seed.aws.fake import FakeCloud
from seed.aws.local import LocalAws
from seed.aws.port import Cloud
from seed.aws.session import AwsSession
from seed.aws.values import AccountSettings, Drift, Moved


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


def test_nothing_is_held_against_a_change_set_that_is_well(cloud: Cloud) -> None:
    asked = request("one", template())
    arn = cloud.create_change_set(asked)
    cloud.wait_change_set(asked.stack_name, asked.name)

    assert cloud.validations(arn) == ()


def test_what_was_changed_or_deleted_outside_of_its_stack_is_told(cloud: Cloud, local_aws: LocalAws) -> None:
    run(cloud, request("one", template(Topic={"Type": "AWS::SNS::Topic"})))
    assert cloud.drift("app-dev", "Queue") == Drift()

    if isinstance(cloud, FakeCloud):
        cloud.drifts = {"Queue": Drift(moved=(Moved("/VisibilityTimeout", "30", "77"),)), "Topic": Drift(gone=True)}
    else:
        own = AccountSettings("local", access_key_id=cloud.identity().account, endpoint_url=local_aws.endpoint)
        by_hand = AwsSession(own)
        ids = {one.logical_id: one.physical_id for one in cloud.resources("app-dev")}
        by_hand.client("sqs").set_queue_attributes(QueueUrl=ids["Queue"], Attributes={"VisibilityTimeout": "77"})
        by_hand.client("sns").delete_topic(TopicArn=ids["Topic"])

    assert cloud.drift("app-dev", "Queue") == Drift(moved=(Moved("/VisibilityTimeout", "30", "77"),))
    assert cloud.drift("app-dev", "Topic") == Drift(gone=True)
    with pytest.raises(AwsSaid):
        cloud.drift("app-dev", "Nobody")
