"""Less memory, time, concurrency or throughput than before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.values import scalar_text
from seed.changesets.words import word

NUMBERS: dict[str, tuple[str, ...]] = {
    "AWS::Lambda::Function": ("MemorySize", "Timeout", "ReservedConcurrentExecutions", "EphemeralStorage/Size"),
    "AWS::DynamoDB::Table": ("ProvisionedThroughput/ReadCapacityUnits", "ProvisionedThroughput/WriteCapacityUnits"),
    "AWS::Kinesis::Stream": ("ShardCount",),
    "AWS::ECS::Service": ("DesiredCount",),
    "AWS::ApplicationAutoScaling::ScalableTarget": ("MinCapacity", "MaxCapacity"),
    "AWS::AutoScaling::AutoScalingGroup": ("MinSize", "MaxSize", "DesiredCapacity"),
    "AWS::ElastiCache::ReplicationGroup": ("NumCacheClusters", "NumNodeGroups", "ReplicasPerNodeGroup"),
    "AWS::RDS::DBInstance": ("AllocatedStorage", "Iops"),
}


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if not pair.rows or pair.before is None or pair.after is None:
            continue
        before, after = pair.properties
        for path in NUMBERS.get(pair.resource_type, ()):
            was, now = (_number(side, path) for side in (before, after))
            if was is not None and now is not None and now < was:
                stops = path == "ReservedConcurrentExecutions" and now == 0
                yield Finding(
                    "capacity-lowered",
                    Severity.WARNING if stops else Severity.NOTICE,
                    f"The {word(pair.resource_type)} {pair.logical_id} "
                    + ("is stopped: it may run no more at all." if stops else f"gets less {path.split('/')[-1]}."),
                    pair.logical_id,
                    evidence=f"{path}: {was} → {now}",
                )


def _number(value: Any, path: str) -> int | None:
    for part in path.split("/"):
        value = value.get(part) if isinstance(value, dict) else None
    text = scalar_text(value)
    return int(text) if text.isdecimal() else None


RULE = Rule(
    "capacity-lowered",
    "Capacity is lowered",
    "notice",
    "Less memory, time, concurrency or throughput can turn working calls into errors under load.",
    "Lambda developer guide: Configure memory, timeout, reserved concurrency; DynamoDB: Provisioned capacity",
    find,
)
