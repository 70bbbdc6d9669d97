"""What Fn::GetAtt answers where it is made of the physical id, the region and the account.

Sources: the template reference, return values of each type; the service authorization reference, ARN formats.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any

from seed.changesets.evaluate import Pseudo

MADE: Mapping[str, Mapping[str, str]] = {
    "AWS::ApiGateway::RestApi": {"RestApiId": "{id}"},
    "AWS::ApiGatewayV2::Api": {"ApiId": "{id}"},
    "AWS::CloudFront::Distribution": {"Id": "{id}"},
    "AWS::CloudWatch::Alarm": {"Arn": "arn:{partition}:cloudwatch:{region}:{account}:alarm:{id}"},
    "AWS::CodeBuild::Project": {"Arn": "arn:{partition}:codebuild:{region}:{account}:project/{id}"},
    "AWS::Cognito::UserPool": {
        "Arn": "arn:{partition}:cognito-idp:{region}:{account}:userpool/{id}",
        "ProviderName": "cognito-idp.{region}.{suffix}/{id}",
        "ProviderURL": "https://cognito-idp.{region}.{suffix}/{id}",
        "UserPoolId": "{id}",
    },
    "AWS::DynamoDB::Table": {"Arn": "arn:{partition}:dynamodb:{region}:{account}:table/{id}"},
    "AWS::EC2::SecurityGroup": {"GroupId": "{id}"},
    "AWS::EC2::Subnet": {"SubnetId": "{id}"},
    "AWS::EC2::VPC": {"VpcId": "{id}"},
    "AWS::ECR::Repository": {
        "Arn": "arn:{partition}:ecr:{region}:{account}:repository/{id}",
        "RepositoryUri": "{account}.dkr.ecr.{region}.{suffix}/{id}",
    },
    "AWS::ECS::Cluster": {"Arn": "arn:{partition}:ecs:{region}:{account}:cluster/{id}"},
    "AWS::Events::EventBus": {"Arn": "arn:{partition}:events:{region}:{account}:event-bus/{id}", "Name": "{id}"},
    "AWS::IAM::Role": {"Arn": "arn:{partition}:iam::{account}:role{path}{id}"},
    "AWS::IAM::User": {"Arn": "arn:{partition}:iam::{account}:user{path}{id}"},
    "AWS::IAM::InstanceProfile": {"Arn": "arn:{partition}:iam::{account}:instance-profile{path}{id}"},
    "AWS::Kinesis::Stream": {"Arn": "arn:{partition}:kinesis:{region}:{account}:stream/{id}"},
    "AWS::KinesisFirehose::DeliveryStream": {"Arn": "arn:{partition}:firehose:{region}:{account}:deliverystream/{id}"},
    "AWS::KMS::Key": {"Arn": "arn:{partition}:kms:{region}:{account}:key/{id}", "KeyId": "{id}"},
    "AWS::Lambda::Function": {"Arn": "arn:{partition}:lambda:{region}:{account}:function:{id}"},
    "AWS::Lambda::Version": {"FunctionArn": "{id}", "Version": "{last}"},
    "AWS::Logs::LogGroup": {"Arn": "arn:{partition}:logs:{region}:{account}:log-group:{id}:*"},
    "AWS::S3::Bucket": {
        "Arn": "arn:{partition}:s3:::{id}",
        "DomainName": "{id}.s3.{suffix}",
        "RegionalDomainName": "{id}.s3.{region}.{suffix}",
    },
    "AWS::SecretsManager::Secret": {"Id": "{id}"},
    "AWS::SNS::Topic": {"TopicArn": "{id}", "TopicName": "{last}"},
    "AWS::SQS::Queue": {
        "Arn": "arn:{partition}:sqs:{region}:{account}:{last}",
        "QueueName": "{last}",
        "QueueUrl": "{id}",
    },
    "AWS::StepFunctions::StateMachine": {"Arn": "{id}", "Name": "{last}"},
}
"""Type → attribute → how it is made. `last` is what follows the last `:` or `/` of the id."""


def derived(resource_type: str, physical_id: str, properties: Any, pseudo: Pseudo) -> dict[str, str]:
    """Attribute → text; only those of which every part is known."""
    path = properties.get("Path", "/") if isinstance(properties, dict) else None
    told = {
        "id": physical_id,
        "last": physical_id.replace("/", ":").rpartition(":")[2],
        "path": path,
        "region": pseudo.region,
        "account": pseudo.account,
        "partition": pseudo.value("AWS::Partition"),
        "suffix": pseudo.value("AWS::URLSuffix"),
    }
    known = {name: text for name, text in told.items() if isinstance(text, str) and text}
    return {
        attribute: made.format_map(known)
        for attribute, made in MADE.get(resource_type, {}).items()
        if all(name in known for _, name, _, _ in Formatter().parse(made) if name)
    }
