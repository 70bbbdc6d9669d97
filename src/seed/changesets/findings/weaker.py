"""Protections that stay and do less: firewalls that only count, older TLS, plain HTTP, weaker sign-in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from seed.changesets.findings.places import at, digits, each, number, objects, true
from seed.changesets.resource import Pair
from seed.changesets.values import show

Weaker = Iterator[tuple[str, str]]
"""(what it does now, the evidence): `takes plain HTTP too`."""
TLS = re.compile(r"TLS[v_-]?(\d)(?:[._-]?(\d)(?!\d))?", re.IGNORECASE)
VERSIONS = {
    "AWS::ApiGateway::DomainName": ("SecurityPolicy",),
    "AWS::ApiGatewayV2::DomainName": ("DomainNameConfigurations/*/SecurityPolicy",),
    "AWS::CloudFront::Distribution": ("DistributionConfig/ViewerCertificate/MinimumProtocolVersion",),
    "AWS::Elasticsearch::Domain": ("DomainEndpointOptions/TLSSecurityPolicy",),
    "AWS::OpenSearchService::Domain": ("DomainEndpointOptions/TLSSecurityPolicy",),
}
"""Where a type says from which version of TLS on it speaks."""
PLAIN = {"HTTPS": "HTTP", "TLS": "TCP"}
PASSWORDS = "Policies/PasswordPolicy"
WANTED = ("RequireLowercase", "RequireNumbers", "RequireSymbols", "RequireUppercase")


def weaker(pair: Pair) -> Weaker:
    if look := LOOKS.get(pair.resource_type):
        yield from look(pair)
    for path in VERSIONS.get(pair.resource_type, ()):
        before, after = (each(side, path) for side in pair.properties)
        for label, was in before.items():
            old, new = _version(was), _version(after.get(label))
            if old and new and new < old:
                yield "takes older versions of TLS", f"{path}: {show(was)} → {show(after[label])}"


def _version(policy: Any) -> tuple[int, int] | None:
    text = show(policy)
    if text.upper().startswith("SSL"):
        return 0, 0
    found = TLS.search(text)
    return (int(found[1]), int(found[2] or 0)) if found else None


def _firewall(pair: Pair) -> Weaker:
    before, after = pair.properties
    if "Block" in _action(before, "DefaultAction") and "Allow" in _action(after, "DefaultAction"):
        yield "lets pass what no rule speaks of", "DefaultAction: Block → Allow"
    olds, news = ({show(one.get("Name")): one for one in objects(side.get("Rules"))} for side in pair.properties)
    for name, was in olds.items():
        now = news.get(name)
        if now is None:
            if not ({"Allow", "Count"} & {*_action(was, "Action"), *_action(was, "OverrideAction")}):
                yield f"loses its rule {name}", f"Rules: {name}"
            continue
        if "Block" in _action(was, "Action") and {"Allow", "Count"} & {*_action(now, "Action")}:
            does = next(iter(_action(now, "Action")))
            yield f"no longer blocks by its rule {name}", f"Rules/{name}/Action: Block → {does}"
        if "None" in _action(was, "OverrideAction") and "Count" in _action(now, "OverrideAction"):
            yield f"only counts by its rule {name}", f"Rules/{name}/OverrideAction: None → Count"


def _action(where: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = where.get(key)
    return found if isinstance(found, dict) else {}


def _listener(pair: Pair) -> Weaker:
    was, now = (show(side.get("Protocol", "")) for side in pair.properties)
    if PLAIN.get(was) == now:
        yield f"takes plain {now}", f"Protocol: {was} → {now}"


def _distribution(pair: Pair) -> Weaker:
    before, after = (_viewers(side) for side in pair.properties)
    for path, now in after.items():
        if now == "allow-all" and before.get(path, now) != now:
            yield "takes plain HTTP too", f"ViewerProtocolPolicy of {path}: {before[path]} → {now}"


def _viewers(properties: Mapping[str, Any]) -> dict[str, str]:
    policies = {"*": at(properties, "DistributionConfig/DefaultCacheBehavior/ViewerProtocolPolicy")}
    for one in objects(at(properties, "DistributionConfig/CacheBehaviors")):
        policies[show(one.get("PathPattern"))] = one.get("ViewerProtocolPolicy")
    return {path: show(policy) for path, policy in policies.items()}


def _pool(pair: Pair) -> Weaker:
    was, now = (show(side.get("MfaConfiguration", "")) for side in pair.properties)
    if (was, now) == ("ON", "OPTIONAL"):
        yield "no longer asks everybody for a second factor", "MfaConfiguration: ON → OPTIONAL"
    before, after = (at(side, PASSWORDS) or {} for side in pair.properties)
    least, new = (number(at(side, "MinimumLength")) for side in (before, after))
    if least is not None and new is not None and new < least:
        yield "takes shorter passwords", f"{PASSWORDS}/MinimumLength: {digits(least)} → {digits(new)}"
    gone = [key for key in WANTED if true(at(before, key)) and not true(at(after, key))]
    if gone:
        yield "takes simpler passwords", f"{PASSWORDS}: {', '.join(gone)}"


def _mail(pair: Pair) -> Weaker:
    was, now = (show(at(side, "DeliveryOptions/TlsPolicy") or "OPTIONAL") for side in pair.properties)
    if (was, now) == ("REQUIRE", "OPTIONAL"):
        yield "sends mail without encryption too", "DeliveryOptions/TlsPolicy: REQUIRE → OPTIONAL"


def _bucket(pair: Pair) -> Weaker:
    was, now = ([show(one.get("ObjectOwnership")) for one in _ownership(side)] for side in pair.properties)
    if was == ["BucketOwnerEnforced"] and now != was:
        yield "takes access lists (ACLs) again", f"ObjectOwnership: BucketOwnerEnforced → {', '.join(now) or 'not set'}"


def _ownership(properties: Mapping[str, Any]) -> list[dict[str, Any]]:
    return objects(at(properties, "OwnershipControls/Rules"))


def _machine(pair: Pair) -> Weaker:
    path = "LaunchTemplateData/MetadataOptions/HttpTokens"
    was, now = (show(at(side, path) or "") for side in pair.properties)
    if was == "required" and now != was:
        yield (
            "gives its credentials to whoever can have it ask a URL (IMDSv1)",
            f"{path}: required → {now or 'not set'}",
        )


LOOKS: Mapping[str, Callable[[Pair], Weaker]] = {
    "AWS::CloudFront::Distribution": _distribution,
    "AWS::Cognito::UserPool": _pool,
    "AWS::EC2::LaunchTemplate": _machine,
    "AWS::ElasticLoadBalancingV2::Listener": _listener,
    "AWS::S3::Bucket": _bucket,
    "AWS::SES::ConfigurationSet": _mail,
    "AWS::WAFv2::RuleGroup": _firewall,
    "AWS::WAFv2::WebACL": _firewall,
}
