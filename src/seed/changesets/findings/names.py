"""Names that a service will refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seed.changesets import rules
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.words import word

LEGAL: dict[str, tuple[str, str]] = {
    "AWS::Lambda::Function": (r"[a-zA-Z0-9_:-]{1,140}", "at most 64 letters, digits, - and _"),
    "AWS::S3::Bucket": (r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "3 to 63 lower-case letters, digits, dots and -"),
    "AWS::DynamoDB::Table": (r"[a-zA-Z0-9_.-]{3,255}|arn:.*", "3 to 255 letters, digits, dots, - and _"),
    "AWS::SQS::Queue": (r"[a-zA-Z0-9_-]{1,80}|[a-zA-Z0-9_-]{1,75}\.fifo", "at most 80 letters, digits, - and _"),
    "AWS::SNS::Topic": (r"[a-zA-Z0-9_-]{1,256}|[a-zA-Z0-9_-]{1,251}\.fifo", "at most 256 letters, digits, - and _"),
    "AWS::IAM::Role": (r"[\w+=,.@-]{1,64}", "at most 64 letters, digits and +=,.@-_"),
    "AWS::Logs::LogGroup": (r"[\w./#-]{1,512}", "at most 512 letters, digits and . / # - _"),
    "AWS::Events::Rule": (r"[\w.-]{1,64}", "at most 64 letters, digits, dots, - and _"),
    "AWS::StepFunctions::StateMachine": (r"[\w-]{1,80}", "at most 80 letters, digits, - and _"),
    "AWS::Kinesis::Stream": (r"[\w.-]{1,128}", "at most 128 letters, digits, dots, - and _"),
}
FUNCTION_NAME = 64


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        kind = pair.resource_type
        if kind not in LEGAL or pair.after is None or pair.before is pair.after:
            continue
        name = pair.properties[1].get(rules.name_property(kind))
        pattern, wanted = LEGAL[kind]
        too_long = kind == "AWS::Lambda::Function" and isinstance(name, str) and ":" not in name
        too_long = too_long and len(str(name)) > FUNCTION_NAME
        if isinstance(name, str) and (too_long or not re.fullmatch(pattern, name, re.ASCII)):
            yield Finding(
                "name-illegal",
                Severity.DANGER,
                f"The deployment will fail: the {word(kind)} {pair.logical_id} cannot be named {name[:300]!r}.",
                pair.logical_id,
                evidence=f"{len(name)} characters; allowed: {wanted}",
                hint="A long stage name makes long names: shorten the service's name or the stage's.",
            )


RULE = Rule(
    "name-illegal",
    "A name that the service refuses",
    "danger",
    "Names that are too long or have illegal characters are refused when the resource is made, in the middle of the "
    "deployment.",
    "API references of each service: CreateFunction, CreateBucket, CreateTable, CreateQueue, CreateTopic, CreateRole",
    find,
)
