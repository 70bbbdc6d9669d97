"""APIs and functions: who may call them, and from which websites."""

from __future__ import annotations

from typing import Any

from seed.changesets.findings.bodies import Route, cors_of, routes_of
from seed.changesets.findings.opened import Look, Opened
from seed.changesets.findings.places import at, objects, true
from seed.changesets.model import Severity
from seed.changesets.resource import Pair
from seed.changesets.values import show
from seed.changesets.words import listed

CHECK = "Give it an authorizer, or make sure that the code behind it checks who calls."
KEY = "An API key is no secret for long: anybody who has the app has it."
SOCKET_OPENS = "$connect"


def _route(pair: Pair) -> Look:
    """Only a route that had a check before is dangerous; a new open route is what most APIs are made of."""
    before, after = pair.properties
    if show(after.get("HttpMethod", "")) == "OPTIONS" or _inside_a_socket(after):
        return
    was, now = (show(side.get("AuthorizationType", "NONE")) for side in (before, after))
    was_key, now_key = (true(side.get("ApiKeyRequired")) for side in (before, after))
    if pair.before and was != "NONE" and now == "NONE":
        yield Opened(Severity.DANGER, "no longer checks who calls", f"AuthorizationType: {was} → NONE", CHECK)
    elif pair.before and was_key and not now_key:
        yield Opened(Severity.WARNING, "no longer asks for an API key", "ApiKeyRequired: true → false", CHECK)
    elif pair.before is None and now == "NONE":
        yield Opened(Severity.NOTICE, "is new and open to everybody", "AuthorizationType: NONE", CHECK)


def _inside_a_socket(properties: dict[str, Any]) -> bool:
    """A WebSocket is checked when it opens; `GET /orders` has a space, `sendMessage` has not."""
    key = properties.get("RouteKey")
    return isinstance(key, str) and " " not in key and key not in (SOCKET_OPENS, "$default")


def _body(pair: Pair) -> Look:
    """An OpenAPI document: each path and method with what it asks of a caller."""
    was, now = (routes_of(side.get("Body")) for side in pair.properties)
    unchecked = [r for r in now if not now[r].checked and r in was and was[r].checked]
    keyless = [r for r in now if now[r] == Route() and r in was and was[r] == Route(key=True)]
    new = [route for route in now if now[route] == Route() and route not in was]
    if unchecked:
        yield Opened(Severity.DANGER, f"no longer checks who calls {listed(unchecked)}", "\n".join(unchecked), CHECK)
    if keyless:
        yield Opened(Severity.WARNING, f"no longer asks for an API key on {listed(keyless)}", "\n".join(keyless), CHECK)
    if new and pair.before is not None:
        verb = "is" if len(new) == 1 else "are"
        yield Opened(Severity.NOTICE, f"gets {listed(new)}, which {verb} open to everybody", "\n".join(new), CHECK)
    yield from _cors(pair)


def _rest_api(pair: Pair) -> Look:
    yield from _body(pair)
    was, now = ("PRIVATE" in show(at(side, "EndpointConfiguration/Types")) for side in pair.properties)
    if pair.before and was and not now:
        yield Opened(Severity.DANGER, "can be reached from the internet", "EndpointConfiguration: no longer PRIVATE")


def _function_url(pair: Pair) -> Look:
    before, after = pair.properties
    if show(after.get("AuthType")) == "NONE" and show(before.get("AuthType")) != "NONE":
        yield Opened(
            Severity.DANGER,
            "can be called by everybody on the internet",
            "AuthType: NONE",
            "Take AWS_IAM, or make sure that the code checks who calls.",
        )
    yield from _cors(pair)


def _cors(pair: Pair) -> Look:
    """`*` with credentials: browsers refuse the plain form, yet API Gateway and Lambda answer the caller's origin."""
    was, now = (
        any(_open_cors(side.get(name)) for name in ("CorsConfiguration", "Cors")) or _open_cors(cors_of(side))
        for side in pair.properties
    )
    if now and not was:
        yield Opened(
            Severity.WARNING,
            "lets every website call it with the visitor's credentials",
            "AllowOrigins: * with AllowCredentials",
            "Name the websites, or leave the credentials out.",
        )


def _open_cors(cors: Any) -> bool:
    if not isinstance(cors, dict):
        return False
    plain = {str(key).lower(): value for key, value in cors.items()}
    origins = plain.get("alloworigins")
    every = isinstance(origins, list) and any(one in ("*", "https://*", "http://*") for one in origins)
    return every and true(plain.get("allowcredentials"))


def _graph(pair: Pair) -> Look:
    before, after = (_ways_in(side) for side in pair.properties)
    if pair.before and "API_KEY" in after and "API_KEY" not in before:
        alone = after == {"API_KEY"}
        sentence = "asks its callers for nothing but an API key" if alone else "lets in whoever has an API key"
        yield Opened(
            Severity.DANGER if alone else Severity.WARNING,
            sentence,
            f"AuthenticationType: {', '.join(sorted(before))} → {', '.join(sorted(after))}",
            KEY,
        )


def _ways_in(properties: dict[str, Any]) -> set[str]:
    more = objects(properties.get("AdditionalAuthenticationProviders"))
    return {show(one.get("AuthenticationType")) for one in (properties, *more)} - {""}


LOOKS = {
    "AWS::ApiGateway::Method": _route,
    "AWS::ApiGatewayV2::Route": _route,
    "AWS::ApiGateway::RestApi": _rest_api,
    "AWS::ApiGatewayV2::Api": _body,
    "AWS::Lambda::Url": _function_url,
    "AWS::AppSync::GraphQLApi": _graph,
}
