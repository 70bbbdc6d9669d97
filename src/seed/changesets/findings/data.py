"""Which resource types hold data, as a reviewed list: what is lost with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seed.changesets import rules
from seed.changesets.model import ResourceChange
from seed.changesets.values import scalar_text

HOLDS = {
    "AWS::DynamoDB::Table": "its items",
    "AWS::DynamoDB::GlobalTable": "its items",
    "AWS::S3::Bucket": "its objects",
    "AWS::S3Express::DirectoryBucket": "its objects",
    "AWS::S3Vectors::VectorBucket": "its vectors",
    "AWS::S3Vectors::Index": "its vectors",
    "AWS::S3Tables::TableBucket": "its tables",
    "AWS::S3Tables::Table": "its rows",
    "AWS::SQS::Queue": "the messages waiting in it",
    "AWS::Kinesis::Stream": "the records in it",
    "AWS::KinesisVideo::Stream": "the recordings in it",
    "AWS::KinesisFirehose::DeliveryStream": "the records that it has not delivered yet",
    "AWS::MSK::Cluster": "its topics",
    "AWS::MSK::ServerlessCluster": "its topics",
    "AWS::AmazonMQ::Broker": "the messages in it",
    "AWS::EFS::FileSystem": "its files",
    "AWS::FSx::FileSystem": "its files",
    "AWS::FSx::Volume": "its files",
    "AWS::EC2::Volume": "its blocks",
    "AWS::EC2::Instance": "what is on its own disks",
    "AWS::RDS::DBInstance": "its databases",
    "AWS::RDS::DBCluster": "its databases",
    "AWS::RDS::GlobalCluster": "its databases",
    "AWS::RDS::DBShardGroup": "its databases",
    "AWS::DSQL::Cluster": "its databases",
    "AWS::DocDB::DBCluster": "its databases",
    "AWS::DocDBElastic::Cluster": "its databases",
    "AWS::Neptune::DBCluster": "its graphs",
    "AWS::NeptuneGraph::Graph": "its graph",
    "AWS::Redshift::Cluster": "its databases",
    "AWS::RedshiftServerless::Namespace": "its databases",
    "AWS::Timestream::Database": "its tables",
    "AWS::Timestream::Table": "its records",
    "AWS::Timestream::InfluxDBInstance": "its records",
    "AWS::Cassandra::Keyspace": "its tables",
    "AWS::Cassandra::Table": "its rows",
    "AWS::QLDB::Ledger": "its journal",
    "AWS::MemoryDB::Cluster": "its entries",
    "AWS::ElastiCache::CacheCluster": "its entries",
    "AWS::ElastiCache::ReplicationGroup": "its entries",
    "AWS::ElastiCache::ServerlessCache": "its entries",
    "AWS::DAX::Cluster": "its cached items",
    "AWS::OpenSearchService::Domain": "its indexes",
    "AWS::Elasticsearch::Domain": "its indexes",
    "AWS::OpenSearchServerless::Collection": "its indexes",
    "AWS::Kendra::Index": "its documents",
    "AWS::Cognito::UserPool": "its users",
    "AWS::Cognito::UserPoolUser": "the user's password and attributes",
    "AWS::Cognito::IdentityPool": "its identities",
    "AWS::SecretsManager::Secret": "the secret in it",
    "AWS::KMS::Key": "the key, and with it everything that it encrypted",
    "AWS::KMS::ReplicaKey": "the key",
    "AWS::Logs::LogGroup": "its logs",
    "AWS::ECR::Repository": "its images",
    "AWS::ECR::PublicRepository": "its images",
    "AWS::CodeArtifact::Repository": "its packages",
    "AWS::CodeCommit::Repository": "its commits",
    "AWS::Backup::BackupVault": "its recovery points",
    "AWS::Backup::LogicallyAirGappedBackupVault": "its recovery points",
    "AWS::Events::Archive": "its archived events",
    "AWS::IoTAnalytics::Datastore": "its messages",
    "AWS::IoTSiteWise::Asset": "its measurements",
    "AWS::Lightsail::Bucket": "its objects",
    "AWS::Lightsail::Database": "its databases",
    "AWS::Location::Tracker": "its positions",
    "AWS::HealthLake::FHIRDatastore": "its records",
    "AWS::Route53::HostedZone": "its records",
    "AWS::CertificateManager::Certificate": "the certificate",
    "AWS::EMR::Cluster": "what is on its own disks",
    "AWS::Glue::Database": "its table definitions",
    "AWS::Glue::Table": "its definition",
    "AWS::Glue::Registry": "its schemas",
    "AWS::SDB::Domain": "its items",
    "AWS::CloudFront::KeyValueStore": "its keys and values",
    "AWS::CloudTrail::EventDataStore": "its events",
    "AWS::APS::Workspace": "its metrics",
    "AWS::Lightsail::Disk": "its blocks",
    "AWS::Lightsail::Instance": "what is on its own disk",
    "AWS::WorkSpaces::Workspace": "what is on its disks",
    "AWS::MediaStore::Container": "its objects",
    "AWS::IoTAnalytics::Channel": "its messages",
    "AWS::SageMaker::FeatureGroup": "its records",
    "AWS::Personalize::Dataset": "its records",
    "AWS::Forecast::Dataset": "its records",
    "AWS::HealthImaging::Datastore": "its images",
    "AWS::Omics::SequenceStore": "its sequences",
    "AWS::Omics::ReferenceStore": "its references",
    "AWS::Omics::VariantStore": "its variants",
    "AWS::Omics::AnnotationStore": "its annotations",
    "AWS::CustomerProfiles::Domain": "its profiles",
    "AWS::Connect::Instance": "its contacts and recordings",
    "AWS::QBusiness::Index": "its documents",
    "AWS::BedrockAgentCore::Memory": "what it remembers",
    "AWS::Rekognition::Collection": "its faces",
    "AWS::VerifiedPermissions::PolicyStore": "its policies",
    "AWS::DirectoryService::MicrosoftAD": "its users",
    "AWS::DirectoryService::SimpleAD": "its users",
    "AWS::CodeArtifact::Domain": "the packages of its repositories",
    "AWS::ACMPCA::CertificateAuthority": "its key, and with it the trust in what it signed",
    "AWS::PaymentCryptography::Key": "the key",
    "AWS::Grafana::Workspace": "its dashboards",
    "AWS::Location::GeofenceCollection": "its geofences",
    "AWS::Pinpoint::App": "its endpoints and segments",
    "AWS::SES::ContactList": "its contacts",
    "AWS::SageMaker::Domain": "the files of its users",
    "AWS::Organizations::Account": "the account, and with it everything in it",
}
LIGHT = frozenset(
    {
        "AWS::Logs::LogGroup",
        "AWS::SQS::Queue",
        "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::ElastiCache::ServerlessCache",
        "AWS::DAX::Cluster",
        "AWS::CertificateManager::Certificate",
        "AWS::Glue::Database",
        "AWS::Glue::Table",
        "AWS::Glue::Registry",
        "AWS::Cognito::UserPoolUser",
        "AWS::KinesisFirehose::DeliveryStream",
    }
)
"""Losing these hurts less: a warning, not a danger."""
EMPTY_FIRST = frozenset(["AWS::S3::Bucket", "AWS::ECR::Repository"])
"""CloudFormation deletes them only when they are empty (a repository: unless it says EmptyOnDelete)."""
EMPTY = "nothing"
"""What `ResourceChange.held` says of a resource that was found empty."""
IN_CLUSTER = frozenset(["AWS::RDS::DBInstance", "AWS::DocDB::DBInstance", "AWS::Neptune::DBInstance"])
"""With a DBClusterIdentifier they only compute: the data is the cluster's."""


def empty_first(row: ResourceChange) -> bool:
    """CloudFormation can delete it only while nothing is in it."""
    return row.resource_type in EMPTY_FIRST and scalar_text(_before(row).get("EmptyOnDelete", "")).lower() != "true"


def held_by(row: ResourceChange) -> str:
    """`its items`, `its 1,204 items`; '' for what holds no data."""
    if row.resource_type in IN_CLUSTER and _before(row).get("DBClusterIdentifier"):
        return ""
    if row.resource_type == "AWS::CloudFormation::Stack":
        return ""
    what = HOLDS.get(row.resource_type) or ("what it holds" if rules.stateful(row.resource_type) else "")
    return f"its {row.held}" if what and row.held and row.held != EMPTY else what


def _before(row: ResourceChange) -> Mapping[str, Any]:
    found = (row.before or {}).get("Properties")
    return found if isinstance(found, dict) else {}
