"""OpenAPI documents of an API: what each path and method asks of its caller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from seed.changesets.findings.places import at
from seed.changesets.values import is_intrinsic, show

METHODS = ("get", "put", "post", "delete", "patch", "head", "x-amazon-apigateway-any-method")
AUTHORIZERS = ("x-amazon-apigateway-authtype", "x-amazon-apigateway-authorizer")

NOBODY = "NONE"
"""SAM's word for a route that asks for nothing."""


class Route(NamedTuple):
    """Open to everybody unless something is asked."""

    checked: bool = False
    """By an authorizer, IAM or a token."""
    key: bool = False
    """By an API key."""


def routes_of(body: Any) -> dict[str, Route]:
    """`GET /orders` → what it asks. Nothing of a body that is made elsewhere (Fn::Transform)."""
    paths = body.get("paths") if isinstance(body, dict) else None
    if not isinstance(paths, dict) or is_intrinsic(paths):
        return {}
    keys, general = _plain_keys(body), body.get("security")
    found = {}
    for path, methods in paths.items():
        for method in METHODS:
            one = methods.get(method) if isinstance(methods, dict) else None
            if isinstance(one, dict):
                verb = "ANY" if method.startswith("x-") else method.upper()
                found[f"{verb} {path}"] = _route(one, general, keys)
    return found


def cors_of(properties: Mapping[str, Any]) -> Any:
    return at(properties.get("Body"), "x-amazon-apigateway-cors")


def _route(method: Mapping[str, Any], general: Any, keys: set[str]) -> Route:
    own = at(method, "x-amazon-apigateway-auth/type")
    if own is not None:
        return Route(checked=show(own).upper() != "NONE")
    security = method.get("security", general)
    choices = [set(one) - {NOBODY} for one in security if isinstance(one, dict)] if isinstance(security, list) else []
    if not choices or set() in choices:  # an empty choice asks for nothing
        return Route()
    return Route(checked=all(one - keys for one in choices), key=all(one & keys for one in choices))


def _plain_keys(body: Mapping[str, Any]) -> set[str]:
    """Schemes that ask for an API key and have nobody check who holds it."""
    found = set()
    for place in ("securityDefinitions", "components/securitySchemes"):
        schemes = at(body, place)
        for name, scheme in schemes.items() if isinstance(schemes, dict) else ():
            plain = isinstance(scheme, dict) and scheme.get("type") == "apiKey"
            if plain and not any(key in scheme for key in AUTHORIZERS):
                found.add(name)
    return found
