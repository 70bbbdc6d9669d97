"""A route of an API goes while the API stays."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from seed.changesets.belongs import first_reference, routes
from seed.changesets.findings.bodies import routes_of
from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.values import show

ROUTE, METHOD = "AWS::ApiGatewayV2::Route", "AWS::ApiGateway::Method"
WITH_BODY = ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
UNCALLED = ("$connect", "$disconnect")
"""A WebSocket runs them itself."""


class _Route(NamedTuple):
    api: str
    key: str
    """`POST /orders`."""

    @property
    def caught_by(self) -> set[tuple[str, str]]:
        """Routes that would take its calls."""
        _, space, path = self.key.partition(" ")
        keys = ("$default", f"ANY {path}", "ANY /{proxy+}", "$default /{proxy+}") if space else ("$default",)
        return {(self.api, key) for key in keys}


def find(review: Review) -> Iterator[Finding]:
    if review.old is None:
        return
    pairs = review.pairs.values()
    before = _routes([Pair(one.logical_id, one.before, None) for one in pairs if one.before])
    after = {
        (one.api, one.key) for one in _routes([Pair(one.logical_id, one.after, None) for one in pairs if one.after])
    }
    gone = {one.logical_id for one in pairs if one.after is None}
    for route, name in before.items():
        if route.api not in gone and (route.api, route.key) not in after and not route.caught_by & after:
            yield Finding(
                "route-removed",
                Severity.WARNING,
                f"The route {route.key} is removed: who still calls it gets an error.",
                name,
                evidence=f"of {route.api}",
                hint="Make sure that no client that is still in use calls it.",
            )


def _routes(sides: Collection[Pair]) -> dict[_Route, str]:
    """Each with the resource that makes it. `before` of a pair is the side that is looked at."""
    methods = routes(sides)
    found = {}
    for pair in sides:
        properties, _ = pair.properties
        if pair.resource_type == ROUTE:
            found[_Route(_api(properties.get("ApiId")), show(properties.get("RouteKey", "")))] = pair.logical_id
        elif pair.resource_type == METHOD and pair.logical_id in methods:
            found[_Route(_api(properties.get("RestApiId")), methods[pair.logical_id])] = pair.logical_id
        elif pair.resource_type in WITH_BODY:
            found |= {_Route(pair.logical_id, key): pair.logical_id for key in routes_of(properties.get("Body"))}
    return {one: name for one, name in found.items() if one.key not in UNCALLED and not one.key.startswith("OPTIONS ")}


def _api(value: object) -> str:
    return first_reference(value) or show(value)


RULE = Rule(
    "route-removed",
    "A route is removed",
    "warning",
    "API Gateway answers calls of a route that is not there with 403 or 404, and nobody who calls it is told before. "
    "Routes are read from their resources and from OpenAPI bodies, path by path; where a catch-all route takes the "
    "calls of one nothing is said.",
    "API Gateway developer guide: Routes for HTTP APIs, Methods for REST APIs",
    find,
)
