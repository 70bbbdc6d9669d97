"""What things are called by people: `AWS::DynamoDB::Table` is a table."""

from __future__ import annotations

import re

WORDS = {
    "AWS::Lambda::Function": "function",
    "AWS::Lambda::Version": "function version",
    "AWS::Lambda::EventSourceMapping": "event source",
    "AWS::Lambda::Url": "function URL",
    "AWS::Lambda::LayerVersion": "layer",
    "AWS::ApiGateway::RestApi": "API",
    "AWS::ApiGatewayV2::Api": "API",
    "AWS::ApiGateway::Method": "route",
    "AWS::ApiGatewayV2::Route": "route",
    "AWS::ApiGateway::Deployment": "API deployment",
    "AWS::ApiGatewayV2::Deployment": "API deployment",
    "AWS::Events::Rule": "event rule",
    "AWS::SSM::Parameter": "SSM parameter",
    "AWS::IAM::Policy": "policy",
    "AWS::IAM::ManagedPolicy": "managed policy",
    "AWS::CloudFormation::Stack": "nested stack",
    "AWS::RDS::DBInstance": "database",
    "AWS::RDS::DBCluster": "database cluster",
    "AWS::KMS::Key": "encryption key",
    "AWS::Kinesis::Stream": "stream",
    "AWS::ElastiCache::CacheCluster": "cache",
    "AWS::ElastiCache::ReplicationGroup": "cache",
    "AWS::ECR::Repository": "image repository",
    "AWS::OpenSearchService::Domain": "search domain",
    "AWS::Elasticsearch::Domain": "search domain",
    "AWS::StepFunctions::StateMachine": "state machine",
    "AWS::AppSync::GraphQLApi": "GraphQL API",
    "AWS::AppSync::GraphQLSchema": "GraphQL schema",
    "AWS::EC2::EIP": "elastic IP address",
    "AWS::ApiGateway::VpcLink": "VPC link",
    "AWS::ApiGatewayV2::VpcLink": "VPC link",
}
ABBREVIATIONS = ("ACL", "API", "AWS", "CIDR", "DNS", "HTTP", "IAM", "IP", "NAT", "SQL", "TLS", "URL", "VPC", "VPN")
SHORT = {one.capitalize(): one for one in ABBREVIATIONS}
"""Words that are said letter by letter, however a type's name writes them."""
VOWELS = "aeio"
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def word(resource_type: str) -> str:
    """`AWS::SQS::QueuePolicy` → `queue policy`."""
    if resource_type in WORDS:
        return WORDS[resource_type]
    if resource_type.startswith(("Custom::", "AWS::CloudFormation::CustomResource")):
        return "custom resource"
    if resource_type.endswith("::MODULE"):
        return "module"
    parts = HUMP.split(resource_type.rsplit("::", 1)[-1])
    return " ".join(part if part.isupper() and len(part) > 1 else SHORT.get(part, part.lower()) for part in parts)


def a(one: str) -> str:
    """`a queue`, `an alias`, `an API`."""
    return f"{'an' if one[:1].lower() in VOWELS else 'a'} {one}"


def listed(names: list[str], most: int = 4) -> str:
    """`a`, `a and b`, `a, b, c and 4 more`."""
    shown = names if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1:,} more"]
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1] if shown else ""


def clipped(text: str, most: int = 200) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def moment(at: str) -> str:
    """`2026-11-27 01:00 UTC`, of what is written as ISO 8601 in UTC."""
    return f"{at[:16].replace('T', ' ')} UTC"
