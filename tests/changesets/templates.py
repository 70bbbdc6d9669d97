"""Small templates and the orders API, for every test of this area."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from seed.changesets import ChangeSet, ResourceChange, Template, parse_template

DATA = Path(__file__).parent / "data"


@cache
def _text(name: str) -> str:
    return (DATA / f"{name}.json").read_text()


def orders(version: str) -> Template:
    return parse_template(_text(f"orders-api-{version}"))


def recorded(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(_text(name))
    return found


def stack(**resources: Any) -> Template:
    """`stack(Queue=("AWS::SQS::Queue", {...}))`; a dict is taken as it is."""
    written = {
        name: given if isinstance(given, dict) else {"Type": given[0], "Properties": given[1]}
        for name, given in resources.items()
    }
    return {"Resources": written}


def row(change_set: ChangeSet, name: str) -> ResourceChange:
    return next(one for one in change_set.resources if one.logical_id == name)


def names(change_set: ChangeSet) -> set[str]:
    return {one.logical_id for one in change_set.resources}


def rules_of(change_set: ChangeSet) -> set[str]:
    return {finding.rule for finding in change_set.findings}


TABLE: dict[str, Any] = {
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}
OTHER_KEY: dict[str, Any] = {
    **TABLE,
    "AttributeDefinitions": [{"AttributeName": "sku", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "sku", "KeyType": "HASH"}],
}


def function(**more: Any) -> tuple[str, dict[str, Any]]:
    return "AWS::Lambda::Function", {
        "Code": {"S3Bucket": "assets", "S3Key": "a.zip"},
        "Handler": "a.b",
        "Runtime": "nodejs22.x",
        "Role": "arn:aws:iam::123456789012:role/worker",
        **more,
    }


def resource(answer: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        change["ResourceChange"]
        for change in answer["Changes"]
        if change["ResourceChange"]["LogicalResourceId"] == name
    )
    return found


def queue(**properties: Any) -> tuple[str, dict[str, Any]]:
    return "AWS::SQS::Queue", properties
