"""What developers call a resource: `POST /orders` rather than `HttpApiRoutePostOrders`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seed.changesets.model import ResourceChange
from seed.changesets.rules import name_property

BY = {
    "AWS::ApiGatewayV2::Route": ("RouteKey",),
    "AWS::ApiGateway::Resource": ("PathPart",),
    "AWS::Events::Rule": ("ScheduleExpression", "Name"),
    "AWS::Scheduler::Schedule": ("ScheduleExpression", "Name"),
    "AWS::SNS::Subscription": ("Endpoint",),
}
"""Better than the name that a person gave, where a type has something better."""
SUFFIX = "LambdaFunction"
LONGEST = 80


def called(row: ResourceChange) -> str:
    """What it is called where it runs, or will be; '' where that says no more than its logical id."""
    if row.name:
        return row.name
    properties = _properties(row.before) or _properties(row.after)
    for key in BY.get(row.resource_type, (name_property(row.resource_type),)):
        name = properties.get(key) if key else None
        if isinstance(name, str) and name not in ("", "****") and len(name) <= LONGEST:
            return "" if name == row.logical_id else name
    if row.resource_type == "AWS::Lambda::Function" and row.logical_id.endswith(SUFFIX) and row.logical_id != SUFFIX:
        short = row.logical_id.removesuffix(SUFFIX)
        return short[0].lower() + short[1:]
    return ""


def _properties(side: Mapping[str, Any] | None) -> Mapping[str, Any]:
    found = (side or {}).get("Properties")
    return found if isinstance(found, dict) else {}
