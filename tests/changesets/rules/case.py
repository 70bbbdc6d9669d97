"""One pair of templates, and what a rule must, or must not, say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from tests.changesets.templates import TABLE, stack

from seed.changesets import Deployed, Finding, compare

TABLE_TYPE, GLOBAL_TABLE = "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"
BUCKET, QUEUE, FUNCTION = "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::Lambda::Function"
ROLE, LOGS, IMAGES = "AWS::IAM::Role", "AWS::Logs::LogGroup", "AWS::ECR::Repository"


@dataclass(frozen=True)
class Case:
    """`severity` '': the rule says nothing."""

    rule: str
    severity: str
    find: Callable[[], Iterable[Finding]] = field(repr=False)
    about: str = ""

    def __str__(self) -> str:
        return f"{self.rule}: {self.about or 'nothing'}"


def bad(rule: str, severity: str, kind: str, before: Any, after: Any, **attributes: Any) -> Case:
    """One resource `X` before and after, None where it is not there; attributes stand on both sides."""
    return _one(rule, severity, kind, before, after, attributes)


def good(rule: str, kind: str, before: Any, after: Any, **attributes: Any) -> Case:
    return _one(rule, "", kind, before, after, attributes)


def bad_stack(rule: str, severity: str, old: Any, new: Any, **given: Any) -> Case:
    """Whole templates, and whatever else `compare` takes."""
    return Case(rule, severity, partial(_compared, old, new, given), f"{severity}, templates")


def good_stack(rule: str, old: Any, new: Any, **given: Any) -> Case:
    return Case(rule, "", partial(_compared, old, new, given), "templates")


def _one(rule: str, severity: str, kind: str, before: Any, after: Any, attributes: dict[str, Any]) -> Case:
    sides = [
        stack(**({} if properties is None else {"X": {"Type": kind, "Properties": properties, **attributes}}))
        for properties in (before, after)
    ]
    return Case(rule, severity, partial(_compared, sides[0], sides[1], {}), f"{severity} {kind}".strip())


def _compared(before: Any, after: Any, given: dict[str, Any]) -> Iterable[Finding]:
    return compare(before, after, **given).findings


def role(*statements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
        "Policies": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}],
        **more,
    }


def allow(action: Any, resource: Any = "arn:aws:sqs:*:*:q", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def everybody(**more: Any) -> dict[str, Any]:
    """A bucket policy for the principal *."""
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "x", **more}
    return {"PolicyDocument": {"Statement": [statement]}}


def index(name: str, key: str = "id") -> dict[str, Any]:
    return {"IndexName": name, "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}]}


def outputs(**values: Any) -> dict[str, Any]:
    """A template with a queue and these outputs."""
    return {**stack(Q=(QUEUE, {})), "Outputs": values}


def table(**more: Any) -> dict[str, Any]:
    return {**TABLE, **more}


TODAY = date(2026, 6, 1)
IMPORTED = Deployed(exports={"orders-queue": ("billing",)})
ALIAS = "AWS::Lambda::Alias"
QUEUES = stack(Q=(QUEUE, {}))


def streaming(more: dict[str, Any], view: str = "NEW_IMAGE") -> dict[str, Any]:
    """A function that reads a table's stream, which an update of the table does not make anew."""
    source = {"FunctionName": "f", "EventSourceArn": {"Fn::GetAtt": ["T", "StreamArn"]}}
    streams = {"StreamSpecification": {"StreamViewType": view}} if view else {}
    return stack(T=(TABLE_TYPE, table(**streams, **more)), M=("AWS::Lambda::EventSourceMapping", source))
