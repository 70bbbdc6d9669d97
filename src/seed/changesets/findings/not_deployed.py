"""An API changes, and no new deployment of it is made."""

from __future__ import annotations

from collections.abc import Iterator

from seed.changesets.belongs import first_reference
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, ResourceChange, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.words import listed
from seed.counting import counted

DEPLOYMENT = "AWS::ApiGateway::Deployment"
KINDS = ("Method", "Resource", "Authorizer", "GatewayResponse", "Model")
PARTS = frozenset(f"AWS::ApiGateway::{kind}" for kind in KINDS)


def find(review: Review) -> Iterator[Finding]:
    rows = {row.logical_id: row for row in review.change_set.resources}
    copies: dict[str, list[str]] = {}
    changed: dict[str, list[str]] = {}
    for name, pair in review.pairs.items() if review.old else ():
        row = rows.get(name)
        if pair.resource_type == DEPLOYMENT and pair.after:
            copies.setdefault(_api(pair), []).append(name)
        elif pair.resource_type in PARTS and row and not row.routine:
            changed.setdefault(_api(pair), []).append(name)
    for api, parts in changed.items():
        if api in copies and not any(_new(rows.get(name)) for name in (api, *copies[api])):
            verb = "changes" if len(parts) == 1 else "change"
            yield Finding(
                RULE.id,
                Severity.WARNING,
                f"{counted(len(parts), 'part')} of the API {api} {verb}, and no new deployment of it is made: "
                "callers see nothing of it.",
                api,
                evidence=", ".join(sorted(parts)),
                hint=f"Give {listed(copies[api])} another logical id: a deployment is a copy of the API as it was.",
            )


def _api(pair: Pair) -> str:
    before, after = pair.properties
    return first_reference((after if pair.after else before).get("RestApiId"))


def _new(row: ResourceChange | None) -> bool:
    return row is not None and (row.action == "Add" or row.replacement != "False")


RULE = Rule(
    "not-deployed",
    "An API changes and is not deployed",
    "warning",
    "A stage of a REST API serves a deployment, which is a copy of the API as it was when that was made. "
    "CloudFormation makes a new one only for a new logical id. Frameworks, and Seed, name deployments after what is "
    "in them.",
    "API Gateway developer guide: Deploy REST APIs; CloudFormation: AWS::ApiGateway::Deployment",
    find,
)
