"""Less memory, time, concurrency or throughput than before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.places import at, digits, each, number
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.values import scalar_text
from seed.changesets.words import word

PROVISIONED = ("ProvisionedThroughput/ReadCapacityUnits", "ProvisionedThroughput/WriteCapacityUnits")
WARM = "ProvisionedConcurrencyConfig/ProvisionedConcurrentExecutions"
RESERVED = "ReservedConcurrentExecutions"
NUMBERS: dict[str, tuple[str, ...]] = {
    "AWS::Lambda::Function": ("MemorySize", "Timeout", RESERVED, "EphemeralStorage/Size"),
    "AWS::Lambda::Alias": (WARM,),
    "AWS::Lambda::Version": (WARM,),
    "AWS::Lambda::EventSourceMapping": ("ScalingConfig/MaximumConcurrency", "ParallelizationFactor"),
    "AWS::DynamoDB::Table": (
        *PROVISIONED,
        "OnDemandThroughput/MaxReadRequestUnits",
        "OnDemandThroughput/MaxWriteRequestUnits",
        *(f"GlobalSecondaryIndexes/*/{path}" for path in PROVISIONED),
    ),
    "AWS::Kinesis::Stream": ("ShardCount",),
    "AWS::ECS::Service": ("DesiredCount",),
    "AWS::ECS::TaskDefinition": ("Cpu", "Memory"),
    "AWS::ApplicationAutoScaling::ScalableTarget": ("MinCapacity", "MaxCapacity"),
    "AWS::AutoScaling::AutoScalingGroup": ("MinSize", "MaxSize", "DesiredCapacity"),
    "AWS::ElastiCache::ReplicationGroup": ("NumCacheClusters", "NumNodeGroups", "ReplicasPerNodeGroup"),
    "AWS::RDS::DBInstance": ("AllocatedStorage", "Iops"),
    "AWS::RDS::DBCluster": (
        "ServerlessV2ScalingConfiguration/MinCapacity",
        "ServerlessV2ScalingConfiguration/MaxCapacity",
    ),
    "AWS::OpenSearchService::Domain": ("ClusterConfig/InstanceCount", "EBSOptions/VolumeSize"),
    "AWS::ApiGateway::UsagePlan": ("Throttle/RateLimit", "Throttle/BurstLimit", "Quota/Limit"),
    "AWS::ApiGateway::Stage": ("MethodSettings/*/ThrottlingRateLimit", "MethodSettings/*/ThrottlingBurstLimit"),
    "AWS::ApiGatewayV2::Stage": (
        "DefaultRouteSettings/ThrottlingRateLimit",
        "DefaultRouteSettings/ThrottlingBurstLimit",
    ),
}
CAPS = frozenset({RESERVED, "ScalingConfig/MaximumConcurrency", "Throttle/RateLimit", "Quota/Limit"})
"""Without a number there is no limit (but the account's)."""
FLOORS = frozenset({WARM})
"""Without a number there is nothing."""

UNSET = {("AWS::Lambda::Function", "MemorySize"): 128.0, ("AWS::Lambda::Function", "Timeout"): 3.0}
"""What counts while nothing is set."""
SWITCHES = {
    "AWS::Lambda::EventSourceMapping": ("Enabled", "false"),
    "AWS::Events::Rule": ("State", "DISABLED"),
    "AWS::Scheduler::Schedule": ("State", "DISABLED"),
    "AWS::Pipes::Pipe": ("DesiredState", "STOPPED"),
    "AWS::CloudFront::Distribution": ("DistributionConfig/Enabled", "false"),
}
"""Which word of which property stops it."""


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if pair.rows and pair.before is not None and pair.after is not None:
            for path in NUMBERS.get(pair.resource_type, ()):
                yield from _lowered(pair, path)
            yield from _switched_off(pair)


def _switched_off(pair: Pair) -> Iterator[Finding]:
    path, off = SWITCHES.get(pair.resource_type, ("", ""))
    was, now = (scalar_text(at(side, path)) if path else "" for side in pair.properties)
    if off and now.lower() == off.lower() != was.lower():
        name = f"{word(pair.resource_type)} {pair.logical_id}"
        yield Finding(
            "capacity-lowered",
            Severity.WARNING,
            f"The {name} is switched off.",
            pair.logical_id,
            evidence=f"{path}: {now}",
        )


def _lowered(pair: Pair, path: str) -> Iterator[Finding]:
    before, after = (each(side, path) for side in pair.properties)
    for label, value in after.items():
        was, now = (_counts(pair, one, path) for one in (before.get(label), value))
        yield from _told(pair, path.replace("*", label), was, now)


def _told(pair: Pair, path: str, was: float | None, now: float | None) -> Iterator[Finding]:
    if path in FLOORS and was is not None:
        now = now or 0
    capped = path in CAPS and was is None and now is not None
    if now is None or not (capped or (was is not None and now < was)):
        return
    stops = path == RESERVED and now == 0
    name = f"{word(pair.resource_type)} {pair.logical_id}"
    what = "is stopped: it may not run any more at all" if stops else f"gets less {path.rsplit('/', 1)[-1]}"
    if capped and not stops:
        what = f"gets a limit: {path.rsplit('/', 1)[-1]} {digits(now)}"
    yield Finding(
        "capacity-lowered",
        Severity.WARNING if stops or path == RESERVED else Severity.NOTICE,
        f"The {name} {what}.",
        pair.logical_id,
        evidence=f"{path}: {'no limit' if was is None else f'{digits(was)}'} → {digits(now)}",
        hint="Reserved concurrency is a limit as well: calls beyond it are refused." if path == RESERVED else "",
    )


def _counts(pair: Pair, value: Any, path: str) -> float | None:
    return UNSET.get((pair.resource_type, path)) if value is None else number(value)


RULE = Rule(
    "capacity-lowered",
    "Capacity is lowered",
    "warning",
    "Less memory, time, concurrency or throughput can turn working calls into errors under load. Reserved concurrency "
    "limits a function too: where it was not set, setting it lowers what the function may do. What is switched off (an "
    "event source, a rule, a schedule) does nothing any more.",
    "Lambda developer guide: Configure memory, timeout, reserved and provisioned concurrency; DynamoDB: Provisioned "
    "capacity; API Gateway: Throttling",
    find,
)
