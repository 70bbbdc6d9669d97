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
INSIDE = "Keep it in the network, or make sure that the code behind it checks who calls."
SCOPES = "Make sure that the code behind it checks what the caller may do."
TOKENS = "Make sure that you trust who gives these tokens."
ISSUER = "JwtConfiguration/Issuer"
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
    elif pair.before and now != "NONE":
        yield from _scopes(pair)
    elif pair.before is None and now == "NONE":
        yield Opened(Severity.NOTICE, "is new and open to everybody", "AuthorizationType: NONE", CHECK)


def _scopes(pair: Pair) -> Look:
    """One of them must be in the token: one more lets in more, none lets in every token."""
    was, now = (_texts(side.get("AuthorizationScopes")) for side in pair.properties)
    more = [one for one in now if one not in was]
    if was and not now:
        what = f"no longer asks for the {'scope' if len(was) == 1 else 'scopes'} {listed(was)}"
        yield Opened(Severity.WARNING, what, f"AuthorizationScopes: {', '.join(was)} → none", SCOPES)
    elif was and more:
        what = f"takes the {'scope' if len(more) == 1 else 'scopes'} {listed(more)} too"
        yield Opened(Severity.WARNING, what, f"AuthorizationScopes: {', '.join(was)} → {', '.join(now)}", SCOPES)


def _texts(value: Any) -> list[str]:
    return [show(one) for one in value] if isinstance(value, list) else []


def _tokens(pair: Pair) -> Look:
    """Whose tokens an authorizer takes."""
    for path in ("ProviderARNs", "JwtConfiguration/Audience"):
        was, now = (_texts(at(side, path)) for side in pair.properties)
        more = [one for one in now if one not in was]
        if was and more:
            yield Opened(
                Severity.WARNING,
                f"takes tokens of {listed(more)} too",
                f"{path}: {', '.join(was)} → {', '.join(now)}",
                TOKENS,
            )
    issuer, other = (show(at(side, ISSUER)) for side in pair.properties)
    if issuer and other and issuer != other:
        yield Opened(Severity.WARNING, "takes tokens of another issuer", f"{ISSUER}: {issuer} → {other}", TOKENS)


def _listener(pair: Pair) -> Look:
    was, now = (_asks(side) for side in pair.properties)
    if pair.before and was and not now:
        yield Opened(Severity.DANGER, "no longer checks who calls", f"{', '.join(sorted(was))}: gone", CHECK)


def _asks(properties: dict[str, Any]) -> set[str]:
    actions = [*objects(properties.get("DefaultActions")), *objects(properties.get("Actions"))]
    return {kind for one in actions if (kind := show(one.get("Type"))).startswith(("authenticate-", "jwt-"))}


def _balancer(pair: Pair) -> Look:
    was, now = (show(side.get("Scheme", "internet-facing")) for side in pair.properties)
    if pair.before and was == "internal" and now != was:
        yield Opened(Severity.DANGER, "can be reached from the internet", f"Scheme: internal → {now}", INSIDE)


def _distribution(pair: Pair) -> Look:
    """Signed URLs and cookies keep files from who has none."""
    before, after = (_signed(side) for side in pair.properties)
    open_now = [path for path, signed in before.items() if signed and after.get(path) is False]
    if open_now:
        rest = "everything else" if len(before) > 1 else "everything"
        what = f"gives {listed([rest if one == '*' else one for one in open_now])} to everybody"
        yield Opened(Severity.DANGER, f"{what}: no signature is asked for", "TrustedKeyGroups: gone", CHECK)


def _signed(properties: dict[str, Any]) -> dict[str, bool]:
    default = at(properties, "DistributionConfig/DefaultCacheBehavior")
    behaviors = {"*": default} if isinstance(default, dict) else {}
    behaviors |= {
        show(one.get("PathPattern")): one for one in objects(at(properties, "DistributionConfig/CacheBehaviors"))
    }
    return {path: bool(one.get("TrustedKeyGroups") or one.get("TrustedSigners")) for path, one in behaviors.items()}


def _sign_in(pair: Pair) -> Look:
    """Where people, with their tokens, are sent after they signed in."""
    was, now = (_texts(side.get("CallbackURLs")) for side in pair.properties)
    more = [one for one in now if one not in was]
    if was and more:
        evidence = f"CallbackURLs: {', '.join(more)}"
        yield Opened(
            Severity.NOTICE, f"may send who signed in to {listed(more)} too", evidence, "Is each of them yours?"
        )


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


def _http_api(pair: Pair) -> Look:
    yield from _body(pair)
    was, now = (true(side.get("DisableExecuteApiEndpoint")) for side in pair.properties)
    if pair.before and was and not now:
        what = "answers at its own address too, past what guards its domain name"
        yield Opened(Severity.WARNING, what, "DisableExecuteApiEndpoint: true → false", CHECK)


def _domain(pair: Pair) -> Look:
    was, now = (bool(side.get("MutualTlsAuthentication")) for side in pair.properties)
    if pair.before and was and not now:
        yield Opened(
            Severity.DANGER, "no longer asks callers for a certificate", "MutualTlsAuthentication: gone", CHECK
        )


def _lattice(pair: Pair) -> Look:
    was, now = (show(side.get("AuthType", "NONE")) for side in pair.properties)
    if pair.before and was != "NONE" and now == "NONE":
        yield Opened(Severity.DANGER, "no longer checks who calls", f"AuthType: {was} → NONE", CHECK)


def _rest_api(pair: Pair) -> Look:
    yield from _http_api(pair)
    was, now = ("PRIVATE" in show(at(side, "EndpointConfiguration/Types")) for side in pair.properties)
    if pair.before and was and not now:
        yield Opened(
            Severity.DANGER, "can be reached from the internet", "EndpointConfiguration: no longer PRIVATE", INSIDE
        )


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
    was, now = (show(at(side, "UserPoolConfig/DefaultAction")) for side in pair.properties)
    if pair.before and was == "DENY" and now == "ALLOW":
        what = "lets whoever signed in do what no directive speaks of"
        yield Opened(Severity.WARNING, what, "UserPoolConfig/DefaultAction: DENY → ALLOW", SCOPES)
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
    "AWS::ApiGatewayV2::Api": _http_api,
    "AWS::ApiGateway::DomainName": _domain,
    "AWS::ApiGatewayV2::DomainName": _domain,
    "AWS::VpcLattice::Service": _lattice,
    "AWS::VpcLattice::ServiceNetwork": _lattice,
    "AWS::Lambda::Url": _function_url,
    "AWS::AppSync::GraphQLApi": _graph,
    "AWS::ApiGateway::Authorizer": _tokens,
    "AWS::ApiGatewayV2::Authorizer": _tokens,
    "AWS::CloudFront::Distribution": _distribution,
    "AWS::Cognito::UserPoolClient": _sign_in,
    "AWS::ElasticLoadBalancingV2::Listener": _listener,
    "AWS::ElasticLoadBalancingV2::ListenerRule": _listener,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _balancer,
}
