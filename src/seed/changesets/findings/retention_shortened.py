"""Data, logs or backups are kept for a shorter time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.places import BACKUP_DAYS, FILE_SYSTEMS, digits, each, number
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.words import word

BACKUPS = (("BackupRetentionPeriod", "Backups are kept for fewer days"),)
SNAPSHOTS = (("SnapshotRetentionLimit", "Snapshots are kept for fewer days"),)
FILES = tuple((f"{kind}/{BACKUP_DAYS}", "Backups are kept for fewer days") for kind in FILE_SYSTEMS)
KEPT = {
    "AWS::Logs::LogGroup": (("RetentionInDays", "Logs are kept for fewer days"),),
    "AWS::SQS::Queue": (("MessageRetentionPeriod", "Messages are kept for fewer seconds"),),
    "AWS::Kinesis::Stream": (("RetentionPeriodHours", "Records are kept for fewer hours"),),
    "AWS::KinesisVideo::Stream": (("DataRetentionInHours", "Recordings are kept for fewer hours"),),
    "AWS::RDS::DBInstance": BACKUPS,
    "AWS::RDS::DBCluster": BACKUPS,
    "AWS::DocDB::DBCluster": BACKUPS,
    "AWS::DocDBElastic::Cluster": BACKUPS,
    "AWS::FSx::FileSystem": FILES,
    "AWS::Neptune::DBCluster": BACKUPS,
    "AWS::Redshift::Cluster": (("AutomatedSnapshotRetentionPeriod", "Snapshots are kept for fewer days"),),
    "AWS::ElastiCache::CacheCluster": SNAPSHOTS,
    "AWS::ElastiCache::ReplicationGroup": SNAPSHOTS,
    "AWS::ElastiCache::ServerlessCache": SNAPSHOTS,
    "AWS::MemoryDB::Cluster": SNAPSHOTS,
    "AWS::DynamoDB::Table": (
        ("PointInTimeRecoverySpecification/RecoveryPeriodInDays", "Points in time are kept for fewer days"),
    ),
    "AWS::Timestream::Table": (
        ("RetentionProperties/MagneticStoreRetentionPeriodInDays", "Records are kept for fewer days"),
    ),
    "AWS::Events::Archive": (("RetentionDays", "Events are kept for fewer days"),),
    "AWS::Backup::BackupPlan": (
        ("BackupPlan/BackupPlanRule/*/Lifecycle/DeleteAfterDays", "Backups are kept for fewer days"),
    ),
    "AWS::Backup::BackupVault": (("LockConfiguration/MinRetentionDays", "Backups are locked for fewer days"),),
}
FOR_EVER = frozenset(
    ["AWS::Logs::LogGroup", "AWS::Events::Archive", "AWS::Backup::BackupPlan", "AWS::Timestream::Table"]
)
"""They keep everything while no number is set."""
UNSET = {
    "MessageRetentionPeriod": 345_600,
    "RetentionPeriodHours": 24,
    "BackupRetentionPeriod": 1,
    "AutomatedSnapshotRetentionPeriod": 1,
}
"""What counts while no number is set, as each service documents it."""


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if not pair.rows or not (pair.before and pair.after):
            continue
        for path, what in KEPT.get(pair.resource_type, ()):
            before, after = (each(side, path) for side in pair.properties)
            for label in (one for one in before if one in after):
                was, now = (_kept(side[label], path) for side in (before, after))
                endless = pair.resource_type in FOR_EVER and not was
                if now and (endless or (was is not None and now < was)):
                    text = "for ever" if endless or was is None else digits(was)
                    yield Finding(
                        "retention-shortened",
                        Severity.WARNING,
                        f"{what} in the {word(pair.resource_type)} {pair.logical_id}: older ones are deleted.",
                        pair.logical_id,
                        evidence=f"{path}: {text} → {digits(now)}",
                        hint="Export what is older first, if somebody needs it.",
                    )


def _kept(value: Any, path: str) -> float | None:
    return UNSET.get(path) if value is None else number(value)


RULE = Rule(
    "retention-shortened",
    "A retention is shortened",
    "warning",
    "A shorter retention deletes at once what is older.",
    "CloudWatch Logs, SQS, Kinesis, RDS, ElastiCache, Timestream, EventBridge and Backup guides: retention",
    find,
)
