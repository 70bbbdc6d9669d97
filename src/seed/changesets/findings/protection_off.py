"""A protection of data is switched off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.going import deletes
from seed.changesets.findings.places import BACKUP_DAYS, FILE_SYSTEMS, each
from seed.changesets.findings.rule import Rule
from seed.changesets.findings.weaker import weaker
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.values import scalar_text, show
from seed.changesets.words import word

DELETION = ("DeletionProtection", "deletion protection")
AT_REST = ("StorageEncrypted", "encryption")
BACKUPS = ("BackupRetentionPeriod", "backups")
SNAPSHOTS = ("SnapshotRetentionLimit", "automatic snapshots")
S3_KEYS = "BucketEncryption/ServerSideEncryptionConfiguration"
SEARCH = (
    ("EncryptionAtRestOptions/Enabled", "encryption"),
    ("NodeToNodeEncryptionOptions/Enabled", "encryption between its nodes"),
    ("DomainEndpointOptions/EnforceHTTPS", "encryption on the way: it takes plain HTTP"),
    ("AdvancedSecurityOptions/Enabled", "fine-grained access control"),
)
ON_FAILURE = ("DestinationConfig/OnFailure", "the destination of what fails")
SWITCHES: dict[str, tuple[tuple[str, str], ...]] = {
    "AWS::DynamoDB::Table": (
        ("DeletionProtectionEnabled", "deletion protection"),
        ("PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled", "point-in-time recovery"),
        ("SSESpecification/SSEEnabled", "encryption with a key of yours"),
    ),
    "AWS::DynamoDB::GlobalTable": (
        ("Replicas/*/DeletionProtectionEnabled", "deletion protection"),
        ("Replicas/*/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled", "point-in-time recovery"),
        ("SSESpecification/SSEEnabled", "encryption with a key of yours"),
    ),
    "AWS::Cassandra::Table": (("PointInTimeRecoveryEnabled", "point-in-time recovery"),),
    "AWS::S3::Bucket": (
        ("VersioningConfiguration/Status", "versioning"),
        ("BucketEncryption", "the encryption that was asked for"),
        ("ReplicationConfiguration", "replication"),
        ("ObjectLockConfiguration/Rule", "the default retention of its object lock"),
        ("LoggingConfiguration", "its access log"),
        (f"{S3_KEYS}/*/ServerSideEncryptionByDefault/KMSMasterKeyID", "encryption with a key of yours"),
    ),
    "AWS::RDS::DBProxy": (("RequireTLS", "encryption on the way"), ("Auth/*/IAMAuth", "sign-in by IAM")),
    "AWS::ApiGateway::Stage": (("AccessLogSetting", "its access log"),),
    "AWS::ApiGatewayV2::Stage": (("AccessLogSettings", "its access log"),),
    "AWS::RDS::DBInstance": (DELETION, AT_REST, ("MultiAZ", "the standby in another zone"), BACKUPS),
    "AWS::RDS::DBCluster": (DELETION, AT_REST, BACKUPS),
    "AWS::RDS::GlobalCluster": (DELETION, AT_REST),
    "AWS::DSQL::Cluster": (("DeletionProtectionEnabled", "deletion protection"),),
    "AWS::DocDB::DBCluster": (DELETION, AT_REST, BACKUPS),
    "AWS::DocDBElastic::Cluster": (BACKUPS,),
    "AWS::Neptune::DBCluster": (DELETION, AT_REST, BACKUPS),
    "AWS::NeptuneGraph::Graph": (DELETION,),
    "AWS::Redshift::Cluster": (
        ("Encrypted", "encryption"),
        ("AutomatedSnapshotRetentionPeriod", "automatic snapshots"),
        ("LoggingProperties", "its audit log"),
        ("MultiAZ", "the standby in another zone"),
    ),
    "AWS::ElastiCache::CacheCluster": (SNAPSHOTS,),
    "AWS::ElastiCache::ServerlessCache": (SNAPSHOTS,),
    "AWS::ElastiCache::ReplicationGroup": (
        SNAPSHOTS,
        ("AtRestEncryptionEnabled", "encryption"),
        ("TransitEncryptionEnabled", "encryption on the way"),
        ("AutomaticFailoverEnabled", "automatic failover"),
        ("MultiAZEnabled", "the standby in another zone"),
    ),
    "AWS::MemoryDB::Cluster": (SNAPSHOTS, ("TLSEnabled", "encryption on the way")),
    "AWS::OpenSearchService::Domain": SEARCH,
    "AWS::Elasticsearch::Domain": SEARCH,
    "AWS::ECR::Repository": (
        ("ImageTagMutability", "immutable tags: a tag can be moved to another image"),
        ("ImageScanningConfiguration/ScanOnPush", "the scan of new images"),
    ),
    "AWS::Cognito::UserPool": (DELETION, ("MfaConfiguration", "sign-in with a second factor")),
    "AWS::EFS::FileSystem": (
        ("BackupPolicy/Status", "backups"),
        ("Encrypted", "encryption"),
        ("ReplicationConfiguration", "replication"),
    ),
    "AWS::FSx::FileSystem": tuple((f"{kind}/{BACKUP_DAYS}", "backups") for kind in FILE_SYSTEMS),
    "AWS::KMS::Key": (
        ("EnableKeyRotation", "key rotation"),
        ("Enabled", "its use: nothing that it encrypted can be read"),
    ),
    "AWS::SQS::Queue": (
        ("KmsMasterKeyId", "encryption with a key of yours"),
        ("SqsManagedSseEnabled", "encryption"),
        ("RedrivePolicy", "the dead-letter queue"),
    ),
    "AWS::SNS::Topic": (("KmsMasterKeyId", "encryption"),),
    "AWS::Kinesis::Stream": (("StreamEncryption", "encryption"),),
    "AWS::KinesisFirehose::DeliveryStream": (("DeliveryStreamEncryptionConfigurationInput", "encryption"),),
    "AWS::Logs::LogGroup": (
        ("KmsKeyId", "encryption with a key of yours"),
        ("DeletionProtectionEnabled", "deletion protection"),
    ),
    "AWS::Lambda::Function": (
        ("DeadLetterConfig", "the dead-letter queue"),
        ("CodeSigningConfigArn", "the check of who signed its code"),
    ),
    "AWS::Lambda::EventInvokeConfig": (ON_FAILURE,),
    "AWS::Lambda::EventSourceMapping": (
        ON_FAILURE,
        ("FunctionResponseTypes", "the report of what failed of a batch: all of it comes again"),
    ),
    "AWS::Events::Rule": (("Targets/*/DeadLetterConfig", "the dead-letter queue"),),
    "AWS::SNS::Subscription": (("RedrivePolicy", "the dead-letter queue"),),
    "AWS::Scheduler::Schedule": (("Target/DeadLetterConfig", "the dead-letter queue"),),
    "AWS::CloudWatch::Alarm": (("AlarmActions", "its actions: nobody hears of it any more"),),
    "AWS::GuardDuty::Detector": (("Enable", "its watch: nobody looks for intruders by it any more"),),
    "AWS::CloudFront::Distribution": (
        ("DistributionConfig/WebACLId", "its firewall"),
        ("DistributionConfig/Logging", "its access log"),
        ("DistributionConfig/Restrictions/GeoRestriction/RestrictionType", "the countries that it was kept to"),
    ),
    "AWS::CloudTrail::Trail": (("IsLogging", "its log: nothing is recorded any more"),),
}
ON = {"true", "enabled", "active", "on", "optional"}
OFF = {"", "0", "false", "disabled", "inactive", "suspended", "off", "none", "mutable"}


STAYS_ON = frozenset(["BackupRetentionPeriod", "AutomatedSnapshotRetentionPeriod", "Enabled", "SqsManagedSseEnabled"])
"""On while it is not set: only a word, or 0, switches it off."""
MEMBERS = {
    "AWS::DynamoDB::GlobalTable": ("Replicas/*/Region", "the replica in"),
    "AWS::Backup::BackupPlan": ("BackupPlan/BackupPlanRule/*/RuleName", "the backup rule"),
}
"""Lists whose items protect, each for itself."""
BACKS_UP = "the backups it asked for are made no more"
GUARDS = {
    "AWS::Backup::BackupPlan": BACKS_UP,
    "AWS::Backup::BackupSelection": BACKS_UP,
    "AWS::CloudTrail::Trail": "what is done in the account is recorded by it no more",
    "AWS::SecretsManager::RotationSchedule": "the secret is rotated no more",
    "AWS::Config::ConfigurationRecorder": "what changes in the account is recorded by it no more",
    "AWS::Macie::Session": "nobody looks for what should not lie in buckets any more",
    "AWS::GuardDuty::Detector": "nobody looks for intruders by it any more",
    "AWS::WAFv2::WebACLAssociation": "the requests that its firewall kept out come through",
}
"""What nobody does any more once it is gone."""


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if pair.before and pair.after is None and pair.old_type in GUARDS and not _idle(pair, review):
            yield Finding(
                "protection-off",
                Severity.WARNING,
                f"The {word(pair.old_type)} {pair.logical_id} is removed: {GUARDS[pair.old_type]}.",
                pair.logical_id,
                hint="Leave it, unless something else does what it did.",
            )
        if pair.rows and pair.before and pair.after:
            yield from _switched(pair)
            yield from _left_out(pair)
            yield from _weakened(pair)


def _idle(guard: Pair, review: Review) -> bool:
    """What it guards is deleted as well."""
    return deletes(review, [guard.properties[0].get(name) for name in ("SecretId", "ResourceArn")])


def _switched(pair: Pair) -> Iterator[Finding]:
    for path, what in SWITCHES.get(pair.resource_type, ()):
        before, after = (each(side, path) for side in pair.properties)
        for label, was in before.items():
            if label in after and _on(was, path) and _off(after[label], path):
                where = f" in {label}" if label and not label.isdecimal() else ""
                yield Finding(
                    "protection-off",
                    Severity.WARNING,
                    f"The {word(pair.resource_type)} {pair.logical_id} loses {what}{where}.",
                    pair.logical_id,
                    evidence=f"{path}: {show(was) or 'not set'} → {show(after[label]) or 'not set'}",
                    hint=f"Leave {path.rsplit('/', 1)[-1]} as it was, unless that is what you want.",
                )


def _weakened(pair: Pair) -> Iterator[Finding]:
    for does, evidence in weaker(pair):
        sentence = f"The {word(pair.resource_type)} {pair.logical_id} {does}."
        yield Finding(
            "protection-off",
            Severity.WARNING,
            sentence,
            pair.logical_id,
            evidence,
            hint="Leave it as it was, unless that is what you want.",
        )


def _left_out(pair: Pair) -> Iterator[Finding]:
    path, what = MEMBERS.get(pair.resource_type, ("", ""))
    before, after = (each(side, path) if path else {} for side in pair.properties)
    for label in (one for one in before if one not in after):
        yield Finding(
            "protection-off",
            Severity.WARNING,
            f"The {word(pair.resource_type)} {pair.logical_id} loses {what} {label}.",
            pair.logical_id,
            evidence=f"{path}: {label}",
            hint="Leave it, unless that is what you want.",
        )


def _on(value: Any, path: str) -> bool:
    if value is None:
        return path in STAYS_ON
    if isinstance(value, dict | list):
        return bool(value)
    text = scalar_text(value or "").lower()
    return text in ON or (text not in OFF)


def _off(value: Any, path: str) -> bool:
    if value is None and path in STAYS_ON:
        return False
    if isinstance(value, dict | list):
        return not value
    return value is None or scalar_text(value).lower() in OFF


RULE = Rule(
    "protection-off",
    "A protection of data is switched off",
    "warning",
    "Backups, versioning, deletion protection and encryption are what saves data when something else goes wrong; "
    "firewalls, current TLS and strong sign-in are what keeps strangers from it.",
    "AWS Well-Architected Framework, Reliability pillar: back up data; service guides of each property",
    find,
)
