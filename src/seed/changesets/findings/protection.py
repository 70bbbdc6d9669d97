"""A protection of data is switched off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.values import scalar_text, show
from seed.changesets.words import word

SWITCHES: dict[str, tuple[tuple[str, str], ...]] = {
    "AWS::DynamoDB::Table": (
        ("DeletionProtectionEnabled", "deletion protection"),
        ("PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled", "point-in-time recovery"),
        ("SSESpecification/SSEEnabled", "encryption with a key of yours"),
    ),
    "AWS::S3::Bucket": (
        ("VersioningConfiguration/Status", "versioning"),
        ("BucketEncryption", "the encryption that was asked for"),
        ("ReplicationConfiguration", "replication"),
    ),
    "AWS::RDS::DBInstance": (
        ("DeletionProtection", "deletion protection"),
        ("StorageEncrypted", "encryption"),
        ("MultiAZ", "the standby in another zone"),
        ("BackupRetentionPeriod", "backups"),
    ),
    "AWS::RDS::DBCluster": (
        ("DeletionProtection", "deletion protection"),
        ("StorageEncrypted", "encryption"),
        ("BackupRetentionPeriod", "backups"),
    ),
    "AWS::Cognito::UserPool": (
        ("DeletionProtection", "deletion protection"),
        ("MfaConfiguration", "sign-in with a second factor"),
    ),
    "AWS::EFS::FileSystem": (("BackupPolicy/Status", "backups"), ("Encrypted", "encryption")),
    "AWS::KMS::Key": (("EnableKeyRotation", "key rotation"), ("Enabled", "the key")),
    "AWS::SQS::Queue": (
        ("KmsMasterKeyId", "encryption with a key of yours"),
        ("SqsManagedSseEnabled", "encryption"),
        ("RedrivePolicy", "the dead-letter queue"),
    ),
    "AWS::SNS::Topic": (("KmsMasterKeyId", "encryption"),),
    "AWS::Kinesis::Stream": (("StreamEncryption", "encryption"),),
    "AWS::Lambda::Function": (("DeadLetterConfig", "the dead-letter queue"),),
}
ON = {"true", "enabled", "active", "on", "optional"}
OFF = {"", "0", "false", "disabled", "inactive", "suspended", "off", "none"}
NUMBERS = {
    "AWS::Logs::LogGroup": (("RetentionInDays", "Logs are kept for fewer days"),),
    "AWS::SQS::Queue": (("MessageRetentionPeriod", "Messages are kept for fewer seconds"),),
    "AWS::Kinesis::Stream": (("RetentionPeriodHours", "Records are kept for fewer hours"),),
    "AWS::RDS::DBInstance": (("BackupRetentionPeriod", "Backups are kept for fewer days"),),
    "AWS::RDS::DBCluster": (("BackupRetentionPeriod", "Backups are kept for fewer days"),),
}


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if not pair.rows or not (pair.before and pair.after):
            continue
        before, after = pair.properties
        name = f"{word(pair.resource_type)} {pair.logical_id}"
        for path, what in SWITCHES.get(pair.resource_type, ()):
            was, now = (_at(side, path) for side in (before, after))
            if _on(was) and _off(now):
                yield Finding(
                    "protection-off",
                    Severity.WARNING,
                    f"The {name} loses {what}.",
                    pair.logical_id,
                    evidence=f"{path}: {show(was)} → {show(now) or 'not set'}",
                )
        for path, what in NUMBERS.get(pair.resource_type, ()):
            was, now = (_number(_at(side, path)) for side in (before, after))
            forever = pair.resource_type == "AWS::Logs::LogGroup" and was is None and now is not None
            if forever or (was is not None and now is not None and 0 < now < was):
                text = "for ever" if was is None else f"{was:g}"
                yield Finding(
                    "retention-shortened",
                    Severity.WARNING,
                    f"{what} in the {name}: older ones are deleted.",
                    pair.logical_id,
                    evidence=f"{path}: {text} → {now:g}",
                )


def _at(value: Any, path: str) -> Any:
    for part in path.split("/"):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _on(value: Any) -> bool:
    if isinstance(value, dict | list):
        return bool(value)
    text = scalar_text(value or "").lower()
    return text in ON or (text not in OFF)


def _off(value: Any) -> bool:
    if isinstance(value, dict | list):
        return not value
    return value is None or scalar_text(value).lower() in OFF


def _number(value: Any) -> float | None:
    text = scalar_text(value)
    return float(text) if text.isdecimal() else None


RULE = Rule(
    "protection-off, retention-shortened",
    "A protection of data is switched off",
    "warning",
    "Backups, versioning, deletion protection and encryption are what saves data when something else goes wrong. "
    "A shorter retention deletes what is older at once.",
    "AWS Well-Architected Framework, Reliability pillar: back up data; service guides of each property",
    find,
)
