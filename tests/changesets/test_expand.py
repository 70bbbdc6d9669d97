"""Loops and SAM are compared as CloudFormation compares them: written out."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changesets.templates import names, row, rules_of

from seed.changesets import InvalidTemplate, answers, compare, kept


def loop(*items: str) -> dict[str, Any]:
    body = {"Queue&{Name}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "q-${Name}"}}}}
    return {
        "Transform": "AWS::LanguageExtensions",
        "Parameters": {"Names": {"Type": "CommaDelimitedList", "Default": ",".join(items)}},
        "Resources": {"Fn::ForEach::Queues": ["Name", {"Ref": "Names"}, body]},
    }


def test_a_loop_makes_its_resources() -> None:
    change_set = compare(loop("a", "b"), loop("b", "c-d"))
    assert {(one.logical_id, one.action) for one in change_set.resources} == {("Queuea", "Remove"), ("Queuecd", "Add")}
    added = row(change_set, "Queuecd").after
    assert added is not None
    assert added["Properties"]["QueueName"] == "q-c-d"


def test_a_loop_over_a_parameter_that_keeps_its_value_changes_nothing() -> None:
    body = {"Queue&{Name}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Name"}}}}
    template = {
        "Transform": "AWS::LanguageExtensions",
        "Parameters": {"Names": {"Type": "CommaDelimitedList"}},
        "Resources": {"Fn::ForEach::Queues": ["Name", {"Ref": "Names"}, body]},
    }
    told = answers(template, kept(template, {"Names": "a,b"}, {}))

    assert compare(template, template, before={"Names": "a,b"}).empty
    assert told["Queuea", "QueueName"] == "a"


def test_loops_in_loops_do_not_grow_without_bound() -> None:
    inner: Any = {"A": 1}
    for depth in range(12):
        inner = {f"Fn::ForEach::L{depth}": [f"N{depth}", [str(n) for n in range(10)], {f"x${{N{depth}}}": inner}]}
    template = {
        "Transform": "AWS::LanguageExtensions",
        "Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": inner}},
    }
    with pytest.raises(InvalidTemplate):
        compare(None, template)


def sam(**function: Any) -> dict[str, Any]:
    properties = {
        "Handler": "a.b",
        "Runtime": "nodejs22.x",
        "CodeUri": "./src",
        "Events": {"Get": {"Type": "Api", "Properties": {"Path": "/", "Method": "get"}}},
    }
    return {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {"Hello": {"Type": "AWS::Serverless::Function", "Properties": {**properties, **function}}},
    }


def test_sam_is_expanded() -> None:
    change_set = compare(None, sam())
    assert {"Hello", "HelloRole", "HelloGetPermissionProd", "ServerlessRestApi"} <= names(change_set)
    assert "reference-missing" not in rules_of(change_set)


def test_the_same_sam_template_changes_nothing_and_a_setting_one_function() -> None:
    assert compare(sam(), sam()).empty
    change_set = compare(sam(), sam(MemorySize=512, Policies=["AmazonSQSFullAccess"]))
    assert not row(change_set, "Hello").routine
    assert row(change_set, "HelloRole").action == "Modify"


def test_what_expands_sam_says_nothing_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):  # what it has to say it says when the next one takes its place
        compare(None, sam())
    assert caplog.records == []


def test_code_that_is_only_built_later_has_a_place_all_the_same() -> None:
    template = sam(CodeUri=None, PackageType="Image", Runtime=None, Handler=None)
    hello = template["Resources"]["Hello"]["Properties"]
    template["Resources"]["Hello"]["Properties"] = {key: item for key, item in hello.items() if item is not None}
    template["Resources"]["Other"] = {
        "Type": "AWS::Serverless::Function",
        "Properties": {"Handler": "a.b", "Runtime": "nodejs22.x"},
    }
    change_set = compare(None, template)
    assert (row(change_set, "Hello").after or {})["Properties"]["Code"] == {"ImageUri": "Hello"}
    assert (row(change_set, "Other").after or {})["Properties"]["Code"] == {"S3Bucket": "local-folder", "S3Key": "root"}


@pytest.mark.parametrize(
    ("default", "alias"),
    [({}, "StageName"), ({"Default": "live"}, "live"), ({"Default": "x", "NoEcho": True}, "StageName")],
)
def test_an_alias_named_by_a_parameter_is_named_by_its_value_or_by_its_name(
    default: dict[str, Any], alias: str
) -> None:
    template = sam(AutoPublishAlias={"Ref": "StageName"}, AutoPublishCodeSha256={"Ref": "StageName"})
    template["Parameters"] = {"StageName": {"Type": "String", **default}}
    assert f"HelloAlias{alias}" in names(compare(None, template))


def test_what_language_extensions_work_out_sam_reads() -> None:
    template = sam(CodeUri={"Fn::Sub": "s3://code-${AWS::Region}/${Version}.zip"})
    template |= {"Transform": ["AWS::LanguageExtensions", template["Transform"]]}
    template["Parameters"] = {"Version": {"Type": "String", "Default": "1.0"}}
    code = (row(compare(None, template), "Hello").after or {})["Properties"]["Code"]
    assert code == {"S3Bucket": "code-${AWS::Region}", "S3Key": "1.0.zip"}


@pytest.mark.parametrize(
    ("kind", "cors"), [("Api", {"Cors": "'*'"}), ("HttpApi", {"CorsConfiguration": {"AllowOrigins": ["*"]}})]
)
def test_a_definition_that_is_included_is_a_definition(kind: str, cors: dict[str, Any]) -> None:
    def api(place: str) -> dict[str, Any]:
        body = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": place}}}
        properties = {"StageName": "prod", "DefinitionBody": body, **cors}
        return {
            "Transform": "AWS::Serverless-2016-10-31",
            "Resources": {"Web": {"Type": f"AWS::Serverless::{kind}", "Properties": properties}},
        }

    change_set = compare(api("s3://a/1.yml"), api("s3://a/2.yml"))
    assert "/Properties/Body/Fn::Transform/Parameters/Location" in {
        one.path for one in row(change_set, "Web").properties
    }
    assert "macro" in rules_of(change_set)


def test_what_sam_refuses_is_a_clear_error() -> None:
    with pytest.raises(InvalidTemplate, match=r"\[Hello\] is invalid.*Nothing"):
        compare(None, sam(Runtime=None, Handler=None, Events={"Get": {"Type": "Nothing"}}))


def test_a_sam_template_that_would_take_for_ever_is_refused_soon() -> None:
    route = {"Type": "Api", "Properties": {"Path": "/", "Method": "get"}}
    with pytest.raises(InvalidTemplate, match="SAM would take too long for 1,800 routes"):
        compare(None, sam(Events={f"E{number}": route for number in range(1_800)}))
    template = sam(Events={f"E{number}": route for number in range(200)})
    body = {"openapi": "3.0.1", "info": {"description": "x" * 900_000}}
    api = {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "x", "DefinitionBody": body}}
    template["Resources"]["Api"] = api
    with pytest.raises(InvalidTemplate, match="SAM would take too long for 200 routes"):
        compare(None, template)


def test_what_sam_has_against_each_resource_is_told_and_the_rest_counted() -> None:
    template = sam()
    wrong = template["Resources"]["Hello"]
    template["Resources"] |= {f"F{number}": {**wrong, "Properties": {"Events": 1}} for number in range(5)}
    with pytest.raises(InvalidTemplate) as caught:
        compare(None, template)
    assert "[F0]" in str(caught.value)
    assert str(caught.value).endswith("… and 2 more")


def test_a_macro_cannot_be_seen_into_and_that_is_said() -> None:
    template = {
        "Transform": ["Acme"],
        "Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"A": {"Ref": "MadeByAcme"}}}},
    }
    assert rules_of(compare(None, template)) == {"macro", "capability-missing"}
    assert rules_of(compare(None, template, capabilities=())) == {"macro"}


def test_what_sam_generates_belongs_to_what_it_was_made_of() -> None:
    change_set = compare(None, sam())

    above = {one.logical_id: one.belongs_to for one in change_set.resources}
    spoken = {finding.logical_id for finding in change_set.findings}
    assert above["HelloGetPermissionProd"] == "Hello"
    assert ("HelloRole" in spoken) == (above["HelloRole"] == "")


def test_a_generated_role_of_which_nothing_is_said_folds_beneath_its_function() -> None:
    old, new = sam(), sam(Tags={"team": "b"})
    change_set = compare(old, new)

    assert row(change_set, "HelloRole").belongs_to == "Hello"


def test_a_role_that_a_person_wrote_belongs_to_nothing() -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []}}}
    old, new = sam(), sam()
    for template, path in ((old, "/a/"), (new, "/b/")):
        template["Resources"]["HelloKeptRole"] = {**role, "Properties": {**role["Properties"], "Path": path}}

    assert row(compare(old, new), "HelloKeptRole").belongs_to == ""
