"""Rules that delete data by themselves, from now on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from seed.changesets.findings.places import at, number, objects, true
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.values import show
from seed.changesets.words import word

KEYS = (
    "ExpirationInDays",
    "ExpirationDate",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionExpirationInDays",
)


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if not pair.rows or pair.before is None or pair.after is None or pair.resource_type not in DELETES:
            continue
        look, what = DELETES[pair.resource_type]
        known, now = (look(side) for side in pair.properties)
        new = [one for one in now if one not in known]
        if new:
            yield Finding(
                "data-expires",
                Severity.WARNING,
                f"The {word(pair.resource_type)} {pair.logical_id} deletes {what} by itself from now on, "
                "by a new or changed rule.",
                pair.logical_id,
                evidence="\n".join(new),
                hint="What is old enough already goes soon after the deployment.",
            )


def _time_to_live(properties: dict[str, Any]) -> list[str]:
    found = properties.get("TimeToLiveSpecification")
    if not isinstance(found, dict) or not true(found.get("Enabled")):
        return []
    return [f"time to live: attribute {show(found.get('AttributeName', ''))}"]


def _default_time_to_live(properties: dict[str, Any]) -> list[str]:
    seconds = number(properties.get("DefaultTimeToLive"))
    return [f"DefaultTimeToLive: {seconds:g} seconds"] if seconds else []


def _expirations(properties: dict[str, Any]) -> list[str]:
    found = []
    for rule in objects(at(properties, "LifecycleConfiguration/Rules")):
        if show(rule.get("Status")) == "Enabled":
            where = show(rule.get("Prefix") or at(rule, "Filter/Prefix") or "") or "everything"
            found += [f"{where}: {key} {show(rule[key])}" for key in KEYS if key in rule]
    return found


def _image_rules(properties: dict[str, Any]) -> list[str]:
    """The policy is JSON in a text, of which nobody promises that it is one."""
    text = at(properties, "LifecyclePolicy/LifecyclePolicyText")
    try:
        policy = json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        return [show(text)]
    return [show(at(rule, "selection") or rule) for rule in objects(at(policy, "rules"))]


DELETES: dict[str, tuple[Callable[[dict[str, Any]], list[str]], str]] = {
    "AWS::DynamoDB::Table": (_time_to_live, "items"),
    "AWS::DynamoDB::GlobalTable": (_time_to_live, "items"),
    "AWS::Cassandra::Table": (_default_time_to_live, "rows"),
    "AWS::S3::Bucket": (_expirations, "objects"),
    "AWS::ECR::Repository": (_image_rules, "images"),
}

RULE = Rule(
    "data-expires",
    "Data is deleted by a rule",
    "warning",
    "A lifecycle rule or a time to live deletes what is old already, soon after the deployment, and nothing asks.",
    "S3 user guide: Expiring objects; DynamoDB developer guide: Time to Live; ECR user guide: Lifecycle policies",
    find,
)
