"""Which names the services take, as their Create calls say."""

from __future__ import annotations

from typing import NamedTuple


class Legal(NamedTuple):
    """`pattern` matches what the service takes, but for the length; `wanted` says so after a number."""

    key: str
    pattern: str
    wanted: str
    most: int


def _dashed(key: str, most: int) -> Legal:
    return Legal(key, r"[\w-]+", "letters, digits, - and _", most)


def _plain(key: str, most: int) -> Legal:
    return Legal(key, r"[\w.-]+", "letters, digits, dots, - and _", most)


def _fifo(key: str, most: int) -> Legal:
    return Legal(key, r"[\w-]+(\.fifo)?", "letters, digits, - and _", most)


def _iam(key: str, most: int) -> Legal:
    return Legal(key, r"[\w+=,.@-]+", "letters, digits and +=,.@-_", most)


def _spaced(key: str) -> Legal:
    return Legal(key, r"[\w\s+=,.@-]+", "letters, digits, spaces and +=,.@-_", 128)


def _letter_first(key: str, most: int) -> Legal:
    return Legal(key, r"[a-zA-Z](-?[a-zA-Z0-9])*", "letters, digits and single -, a letter first", most)


def _balanced(key: str) -> Legal:
    return Legal(key, r"(?!-)(?!internal-)[a-zA-Z0-9-]+(?<!-)", "letters, digits and -", 32)


def _table(key: str) -> Legal:
    return Legal(key, r"[\w.-]{3,}|arn:.*", "and at least 3 letters, digits, dots, - and _", 255)


BUCKET = r"(?!xn--)(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
IMAGES = r"(?=.{2})[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
SIGN_IN = r"(?!.*(aws|amazon|cognito))[a-z0-9]([a-z0-9-]*[a-z0-9])?|.*\..*"
LEGAL: dict[str, Legal] = {
    "AWS::Lambda::Function": Legal("FunctionName", r"[\w-]+|[\w-]*:[\w:-]*", "letters, digits, - and _", 64),
    "AWS::Lambda::LayerVersion": Legal("LayerName", r"[\w-]+|arn:.*", "letters, digits, - and _", 140),
    "AWS::Lambda::Alias": Legal("Name", r"(?!\d+$)[\w-]+", "letters, digits, - and _, not digits alone", 128),
    "AWS::S3::Bucket": Legal("BucketName", BUCKET, "and at least 3 lower-case letters, digits, single dots and -", 63),
    "AWS::DynamoDB::Table": _table("TableName"),
    "AWS::DynamoDB::GlobalTable": _table("TableName"),
    "AWS::SQS::Queue": _fifo("QueueName", 80),
    "AWS::SNS::Topic": _fifo("TopicName", 256),
    "AWS::IAM::Role": _iam("RoleName", 64),
    "AWS::IAM::User": _iam("UserName", 64),
    "AWS::IAM::Group": _iam("GroupName", 128),
    "AWS::IAM::Policy": _iam("PolicyName", 128),
    "AWS::IAM::ManagedPolicy": _iam("ManagedPolicyName", 128),
    "AWS::IAM::InstanceProfile": _iam("InstanceProfileName", 128),
    "AWS::Logs::LogGroup": Legal("LogGroupName", r"[\w./#-]+", "letters, digits and . / # - _", 512),
    "AWS::Events::Rule": _plain("Name", 64),
    "AWS::Events::EventBus": Legal("Name", r"[\w./-]+", "letters, digits and . / - _", 256),
    "AWS::Scheduler::Schedule": _plain("Name", 64),
    "AWS::Scheduler::ScheduleGroup": _plain("Name", 64),
    "AWS::Pipes::Pipe": _plain("Name", 64),
    "AWS::StepFunctions::StateMachine": _dashed("StateMachineName", 80),
    "AWS::StepFunctions::Activity": _dashed("Name", 80),
    "AWS::Kinesis::Stream": _plain("Name", 128),
    "AWS::KinesisFirehose::DeliveryStream": _plain("DeliveryStreamName", 64),
    "AWS::SecretsManager::Secret": Legal("Name", r"[\w/+=.@-]+", "letters, digits and /_+=.@-", 512),
    "AWS::SSM::Parameter": Legal("Name", r"(?!/?(aws|ssm)(/|$))[\w./-]+", "letters, digits and . / - _", 1011),
    "AWS::ECR::Repository": Legal(
        "RepositoryName", IMAGES, "and at least 2 lower-case letters, digits and . _ - /", 256
    ),
    "AWS::ApiGateway::RestApi": Legal("Name", r"[\s\S]+", "characters", 1024),
    "AWS::ApiGatewayV2::Api": Legal("Name", r"[\s\S]+", "characters", 128),
    "AWS::ApiGateway::Stage": _dashed("StageName", 128),
    "AWS::ApiGatewayV2::Stage": Legal("StageName", r"[\w-]+|\$default", "letters, digits, - and _", 128),
    "AWS::Cognito::UserPool": _spaced("UserPoolName"),
    "AWS::Cognito::UserPoolClient": _spaced("ClientName"),
    "AWS::Cognito::UserPoolDomain": Legal("Domain", SIGN_IN, "lower-case letters, digits and -", 63),
    "AWS::KMS::Alias": Legal("AliasName", r"alias/(?!aws/)[\w/-]+", "letters, digits and / - _, alias/ first", 256),
    "AWS::OpenSearchService::Domain": Legal(
        "DomainName", r"[a-z][a-z0-9-]{2,}", "and at least 3 lower-case letters, digits and -, a letter first", 28
    ),
    "AWS::OpenSearchServerless::Collection": Legal(
        "Name", r"[a-z][a-z0-9-]{2,}", "and at least 3 lower-case letters, digits and -, a letter first", 32
    ),
    "AWS::CloudFront::Function": _dashed("Name", 64),
    "AWS::Cognito::IdentityPool": _spaced("IdentityPoolName"),
    "AWS::ECS::Cluster": _dashed("ClusterName", 255),
    "AWS::ECS::Service": _dashed("ServiceName", 255),
    "AWS::ECS::TaskDefinition": _dashed("Family", 255),
    "AWS::ElastiCache::ServerlessCache": _letter_first("ServerlessCacheName", 40),
    "AWS::Events::ApiDestination": _plain("Name", 64),
    "AWS::Events::Archive": _plain("ArchiveName", 48),
    "AWS::Events::Connection": _plain("Name", 64),
    "AWS::RDS::DBProxy": _letter_first("DBProxyName", 63),
    "AWS::SES::ConfigurationSet": _dashed("Name", 64),
    "AWS::WAFv2::IPSet": _dashed("Name", 128),
    "AWS::WAFv2::WebACL": _dashed("Name", 128),
    "AWS::RDS::DBInstance": _letter_first("DBInstanceIdentifier", 63),
    "AWS::RDS::DBCluster": _letter_first("DBClusterIdentifier", 63),
    "AWS::ElastiCache::ReplicationGroup": _letter_first("ReplicationGroupId", 40),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _balanced("Name"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": _balanced("Name"),
}
STACK = Legal("StackName", r"[a-zA-Z][a-zA-Z0-9-]*", "letters, digits and -, a letter first", 128)
QUALIFIED = 140
"""A function may be named by its ARN, so long."""
