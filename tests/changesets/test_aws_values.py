"""The view with property values: what it tells of references, contexts and replaced sources, and what it leaves out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.changesets.templates import resource, stack

from seed.changesets import Deployed, Pseudo, answers, as_aws, compare, derived, rules
from seed.changesets.known import UNKNOWN


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


ARN = "arn:aws:sqs:us-east-1:1:jobs"
PARTS = {"Fn::Split": [":", {"Fn::GetAtt": ["Queue", "Arn"]}]}


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"Fn::Select": ["5", PARTS]}, "jobs"),
        ({"Fn::Join": ["/", PARTS]}, ARN.replace(":", "/")),
        ({"Fn::Base64": {"Fn::Sub": "${Queue}"}}, "aHR0cHM6Ly9zcXMvam9icw=="),
        ({"Fn::ToJsonString": {"at": {"Ref": "Queue"}, "many": 3}}, '{"at":"https://sqs/jobs","many":3}'),
        ({"Fn::Length": PARTS}, "6"),
        ({"Fn::Select": ["0", {"Fn::Split": [":", {"Fn::GetAtt": ["Queue", "Other"]}]}]}, UNKNOWN),
        ({"Fn::GetAZs": ""}, UNKNOWN),
        ({"Fn::GetAtt": ["Queue", {"Ref": "Queue"}]}, UNKNOWN),
    ],
)
def test_functions_of_what_is_known_are_worked_out(written: dict[str, Any], told: str) -> None:
    def reading(tier: str) -> dict[str, Any]:
        return stack(
            Queue=("AWS::SQS::Queue", {}),
            P=("AWS::SSM::Parameter", {"Type": "String", "Value": written, "Tier": tier}),
        )

    deployed = Deployed(physical_ids={"Queue": "https://sqs/jobs"}, properties={"Queue": {"Arn": ARN}})
    old, new = reading("Standard"), reading("Advanced")

    found = resource(as_aws(compare(old, new), before=answers(old, {}, deployed), after=answers(new)), "P")

    for context in ("BeforeContext", "AfterContext"):
        assert json.loads(found[context])["Properties"]["Value"] == told


MADE = [
    ("AWS::Lambda::Function", "shop-create", "Arn", "arn:aws:lambda:eu-west-1:123456789012:function:shop-create"),
    ("AWS::Lambda::Version", "arn:aws:lambda:eu-west-1:123456789012:function:shop:7", "Version", "7"),
    ("AWS::SQS::Queue", "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs", "Arn", "arn:aws:sqs:eu-west-1:123456789012:jobs"),
    ("AWS::SQS::Queue", "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs", "QueueName", "jobs"),
    ("AWS::SNS::Topic", "arn:aws:sns:eu-west-1:123456789012:mails", "TopicName", "mails"),
    ("AWS::DynamoDB::Table", "orders", "Arn", "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"),
    ("AWS::S3::Bucket", "files", "RegionalDomainName", "files.s3.eu-west-1.amazonaws.com"),
    ("AWS::IAM::Role", "worker", "Arn", "arn:aws:iam::123456789012:role/worker"),
    ("AWS::Logs::LogGroup", "/a/b", "Arn", "arn:aws:logs:eu-west-1:123456789012:log-group:/a/b:*"),
    ("AWS::StepFunctions::StateMachine", "arn:aws:states:eu-west-1:123456789012:stateMachine:s", "Name", "s"),
    ("AWS::Cognito::UserPool", "eu-west-1_x", "ProviderName", "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "physical", "attribute", "told"), MADE)
def test_an_attribute_that_is_made_of_the_id_is_known(kind: str, physical: str, attribute: str, told: str) -> None:
    where = Pseudo(region="eu-west-1", account="123456789012")
    deployed = Deployed(physical_ids={"X": physical})

    assert answers(stack(X=(kind, {})), {}, deployed, where)["X", attribute] == told


def test_where_a_part_is_not_known_nothing_is_made_of_the_rest() -> None:
    role = ("AWS::IAM::Role", {"Path": {"Ref": "Other"}})
    deployed = Deployed(physical_ids={"R": "worker", "F": "shop", "T": "t"}, properties={"T": {"Arn": "told"}})
    template = stack(
        R=role, F=("AWS::Lambda::Function", {}), T=("AWS::DynamoDB::Table", {}), Other=("AWS::SNS::Topic", {})
    )

    told = answers(template, {}, deployed, Pseudo(account="123456789012"))

    assert ("R", "Arn") not in told
    assert ("F", "Arn") not in told
    assert told["T", "Arn"] == "told"


def test_a_name_made_of_a_name_is_known_through_any_chain() -> None:
    queue = "AWS::SQS::Queue"
    links = {
        name: (queue, {"QueueName": {"Fn::Sub": f"${{{of}.QueueName}}-{name}"}}) for name, of in ("CB", "BA", "ED")
    }
    template = stack(**links, A=(queue, {"QueueName": "a"}), D=(queue, {}))

    told = answers(template)

    assert {key: value for key, value in told.items() if key[1] == "QueueName"} == {
        ("A", "QueueName"): "a",
        ("B", "QueueName"): "a-B",
        ("C", "QueueName"): "a-B-C",
    }, "of D, whose name nobody knows, nothing follows"


def test_each_attribute_that_is_made_is_one_of_its_type() -> None:
    for kind, made in derived.MADE.items():
        assert made.keys() <= rules.attributes(kind), kind


def test_what_may_be_replaced_is_known_after_it_in_the_whole_resource_too() -> None:
    def machine(size: str) -> dict[str, Any]:
        read = {"Type": "String", "Value": {"Ref": "Machine"}}
        return stack(Machine=("AWS::EC2::Instance", {"InstanceType": size}), P=("AWS::SSM::Parameter", read))

    change_set = compare(machine("t3.small"), machine("t3.large"), deployed=Deployed(physical_ids={"Machine": "i-1"}))
    found = resource(as_aws(change_set), "P")

    assert {one["Target"]["AfterValue"] for one in found["Details"]} == {UNKNOWN}
    told = [json.loads(found[side])["Properties"]["Value"] for side in ("BeforeContext", "AfterContext")]
    assert told == ["i-1", UNKNOWN]


def test_json_inside_of_text_keeps_signs_as_they_are() -> None:
    """RFC 8259 asks for no escapes of what is not ASCII: the same object written by hand is the same text."""
    made, written = {"Fn::ToJsonString": {"a": "é"}}, '{"a":"é"}'

    def noted(value: Any, variables: dict[str, str]) -> dict[str, Any]:
        code = {"Role": "r", "Code": {"ZipFile": "x"}, "Description": value, "Environment": {"Variables": variables}}
        return stack(F=("AWS::Lambda::Function", code))

    assert compare(noted(made, {}), noted(written, {})).empty
    found = resource(as_aws(compare(noted("x", {}), noted("x", {"A": "é"}))), "F")
    assert found["Details"][0]["Target"]["AfterValue"] == "é"
    added = resource(as_aws(compare(stack(F=("AWS::Lambda::Function", {})), noted("x", {"A": "é"}))), "F")
    assert '{"Variables":{"A":"é"}}' in {one["Target"]["AfterValue"] for one in added["Details"]}
    assert '"A":"é"' in added["AfterContext"]


def test_a_name_made_of_the_name_of_another_is_known_through_a_chain() -> None:
    def chain(name: str, third: str) -> dict[str, Any]:
        def of(topic: str) -> dict[str, Any]:
            return {"TopicName": {"Fn::Sub": "${" + topic + ".TopicName}-x"}}

        topic = "AWS::SNS::Topic"
        return stack(A=(topic, {"TopicName": name}), B=(topic, of("A")), C=(topic, {**of("B"), "DisplayName": third}))

    def contexts(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
        found = resource(as_aws(compare(old, new), before=answers(old), after=answers(new)), "C")
        return [json.loads(found[side])["Properties"]["TopicName"] for side in ("BeforeContext", "AfterContext")]

    assert contexts(chain("a", "1"), chain("a", "2")) == ["a-x-x", "a-x-x"]
    assert contexts(chain("a", "1"), chain("b", "1")) == ["a-x-x", UNKNOWN]


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


def test_a_nested_stack_that_is_not_touched_keeps_its_id() -> None:
    def around(tier: str) -> dict[str, Any]:
        parameter = {"Type": "String", "Value": {"Ref": "Inner"}, "Tier": tier}
        inner = ("AWS::CloudFormation::Stack", {"TemplateURL": "https://bucket/a.json"})
        return stack(Inner=inner, P=("AWS::SSM::Parameter", parameter))

    old, new = around("Standard"), around("Advanced")
    deployed = Deployed(physical_ids={"Inner": "arn:of-inner"})

    found = resource(as_aws(compare(old, new, deployed=deployed), before=answers(old, {}, deployed)), "P")

    assert json.loads(found["AfterContext"])["Properties"]["Value"] == "arn:of-inner"
