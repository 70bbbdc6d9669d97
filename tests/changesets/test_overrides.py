"""Each correction of the generated rules, by what it changes; one without a case fails here."""

from __future__ import annotations

import json

import pytest

from seed.changesets import rules
from seed.changesets.model import Recreation

CUSTOM, SECRET = "AWS::CloudFormation::CustomResource", "AWS::SecretsManager::Secret"
WANTED: list[tuple[str, str, Recreation]] = [
    (CUSTOM, "Anything", "Conditionally"),
    (CUSTOM, "Anything/below/it", "Conditionally"),
    (CUSTOM, "ServiceToken", "Always"),
    ("AWS::S3::Bucket", "ObjectLockEnabled", "Never"),
    ("AWS::S3::Bucket", "ObjectLockConfiguration/Rule", "Never"),
    ("AWS::S3::Bucket", "BucketName", "Always"),
    (SECRET, "Description", "Conditionally"),
    (SECRET, "Tags", "Conditionally"),
    (SECRET, "Name", "Always"),
    ("AWS::RDS::DBInstance", "Port", "Never"),
    ("AWS::RDS::DBInstance", "StorageType", "Conditionally"),
    ("AWS::RDS::DBInstance", "MultiAZ", "Conditionally"),
    ("AWS::EKS::Cluster", "ResourcesVpcConfig/SubnetIds/0", "Never"),
    ("AWS::EKS::Cluster", "ResourcesVpcConfig/SecurityGroupIds", "Never"),
    ("AWS::EC2::TransitGatewayRouteTable", "Tags", "Never"),
    ("AWS::Route53::RecordSet", "Name", "Always"),
    ("AWS::ECS::Service", "DeploymentController/Type", "Never"),
    ("AWS::Lambda::EventSourceMapping", "AmazonManagedKafkaEventSourceConfig/ConsumerGroupId", "Never"),
    ("AWS::Lambda::EventSourceMapping", "SelfManagedKafkaEventSourceConfig", "Never"),
    ("AWS::Lambda::EventSourceMapping", "EventSourceArn", "Always"),
    ("AWS::Glue::Database", "DatabaseInput/Name", "Never"),
    ("AWS::DocDB::DBCluster", "EngineVersion", "Never"),
    ("AWS::AppSync::GraphQLSchema", "ApiId", "Always"),
]
DECIDED = [
    ("AWS::DynamoDB::Table", "KeySchema/0/AttributeName"),
    ("AWS::DynamoDB::GlobalTable", "KeySchema"),
    ("AWS::DynamoDB::GlobalTable", "LocalSecondaryIndexes/0/IndexName"),
    ("AWS::ECS::Service", "LaunchType"),
    ("AWS::Events::Rule", "EventBusName"),
    ("AWS::RDS::DBCluster", "AvailabilityZones/0"),
    ("AWS::EC2::Instance", "BlockDeviceMappings/0/Ebs/KmsKeyId"),
    ("AWS::ElastiCache::ReplicationGroup", "NodeGroupConfiguration/0/Slots"),
    ("AWS::SageMaker::Domain", "VpcId"),
]
"""Replaced by all that is known, and CloudFormation promises nothing."""
UNTOUCHED: list[tuple[str, str]] = [(SECRET, "SecretString"), (SECRET, "GenerateSecretString/PasswordLength")]


@pytest.mark.parametrize(("kind", "path", "recreation"), WANTED)
def test_a_correction_counts(kind: str, path: str, recreation: Recreation) -> None:
    assert rules.recreation(kind, tuple(path.split("/"))) == recreation


@pytest.mark.parametrize(("kind", "path"), DECIDED)
def test_what_a_handler_decides_is_told_as_conditional(kind: str, path: str) -> None:
    parts = tuple(path.split("/"))
    assert (rules.recreation(kind, parts), rules.told(kind, parts)) == ("Always", "Conditionally")


def test_what_is_certain_is_told_so() -> None:
    for path in ("TableName", "BillingMode"):
        assert rules.told("AWS::DynamoDB::Table", (path,)) == rules.recreation("AWS::DynamoDB::Table", (path,))


def test_a_custom_type_is_a_custom_resource() -> None:
    assert rules.recreation("Custom::Mine", ("Anything",)) == "Conditionally"


@pytest.mark.parametrize(("kind", "path"), UNTOUCHED)
def test_what_it_does_not_name_stays(kind: str, path: str) -> None:
    assert rules.recreation(kind, tuple(path.split("/"))) == "Never"


def test_each_correction_has_a_case_and_says_who_says_so() -> None:
    written = json.loads(rules.OVERRIDES.read_text())
    named = {(kind, path.split("/")[0]) for kind, path in [*(one[:2] for one in WANTED), *DECIDED]}

    for kind, entry in written.items():
        assert entry["source"].endswith(".")
        for path in [path for level in "ACDU" for path in entry.get(level, ())]:
            assert (kind, path.split("/")[0]) in named or (path == "*" and kind in {one for one, _ in named}), path
