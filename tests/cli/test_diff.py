"""`seed diff` as a person or a pipeline calls it: files in, a rendering and an exit code out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seed.cli.diff import diff

TEMPLATE = {
    "Parameters": {"Zones": {"Type": "CommaDelimitedList"}, "On": {"Type": "String", "Default": "false"}},
    "Conditions": {"On": {"Fn::Equals": [{"Ref": "On"}, "true"]}},
    "Resources": {
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {"QueueName": {"Fn::Join": ["-", {"Ref": "Zones"}]}},
        },
        "Maybe": {"Type": "AWS::SNS::Topic", "Condition": "On"},
    },
}


@pytest.fixture
def template(tmp_path: Path) -> str:
    return str(written(tmp_path, "template.json", TEMPLATE))


def written(folder: Path, name: str, data: object) -> Path:
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def rows(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, str]]:
    changes = json.loads(capsys.readouterr().out)["Changes"]
    return {one["ResourceChange"]["LogicalResourceId"]: one["ResourceChange"] for one in changes}


@pytest.mark.parametrize("spelled", [["a", "b"], "a,b", "a, b"])
def test_a_list_may_be_spelled_as_one(tmp_path: Path, template: str, spelled: object) -> None:
    before = written(tmp_path, "before.json", {"Zones": "a,b"})
    after = written(tmp_path, "after.json", {"Zones": spelled})

    assert diff(template, template, before_parameters=before, after_parameters=after) == 0


def test_a_truth_is_the_text_that_cloudformation_takes(
    tmp_path: Path, template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written(tmp_path, "before.json", {"Zones": ["a"], "On": False})
    after = written(tmp_path, "after.json", {"Zones": ["a"], "On": True})

    code = diff(template, template, before_parameters=before, after_parameters=after, format="aws")

    assert code == 3
    assert {name: row["Action"] for name, row in rows(capsys).items()} == {"Maybe": "Add"}


@pytest.mark.parametrize(
    "told",
    [
        {"physical_ids": {"Queue": "the-url"}},
        {"StackResources": [{"LogicalResourceId": "Queue", "PhysicalResourceId": "the-url"}]},
        {"StackResourceSummaries": [{"LogicalResourceId": "Queue", "PhysicalResourceId": "the-url"}]},
    ],
)
def test_what_is_deployed_names_the_real_resources(
    tmp_path: Path, template: str, told: object, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written(tmp_path, "before.json", {"Zones": "a"})
    after = written(tmp_path, "after.json", {"Zones": "b"})
    deployed = written(tmp_path, "deployed.json", told)

    diff(template, template, before_parameters=before, after_parameters=after, deployed=deployed, format="aws")

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
    tmp_path: Path, template: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff(template, template, deployed=written(tmp_path, "deployed.json", text)) == 1
    assert capsys.readouterr().err
