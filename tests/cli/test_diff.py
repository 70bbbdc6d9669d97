"""`seed diff` as a person or a pipeline calls it: files in, a rendering and an exit code out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pytest

from seed.changesets import compare, parse_template, read_deployed
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


def rows(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
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


def test_a_dash_is_a_new_stack(template: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    after = written(tmp_path, "after.json", {"Zones": ["a"]})

    assert diff("-", template, after_parameters=after, format="aws") == 3
    assert {name: row["Action"] for name, row in rows(capsys).items()} == {"Queue": "Add"}


def test_without_property_values_no_value_is_told(
    tmp_path: Path, template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written(tmp_path, "before.json", {"Zones": "first"})
    after = written(tmp_path, "after.json", {"Zones": "second"})

    for told, seen in ((True, True), (False, False)):
        diff(
            template,
            template,
            before_parameters=before,
            after_parameters=after,
            property_values=told,
            format="aws",
        )
        assert ("second" in capsys.readouterr().out) == seen


@pytest.mark.parametrize("form", ["markdown", "json", "text"])
def test_each_form_tells_the_change(
    form: Literal["markdown", "json", "text"], tmp_path: Path, template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written(tmp_path, "before.json", {"Zones": "first"})
    after = written(tmp_path, "after.json", {"Zones": "second"})

    assert diff(template, template, before_parameters=before, after_parameters=after, format=form) in (3, 4)
    out = capsys.readouterr().out
    assert "second" in out
    if form == "json":
        assert json.loads(out)["resources"][0]["logical_id"] == "Queue"


def test_the_parameters_of_the_aws_command_line_will_do(tmp_path: Path, template: str) -> None:
    before = written(tmp_path, "before.json", {"Zones": "a", "On": "true"})
    kept = [
        {"ParameterKey": "Zones", "ParameterValue": "a"},
        {"ParameterKey": "On", "UsePreviousValue": True},
    ]
    default = kept[:1]

    assert diff(template, template, before_parameters=before, after_parameters=written(tmp_path, "k", kept)) == 0
    assert diff(template, template, before_parameters=before, after_parameters=written(tmp_path, "d", default)) == 3


def holding(kind: str, default: str | None = None) -> dict[str, object]:
    """A parameter, and a resource that shows what it is."""
    spec = {"Type": kind, **({"Default": default} if default else {})}
    return {
        "Parameters": {"P": spec},
        "Resources": {"X": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "P"}}}},
    }


def test_a_value_that_is_kept_is_that_of_the_stack_and_no_new_default(tmp_path: Path) -> None:
    """API reference, Parameter: UsePreviousValue is the value that the stack is using."""
    old, new = (str(written(tmp_path, text, holding("String", text))) for text in ("was", "comes"))
    kept = written(tmp_path, "kept", [{"ParameterKey": "P", "UsePreviousValue": True}])

    assert diff(old, new, after_parameters=kept) == 0
    assert diff(old, new) == 3


def test_what_ssm_holds_is_compared_where_it_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As DescribeStacks and DescribeChangeSet answer it; the name alone says nothing of what it holds."""
    template = str(written(tmp_path, "t.json", holding("AWS::SSM::Parameter::Value<String>")))

    def told(name: str, **more: str) -> Path:
        return written(tmp_path, name, [{"ParameterKey": "P", "ParameterValue": "/image", **more}])

    one, two, bare = told("one", ResolvedValue="ami-1"), told("two", ResolvedValue="ami-2"), told("bare")
    assert diff(template, template, before_parameters=one, after_parameters=bare) == 0
    assert diff(template, template, before_parameters=one, after_parameters=one) == 0
    capsys.readouterr()
    assert diff(template, template, before_parameters=one, after_parameters=two, format="aws") == 3
    details = rows(capsys)["X"]["Details"]
    assert [(one["ChangeSource"], one.get("CausingEntity")) for one in details] == [
        ("DirectModification", None), ("ParameterReference", "P"),
    ]  # fmt: skip
    target = details[0]["Target"]
    assert (target["BeforeValue"], target["AfterValue"]) == ("ami-1", "ami-2")


def test_a_file_with_half_a_sign_is_refused(tmp_path: Path, template: str, capsys: pytest.CaptureFixture[str]) -> None:
    half = written(tmp_path, "after.json", {"Zones": "\ud800"})
    assert diff(template, template, after_parameters=half) == 1
    assert "The file is not JSON." in capsys.readouterr().err


@pytest.mark.parametrize("value", [{"a": 1}, [["a"]], None])
def test_a_parameter_that_is_no_value_is_refused(
    value: object, tmp_path: Path, template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff(template, template, after_parameters=written(tmp_path, "after.json", {"Zones": value})) == 1
    assert "Zones" in capsys.readouterr().err


def test_a_file_that_is_no_text_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "binary.yml"
    path.write_bytes(b"Resources: \xff\xfe\x80")

    assert diff("-", str(path)) == 1
    assert "UTF-8" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["{}", "Description: nothing\n"])
def test_a_template_without_resources_is_refused(
    tmp_path: Path, template: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """User guide, Resources: the one section that a template must have."""
    assert diff(template, str(written(tmp_path, "none.yml", text))) == 1
    assert "has no Resources" in capsys.readouterr().err


def test_a_snippet_is_put_in_where_it_is_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/a=b.yml"}}}
    new = written(tmp_path, "new.json", {"Resources": call})
    snippet = written(tmp_path, "snippet.yml", "Topic: {Type: AWS::SNS::Topic}")

    assert diff("-", str(new), include=[f"s3://b/a=b.yml={snippet}"], format="aws") == 3
    assert set(rows(capsys)) == {"Topic"}
    assert diff("-", str(new), include=[str(snippet)]) == 1


class TestNestedTemplates:
    """Those that lie below the folder of the template are compared within it; nothing else is read."""

    def tree(self, folder: Path, name: str, key: str, address: str = "parts/child.yml") -> str:
        place = folder / name / "parts"
        place.mkdir(parents=True)
        written(
            place,
            "child.yml",
            "Resources: {Data: {Type: AWS::DynamoDB::Table, Properties: {KeySchema: "
            f"[{{AttributeName: {key}, KeyType: HASH}}], AttributeDefinitions: [{{AttributeName: {key}, AttributeType: S}}]}}}}}}",
        )
        child = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": address}}
        return str(written(folder / name, "template.json", {"Resources": {"Child": child}}))

    def test_what_changes_inside_is_found(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert diff(self.tree(tmp_path, "old", "id"), self.tree(tmp_path, "new", "sku"), format="json") == 4
        (row,) = json.loads(capsys.readouterr().out)["resources"]
        (inner,) = row["nested"]["resources"]
        assert (inner["logical_id"], inner["replacement"]) == ("Data", "True")

    def test_the_same_below_another_folder_is_no_change(self, tmp_path: Path) -> None:
        assert diff(self.tree(tmp_path, "old", "id"), self.tree(tmp_path, "new", "id")) == 0

    @pytest.mark.parametrize("how", ["above", "absolute", "link"])
    def test_what_lies_elsewhere_is_not_read(
        self, how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        outside = written(tmp_path, "outside.yml", "Resources: {Hidden: {Type: AWS::SNS::Topic}}")
        address = {"above": "../outside.yml", "absolute": str(outside), "link": "parts/link.yml"}[how]
        new = self.tree(tmp_path, "new", "id", address)
        (tmp_path / "new/parts/link.yml").symlink_to(outside)

        diff("-", new, format="json")

        out = capsys.readouterr().out
        assert "Hidden" not in out
        assert json.loads(out)["resources"][0]["nested"] is None


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


def test_a_nested_stack_alone_is_listed_where_the_answer_is_in_the_shape_of_aws(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    child = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://s3/child.yml"}}
    template = str(written(tmp_path, "parent.json", {"Resources": {"Child": child}}))

    assert diff(template, template) == 0
    capsys.readouterr()
    assert diff(template, template, format="aws") == 3
    assert rows(capsys)["Child"]["Details"][0]["ChangeSource"] == "Automatic"


@pytest.mark.parametrize("spelled", [{"team": "b"}, [{"Key": "team", "Value": "b"}]])
def test_tags_of_the_stack_are_handed_on(tmp_path: Path, spelled: object, capsys: pytest.CaptureFixture[str]) -> None:
    template = str(written(tmp_path, "topic.json", {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}))
    before, after = written(tmp_path, "before.json", {"team": "a"}), written(tmp_path, "after.json", spelled)

    assert diff(template, template, before_tags=before, after_tags=after, format="aws") == 3
    assert "Topic" in rows(capsys)
    assert diff(template, template, before_tags=before) == 0


@pytest.mark.parametrize("tags", [["team"], {"team": ["a"]}, "team"])
def test_what_is_no_list_of_tags_is_refused(tmp_path: Path, tags: object, capsys: pytest.CaptureFixture[str]) -> None:
    template = str(written(tmp_path, "topic.json", {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}))

    assert diff(template, template, after_tags=written(tmp_path, "tags.json", json.dumps(tags))) == 1
    assert 'A tag file is {"Key": "value"}.' in capsys.readouterr().err
