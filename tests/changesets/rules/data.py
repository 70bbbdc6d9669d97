"""Data, and what protects it."""

from __future__ import annotations

import json

from tests.changesets.rules.case import (
    BUCKET,
    FUNCTION,
    GLOBAL_TABLE,
    IMAGES,
    LOGS,
    QUEUE,
    TABLE_TYPE,
    Case,
    bad,
    bad_stack,
    good,
    good_stack,
    table,
)
from tests.changesets.templates import OTHER_KEY, TABLE, stack

DATABASE, CLUSTER, CACHE = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::ElastiCache::ReplicationGroup"
SEARCH, FILES, BACKUP_PLAN = "AWS::OpenSearchService::Domain", "AWS::EFS::FileSystem", "AWS::Backup::BackupPlan"


def replica(**more: object) -> dict[str, object]:
    return {"Replicas": [{"Region": "eu-west-1", **more}, {"Region": "eu-central-1"}]}


def images(days: int) -> dict[str, object]:
    rule = {"rulePriority": 1, "selection": {"tagStatus": "any", "countType": "sinceImagePushed", "countNumber": days}}
    return {"LifecyclePolicy": {"LifecyclePolicyText": json.dumps({"rules": [rule]})}}


def expiring(days: object, status: str = "Enabled") -> dict[str, object]:
    return {"LifecycleConfiguration": {"Rules": [{"Status": status, "ExpirationInDays": days}]}}


def old_versions(days: int, **more: int) -> dict[str, object]:
    rule = {"Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": days, **more}}
    return {"LifecycleConfiguration": {"Rules": [rule]}}


def plan(days: int | None) -> dict[str, object]:
    lifecycle = {"Lifecycle": {"DeleteAfterDays": days}} if days else {}
    return {"BackupPlan": {"BackupPlanRule": [{"RuleName": "daily", **lifecycle}]}}


def windows(days: int) -> dict[str, object]:
    return {"WindowsConfiguration": {"AutomaticBackupRetentionDays": days}}


def keeping(policy: str) -> dict[str, object]:
    return stack(X={"Type": TABLE_TYPE, "Properties": TABLE, "DeletionPolicy": policy})


CDN, SIGN_IN, WAF = "AWS::CloudFront::Distribution", "AWS::Cognito::UserPool", "AWS::WAFv2::WebACL"
FIRST = {"Name": "common", "OverrideAction": {"None": {}}}
SECOND = {"Name": "rate", "Action": {"Block": {}}}


def rules(*given: dict[str, object], default: str = "Block") -> dict[str, object]:
    return {"DefaultAction": {default: {}}, "Rules": list(given)}


def viewed(**config: object) -> dict[str, object]:
    return {"DistributionConfig": config}


def passwords(length: int, **wanted: bool) -> dict[str, object]:
    return {"Policies": {"PasswordPolicy": {"MinimumLength": length, **wanted}}}


def own_key(**key: str) -> dict[str, object]:
    return {"BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": key}]}}


WEAKER: list[tuple[str, dict[str, object], dict[str, object]]] = [
    (WAF, rules(FIRST), rules(FIRST, default="Allow")),
    (WAF, rules(FIRST), rules({**FIRST, "OverrideAction": {"Count": {}}})),
    (WAF, rules(SECOND), rules({**SECOND, "Action": {"Count": {}}})),
    (CDN, viewed(DefaultCacheBehavior={"ViewerProtocolPolicy": "https-only"}), viewed(DefaultCacheBehavior={"ViewerProtocolPolicy": "allow-all"})),
    (CDN, viewed(ViewerCertificate={"MinimumProtocolVersion": "TLSv1.2_2021"}), viewed(ViewerCertificate={"MinimumProtocolVersion": "TLSv1_2016"})),
    (CDN, viewed(ViewerCertificate={"MinimumProtocolVersion": "TLSv1"}), viewed(ViewerCertificate={"MinimumProtocolVersion": "SSLv3"})),
    ("AWS::ApiGateway::DomainName", {"SecurityPolicy": "TLS_1_2"}, {"SecurityPolicy": "TLS_1_0"}),
    ("AWS::ApiGatewayV2::DomainName", {"DomainNameConfigurations": [{"SecurityPolicy": "TLS_1_2"}]}, {"DomainNameConfigurations": [{"SecurityPolicy": "TLS_1_0"}]}),
    (SEARCH, {"DomainEndpointOptions": {"TLSSecurityPolicy": "Policy-Min-TLS-1-2-2019-07"}}, {"DomainEndpointOptions": {"TLSSecurityPolicy": "Policy-Min-TLS-1-0-2019-07"}}),
    ("AWS::ElasticLoadBalancingV2::Listener", {"Protocol": "HTTPS"}, {"Protocol": "HTTP"}),
    (SIGN_IN, {"MfaConfiguration": "ON"}, {"MfaConfiguration": "OPTIONAL"}),
    (SIGN_IN, passwords(12), passwords(6)),
    (SIGN_IN, passwords(12, RequireNumbers=True), passwords(12, RequireNumbers=False)),
    ("AWS::SES::ConfigurationSet", {"DeliveryOptions": {"TlsPolicy": "REQUIRE"}}, {"DeliveryOptions": {"TlsPolicy": "OPTIONAL"}}),
    ("AWS::RDS::DBProxy", {"RequireTLS": True}, {"RequireTLS": False}),
    ("AWS::RDS::DBProxy", {"Auth": [{"IAMAuth": "REQUIRED"}]}, {"Auth": [{"IAMAuth": "DISABLED"}]}),
    (BUCKET, own_key(SSEAlgorithm="aws:kms", KMSMasterKeyID="k"), own_key(SSEAlgorithm="AES256")),
    ("AWS::ApiGateway::Stage", {"AccessLogSetting": {"Format": "f"}}, {}),
]  # fmt: skip
"""Each is told one way round, and not the other."""


CASES: list[Case] = [
    bad("data-removed", "danger", TABLE_TYPE, TABLE, None),
    bad("data-removed", "danger", "AWS::Cognito::UserPool", {}, None),
    bad("data-removed", "danger", "AWS::KMS::Key", {}, None),
    bad("data-removed", "danger", "AWS::CloudFront::KeyValueStore", {}, None),
    bad("data-removed", "danger", "AWS::CloudTrail::EventDataStore", {}, None),
    bad("data-removed", "danger", "AWS::APS::Workspace", {}, None),
    bad("data-removed", "danger", BUCKET, {}, None),
    bad("data-removed", "warning", LOGS, {}, None),
    bad("data-removed", "warning", DATABASE, {}, None),
    bad("data-removed", "danger", DATABASE, {}, None, DeletionPolicy="Delete"),
    bad("data-removed", "notice", TABLE_TYPE, TABLE, None, DeletionPolicy="Retain"),
    good("data-removed", "AWS::SNS::Topic", {}, None),
    good("data-removed", DATABASE, {"DBClusterIdentifier": "c"}, None),
    bad("data-replaced", "danger", TABLE_TYPE, TABLE, OTHER_KEY),
    bad("data-replaced", "warning", TABLE_TYPE, TABLE, OTHER_KEY, UpdateReplacePolicy="Retain"),
    bad("data-replaced", "danger", "AWS::EFS::FileSystem", {"Encrypted": False}, {"Encrypted": True}),
    good("data-replaced", TABLE_TYPE, TABLE, table(DeletionProtectionEnabled=True)),
    bad("not-empty", "warning", BUCKET, {}, None),
    bad("not-empty", "warning", BUCKET, {"BucketName": "a-a"}, {"BucketName": "b-b"}),
    bad("not-empty", "warning", IMAGES, {}, None),
    good("not-empty", IMAGES, {"EmptyOnDelete": True}, None),
    good("not-empty", BUCKET, {}, None, DeletionPolicy="Retain"),
    good("not-empty", TABLE_TYPE, TABLE, None),
    bad_stack("policy-weakened", "warning", keeping("Retain"), keeping("Delete")),
    good_stack("policy-weakened", keeping("Delete"), keeping("Retain")),
    bad("protection-off", "warning", TABLE_TYPE, table(DeletionProtectionEnabled=True), TABLE),
    bad("protection-off", "warning", "AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"MetadataOptions": {"HttpTokens": "required"}}}, {"LaunchTemplateData": {}}),
    bad("protection-off", "warning", "AWS::S3::Bucket", {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}, {"OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}}),
    bad("protection-off", "warning", "AWS::Lambda::Function", {"CodeSigningConfigArn": "arn:a"}, {}),
    bad("protection-off", "warning", TABLE_TYPE, table(PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}), TABLE),
    bad("protection-off", "warning", GLOBAL_TABLE, replica(PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}), replica()),
    bad("protection-off", "warning", GLOBAL_TABLE, replica(DeletionProtectionEnabled=True), replica(DeletionProtectionEnabled=False)),
    bad("protection-off", "warning", BUCKET, {"VersioningConfiguration": {"Status": "Enabled"}}, {"VersioningConfiguration": {"Status": "Suspended"}}),
    bad("protection-off", "warning", BUCKET, {"BucketEncryption": {"ServerSideEncryptionConfiguration": [{}]}}, {}),
    bad("protection-off", "warning", DATABASE, {"BackupRetentionPeriod": 7}, {"BackupRetentionPeriod": 0}),
    bad("protection-off", "warning", CLUSTER, {"DeletionProtection": True}, {"DeletionProtection": False}),
    bad("protection-off", "warning", "AWS::DocDB::DBCluster", {"DeletionProtection": True}, {}),
    bad("protection-off", "warning", "AWS::Neptune::DBCluster", {"DeletionProtection": True}, {}),
    bad("protection-off", "warning", "AWS::Redshift::Cluster", {"Encrypted": True}, {"Encrypted": False}),
    bad("protection-off", "warning", CACHE, {"SnapshotRetentionLimit": 5}, {"SnapshotRetentionLimit": 0}),
    bad("protection-off", "warning", CACHE, {"AtRestEncryptionEnabled": True}, {}),
    bad("protection-off", "warning", SEARCH, {"EncryptionAtRestOptions": {"Enabled": True}}, {}),
    bad("protection-off", "warning", SEARCH, {"DomainEndpointOptions": {"EnforceHTTPS": True}}, {}),
    bad("protection-off", "warning", IMAGES, {"ImageTagMutability": "IMMUTABLE"}, {"ImageTagMutability": "MUTABLE"}),
    bad("protection-off", "warning", "AWS::Cognito::UserPool", {"MfaConfiguration": "ON"}, {"MfaConfiguration": "OFF"}),
    bad("protection-off", "warning", "AWS::EFS::FileSystem", {"BackupPolicy": {"Status": "ENABLED"}}, {"BackupPolicy": {"Status": "DISABLED"}}),
    bad("protection-off", "warning", "AWS::KMS::Key", {"EnableKeyRotation": True}, {}),
    bad("protection-off", "warning", QUEUE, {"RedrivePolicy": {"maxReceiveCount": 3}}, {}),
    bad("protection-off", "warning", "AWS::SNS::Topic", {"KmsMasterKeyId": "k"}, {}),
    bad("protection-off", "warning", "AWS::Kinesis::Stream", {"StreamEncryption": {"KeyId": "k"}}, {}),
    bad("protection-off", "warning", FUNCTION, {"DeadLetterConfig": {"TargetArn": "a"}}, {}),
    good("protection-off", TABLE_TYPE, TABLE, table(DeletionProtectionEnabled=True)),
    bad("protection-off", "warning", GLOBAL_TABLE, replica(), {"Replicas": [{"Region": "eu-central-1"}]}),
    bad("protection-off", "warning", BACKUP_PLAN, plan(30), None),
    bad("protection-off", "warning", "AWS::Backup::BackupSelection", {"BackupPlanId": "p"}, None),
    bad("protection-off", "warning", BACKUP_PLAN, plan(30), {"BackupPlan": {"BackupPlanRule": [{"RuleName": "weekly"}]}}),
    bad("protection-off", "warning", FILES, {"BackupPolicy": {"Status": "ENABLED"}}, {}),
    bad("protection-off", "warning", "AWS::FSx::FileSystem", windows(30), windows(0)),
    bad("protection-off", "warning", BUCKET, {"ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Days": 30}}}}, {}),
    good("protection-off", GLOBAL_TABLE, {"Replicas": [{"Region": "eu-central-1"}]}, replica()),
    good("protection-off", DATABASE, {"BackupRetentionPeriod": 7}, {}),
    bad("protection-off", "warning", "AWS::KMS::Key", {}, {"Enabled": False}),
    bad("protection-off", "warning", QUEUE, {}, {"SqsManagedSseEnabled": False}),
    good("protection-off", QUEUE, {"SqsManagedSseEnabled": True}, {}),
    bad("protection-off", "warning", "AWS::WAFv2::WebACLAssociation", {"ResourceArn": "a", "WebACLArn": "b"}, None),
    bad("protection-off", "warning", "AWS::CloudFront::Distribution", {"DistributionConfig": {"WebACLId": "a"}}, {"DistributionConfig": {}}),
    *(bad("protection-off", "warning", kind, before, after) for kind, before, after in WEAKER),
    *(good("protection-off", kind, after, before) for kind, before, after in WEAKER),
    bad("protection-off", "warning", "AWS::SecretsManager::RotationSchedule", {"SecretId": "s"}, None),
    bad("protection-off", "warning", WAF, rules(FIRST, SECOND), rules(FIRST)),
    good("protection-off", WAF, rules(FIRST, {**SECOND, "Action": {"Count": {}}}), rules(FIRST)),
    good("protection-off", IMAGES, {"ImageTagMutability": "MUTABLE"}, {"ImageTagMutability": "IMMUTABLE"}),
    bad("retention-shortened", "warning", LOGS, {"RetentionInDays": 30}, {"RetentionInDays": 7}),
    bad("retention-shortened", "warning", LOGS, {}, {"RetentionInDays": 7}),
    bad("retention-shortened", "warning", QUEUE, {"MessageRetentionPeriod": 1209600}, {"MessageRetentionPeriod": 60}),
    bad("retention-shortened", "warning", "AWS::Kinesis::Stream", {"RetentionPeriodHours": 48}, {"RetentionPeriodHours": 24}),
    bad("retention-shortened", "warning", DATABASE, {"BackupRetentionPeriod": 30}, {"BackupRetentionPeriod": 7}),
    bad("retention-shortened", "warning", "AWS::Timestream::Table", {"RetentionProperties": {"MagneticStoreRetentionPeriodInDays": "90"}}, {"RetentionProperties": {"MagneticStoreRetentionPeriodInDays": "30"}}),
    bad("retention-shortened", "warning", "AWS::Events::Archive", {}, {"RetentionDays": 10}),
    bad("retention-shortened", "warning", BACKUP_PLAN, plan(90), plan(30)),
    bad("retention-shortened", "warning", BACKUP_PLAN, plan(None), plan(30)),
    bad("retention-shortened", "warning", DATABASE, {"BackupRetentionPeriod": 7}, {}),
    bad("retention-shortened", "warning", QUEUE, {}, {"MessageRetentionPeriod": 60}),
    bad("retention-shortened", "warning", QUEUE, {"MessageRetentionPeriod": 1209600}, {}),
    bad("retention-shortened", "warning", "AWS::FSx::FileSystem", windows(30), windows(7)),
    good("retention-shortened", DATABASE, {"BackupRetentionPeriod": 7}, {"BackupRetentionPeriod": 0}),
    good("retention-shortened", DATABASE, {}, {"BackupRetentionPeriod": 7}),
    good("retention-shortened", LOGS, {"RetentionInDays": 7}, {"RetentionInDays": 30}),
    good("retention-shortened", LOGS, {"RetentionInDays": 7}, {}),
    good("retention-shortened", BACKUP_PLAN, plan(30), plan(90)),
    bad("data-expires", "warning", TABLE_TYPE, TABLE, table(TimeToLiveSpecification={"Enabled": True, "AttributeName": "t"})),
    bad("data-expires", "warning", GLOBAL_TABLE, replica(), {**replica(), "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "t"}}),
    bad("data-expires", "warning", BUCKET, {}, expiring(3)),
    bad("data-expires", "warning", BUCKET, expiring(30), expiring(3)),
    bad("data-expires", "warning", BUCKET, expiring(30), expiring({"Fn::ImportValue": "days"})),  # nobody knows
    bad("data-expires", "warning", IMAGES, {}, images(30)),
    bad("data-expires", "warning", "AWS::Cassandra::Table", {}, {"DefaultTimeToLive": 60}),
    good("data-expires", BUCKET, expiring(3), {**expiring(3), "BucketEncryption": {}}),
    good("data-expires", BUCKET, expiring(3), expiring(30)),
    good("data-expires", BUCKET, {}, expiring(3, "Disabled")),
    good("data-expires", IMAGES, images(30), images(90)),
    good("data-expires", BUCKET, old_versions(30), old_versions(60)),
    bad("data-expires", "warning", BUCKET, old_versions(30), old_versions(3)),
    bad("data-expires", "warning", BUCKET, old_versions(30, NewerNoncurrentVersions=9), old_versions(30, NewerNoncurrentVersions=1)),
    bad("data-expires", "warning", IMAGES, images(90), images(30)),
    good("data-expires", "AWS::Cassandra::Table", {"DefaultTimeToLive": 60}, {"DefaultTimeToLive": 3600}),
    good("data-expires", FILES, {}, {"LifecyclePolicies": [{"TransitionToIA": "AFTER_30_DAYS"}]}),  # moves, never deletes
    good("data-expires", IMAGES, images(30), {**images(30), "ImageTagMutability": "IMMUTABLE"}),
    good("data-expires", TABLE_TYPE, None, table(TimeToLiveSpecification={"Enabled": True, "AttributeName": "t"})),
]  # fmt: skip
