"""What findings say together; each rule alone is in test_rules.py."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.changesets.rules.case import BUCKET, FUNCTION, QUEUE, ROLE, TABLE_TYPE, allow, index, role, table
from tests.changesets.templates import OTHER_KEY, TABLE, function, row, rules_of, stack

from seed.changesets import ChangeSet, Deployed, PropertyChange, Pseudo, Severity, as_text, compare, headline


def change(kind: str, before: dict[str, Any] | None, after: dict[str, Any] | None, **attributes: Any) -> ChangeSet:
    """One resource before and after, beside one that stays; other attributes stand on both sides."""
    sides = [
        stack(
            Stays=("AWS::SNS::Topic", {}),
            **({} if properties is None else {"X": {"Type": kind, "Properties": properties, **attributes}}),
        )
        for properties in (before, after)
    ]
    return compare(*sides)


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


def test_the_same_items_in_another_order_are_routine() -> None:
    change_set = change(ROLE, role(allow(["a:b", "a:c"])), role(allow(["a:c", "a:b"])))
    assert row(change_set, "X").routine == "same items in another order"
    assert headline(change_set) == "Only routine changes."
    outputs = (PropertyChange("/Outputs/Url/Value", "Outputs", "a", "b"),)
    assert headline(replace(change_set, outputs=outputs)) == "Only routine changes, and outputs change."


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (ROLE, role(allow("a:b"), allow("a:c")), role(allow("a:c"), allow("a:b"))),
        (ROLE, role(allow("a:b")), role(allow(["a:b"]))),
        (ROLE, role(allow("a:b", Condition={"StringEquals": {"k": ["x", "y"]}})), role(allow("a:b", Condition={"StringEquals": {"k": ["y", "x"]}}))),
        (ROLE, role(allow("a:b", Condition={"StringEquals": {"k": "x"}})), role(allow("a:b", Condition={"StringEquals": {"k": ["x"]}}))),
        (TABLE_TYPE, table(GlobalSecondaryIndexes=[index("a"), index("b")]), table(GlobalSecondaryIndexes=[index("b"), index("a")])),
        ("AWS::Cognito::UserPoolClient", {"UserPoolId": "p", "CallbackURLs": ["a", "b"]}, {"UserPoolId": "p", "CallbackURLs": ["b", "a"]}),
        ("AWS::EC2::SecurityGroup", {"SecurityGroupIngress": [{"FromPort": 1}, {"FromPort": 2}]}, {"SecurityGroupIngress": [{"FromPort": 2}, {"FromPort": 1}]}),
    ],
)  # fmt: skip
def test_an_order_or_a_spelling_that_means_nothing_is_routine(kind: str, before: Any, after: Any) -> None:
    change_set = change(kind, before, after)
    assert row(change_set, "X").routine == "same items in another order"
    assert change_set.findings == ()


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (ROLE, role(allow("a:b"), allow("a:c")), role(allow("a:c"), allow("a:d"))),
        (ROLE, role(allow("a:b", Condition={"StringEquals": {"k": ["x"]}})), role(allow("a:b", Condition={"StringEquals": {"k": ["y"]}}))),
        (FUNCTION, {"Layers": ["a", "b"]}, {"Layers": ["b", "a"]}),
        ("AWS::ApiGatewayV2::VpcLink", {"SubnetIds": ["a", "b"]}, {"SubnetIds": ["b", "a"]}),  # made anew for it
        ("AWS::EC2::Instance", {"SecurityGroupIds": ["a", "b"]}, {"SecurityGroupIds": ["b", "a"]}),  # perhaps
        ("AWS::ECS::TaskDefinition", {"ContainerDefinitions": [{"Command": ["a", "b"]}]}, {"ContainerDefinitions": [{"Command": ["b", "a"]}]}),
    ],
)  # fmt: skip
def test_an_order_that_means_something_is_not(kind: str, before: Any, after: Any) -> None:
    assert row(change(kind, before, after), "X").routine == ""


MEMBER = "AWS::RDS::DBInstance"


@pytest.mark.parametrize(
    ("kind", "before", "after", "attributes", "said"),
    [
        (TABLE_TYPE, TABLE, None, {"DeletionPolicy": "Retain"}, "Removes the table X: the old data is kept."),
        (MEMBER, {"DBClusterIdentifier": "c"}, None, {}, "Removes the database X."),
        (MEMBER, {"DBClusterIdentifier": "c", "DBName": "1"}, {"DBClusterIdentifier": "c", "DBName": "2"}, {}, "Replaces the database X."),
        (MEMBER, {"DBClusterIdentifier": "c", "Engine": "a"}, {"DBClusterIdentifier": "c", "Engine": "b"}, {}, "May replace the database X."),
    ],
)  # fmt: skip
def test_what_loses_no_data_is_in_the_headline_all_the_same(
    kind: str, before: Any, after: Any, attributes: dict[str, Any], said: str
) -> None:
    sides = [
        stack(Q=(QUEUE, {}), **({} if one is None else {"X": {"Type": kind, "Properties": one, **attributes}}))
        for one in (before, after)
    ]
    assert headline(compare(*sides)) == f"{said} Nothing else changes."


@pytest.mark.parametrize(("policy", "effect"), [("Retain", "the old one would stay"), ("Snapshot", "a snapshot of it would be kept")])  # fmt: skip
def test_what_may_be_replaced_is_saved_by_its_policy_too(policy: str, effect: str) -> None:
    sides = [
        stack(X={"Type": MEMBER, "Properties": {"Engine": engine}, "UpdateReplacePolicy": policy})
        for engine in ("a", "b")
    ]
    (finding,) = compare(*sides).findings
    assert finding.sentence.startswith(f"The database X may be replaced; {effect}")
    assert finding.evidence == "Engine cannot always change in place"


def test_what_is_lost_is_one_or_several() -> None:
    sides = [stack(X=("AWS::EC2::Instance", {"ImageId": image})) for image in ("ami-1", "ami-2")]
    (finding,) = compare(*sides).findings
    assert finding.sentence == "The instance X is replaced: what is on its own disks is lost."


def test_the_evidence_of_a_nested_stack_names_what_changes_it_and_no_more() -> None:
    given = {"TemplateURL": "https://bucket/a.json", "Parameters": {"Queue": {"Ref": "Q"}}}
    sides = [
        stack(Q=(QUEUE, {"QueueName": name}), Inner=("AWS::CloudFormation::Stack", given)) for name in ("jobs", "work")
    ]
    (finding,) = [one for one in compare(*sides).findings if one.rule == "nested-stack"]
    assert finding.evidence == "Parameters/Queue"


def test_what_was_wrong_before_is_not_told_again() -> None:
    wrong = {"RedrivePolicy": {"Ref": "Nowhere"}}
    assert rules_of(change(QUEUE, wrong, {**wrong, "DelaySeconds": 1})) == set()


def test_what_makes_the_deployment_fail_stands_first_and_is_named() -> None:
    """A named table with a new key: its data would go, but nothing goes, because CloudFormation refuses."""
    change_set = change(TABLE_TYPE, {**TABLE, "TableName": "orders"}, {**OTHER_KEY, "TableName": "orders"})
    assert [finding.rule for finding in change_set.findings] == ["name-conflict", "data-replaced"]
    assert [finding.fails for finding in change_set.findings] == [True, False]
    assert headline(change_set).startswith(
        "Will most probably fail: the table X must be replaced, but keeps its TableName orders. Replaces the table X"
    )


def test_a_new_stack_that_will_fail_says_so_first() -> None:
    change_set = compare(None, stack(X=(BUCKET, {"BucketName": "Capital"})), stack_name="orders")
    assert headline(change_set).startswith("Will most probably fail: the bucket X cannot be named 'Capital'. Creates")


def test_a_template_without_resources_fails_and_keeps_its_rows() -> None:
    """A stack goes as a whole or not at all; what is asked about its removal is no such template."""
    running = stack(Orders=(TABLE_TYPE, TABLE))
    emptied, removed = compare(running, {"Resources": {}}), compare(running, None)
    assert headline(emptied).startswith("Will most probably fail: the template has no resource, and")
    assert [one.hint for one in emptied.findings if one.fails] == ["To remove everything, remove the stack instead."]
    assert {row(one, "Orders").action for one in (emptied, removed)} == {"Remove"}
    assert "nothing-left" not in rules_of(removed)
    assert headline(compare(None, {}, stack_name="shop")).endswith("at least one. Creates the stack shop.")


def test_a_word_that_only_sounds_like_failure_is_none() -> None:
    """A secret, a name or a reason may say `will fail`: the rule decides, not the sentence."""
    change_set = change(QUEUE, {"QueueName": "will fail"}, None)
    assert not any(finding.fails for finding in change_set.findings)
    assert "fail" not in headline(change_set)


def test_a_function_with_new_settings_only_is_no_danger() -> None:
    change_set = compare(stack(F=function()), stack(F=function(Environment={"Variables": {"A": "1"}})))
    assert change_set.severity == Severity.NOTICE
    assert headline(change_set, "production") == "1 function gets new settings: F. Nothing else changes."


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


class TestWords:
    """What is printed is what a person would say."""

    def test_numbers_are_written_out(self) -> None:
        found = change(QUEUE, {"MessageRetentionPeriod": 1209600}, {"MessageRetentionPeriod": 3600}).findings
        assert [one.evidence for one in found] == ["MessageRetentionPeriod: 1209600 → 3600"]

    def test_a_condition_reads_the_same_in_evidence_and_table(self) -> None:
        condition = {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["Stays", "TopicArn"]}}, "Bool": {"x": False}}
        statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "q"}
        sides = [{"Queues": ["q"], "PolicyDocument": {"Statement": []}} for _ in "ab"]
        sides[1]["PolicyDocument"] = {"Statement": [{**statement, "Condition": condition}]}
        made = change("AWS::SQS::QueuePolicy", *sides)
        said = "if ArnEquals aws:SourceArn: ${Stays.TopicArn}; Bool x: false"
        assert said in made.findings[0].evidence
        assert f"{said}  (wider)" in as_text(made)

    def test_what_a_bucket_loses_is_said_alike_above_and_below(self) -> None:
        made = change(BUCKET, {"BucketName": "one"}, {"BucketName": "two"})
        assert headline(made).startswith("Replaces the bucket X: its objects would be lost.")
        assert "The bucket X is replaced: its objects would be lost." in {one.sentence for one in made.findings}

    def test_a_key_can_be_had_back_for_a_while(self) -> None:
        (found,) = change("AWS::KMS::Key", {}, None).findings
        assert found.sentence.endswith("is removed: the key, and with it everything that it encrypted, is lost.")
        assert "until then it can be cancelled" in found.hint

    def test_what_is_kept_is_not_told_as_lost_beside_what_is(self) -> None:
        kept = {"Type": TABLE_TYPE, "Properties": TABLE, "DeletionPolicy": "Retain"}
        old = stack(Gone=(TABLE_TYPE, TABLE), Kept=kept, Stays=(QUEUE, {}))
        made = compare(old, stack(Stays=(QUEUE, {})))
        assert headline(made).startswith(
            "Removes the table Gone: its items are lost. Removes the table Kept: the old data is kept."
        )
        said = "The table Kept leaves the stack and stays in the account (DeletionPolicy: Retain)."
        assert said in {one.sentence for one in made.findings}

    def test_a_function_that_is_replaced_does_not_get_settings(self) -> None:
        made = compare(stack(F=function()), stack(F=function(FunctionName="f")))
        assert headline(made) == "Replaces the function F. Nothing else changes."

    def test_who_refers_to_what_is_not_there_is_named(self) -> None:
        queue = {"RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}}}
        (found,) = [one for one in change(QUEUE, {}, queue).findings if one.fails]
        assert (found.logical_id, found.evidence) == ("X", "in X")

    def test_a_denial_that_goes_and_an_action_that_comes_are_told_as_what_they_are(self) -> None:
        def policy(effect: str, action: str) -> dict[str, Any]:
            statement = {"Effect": effect, "Principal": {"AWS": "1"}, "Action": action, "Resource": "x"}
            return {"Bucket": {"Ref": "B"}, "PolicyDocument": {"Statement": [statement]}}

        kind = "AWS::S3::BucketPolicy"
        bucket: tuple[str, dict[str, Any]] = (BUCKET, {})
        (wider,) = change(kind, policy("Allow", "s3:GetObject"), policy("Allow", "s3:*")).findings
        gone = compare(stack(B=bucket, P=(kind, policy("Deny", "s3:*"))), stack(B=bucket)).findings
        assert wider.sentence.startswith("The bucket policy X allows more: s3:*")
        assert [one.sentence for one in gone if one.rule == "access-widened"] == [
            "The bucket policy P goes, and with it the denial of s3:*."
        ]

    def test_a_denial_that_another_policy_takes_over_is_not_lost(self) -> None:
        deny = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}
        policy = ("AWS::S3::BucketPolicy", {"Bucket": {"Ref": "B"}, "PolicyDocument": deny})
        made = compare(stack(B=(BUCKET, {}), Old=policy), stack(B=(BUCKET, {}), New=policy))
        assert "access-widened" not in rules_of(made)

    def test_what_goes_with_what_it_is_a_part_of_is_one_finding(self) -> None:
        api = {"Api": ("AWS::ApiGatewayV2::Api", {}), "Stage": ("AWS::ApiGatewayV2::Stage", {"ApiId": {"Ref": "Api"}})}
        made = compare(stack(**api, Stays=(QUEUE, {})), stack(Stays=(QUEUE, {})))
        assert [one.logical_id for one in made.findings] == ["Api"]

    def test_what_goes_is_told_where_what_it_is_a_part_of_is_kept(self) -> None:
        api = {"Api": ("AWS::ApiGatewayV2::Api", {}), "Stage": ("AWS::ApiGatewayV2::Stage", {"ApiId": {"Ref": "Api"}})}
        old = stack(**api, Stays=(QUEUE, {}))
        old["Resources"]["Api"]["DeletionPolicy"] = "Retain"
        assert [one.logical_id for one in compare(old, stack(Stays=(QUEUE, {}))).findings] == ["Stage"]

    @pytest.mark.parametrize(("policy", "told"), [("Delete", set()), ("Retain", {"protection-off"})])
    def test_a_guard_that_goes_with_what_it_guards_is_not_told(self, policy: str, told: set[str]) -> None:
        kind = "AWS::SecretsManager::"
        rotation = (f"{kind}RotationSchedule", {"SecretId": {"Ref": "Secret"}})
        old = stack(Secret=(f"{kind}Secret", {}), Rotation=rotation, Stays=(QUEUE, {}))
        old["Resources"]["Secret"]["DeletionPolicy"] = policy
        assert rules_of(compare(old, stack(Stays=(QUEUE, {})))) == {"data-removed"} | told

    def test_who_may_more_is_named_where_the_policy_says_so(self) -> None:
        def trusting(*services: str) -> dict[str, Any]:
            statement = {"Effect": "Allow", "Principal": {"Service": [*services]}, "Action": "sts:AssumeRole"}
            return {"AssumeRolePolicyDocument": {"Statement": [statement]}}

        (found,) = change(ROLE, trusting("lambda.amazonaws.com"), trusting("states.amazonaws.com")).findings
        assert found.sentence == "The role X allows more: sts:AssumeRole for states.amazonaws.com."

    @pytest.mark.parametrize(
        ("name", "hint"), [("r" * 70, "A long stage name"), ("a b", "Give it a name of those signs")]
    )
    def test_a_name_that_is_refused_comes_with_the_hint_that_helps(self, name: str, hint: str) -> None:
        found = change(ROLE, None, role(RoleName=name)).findings
        assert [one.hint[: len(hint)] for one in found if one.rule == "name-illegal"] == [hint]

    def test_a_policy_that_says_the_same_another_way_allows_no_more(self) -> None:
        def side(resource: Any) -> dict[str, Any]:
            statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": resource}
            policy = {"PolicyName": "p", "Roles": ["r"], "PolicyDocument": {"Statement": [statement]}}
            return stack(Q=(QUEUE, {}), P=("AWS::IAM::Policy", policy))

        deployed = Deployed(physical_ids={"Q": "https://sqs.eu-west-1.amazonaws.com/1/q"})
        where = Pseudo(region="eu-west-1", account="1")
        sides = side({"Fn::GetAtt": ["Q", "Arn"]}), side("arn:aws:sqs:eu-west-1:1:q")
        assert compare(*sides, deployed=deployed, pseudo=where).findings == ()

    @pytest.mark.parametrize(("policy", "told"), [("Delete", set()), ("Retain", {"capacity-lowered"})])
    def test_an_alarm_that_goes_with_what_it_watched_is_not_told(self, policy: str, told: set[str]) -> None:
        alarm = ("AWS::CloudWatch::Alarm", {"Dimensions": [{"Name": "QueueName", "Value": {"Ref": "Q"}}]})
        old = stack(Q=(QUEUE, {}), Alarm=alarm, Stays=(QUEUE, {}))
        old["Resources"]["Q"]["DeletionPolicy"] = policy
        assert rules_of(compare(old, stack(Stays=(QUEUE, {})))) == {"data-removed"} | told

    def test_a_denial_that_is_narrowed_is_not_told_as_an_allowance(self) -> None:
        def denying(action: str) -> dict[str, Any]:
            return {"PolicyDocument": {"Statement": [{"Effect": "Deny", "Action": action, "Resource": "*"}]}}

        (found,) = change("AWS::IAM::ManagedPolicy", denying("s3:*"), denying("s3:Delete*")).findings
        assert found.sentence == "The managed policy X no longer denies all that it did: s3:*."
