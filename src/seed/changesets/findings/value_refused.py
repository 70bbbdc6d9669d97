"""A value that the service does not take."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.places import at, number
from seed.changesets.findings.rule import Rule
from seed.changesets.findings.shaped import odd
from seed.changesets.findings.spelled import slip
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.values import printable, same, scalar_text
from seed.changesets.words import listed, word

FUNCTION, QUEUE = "AWS::Lambda::Function", "AWS::SQS::Queue"
RANGES: dict[str, dict[str, tuple[int, int]]] = {
    FUNCTION: {"Timeout": (1, 900), "MemorySize": (128, 10_240), "EphemeralStorage/Size": (512, 10_240)},
    QUEUE: {
        "DelaySeconds": (0, 900),
        "MessageRetentionPeriod": (60, 1_209_600),
        "ReceiveMessageWaitTimeSeconds": (0, 20),
        "VisibilityTimeout": (0, 43_200),
        "RedrivePolicy/maxReceiveCount": (1, 1_000),
    },
    "AWS::IAM::Role": {"MaxSessionDuration": (3_600, 43_200)},
    "AWS::ApiGatewayV2::Integration": {"TimeoutInMillis": (50, 30_000)},
}
"""Hard limits alone: what a quota lifts (the timeout of a REST API, say) is nothing that a template tells."""
DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
NUMBERS = {"AWS::Logs::LogGroup": {"RetentionInDays": DAYS}}
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "AWS::DynamoDB::Table": {"BillingMode": ("PROVISIONED", "PAY_PER_REQUEST")},
    "AWS::DynamoDB::GlobalTable": {"BillingMode": ("PROVISIONED", "PAY_PER_REQUEST")},
    FUNCTION: {"TracingConfig/Mode": ("Active", "PassThrough")},
    "AWS::S3::Bucket": {"VersioningConfiguration/Status": ("Enabled", "Suspended")},
    "AWS::SSM::Parameter": {"Type": ("String", "StringList")},
    "AWS::Lambda::Url": {"AuthType": ("AWS_IAM", "NONE")},
    "AWS::ApiGatewayV2::Api": {"ProtocolType": ("HTTP", "WEBSOCKET")},
}
"""Sets that are closed: there is no third way to bill a table."""
SHOWN = 60


POLICIES = {
    "DeletionPolicy": ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot"),
    "UpdateReplacePolicy": ("Delete", "Retain", "Snapshot"),
}
SNAPSHOTS = frozenset(
    {
        "AWS::DocDB::DBCluster",
        "AWS::EC2::Volume",
        "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::Neptune::DBCluster",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::Redshift::Cluster",
    }
)
"""Of these alone CloudFormation takes a snapshot."""


def _policies(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        for name, words in POLICIES.items() if pair.after and pair.before is not pair.after else ():
            was, now = (side.body.get(name) if side else None for side in (pair.before, pair.after))
            taken = words if pair.resource_type in SNAPSHOTS else words[:-1]
            if isinstance(now, str) and now != was and now not in taken:
                yield _finding(pair.resource_type, pair.logical_id, name, now, listed(list(taken)))


def find(review: Review) -> Iterator[Finding]:
    yield from _policies(review)
    for pair in review.pairs.values():
        kind = pair.resource_type
        if pair.after is None or pair.before is pair.after or not (kind in RANGES or kind in WORDS or kind in NUMBERS):
            continue
        was, now = pair.properties
        for path, wanted in _bounds(kind):
            value = at(now, path)
            if pair.before is not None and same(value, at(was, path)):
                continue
            if _beyond(value, wanted):
                yield _finding(kind, pair.logical_id, path, value, _said(wanted))
    for pair, one in odd(review):
        if one.what == "word" and (meant := slip(one.name, one.known)):
            path = one.path.strip("/")
            if path not in WORDS.get(pair.resource_type, {}) and "${" not in one.name and "{{" not in one.name:
                yield _finding(pair.resource_type, pair.logical_id, path, one.name, listed(list(one.known), 12), meant)


Wanted = range | tuple[int, ...] | tuple[str, ...]


def _bounds(kind: str) -> Iterator[tuple[str, Wanted]]:
    for path, (least, most) in RANGES.get(kind, {}).items():
        yield path, range(least, most + 1)
    yield from NUMBERS.get(kind, {}).items()
    yield from WORDS.get(kind, {}).items()


def _beyond(value: object, wanted: Wanted) -> bool:
    if isinstance(wanted, tuple) and isinstance(wanted[0], str):
        return isinstance(value, str) and value not in wanted and "{{resolve:" not in value
    found = number(value) if isinstance(value, str | int) else None
    return found is not None and found not in wanted


def _said(wanted: Wanted) -> str:
    if isinstance(wanted, range):
        return f"{wanted.start:,} to {wanted.stop - 1:,}"
    return listed([str(one) for one in wanted], 30)


def _finding(kind: str, logical_id: str, path: str, value: object, taken: str, meant: str = "") -> Finding:
    place, shown = path.replace("/", "."), printable(scalar_text(value)[:SHOWN])
    return Finding(
        RULE.id,
        Severity.DANGER,
        f"The deployment will fail: the {word(kind)} {logical_id} cannot have {shown} for its {place}.",
        logical_id,
        evidence=f"{place}: {shown}; taken: {taken}",
        hint=f"Is it {meant}?" if meant else f"It takes {taken}.",
    )


RULE = Rule(
    "value-refused",
    "A value that the service refuses",
    "danger",
    "Numbers beyond a hard limit (the timeout and memory of a function, the times of a queue, the timeout of an HTTP "
    "API, the days of a log group) and words that are none of those taken. Of words it is told where the set is closed "
    "for good, and where one that is taken is only written another way; and policies of deletion that a type cannot "
    "have: few can keep a snapshot.",
    "CloudFormation resource reference; user guide: DeletionPolicy and UpdateReplacePolicy attributes; Lambda "
    "developer guide: Quotas; AWS service specification, allowed values",
    find,
    fails=True,
)
