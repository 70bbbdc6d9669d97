"""Each finding with a template that earns it and one that does not."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changesets.templates import OTHER_KEY, TABLE, function, row, rules_of, stack

from seed.changesets import ChangeSet, Deployed, Severity, compare, headline
from seed.changesets.findings import RULES


def change(kind: str, before: dict[str, Any] | None, after: dict[str, Any] | None, **attributes: Any) -> ChangeSet:
    """One resource before and after; other attributes stand on both sides."""
    sides = [
        stack(**({} if properties is None else {"X": {"Type": kind, "Properties": properties, **attributes}}))
        for properties in (before, after)
    ]
    return compare(*sides)


def role(*statements: dict[str, Any]) -> dict[str, Any]:
    return {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
        "Policies": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}],
    }


def allow(action: Any, resource: Any = "arn:aws:sqs:*:*:q", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def index(name: str, key: str = "id") -> dict[str, Any]:
    return {"IndexName": name, "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}]}


ROLE, TABLE_TYPE, BUCKET, QUEUE = "AWS::IAM::Role", "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SQS::Queue"
EVERYBODY = {
    "PolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "x"}]}
}
SOMEBODY = {"PolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:GetObject", "Resource": "x"}]}}  # fmt: skip
BLOCKED = {"PublicAccessBlockConfiguration": dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True)}  # fmt: skip
OPEN_PORT = {"SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}]}

EARNED = [
    ("data-removed", "danger", TABLE_TYPE, TABLE, None),
    ("data-removed", "warning", "AWS::Logs::LogGroup", {}, None),
    ("data-replaced", "danger", TABLE_TYPE, TABLE, OTHER_KEY),
    ("data-replaced", "danger", "AWS::EFS::FileSystem", {"Encrypted": False}, {"Encrypted": True}),
    ("name-conflict", "danger", TABLE_TYPE, {**TABLE, "TableName": "orders"}, {**OTHER_KEY, "TableName": "orders"}),
    ("name-illegal", "danger", BUCKET, None, {"BucketName": "Has_Capitals"}),
    ("name-illegal", "danger", "AWS::Lambda::Function", None, {"FunctionName": "f" * 65}),
    ("access-widened", "warning", ROLE, role(allow("sqs:SendMessage")), role(allow(["sqs:SendMessage", "sqs:DeleteQueue"]))),
    ("access-widened", "warning", ROLE, role(allow("sqs:SendMessage")), role(allow("sqs:SendMessage", "*"))),
    ("access-widened", "warning", ROLE, role(allow("a:b", Condition={"Bool": {"x": "y"}})), role(allow("a:b"))),
    ("access-sweeping", "danger", ROLE, role(allow("sqs:SendMessage")), role(allow("*", "*"))),
    ("access-public", "danger", "AWS::S3::BucketPolicy", SOMEBODY, EVERYBODY),
    ("access-new", "notice", ROLE, None, role(allow("sqs:SendMessage"))),
    ("exposed", "danger", BUCKET, BLOCKED, {}),
    ("exposed", "danger", "AWS::Lambda::Url", {"AuthType": "AWS_IAM"}, {"AuthType": "NONE"}),
    ("exposed", "danger", "AWS::ApiGateway::Method", {"AuthorizationType": "CUSTOM"}, {"AuthorizationType": "NONE"}),
    ("exposed", "danger", "AWS::EC2::SecurityGroup", {}, OPEN_PORT),
    ("exposed", "danger", "AWS::RDS::DBInstance", {"PubliclyAccessible": False}, {"PubliclyAccessible": True}),
    ("protection-off", "warning", TABLE_TYPE, {**TABLE, "DeletionProtectionEnabled": True}, TABLE),
    ("protection-off", "warning", BUCKET, {"VersioningConfiguration": {"Status": "Enabled"}}, {"VersioningConfiguration": {"Status": "Suspended"}}),
    ("retention-shortened", "warning", "AWS::Logs::LogGroup", {"RetentionInDays": 30}, {"RetentionInDays": 7}),
    ("retention-shortened", "warning", "AWS::Logs::LogGroup", {}, {"RetentionInDays": 7}),
    ("data-expires", "warning", TABLE_TYPE, TABLE, {**TABLE, "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "t"}}),
    ("data-expires", "warning", BUCKET, {}, {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "ExpirationInDays": 3}]}}),
    ("address-changes", "warning", "AWS::ApiGatewayV2::Api", {"ProtocolType": "HTTP"}, {"ProtocolType": "WEBSOCKET"}),
    ("address-removed", "warning", "AWS::ApiGatewayV2::Api", {}, None),
    ("runtime-ended", "warning", "AWS::Lambda::Function", {"Runtime": "nodejs22.x"}, {"Runtime": "nodejs16.x"}),
    ("capacity-lowered", "notice", "AWS::Lambda::Function", {"MemorySize": 512}, {"MemorySize": 128}),
    ("capacity-lowered", "warning", "AWS::Lambda::Function", {"ReservedConcurrentExecutions": 5}, {"ReservedConcurrentExecutions": 0}),
    ("table-keys", "danger", TABLE_TYPE, None, {**TABLE, "AttributeDefinitions": []}),
    ("table-indexes", "danger", TABLE_TYPE, TABLE, {**TABLE, "GlobalSecondaryIndexes": [index("a"), index("b")]}),
    ("nested-stack", "warning", "AWS::CloudFormation::Stack", {"TemplateURL": "a"}, {"TemplateURL": "b"}),
    ("nested-stack", "danger", "AWS::CloudFormation::Stack", {"TemplateURL": "a"}, None),
    ("type-unknown", "warning", "AWS::Lamdba::Function", None, {}),
    ("reference-missing", "danger", QUEUE, {}, {"RedrivePolicy": {"Ref": "Nowhere"}}),
    ("circular-dependency", "danger", QUEUE, {}, {"RedrivePolicy": {"Fn::GetAtt": ["X", "Arn"]}}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "severity", "kind", "before", "after"), EARNED)
def test_a_finding_is_earned(rule: str, severity: str, kind: str, before: Any, after: Any) -> None:
    found = {(finding.rule, finding.severity.name.lower()) for finding in change(kind, before, after).findings}
    assert (rule, severity) in found


@pytest.mark.parametrize(
    ("rule", "kind", "before", "after"),
    [
        ("access-widened", ROLE, role(allow(["a:b", "a:c"])), role(allow("a:b"))),
        ("access-widened", ROLE, role(allow("a:*")), role(allow("a:b"))),
        ("access-widened", ROLE, role(allow("A:B")), role(allow("a:b"))),
        ("access-widened", ROLE, role(allow("a:b", "*")), role(allow("a:b", "arn:x"))),
        ("access-public", "AWS::S3::BucketPolicy", EVERYBODY, SOMEBODY),
        ("exposed", BUCKET, None, {}),
        ("exposed", "AWS::ApiGateway::Method", {"AuthorizationType": "NONE"}, {"AuthorizationType": "NONE", "ApiKeyRequired": True}),
        ("name-illegal", QUEUE, None, {"QueueName": "orders.fifo"}),
        ("capacity-lowered", "AWS::Lambda::Function", {"MemorySize": 128}, {"MemorySize": 512}),
        ("table-keys", TABLE_TYPE, None, TABLE),
        ("table-indexes", TABLE_TYPE, TABLE, {**TABLE, "GlobalSecondaryIndexes": [index("a")]}),
        ("type-unknown", "Custom::Anything", None, {"ServiceToken": "x"}),
        ("retention-shortened", "AWS::Logs::LogGroup", {"RetentionInDays": 7}, {"RetentionInDays": 30}),
    ],
)  # fmt: skip
def test_a_finding_is_not_given_for_less(rule: str, kind: str, before: Any, after: Any) -> None:
    assert rule not in rules_of(change(kind, before, after))


class TestWhatPoliciesSave:
    """DeletionPolicy and UpdateReplacePolicy of the template that is deployed decide, not of the new one."""

    def test_a_retained_table_is_no_danger(self) -> None:
        removed = change(TABLE_TYPE, TABLE, None, DeletionPolicy="Retain")
        assert row(removed, "X").policy_action == "Retain"
        assert removed.severity == Severity.NOTICE
        replaced = change(TABLE_TYPE, TABLE, OTHER_KEY, UpdateReplacePolicy="Retain")
        assert row(replaced, "X").policy_action == "ReplaceAndRetain"
        assert replaced.severity == Severity.WARNING

    def test_retain_for_deletion_does_not_help_against_replacement(self) -> None:
        assert change(TABLE_TYPE, TABLE, OTHER_KEY, DeletionPolicy="Retain").severity == Severity.DANGER

    def test_a_policy_that_comes_with_the_change_comes_too_late(self) -> None:
        old = stack(X=(TABLE_TYPE, TABLE))
        new = stack(X={"Type": TABLE_TYPE, "Properties": OTHER_KEY, "UpdateReplacePolicy": "Retain"})
        assert compare(old, new).severity == Severity.DANGER

    def test_a_snapshot_is_a_warning(self) -> None:
        assert change("AWS::RDS::DBInstance", {}, None).severity == Severity.WARNING
        assert change("AWS::RDS::DBInstance", {}, None, DeletionPolicy="Delete").severity == Severity.DANGER

    def test_a_weakened_policy_is_told(self) -> None:
        sides = [
            stack(X={"Type": TABLE_TYPE, "Properties": TABLE, "DeletionPolicy": policy})
            for policy in ("Retain", "Delete")
        ]
        assert rules_of(compare(*sides)) == {"policy-weakened"}


def test_an_export_that_others_import_cannot_go() -> None:
    old = {**stack(Q=(QUEUE, {})), "Outputs": {"O": {"Value": {"Ref": "Q"}, "Export": {"Name": "orders-queue"}}}}
    new = stack(Q=(QUEUE, {}))
    assert rules_of(compare(old, new)) == {"export-removed"}
    deployed = Deployed(exports={"orders-queue": ("billing",)})
    change_set = compare(old, new, deployed=deployed)
    assert rules_of(change_set) == {"export-in-use"}
    assert change_set.severity == Severity.DANGER


def test_more_than_cloudformation_takes_will_fail() -> None:
    many = stack(**{f"Q{n}": (QUEUE, {}) for n in range(501)})
    change_set = compare(None, many)
    assert "limit-exceeded" in rules_of(change_set)


def test_the_same_items_in_another_order_are_routine() -> None:
    change_set = change(ROLE, role(allow(["a:b", "a:c"])), role(allow(["a:c", "a:b"])))
    assert row(change_set, "X").routine == "same items in another order"
    assert headline(change_set) == "Only routine changes."


def test_what_was_wrong_before_is_not_told_again() -> None:
    wrong = {"RedrivePolicy": {"Ref": "Nowhere"}}
    assert rules_of(change(QUEUE, wrong, {**wrong, "DelaySeconds": 1})) == set()


def test_every_sentence_is_one_and_every_rule_has_a_reason_and_a_source() -> None:
    for rule in RULES:
        assert rule.reason.endswith(".")
        assert rule.source
        assert rule.severity in {"danger", "warning", "notice"}
    for case in EARNED:
        for finding in change(case[2], case[3], case[4]).findings:
            assert finding.sentence[0].isupper()
            assert finding.sentence.endswith(".")
            assert finding.rule in " ".join(rule.id for rule in RULES)


def test_a_function_with_new_settings_only_is_no_danger() -> None:
    change_set = compare(stack(F=function()), stack(F=function(Environment={"Variables": {"A": "1"}})))
    assert change_set.severity == Severity.NOTICE
    assert headline(change_set, "production") == "1 function gets new settings. Nothing else changes."


def given(value: str, **spec: Any) -> ChangeSet:
    template = stack(Q=(QUEUE, {"QueueName": {"Ref": "P"}}))
    return compare(None, {**template, "Parameters": {"P": {"Type": "String", **spec}}}, after={"P": value})


class TestParameters:
    @pytest.mark.parametrize(
        ("value", "spec"),
        [
            ("abc", {"Type": "Number"}),
            ("1,b", {"Type": "List<Number>"}),
            ("11", {"Type": "Number", "MaxValue": 10}),
            ("1", {"Type": "Number", "MinValue": "2"}),
            ("dev", {"AllowedValues": ["test", "prod"]}),
            ("3", {"Type": "Number", "AllowedValues": [1, 2]}),
            ("a,c", {"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}),
            ("a", {"MinLength": 2}),
            ("abc", {"MaxLength": "2"}),
            ("Abc", {"AllowedPattern": "[a-z]+"}),
            ("abc1", {"AllowedPattern": "[a-z]+"}),
        ],
    )
    def test_a_value_that_cloudformation_refuses_is_told(self, value: str, spec: dict[str, Any]) -> None:
        assert "parameter-invalid" in rules_of(given(value, **spec))

    @pytest.mark.parametrize(
        ("value", "spec"),
        [
            ("1.5", {"Type": "Number", "MinValue": 1, "MaxValue": 2}),
            ("1", {"Type": "Number", "AllowedValues": [1, 2]}),
            ("a, b", {"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}),
            ("abc", {"AllowedPattern": "[a-z]+", "MinLength": 3, "MaxLength": 3}),
            ("abc", {"AllowedPattern": "["}),
            ("abc", {"AllowedValues": "abc", "MinLength": "many", "MaxLength": {}}),
        ],
    )
    def test_one_that_it_takes_is_not(self, value: str, spec: dict[str, Any]) -> None:
        assert "parameter-invalid" not in rules_of(given(value, **spec))

    def test_a_pattern_that_would_never_end_is_not_tried(self) -> None:
        assert "parameter-invalid" not in rules_of(given("a" * 60, AllowedPattern="(a+)+b"))
        assert "parameter-invalid" not in rules_of(given("a" * 60, AllowedPattern="a*a*a*a*a*a*a*b"))

    def test_one_that_is_not_declared_is_told(self) -> None:
        assert "parameter-invalid" in rules_of(compare(None, stack(Q=(QUEUE, {})), after={"Other": "x"}))

    def test_a_secret_is_not_quoted(self) -> None:
        found = given("hunter2", NoEcho=True, MinLength=20)
        assert "parameter-invalid" in rules_of(found)
        assert "hunter2" not in repr(found)
