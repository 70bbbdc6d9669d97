"""Less memory, time, concurrency or throughput than before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.going import deletes
from seed.changesets.findings.places import at, digits, each, number
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.values import same, scalar_text, show
from seed.changesets.words import word

PROVISIONED = ("ProvisionedThroughput/ReadCapacityUnits", "ProvisionedThroughput/WriteCapacityUnits")
STOPPED = frozenset({"ReservedConcurrentExecutions", "DesiredCount"})
"""With none of it, nothing runs."""
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
CAPS = frozenset(
    {
        RESERVED,
        "ScalingConfig/MaximumConcurrency",
        "Throttle/RateLimit",
        "Quota/Limit",
        "DefaultRouteSettings/ThrottlingRateLimit",
        "MethodSettings/*/ThrottlingRateLimit",
        "OnDemandThroughput/MaxReadRequestUnits",
        "OnDemandThroughput/MaxWriteRequestUnits",
    }
)
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
    "AWS::CloudWatch::Alarm": ("ActionsEnabled", "false"),
}
"""Which word of which property stops it."""


CLASSES = {
    "AWS::DAX::Cluster": "NodeType",
    "AWS::EC2::Instance": "InstanceType",
    "AWS::ElastiCache::CacheCluster": "CacheNodeType",
    "AWS::ElastiCache::ReplicationGroup": "CacheNodeType",
    "AWS::MemoryDB::Cluster": "NodeType",
    "AWS::OpenSearchService::Domain": "ClusterConfig/InstanceType",
    "AWS::RDS::DBInstance": "DBInstanceClass",
    "AWS::Redshift::Cluster": "NodeType",
}
"""Where a type says how large its machines are: `db.r6g.2xlarge`."""
SIZES = ("nano", "micro", "small", "medium", "large", "xlarge")
SIZE = re.compile(rf"\.(\d*)({'|'.join(SIZES)})(?:\.|$)")
ON_DEMAND = {
    "AWS::DynamoDB::Table": ("BillingMode", "PAY_PER_REQUEST"),
    "AWS::Kinesis::Stream": ("StreamModeDetails/StreamMode", "ON_DEMAND"),
}
"""Which word of which property lets it grow with its load."""


def find(review: Review) -> Iterator[Finding]:
    yield from _gone(review)
    for pair in review.pairs.values():
        if pair.rows and pair.before is not None and pair.after is not None:
            for path in NUMBERS.get(pair.resource_type, ()):
                yield from _lowered(pair, path)
            yield from _switched_off(pair)
            yield from _smaller(pair)
            yield from _fixed(pair)


def _gone(review: Review) -> Iterator[Finding]:
    """Unless another one does just the same."""
    added = [pair for pair in review.pairs.values() if pair.before is None and pair.resource_type in DOES]
    for pair in review.pairs.values():
        if pair.after is None and pair.old_type in DOES:
            was, _ = pair.properties
            again = any(one.resource_type == pair.old_type and same(was, one.properties[1]) for one in added)
            if not again and not _off_already(pair) and not deletes(review, was):  # that which it watched is told
                name = f"{word(pair.old_type)} {pair.logical_id}"
                sentence = f"The {name} is removed: {DOES[pair.old_type]}."
                yield Finding(RULE.id, Severity.NOTICE, sentence, pair.logical_id, hint=INSTEAD)


def _off_already(pair: Pair) -> bool:
    path, off = SWITCHES.get(pair.old_type, ("", ""))
    return bool(path) and scalar_text(at(pair.properties[0], path)).lower() == off.lower()


DOES = {
    "AWS::CloudWatch::Alarm": "nobody hears of what it watched",
    "AWS::Events::Rule": "what it started is not started by it any more",
    "AWS::Pipes::Pipe": "nothing goes through it any more",
    "AWS::SNS::Subscription": "its endpoint hears nothing any more",
    "AWS::Scheduler::Schedule": "what it started is not started by it any more",
}
"""What goes with it. Of what is called by an address `address-removed` speaks."""


def _smaller(pair: Pair) -> Iterator[Finding]:
    path = CLASSES.get(pair.resource_type, "")
    was, now = (show(at(side, path)) if path else "" for side in pair.properties)
    old, new = _size(was), _size(now)
    if old and new and new < old:
        name = f"{word(pair.resource_type)} {pair.logical_id}"
        sentence, evidence = f"The {name} gets smaller machines.", f"{path}: {was} → {now}"
        yield Finding(RULE.id, Severity.NOTICE, sentence, pair.logical_id, evidence, hint=BUSIEST)


def _size(machine: str) -> tuple[int, ...]:
    """() where nobody knows; `2xlarge` is more than `xlarge`."""
    found = SIZE.search(machine)
    return (SIZES.index(found[2]), int(found[1] or 1)) if found else ()


def _fixed(pair: Pair) -> Iterator[Finding]:
    """What grew with its load does no more."""
    path, word_of_it = ON_DEMAND.get(pair.resource_type, ("", ""))
    was, now = (scalar_text(at(side, path) or "not set") if path else "" for side in pair.properties)
    if path and was == word_of_it != now:
        yield Finding(
            RULE.id,
            Severity.WARNING,
            f"The {word(pair.resource_type)} {pair.logical_id} no longer grows with its load: calls beyond what is "
            "provisioned are refused.",
            pair.logical_id,
            evidence=f"{path}: {was} → {now}",
            hint=BUSIEST,
        )


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
            hint=f"Leave {path.rsplit('/', 1)[-1]} as it was, unless it is to stand still.",
        )


def _lowered(pair: Pair, path: str) -> Iterator[Finding]:
    before, after = (each(side, path) for side in pair.properties)
    for label, value in after.items():
        was, now = (_counts(pair, one, path) for one in (before.get(label), value))
        yield from _told(pair, path, label, was, now)


def _told(pair: Pair, general: str, label: str, was: float | None, now: float | None) -> Iterator[Finding]:
    path = general.replace("*", label)
    if path in FLOORS and was is not None:
        now = now or 0
    capped = general in CAPS and was is None and now is not None
    if now is None or not (capped or (was is not None and now < was)):
        return
    stops = path in STOPPED and now == 0
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
        hint="Reserved concurrency is a limit as well: calls beyond it are refused." if path == RESERVED else BUSIEST,
    )


def _counts(pair: Pair, value: Any, path: str) -> float | None:
    return UNSET.get((pair.resource_type, path)) if value is None else number(value)


INSTEAD = "Leave it, unless something else does what it did."
BUSIEST = "Look at what it used at its busiest."

RULE = Rule(
    "capacity-lowered",
    "Capacity is lowered",
    "warning",
    "Less memory, time, concurrency or throughput can turn working calls into errors under load. Reserved concurrency "
    "limits a function too: where it was not set, setting it lowers what the function may do, and so do a limit where "
    "there was none and provisioned throughput in place of on demand. What is switched off (an event source, a rule, "
    "a schedule, an alarm) does nothing any more.",
    "Lambda developer guide: Configure memory, timeout, reserved and provisioned concurrency; DynamoDB: Provisioned "
    "capacity; API Gateway: Throttling",
    find,
)
