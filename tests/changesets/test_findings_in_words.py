"""What is printed of a change is what a person would say."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changesets.both_sides import change
from tests.changesets.rules.case import BUCKET, QUEUE, ROLE, TABLE_TYPE, role
from tests.changesets.templates import TABLE, function, rules_of, stack

from seed.changesets import Deployed, Pseudo, as_text, compare, headline


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

    @pytest.mark.parametrize(
        ("last", "said"), [(22, "lets everybody in on port 22"), (30, "lets everybody in on ports 22–30")]
    )
    def test_one_port_and_several_are_told_apart(self, last: int, said: str) -> None:
        rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": last, "CidrIp": "0.0.0.0/0"}
        (found,) = change("AWS::EC2::SecurityGroup", {}, {"SecurityGroupIngress": [rule]}).findings
        assert said in found.sentence

    def test_whom_a_permission_lets_call_what_is_told(self) -> None:
        given = {"Principal": "*", "Action": "lambda:InvokeFunction", "FunctionName": "orders"}
        made = change("AWS::Lambda::Permission", {**given, "Principal": "s3.amazonaws.com"}, given)
        assert "+ * may lambda:InvokeFunction on orders  (wider)" in as_text(made)

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
