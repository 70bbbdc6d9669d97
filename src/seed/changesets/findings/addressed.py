"""What is addressed from outside a stack, and what becomes of its callers when it is made anew."""

from __future__ import annotations

from collections.abc import Mapping

from seed.changesets.findings.data import HOLDS
from seed.changesets.model import ResourceChange
from seed.changesets.values import references

OWNERS = {
    "AWS::ApiGateway::Stage": "RestApiId",
    "AWS::ApiGatewayV2::Stage": "ApiId",
    "AWS::ApiGateway::BasePathMapping": "DomainName",
    "AWS::ApiGatewayV2::ApiMapping": "DomainName",
    "AWS::Cognito::UserPoolClient": "UserPoolId",
    "AWS::Cognito::UserPoolDomain": "UserPoolId",
    "AWS::Lambda::Alias": "FunctionName",
    "AWS::Lambda::EventSourceMapping": "FunctionName",
    "AWS::Lambda::Url": "TargetFunctionArn",
    "AWS::AppSync::ApiKey": "ApiId",
    "AWS::EC2::VPCEndpoint": "VpcId",
}
"""Type → the property that names what it is a part of: where that goes too, one finding says so."""
STOPS = {
    "AWS::ECS::Service": "its tasks stop",
    "AWS::Lambda::EventSourceMapping": "its events reach the function no more",
    "AWS::EC2::NatGateway": "what went out through it does not any more",
    "AWS::EC2::VPCEndpoint": "what was reached through it may not be any more",
    "AWS::Route53::RecordSet": "the name is not found any more",
    "AWS::SES::EmailIdentity": "mail is not sent from it any more",
    "AWS::StepFunctions::StateMachine": "running executions stop, and who starts new ones fails",
}
"""What a removal does where nobody calls it by an address."""


def _fate(row: ResourceChange) -> tuple[str, str, str]:
    return row.action, row.replacement, row.policy_action


def goes_with(row: ResourceChange, rows: Mapping[str, ResourceChange]) -> bool:
    """What it is a part of has the same fate, and is told."""
    properties = (row.before or {}).get("Properties")
    value = properties.get(OWNERS.get(row.resource_type, "")) if isinstance(properties, dict) else None
    owners = [rows.get(source) for _, source, _attribute in references(value)]
    return any(one and one.resource_type in TOLD and _fate(one) == _fate(row) for one in owners)


ADDRESSED = {
    "AWS::ApiGateway::RestApi": "its URL changes and clients that know the old one fail",
    "AWS::ApiGatewayV2::Api": "its URL changes and clients that know the old one fail",
    "AWS::ApiGateway::Stage": "its URL changes or does not answer while it is made anew",
    "AWS::ApiGatewayV2::Stage": "its URL changes or does not answer while it is made anew",
    "AWS::ApiGateway::DomainName": "the domain does not answer while it is made anew",
    "AWS::ApiGatewayV2::DomainName": "the domain does not answer while it is made anew",
    "AWS::ApiGateway::BasePathMapping": "the path does not answer while it is made anew",
    "AWS::ApiGatewayV2::ApiMapping": "the path does not answer while it is made anew",
    "AWS::ApiGateway::ApiKey": "its value changes and clients that have the old one are refused",
    "AWS::CloudFront::Distribution": "its domain name changes",
    "AWS::Cognito::UserPoolClient": "its client id changes and everybody is signed out",
    "AWS::Cognito::UserPoolDomain": "the sign-in page moves",
    "AWS::Lambda::Function": "whoever calls it by its name fails",
    "AWS::Lambda::Alias": "whoever calls it by its name fails while it is made anew",
    "AWS::Lambda::Url": "the function's URL changes",
    "AWS::Lambda::EventSourceMapping": "events wait, or are read again, while it is made anew",
    "AWS::AppSync::GraphQLApi": "its URL changes and clients that know the old one fail",
    "AWS::AppSync::ApiKey": "its value changes and clients that have the old one are refused",
    "AWS::SNS::Topic": "who subscribed or publishes from outside the stack loses it",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "its DNS name changes",
    "AWS::ElasticLoadBalancing::LoadBalancer": "its DNS name changes",
    "AWS::ECS::Service": "its tasks stop and start anew",
    "AWS::RDS::DBProxy": "its endpoint changes",
    "AWS::EC2::EIP": "the address changes",
    "AWS::Route53::RecordSet": "the name may not be found while it is made anew",
    "AWS::StepFunctions::StateMachine": "running executions stop and its Arn changes",
    "AWS::Events::EventBus": "who sends events to it from outside loses it",
    "AWS::IoT::Thing": "the device that speaks for it loses it",
    "AWS::IAM::AccessKey": "who signs with it fails",
    "AWS::IAM::User": "its keys and its password go with the old one",
    "AWS::SSM::Parameter": "who reads it by its old name fails",
    "AWS::EC2::NatGateway": "what goes out through it stops, and its address changes",
    "AWS::EC2::VPCEndpoint": "what is reached through it may not be while it is made anew",
    "AWS::GlobalAccelerator::Accelerator": "its addresses change",
    "AWS::SES::EmailIdentity": "mail is not sent from it until it is verified again",
    "AWS::Transfer::Server": "its address and its host key change",
    "AWS::EC2::VPC": "what is in it must move with it, and what stays keeps the old one from being deleted",
}
TOLD = ADDRESSED.keys() | HOLDS.keys()
