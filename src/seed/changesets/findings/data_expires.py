"""Rules that delete data by themselves, from now on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from seed.changesets.findings.places import at, digits, number, objects, true
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
DAYS = "NoncurrentDays"
SIZES = {"ObjectSizeGreaterThan": "over", "ObjectSizeLessThan": "under"}


Deadlines = dict[str, Any]
"""What is deleted → after how long."""


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if not pair.rows or pair.before is None or pair.after is None or pair.resource_type not in DELETES:
            continue
        look, what = DELETES[pair.resource_type]
        known, now = (look(side) for side in pair.properties)
        new = [one for one, limit in now.items() if one not in known or _sooner(known[one], limit)]
        if new:
            yield Finding(
                "data-expires",
                Severity.WARNING,
                f"The {word(pair.resource_type)} {pair.logical_id} deletes {what} by itself from now on, "
                "by a new or changed rule.",
                pair.logical_id,
                evidence="\n".join(f"{one} {show(now[one])}".strip() for one in new),
                hint="What is old enough already goes soon after the deployment.",
            )


def _sooner(was: Any, now: Any) -> bool:
    """What is kept for longer than before is no news. Texts and conditions are another rule."""
    old, new = number(was), number(now)
    return was != now if old is None or new is None else new < old


def _time_to_live(properties: dict[str, Any]) -> Deadlines:
    found = properties.get("TimeToLiveSpecification")
    if not isinstance(found, dict) or not true(found.get("Enabled")):
        return {}
    return {f"time to live: attribute {show(found.get('AttributeName', ''))}": ""}


def _default_time_to_live(properties: dict[str, Any]) -> Deadlines:
    seconds = number(properties.get("DefaultTimeToLive"))
    return {"DefaultTimeToLive, seconds:": f"{digits(seconds)}"} if seconds else {}


def _expirations(properties: dict[str, Any]) -> Deadlines:
    return {
        f"{_which(rule)}: {key}{beside}": limit
        for rule in objects(at(properties, "LifecycleConfiguration/Rules"))
        if show(rule.get("Status")) == "Enabled"
        for key in KEYS
        if key in rule
        for beside, limit in [_limit(rule[key])]
    }


def _limit(given: Any) -> tuple[str, Any]:
    """The days, and what else decides; a date or a number is all there is."""
    if not isinstance(given, dict):
        return "", given
    rest = {name: value for name, value in given.items() if name != DAYS}
    return f" {show(rest)}" if rest else "", given.get(DAYS)


def _which(rule: dict[str, Any]) -> str:
    """The objects that a rule is for: every word of it narrows them."""
    prefix = show(rule.get("Prefix") or at(rule, "Filter/Prefix") or "")
    tags = [f"{show(one.get('Key', ''))}={show(one.get('Value', ''))}" for one in objects(rule.get("TagFilters"))]
    sizes = [f"{sign} {show(rule[key])} bytes" for key, sign in SIZES.items() if key in rule]
    return ", ".join([one for one in (prefix, *(f"tagged {tag}" for tag in tags), *sizes) if one]) or "everything"


def _image_rules(properties: dict[str, Any]) -> Deadlines:
    """The policy is JSON in a text, of which nobody promises that it is one."""
    text = at(properties, "LifecyclePolicy/LifecyclePolicyText")
    try:
        policy = json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        return {show(text): ""}
    selections = [at(rule, "selection") or rule for rule in objects(at(policy, "rules"))]
    return {
        show({key: item for key, item in one.items() if key != "countNumber"}): one.get("countNumber", "")
        for one in selections
        if isinstance(one, dict)
    }


DELETES: dict[str, tuple[Callable[[dict[str, Any]], Deadlines], str]] = {
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
