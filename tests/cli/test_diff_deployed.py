"""What `seed diff` is told of the stack that is deployed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.diffing import rows, written

from seed.changesets import compare, parse_template, read_deployed
from seed.cli.diff import diff


@pytest.mark.parametrize(
    "told",
    [
        {"physical_ids": {"Queue": "the-url"}},
        {"StackResources": [{"LogicalResourceId": "Queue", "PhysicalResourceId": "the-url"}]},
        {"StackResourceSummaries": [{"LogicalResourceId": "Queue", "PhysicalResourceId": "the-url"}]},
    ],
)
def test_what_is_deployed_names_the_real_resources(
    tmp_path: Path, queue_template: str, told: object, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written(tmp_path, "before.json", {"Zones": "a"})
    after = written(tmp_path, "after.json", {"Zones": "b"})
    deployed = written(tmp_path, "deployed.json", told)

    diff(
        queue_template,
        queue_template,
        before_parameters=before,
        after_parameters=after,
        deployed=deployed,
        format="aws",
    )

    assert rows(capsys)["Queue"]["PhysicalResourceId"] == "the-url"


def test_an_output_that_another_stack_imports_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    resources = {"Topic": {"Type": "AWS::SNS::Topic"}}
    output = {"Arn": {"Value": {"Ref": "Topic"}, "Export": {"Name": "topic-arn"}}}
    old = written(tmp_path, "old.json", {"Resources": resources, "Outputs": output})
    new = written(tmp_path, "new.json", {"Resources": resources})
    deployed = written(tmp_path, "deployed.json", {"exports": {"topic-arn": ["billing"]}})

    assert diff(str(old), str(new), deployed=deployed) == 4
    assert "billing" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"outputs": []}', '"x"', "[" * 100_000])
def test_a_file_of_another_kind_is_refused(
    tmp_path: Path, queue_template: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff(queue_template, queue_template, deployed=written(tmp_path, "deployed.json", text)) == 1
    assert capsys.readouterr().err


def test_where_the_stack_is_follows_from_its_arn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    resource = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "${AWS::StackName}-${AWS::Region}"}}}
    arn = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1-2-3"
    deployed = written(tmp_path, "deployed.json", {"Stacks": [{"StackId": arn}]})

    diff("-", str(written(tmp_path, "new.json", {"Resources": {"Q": resource}})), deployed=deployed, format="json")
    diff("-", str(tmp_path / "new.json"), deployed=deployed, format="aws")

    told, shape = capsys.readouterr().out.split('{\n  "Changes"')
    assert json.loads(told)["stack_name"] == "shop"
    assert "shop-eu-west-1" in shape


def test_a_stack_that_is_nowhere_yet_may_be_given_a_region(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    service = {"Type": "AWS::AppRunner::Service", "Properties": {"SourceConfiguration": {}}}
    new = str(written(tmp_path, "new.json", {"Resources": {"Web": service}}))
    there = written(tmp_path, "d.json", {"stack_id": "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1"})

    for given in ({"region": "eu-north-1"}, {}, {"region": "eu-north-1", "deployed": there}):
        diff("-", new, **given)

    told = capsys.readouterr().out
    assert told.count("AWS::AppRunner::Service is not offered in eu-north-1") == 1


def test_what_is_deployed_tells_that_a_reference_is_the_same_value(tmp_path: Path) -> None:
    def reading(value: object) -> str:
        resources = {
            "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {}}},
            "Q": {"Type": "AWS::SQS::Queue", "Properties": {"KmsMasterKeyId": value}},
        }
        return str(written(tmp_path, f"{len(str(value))}.json", {"Resources": resources}))

    old, new = reading("the-arn"), reading({"Fn::GetAtt": ["Key", "Arn"]})
    for told, folded in (({"properties": {"Key": {"Arn": "the-arn"}}}, True), ({"properties": {}}, False)):
        found = compare(
            parse_template(Path(old).read_text()),
            parse_template(Path(new).read_text()),
            deployed=read_deployed(told),
        )
        assert bool(found.resources[0].routine) == folded
