"""Rules that delete data by themselves, from now on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.values import scalar_text, show

KEYS = ("ExpirationInDays", "ExpirationDate", "NoncurrentVersionExpiration", "NoncurrentVersionExpirationInDays")


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if not pair.rows or pair.before is None or pair.after is None:
            continue
        before, after = pair.properties
        if pair.resource_type == "AWS::DynamoDB::Table":
            was, now = (_time_to_live(side) for side in (before, after))
            if now and now != was:
                yield Finding(
                    "data-expires",
                    Severity.WARNING,
                    f"The table {pair.logical_id} deletes items by itself from now on.",
                    pair.logical_id,
                    evidence=f"time to live: attribute {now}",
                )
        if pair.resource_type == "AWS::S3::Bucket":
            known = _expirations(before)
            new = [one for one in _expirations(after) if one not in known]
            if new:
                yield Finding(
                    "data-expires",
                    Severity.WARNING,
                    f"The bucket {pair.logical_id} deletes objects by itself by a new or changed rule.",
                    pair.logical_id,
                    evidence="\n".join(new),
                )


def _time_to_live(properties: dict[str, Any]) -> str:
    found = properties.get("TimeToLiveSpecification")
    if not isinstance(found, dict) or scalar_text(found.get("Enabled")).lower() != "true":
        return ""
    return show(found.get("AttributeName", ""))


def _expirations(properties: dict[str, Any]) -> list[str]:
    configuration = properties.get("LifecycleConfiguration")
    rules = configuration.get("Rules") if isinstance(configuration, dict) else None
    found = []
    for rule in rules if isinstance(rules, list) else []:
        if isinstance(rule, dict) and show(rule.get("Status")) == "Enabled":
            where = show(rule.get("Prefix", "")) or "everything"
            found += [f"{where}: {key} {show(rule[key])}" for key in KEYS if key in rule]
    return found


RULE = Rule(
    "data-expires",
    "Data is deleted by a rule",
    "warning",
    "A lifecycle rule or a time to live deletes what is old already, soon after the deployment, and nothing asks.",
    "S3 user guide: Expiring objects; DynamoDB developer guide: Time to Live",
    find,
)
