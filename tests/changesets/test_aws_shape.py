"""The shape of CloudFormation's own answer, case by case as its user guide and public samples show it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.changesets.templates import OTHER_KEY, TABLE, row, stack

from seed.changesets import Deployed, Pseudo, answers, as_aws, compare


def resource(answer: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        change["ResourceChange"]
        for change in answer["Changes"]
        if change["ResourceChange"]["LogicalResourceId"] == name
    )
    return found


def instance() -> dict[str, Any]:
    """The example of the user guide, `Example change sets`."""
    text = {"Type": "String"}
    properties = {
        "KeyName": {"Ref": "KeyPairName"},
        "InstanceType": {"Ref": "InstanceType"},
        "ImageId": "ami-8fcee4e5",
        "Tags": [{"Key": "Purpose", "Value": {"Ref": "Purpose"}}],
    }
    return {
        "Parameters": {"Purpose": text, "KeyPairName": text, "InstanceType": text},
        "Resources": {"MyEC2Instance": {"Type": "AWS::EC2::Instance", "Properties": properties}},
    }


BEFORE = {"Purpose": "testing", "KeyPairName": "MyKeyName", "InstanceType": "t2.micro"}


def test_a_new_tag_is_a_static_direct_modification_of_the_tags() -> None:
    new = instance()
    new["Resources"]["MyEC2Instance"]["Properties"]["Tags"].append({"Key": "a", "Value": "b"})
    answer = as_aws(compare(instance(), new, before=BEFORE, after=BEFORE), property_values=False)
    assert resource(answer, "MyEC2Instance") == {
        "Action": "Modify",
        "LogicalResourceId": "MyEC2Instance",
        "ResourceType": "AWS::EC2::Instance",
        "Replacement": "False",
        "Scope": ["Tags"],
        "Details": [
            {
                "Target": {"Attribute": "Tags", "RequiresRecreation": "Never"},
                "Evaluation": "Static",
                "ChangeSource": "DirectModification",
            }
        ],
    }


def test_a_changed_parameter_shows_twice() -> None:
    after = {"Purpose": "production", "KeyPairName": "MyNewKeyName", "InstanceType": "t2.small"}
    answer = as_aws(compare(instance(), instance(), before=BEFORE, after=after), property_values=False)
    found = resource(answer, "MyEC2Instance")
    assert found["Replacement"] == "True"
    assert set(found["Scope"]) == {"Tags", "Properties"}
    assert found["PolicyAction"] == "ReplaceAndDelete"

    def told(detail: dict[str, Any]) -> tuple[str, ...]:
        target = detail["Target"]
        return (detail["Evaluation"], detail["ChangeSource"], detail.get("CausingEntity", ""), target.get("Name", "-"), target["RequiresRecreation"])  # fmt: skip

    assert {told(detail) for detail in found["Details"]} == {
        ("Dynamic", "DirectModification", "", "KeyName", "Always"),
        ("Dynamic", "DirectModification", "", "InstanceType", "Conditionally"),
        ("Dynamic", "DirectModification", "", "-", "Never"),
        ("Static", "ParameterReference", "KeyPairName", "KeyName", "Always"),
        ("Static", "ParameterReference", "InstanceType", "InstanceType", "Conditionally"),
        ("Static", "ParameterReference", "Purpose", "-", "Never"),
    }


def test_an_object_that_comes_is_one_added_value() -> None:
    new = stack(B=("AWS::S3::Bucket", {"VersioningConfiguration": {"Status": "Enabled"}}))
    found = resource(as_aws(compare(stack(B=("AWS::S3::Bucket", {})), new)), "B")
    assert found["Details"][0]["Target"] == {
        "Attribute": "Properties",
        "Name": "VersioningConfiguration",
        "RequiresRecreation": "Never",
        "Path": "/Properties/VersioningConfiguration",
        "AfterValue": '{"Status":"Enabled"}',
        "AttributeChangeType": "Add",
    }
    assert json.loads(found["BeforeContext"]) == {"Properties": {}}
    assert json.loads(found["AfterContext"]) == {"Properties": {"VersioningConfiguration": {"Status": "Enabled"}}}


def test_scalars_in_contexts_are_text() -> None:
    new = {"Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": {"ObjectLockEnabled": True}}}}
    found = resource(as_aws(compare(None, new)), "B")
    assert found["Scope"] == []
    assert found["Details"] == []
    assert json.loads(found["AfterContext"]) == {"Properties": {"ObjectLockEnabled": "true"}}


def test_a_policy_that_goes_is_a_scope_of_its_own() -> None:
    old = {"Resources": {"B": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"}}}
    found = resource(as_aws(compare(old, stack(B=("AWS::S3::Bucket", {})))), "B")
    assert found["Details"][0]["Target"] == {
        "Attribute": "DeletionPolicy",
        "RequiresRecreation": "Never",
        "Path": "/DeletionPolicy",
        "BeforeValue": "Retain",
        "AttributeChangeType": "Remove",
    }


def policy_of(name: str, queue: str) -> dict[str, Any]:
    trust = {"Version": "2012-10-17", "Statement": []}
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": queue}]}
    return stack(
        Role=("AWS::IAM::Role", {"RoleName": name, "AssumeRolePolicyDocument": trust}),
        Policy=("AWS::IAM::Policy", {"PolicyName": "p", "PolicyDocument": document, "Roles": [{"Ref": "Role"}]}),
    )


def test_a_policy_document_is_one_value_and_a_replaced_role_is_known_after_apply() -> None:
    change_set = compare(
        policy_of("old", "a"), policy_of("new", "b"), deployed=Deployed(physical_ids={"Role": "old", "Policy": "x-p"})
    )
    found = resource(as_aws(change_set), "Policy")
    paths = [(d["Target"]["Path"], d["Evaluation"], d["ChangeSource"]) for d in found["Details"]]
    assert paths == [
        ("/Properties/PolicyDocument", "Static", "DirectModification"),
        ("/Properties/Roles/0", "Dynamic", "DirectModification"),
        ("/Properties/Roles/0", "Static", "ResourceReference"),
    ]
    roles = found["Details"][1]["Target"]
    assert (roles["BeforeValue"], roles["AfterValue"]) == ("old", "{{changeSet:KNOWN_AFTER_APPLY}}")
    assert json.loads(found["AfterContext"])["Properties"]["Roles"] == ["{{changeSet:KNOWN_AFTER_APPLY}}"]
    assert resource(as_aws(change_set), "Role")["PolicyAction"] == "ReplaceAndDelete"


def test_rows_that_only_might_change_are_in_the_plain_view_alone() -> None:
    def both(delay: int) -> dict[str, Any]:
        reader = {"Type": "String", "Value": {"Fn::GetAtt": ["Q", "Arn"]}}
        return stack(Q=("AWS::SQS::Queue", {"DelaySeconds": delay}), P=("AWS::SSM::Parameter", reader))

    change_set = compare(both(1), both(2))
    plain = as_aws(change_set, property_values=False)
    assert resource(plain, "P")["Details"] == [
        {
            "Target": {"Attribute": "Properties", "Name": "Value", "RequiresRecreation": "Never"},
            "Evaluation": "Dynamic",
            "ChangeSource": "ResourceAttribute",
            "CausingEntity": "Q.Arn",
        }
    ]
    assert len(as_aws(change_set)["Changes"]) == 1


def test_with_values_a_replacement_that_only_might_come_from_an_update_in_place_is_not_told() -> None:
    def chain(description: str, principal: str) -> dict[str, Any]:
        allowed = {"FunctionName": {"Fn::GetAtt": ["F", "Arn"]}, "Action": "lambda:InvokeFunction"}
        return stack(
            F=("AWS::Lambda::Function", {"Description": description, "Role": "r", "Code": {"ZipFile": "x"}}),
            Allowed=("AWS::Lambda::Permission", {**allowed, "Principal": "a.amazonaws.com"}),
            Reads=("AWS::SSM::Parameter", {"Type": "String", "Value": {"Ref": "Allowed"}}),
            Also=("AWS::SSM::Parameter", {"Type": principal, "Value": {"Ref": "Allowed"}}),
        )

    change_set = compare(chain("a", "String"), chain("b", "StringList"))

    plain = as_aws(change_set, property_values=False)
    assert [(name, resource(plain, name)["Replacement"]) for name in ("Allowed", "Reads")] == [
        ("Allowed", "Conditional"), ("Reads", "False"),
    ]  # fmt: skip
    shown = [change["ResourceChange"] for change in as_aws(change_set)["Changes"]]
    assert [(one["LogicalResourceId"], one["Replacement"]) for one in shown] == [("Also", "False"), ("F", "False")]
    assert [detail["Target"]["Path"] for detail in shown[0]["Details"]] == ["/Properties/Type"]


def test_references_are_told_as_far_as_they_are_known() -> None:
    def reading(topic: str, length: str) -> dict[str, Any]:
        told = {"Fn::Sub": "${Queue} ${Queue.Arn} ${Topic.DisplayName} ${Other}"}
        return {
            **stack(
                Queue=("AWS::SQS::Queue", {"QueueName": "jobs"}),
                Topic=("AWS::SNS::Topic", {"DisplayName": topic}),
                Other=("AWS::SSM::Parameter", {"Name": "other", "Type": "String", "Value": "x"}),
                P=("AWS::SSM::Parameter", {"Type": "String", "Value": told, "Tier": length}),
            ),
            "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}}},
        }

    old, new = reading("a", "Standard"), reading("a", "Advanced")
    deployed = Deployed(physical_ids={"Queue": "https://sqs/jobs"}, outputs={"Arn": "arn:aws:sqs:::jobs"})
    change_set = compare(old, new, deployed=deployed)

    found = resource(as_aws(change_set, before=answers(old, {}, deployed), after=answers(new)), "P")

    for context in ("BeforeContext", "AfterContext"):
        assert json.loads(found[context])["Properties"]["Value"] == "https://sqs/jobs arn:aws:sqs:::jobs a other"


def test_what_an_update_will_make_of_an_attribute_is_known_after_it() -> None:
    def reading(name: str, tier: str) -> dict[str, Any]:
        value = {"Type": "String", "Value": {"Fn::GetAtt": ["Topic", "DisplayName"]}, "Tier": tier}
        return stack(Topic=("AWS::SNS::Topic", {"DisplayName": name}), P=("AWS::SSM::Parameter", value))

    old, new = reading("a", "Standard"), reading("b", "Advanced")

    found = resource(as_aws(compare(old, new), before=answers(old), after=answers(new)), "P")

    assert json.loads(found["BeforeContext"])["Properties"]["Value"] == "a"
    assert json.loads(found["AfterContext"])["Properties"]["Value"] == "{{changeSet:KNOWN_AFTER_APPLY}}"


def test_a_secret_is_no_answer() -> None:
    old = stack(T=("AWS::SSM::Parameter", {"Type": "String", "Value": "{{resolve:secretsmanager:x}}"}))

    assert ("T", "Value") not in answers(old)


def readers(display: str, size: str) -> dict[str, Any]:
    """`Two` reads a property of `One`, `Three` one of `Two`; `Named` reads what only AWS knows."""

    def read(name: str, attribute: str) -> dict[str, Any]:
        return {"Fn::GetAtt": [name, attribute]}

    topic = "AWS::SNS::Topic"
    return stack(
        One=(topic, {"TopicName": "one", "DisplayName": display}),
        Two=(topic, {"TopicName": "two", "DisplayName": read("One", "DisplayName")}),
        Three=(topic, {"TopicName": "three", "DisplayName": read("Two", "DisplayName")}),
        Named=(topic, {"TopicName": "named", "DisplayName": read("One", "TopicName")}),
        Machine=("AWS::EC2::Instance", {"InstanceType": size}),
        Address=("AWS::SSM::Parameter", {"Type": "String", "Value": read("Machine", "PrivateIp")}),
    )


def test_with_values_who_reads_a_property_that_changes_is_told_through_any_chain() -> None:
    answer = as_aws(compare(readers("a", "t3.small"), readers("b", "t3.small")), property_values=True)

    listed = {one["ResourceChange"]["LogicalResourceId"] for one in answer["Changes"]}
    assert listed == {"One", "Two", "Three"}  # the name of One stays
    details = resource(answer, "Three")["Details"]
    assert [(d["Evaluation"], d["ChangeSource"], d.get("CausingEntity")) for d in details] == [
        ("Dynamic", "DirectModification", None),
        ("Dynamic", "ResourceAttribute", "Two.DisplayName"),
    ]
    assert {d["Target"]["AfterValue"] for d in details} == {"{{changeSet:KNOWN_AFTER_APPLY}}"}


def test_with_values_what_may_be_replaced_may_answer_anything() -> None:
    answer = as_aws(compare(readers("a", "t3.small"), readers("a", "t3.large")))

    assert resource(answer, "Machine")["Replacement"] == "Conditional"
    assert resource(answer, "Address")["Replacement"] == "False"


def test_a_nested_stack_that_is_not_touched_is_listed_by_itself_without_a_value() -> None:
    def around(delay: int) -> dict[str, Any]:
        child = ("AWS::CloudFormation::Stack", {"TemplateURL": "https://s3/child.yml"})
        return stack(Child=child, Q=("AWS::SQS::Queue", {"DelaySeconds": delay}))

    assert resource(as_aws(compare(around(1), around(2))), "Child")["Details"] == [
        {
            "Target": {"Attribute": "Properties", "RequiresRecreation": "Never"},
            "Evaluation": "Dynamic",
            "ChangeSource": "Automatic",
        }
    ]


def test_each_parameter_is_the_cause_of_what_mentions_it_and_of_nothing_else() -> None:
    text = {"Type": "String"}
    variables = {"A": {"Ref": "First"}, "B": {"Fn::Sub": "${First}-${Second}"}, "C": "written"}

    def function(own: str) -> dict[str, Any]:
        environment = {"Variables": {**variables, "C": own}}
        return {
            "Parameters": {"First": text, "Second": text},
            **stack(F=("AWS::Lambda::Function", {"Role": "r", "Code": {"ZipFile": "x"}, "Environment": environment})),
        }

    old, new = {"First": "1", "Second": "1"}, {"First": "2", "Second": "2"}
    found = resource(as_aws(compare(function("a"), function("b"), before=old, after=new)), "F")

    told = {
        (d["Target"]["Path"][-1], d["Evaluation"], d["ChangeSource"], d.get("CausingEntity")) for d in found["Details"]
    }
    assert told == {
        ("A", "Dynamic", "DirectModification", None),
        ("A", "Static", "ParameterReference", "First"),
        ("B", "Dynamic", "DirectModification", None),
        ("B", "Static", "ParameterReference", "First"),
        ("B", "Static", "ParameterReference", "Second"),
        ("C", "Static", "DirectModification", None),
    }


def test_a_parameter_in_metadata_is_a_cause_too() -> None:
    def noted() -> dict[str, Any]:
        made = stack(Q={"Type": "AWS::SQS::Queue", "Metadata": {"team": {"Ref": "Team"}}})
        return {**made, "Parameters": {"Team": {"Type": "String"}}}

    found = resource(as_aws(compare(noted(), noted(), before={"Team": "a"}, after={"Team": "b"})), "Q")

    assert found["Scope"] == ["Metadata"]
    assert {d.get("CausingEntity") for d in found["Details"]} == {None, "Team"}


def test_the_partition_is_the_common_one_where_no_region_says_otherwise() -> None:
    def reading(tier: str) -> dict[str, Any]:
        value = {"Fn::Sub": "arn:${AWS::Partition}:s3:::x.${AWS::URLSuffix}"}
        return stack(P=("AWS::SSM::Parameter", {"Type": "String", "Value": value, "Tier": tier}))

    def shown(pseudo: Pseudo) -> str:
        found = resource(as_aws(compare(reading("Standard"), reading("Advanced"), pseudo=pseudo)), "P")
        return str(json.loads(found["AfterContext"])["Properties"]["Value"])

    assert shown(Pseudo()) == "arn:aws:s3:::x.amazonaws.com"
    assert shown(Pseudo(partition="aws-cn", url_suffix="amazonaws.com.cn")) == "arn:aws-cn:s3:::x.amazonaws.com.cn"


def test_what_is_noted_of_a_replaced_resource_is_a_scope_of_its_own() -> None:
    def noted(name: str) -> dict[str, Any]:
        queue = {"Type": "AWS::SQS::Queue", "Metadata": {"a/b": {"Ref": "T"}}}
        return stack(T=("AWS::SNS::Topic", {"TopicName": name}), Q=queue)

    found = resource(as_aws(compare(noted("a"), noted("b")), property_values=False), "Q")

    assert (found["Replacement"], found["Scope"]) == ("False", ["Metadata"])
    assert found["Details"] == [
        {
            "Target": {"Attribute": "Metadata", "RequiresRecreation": "Never"},
            "Evaluation": "Static",
            "ChangeSource": "ResourceReference",
            "CausingEntity": "T",
        }
    ]


def test_a_value_of_nothing_is_told_as_json_says_it() -> None:
    old, new = (stack(Q=("AWS::SQS::Queue", {"DelaySeconds": seconds})) for seconds in (None, 3))

    assert resource(as_aws(compare(old, new)), "Q")["Details"][0]["Target"]["BeforeValue"] == "null"


@pytest.mark.parametrize("values", [True, False])
def test_a_table_with_another_key_is_conditional_to_cloudformation_with_all_that_follows(*, values: bool) -> None:
    def keyed(table: dict[str, Any]) -> dict[str, Any]:
        def named(owner: str) -> dict[str, Any]:
            return {"TopicName": {"Fn::Sub": "of-${" + owner + "}"}}

        return stack(
            Table=("AWS::DynamoDB::Table", table),
            Topic=("AWS::SNS::Topic", named("Table")),
            Reader=("AWS::SSM::Parameter", {"Type": "String", "Value": {"Ref": "Topic"}}),
        )

    change_set = compare(keyed(TABLE), keyed(OTHER_KEY))
    answer = as_aws(change_set, property_values=values)

    told = {name: resource(answer, name)["Replacement"] for name in ("Table", "Topic", "Reader")}
    assert told == {"Table": "Conditional", "Topic": "Conditional", "Reader": "False"}
    assert resource(answer, "Table")["PolicyAction"] == "ReplaceAndDelete"
    caused = [detail for detail in resource(answer, "Reader")["Details"] if "CausingEntity" in detail]
    assert [(one["Evaluation"], one["CausingEntity"]) for one in caused] == [("Dynamic", "Topic")]
    assert row(change_set, "Table").replacement == "True"
