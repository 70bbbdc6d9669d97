"""Something that is addressed from outside is replaced: its address changes."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review
from seed.changesets.words import word

ADDRESSED = {
    "AWS::ApiGateway::RestApi": "its URL changes and clients that know the old one fail",
    "AWS::ApiGatewayV2::Api": "its URL changes and clients that know the old one fail",
    "AWS::ApiGateway::DomainName": "the domain does not answer while it is made anew",
    "AWS::ApiGatewayV2::DomainName": "the domain does not answer while it is made anew",
    "AWS::CloudFront::Distribution": "its domain name changes",
    "AWS::Cognito::UserPoolClient": "its client id changes and everybody is signed out",
    "AWS::Cognito::UserPoolDomain": "the sign-in page moves",
    "AWS::Lambda::Function": "whoever calls it by its name fails",
    "AWS::Lambda::Url": "the function's URL changes",
    "AWS::Lambda::EventSourceMapping": "events wait, or are read again, while it is made anew",
    "AWS::AppSync::GraphQLApi": "its URL changes and clients that know the old one fail",
    "AWS::SNS::Topic": "who subscribed or publishes from outside the stack loses it",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "its DNS name changes",
    "AWS::StepFunctions::StateMachine": "running executions stop and its Arn changes",
    "AWS::Events::EventBus": "who sends events to it from outside loses it",
}


def find(review: Review) -> Iterator[Finding]:
    for row in review.change_set.resources:
        effect = ADDRESSED.get(row.resource_type)
        if not effect or row.routine:
            continue
        kind = word(row.resource_type)
        if row.action == "Modify" and row.replacement != "False":
            verb = "is replaced" if row.replacement == "True" else "may be replaced"
            yield Finding(
                "address-changes",
                Severity.WARNING,
                f"The {kind} {row.logical_id} {verb}: {effect}.",
                row.logical_id,
                evidence=", ".join(_causes(row.properties)),
            )
        elif row.action == "Remove" and row.policy_action == "Delete":
            yield Finding(
                "address-removed",
                Severity.WARNING,
                f"The {kind} {row.logical_id} is removed: who still uses it fails.",
                row.logical_id,
            )


def _causes(properties: object) -> list[str]:
    if not isinstance(properties, tuple):
        return []
    found = (change.path.removeprefix("/Properties/") for change in properties if change.recreation != "Never")
    return list(dict.fromkeys(found))


RULE = Rule(
    "address-changes, address-removed",
    "What others call is replaced or removed",
    "warning",
    "A replaced resource gets a new id, and whoever knows the old one outside this stack is not told.",
    "CloudFormation user guide: Update behaviors of stack resources",
    find,
)
