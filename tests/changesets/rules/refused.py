"""What a service refuses of schedules, policies, definitions and single values."""

from __future__ import annotations

import json
from typing import Any

from tests.changesets.rules.case import FUNCTION, ROLE, Case, bad, bad_stack, good, good_stack
from tests.changesets.templates import stack

MAPPING, QUEUE, RULE = "AWS::Lambda::EventSourceMapping", "AWS::SQS::Queue", "AWS::Events::Rule"
POLICY, MACHINE, SCHEDULE = "AWS::IAM::Policy", "AWS::StepFunctions::StateMachine", "AWS::Scheduler::Schedule"
BUCKET, BUCKET_POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
CODE = {"Code": {"ZipFile": "x"}, "Handler": "a.b", "Runtime": "nodejs22.x"}
A, B = {"Ref": "A"}, {"Ref": "B"}


def arn(name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, "Arn"]}


def read(timeout: int, queue: dict[str, Any], **mapping: Any) -> dict[str, Any]:
    """A function that reads a queue."""
    source = {"FunctionName": {"Ref": "F"}, "EventSourceArn": arn("Q"), **mapping}
    return stack(F=(FUNCTION, {**CODE, "Timeout": timeout}), Q=(QUEUE, queue), E=(MAPPING, source))


def given(*statements: dict[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    return {"Roles": ["r"], "PolicyDocument": {"Version": version, "Statement": list(statements)}}


def may(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*", **more}


def trust(**more: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "lambda.amazonaws.com"},
        **more,
    }
    return {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}


def at(expression: str) -> dict[str, Any]:
    return {"ScheduleExpression": expression}


def goes(start: str, following: str) -> dict[str, Any]:
    return {
        "Definition": {"StartAt": start, "States": {"A": {"Type": "Pass", "Next": following}, "B": {"Type": "Succeed"}}}
    }


def speaks(bucket: Any, *resources: Any, **names: str) -> dict[str, Any]:
    """A bucket policy, and the buckets A and B."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Principal": "*", "Resource": list(resources)}
    policy = {"Bucket": bucket, "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    buckets = {name: (BUCKET, {"BucketName": names[name]} if name in names else {}) for name in "AB"}
    return stack(**buckets, X=(BUCKET_POLICY, policy))


CASES: list[Case] = [
    bad_stack("policy-malformed", "danger", None, speaks(A, {"Fn::Sub": "arn:aws:s3:::${B}/*"})),
    bad_stack("policy-malformed", "danger", None, speaks(A, arn("B"))),
    bad_stack("policy-malformed", "danger", None, speaks(A, {"Fn::Sub": "${A.Arn}/*"}, {"Fn::Sub": "${B.Arn}/*"})),
    bad_stack("policy-malformed", "danger", None, speaks("orders", "arn:aws:s3:::order/*")),
    bad_stack("policy-malformed", "danger", None, speaks(A, "arn:aws:s3:::order/*", A="orders")),
    good_stack("policy-malformed", None, speaks(A, arn("A"), {"Fn::Sub": "${A.Arn}/*"}, {"Fn::Sub": "arn:aws:s3:::${A}/*"})),
    good_stack("policy-malformed", None, speaks(A, "arn:aws:s3:::orders/*", {"Fn::Sub": "arn:${AWS::Partition}:s3:::orders/*"}, A="orders")),
    good_stack("policy-malformed", None, speaks(A, "arn:aws:s3:::whoever/*", "arn:aws:s3:::*", {"Fn::Sub": "arn:aws:s3:::${B}-more/*"})),
    good_stack("policy-malformed", None, speaks({"Fn::Sub": "${A}"}, {"Fn::Join": ["", ["arn:aws:s3:::", A, "/*"]]})),
    bad_stack("visibility-short", "danger", None, read(60, {})),
    bad_stack("visibility-short", "danger", None, read(60, {"VisibilityTimeout": 59})),
    good_stack("visibility-short", None, read(60, {"VisibilityTimeout": 60})),
    good_stack("visibility-short", None, read(3, {})),
    bad_stack("visibility-short", "warning", read(3, {}), read(60, {})),
    bad_stack("visibility-short", "warning", read(60, {"VisibilityTimeout": 90}), read(60, {})),
    good_stack("visibility-short", read(60, {}), read(60, {}, BatchSize=5)),
    *(bad("schedule-refused", "danger", RULE, None, at(wrong)) for wrong in (
        "rate(1 minutes)", "rate(5 minute)", "rate(0 days)", "every day", "cron(0 12 * * *)", "cron(0 12 * * * *)",
        "cron(0 12 ? * ? *)", "at(2026-01-31T12:00:00)",
    )),
    *(good("schedule-refused", RULE, None, at(right)) for right in (
        "rate(1 minute)", "rate(12 hours)", "cron(0 12 * * ? *)", "cron(0/5 8-17 ? * MON-FRI *)", "{{resolve:ssm:/when}}",
    )),
    bad("schedule-refused", "danger", SCHEDULE, None, at("tomorrow")),
    good("schedule-refused", SCHEDULE, None, at("at(2026-01-31T12:00:00)")),
    good("schedule-refused", RULE, at("every day"), {**at("every day"), "State": "DISABLED"}),
    *(bad("policy-malformed", "danger", POLICY, None, wrong) for wrong in (
        given(may(Effect="allow")), given(may(Action="GetObject")), given(may(Resource="a/*")), given(may(Sid="a-b")),
        given(may(Principal="*")), given(may(NotAction="s3:*")), given({"Effect": "Allow", "Action": "s3:*"}),
        given(may(Sid="A"), may(Sid="A")), given(may(), version="2026-01-01"), {"PolicyDocument": {"Version": "2012-10-17"}},
    )),
    *(good("policy-malformed", POLICY, None, right) for right in (
        given(may()), given(may(Resource="*", Action=["s3:Get*", "*"])), given(may(Resource={"Fn::GetAtt": ["B", "Arn"]})),
        given({"Effect": "Deny", "NotAction": "iam:*", "NotResource": "arn:aws:iam::*:role/a"}), given(may(), version="2008-10-17"),
    )),
    bad("policy-malformed", "danger", ROLE, None, trust(Resource="*")),
    bad("policy-malformed", "danger", "AWS::SQS::QueuePolicy", None, given(may())),
    good("policy-malformed", "AWS::S3::BucketPolicy", None, given(may(Principal="*", Sid="Read all"))),
    bad("policy-malformed", "danger", ROLE, None, {**trust(), "Policies": [given(may(Action="all"))]}),
    good("policy-malformed", ROLE, None, {**trust(), "Policies": [given(may())]}),
    bad("definition-malformed", "danger", MACHINE, None, {"DefinitionString": "{"}),
    bad("definition-malformed", "danger", MACHINE, None, {"DefinitionString": json.dumps({"StartAt": "A", "States": {}})}),
    bad("definition-malformed", "danger", MACHINE, None, goes("C", "B")),
    bad("definition-malformed", "danger", MACHINE, None, goes("A", "C")),
    good("definition-malformed", MACHINE, None, goes("A", "B")),
    good("definition-malformed", MACHINE, None, {"DefinitionString": "${body}", "DefinitionSubstitutions": {"body": "a"}}),
    bad("value-refused", "danger", QUEUE, None, {"RedrivePolicy": {"maxReceiveCount": 0}}),
    bad("value-refused", "danger", "AWS::SSM::Parameter", None, {"Type": "SecureString", "Value": "a"}),
]  # fmt: skip
