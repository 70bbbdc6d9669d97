"""What Cognito refuses of the clients of a user pool, and IAM of how many policies a role has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.places import objects, true
from seed.changesets.findings.refusals import Look, Wrong
from seed.changesets.review import Review
from seed.changesets.values import SCALAR, is_intrinsic, is_text, is_undecided, scalar_text

FLOWS, ADDRESSES, DEFAULT = "AllowedOAuthFlows", "CallbackURLs", "DefaultRedirectURI"
BY_BROWSER, BY_ITSELF = ("code", "implicit"), "client_credentials"
PLAIN = re.compile(r"http://(?!localhost(?![^:/])|127\.0\.0\.1(?![^:/])|\[::1\])")
"""HTTP without TLS is for testing on the own machine alone."""
QUOTA_OF_POLICIES = 10
DOCUMENT = "PolicyDocument"
MOST_OF_ROLE, MOST_OF_MANAGED = 10_240, 6_144
"""Letters without blanks that no quota lifts: all inline policies of a role together, a managed policy."""
SHOWN = 80


def _client(properties: dict[str, Any], _review: Review) -> Iterator[Wrong]:
    given, addresses = properties.get(FLOWS), properties.get(ADDRESSES)
    flows = [one for one in given if isinstance(one, str)] if isinstance(given, list) else []
    on = true(properties.get("AllowedOAuthFlowsUserPoolClient"))
    browser = [flow for flow in flows if flow in BY_BROWSER]
    if on and browser and not addresses:
        what = f"allows the flow {browser[0]}, and has no address to go back to"
        yield Wrong(what, f"{ADDRESSES}: not set", f"Say in {ADDRESSES} where people come back to.")
    if browser and BY_ITSELF in flows:
        what = f"allows {BY_ITSELF} beside {browser[0]}, and Cognito takes it alone"
        yield Wrong(what, FLOWS, "Make a client of its own for it.")
    if on and BY_ITSELF in flows and not _perhaps_true(properties.get("GenerateSecret")):
        yield Wrong(f"allows {BY_ITSELF}, and has no secret", "GenerateSecret: not set", "Set GenerateSecret to true.")
    known = [one for one in addresses if isinstance(one, str)] if isinstance(addresses, list) else []
    for one in known:
        if PLAIN.match(one):
            yield Wrong(f"goes back to {one[:SHOWN]}, without TLS", ADDRESSES, "Write https://.")
    usual = properties.get(DEFAULT)
    if isinstance(usual, str) and isinstance(addresses, list) and len(known) == len(addresses) and usual not in known:
        what = f"goes back to {usual[:SHOWN]} by default, which is none of its addresses"
        yield Wrong(what, f"{DEFAULT}: {usual[:SHOWN]}", f"Name it among the {ADDRESSES} too.")


def _perhaps_true(value: Any) -> bool:
    return true(value) or is_intrinsic(value)


def _role(properties: dict[str, Any], _review: Review) -> Iterator[Wrong]:
    inline = [one.get(DOCUMENT) for one in objects(properties.get("Policies"))]
    yield from _large(sum(map(_letters, inline)), MOST_OF_ROLE, "inline policies", "Policies")
    given = properties.get("ManagedPolicyArns")
    told = given if isinstance(given, list) else []
    arns = {repr(one) for one in told if not is_undecided(one)}
    if len(arns) > QUOTA_OF_POLICIES:
        what = f"has {len(arns)} managed policies, and an account may give {QUOTA_OF_POLICIES} if nobody asked for more"
        yield Wrong(what, "ManagedPolicyArns", "Put some of them together, or ask for a larger quota.", certain=False)


def _managed(properties: dict[str, Any], _review: Review) -> Iterator[Wrong]:
    yield from _large(_letters(properties.get(DOCUMENT)), MOST_OF_MANAGED, "a policy", DOCUMENT)


def _policy(properties: dict[str, Any], _review: Review) -> Iterator[Wrong]:
    if properties and not any(properties.get(name) for name in ("Groups", "Roles", "Users")):
        yield Wrong("is given to nobody", "Groups, Roles, Users: not set", "Name a role, or make it a managed policy.")
    if properties.get("Roles"):
        yield from _large(_letters(properties.get(DOCUMENT)), MOST_OF_ROLE, "a policy", DOCUMENT)


def _large(letters: int, most: int, what: str, place: str) -> Iterator[Wrong]:
    if letters > most:
        hint = "Join statements, give functions roles of their own, or move statements to managed policies."
        yield Wrong(f"has {what} of {letters:,} letters or more, and IAM takes {most:,}", place, hint)


def _letters(value: Any) -> int:
    """The least that it is as JSON without blanks; what is not known counts as nothing."""
    if isinstance(value, str):
        return sum(not sign.isspace() for sign in value) + len('""')
    if is_text(value):
        known = sum(_letters(part) - len('""') for part in value["Fn::Join"][1] if isinstance(part, str))
        return known + len('""')
    if value is None or is_intrinsic(value):
        return 0
    if isinstance(value, list):
        return sum(_letters(item) for item in value) + max(len(value) - 1, 0) + len("[]")
    if isinstance(value, dict):
        return sum(len(key) + len('"":') + _letters(item) for key, item in value.items()) + max(len(value) + 1, 2)
    return len(scalar_text(value)) if isinstance(value, SCALAR) else 0


LOOKS: dict[str, Look] = {
    "AWS::Cognito::UserPoolClient": _client,
    "AWS::IAM::ManagedPolicy": _managed,
    "AWS::IAM::Policy": _policy,
    "AWS::IAM::Role": _role,
}
