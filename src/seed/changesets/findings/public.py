"""Something is opened to the internet, or a check of who calls is taken away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.resource import Pair
from seed.changesets.review import Review
from seed.changesets.values import scalar_text, show
from seed.changesets.words import word

WORLD = {"0.0.0.0/0", "::/0"}
BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
WEB_PORTS = {"80", "443"}


def find(review: Review) -> Iterator[Finding]:
    for pair in review.pairs.values():
        if pair.after is None or pair.before is pair.after:
            continue
        look = LOOKS.get(pair.resource_type)
        for severity, sentence, evidence in look(pair) if look else ():
            yield Finding(
                "exposed",
                severity,
                f"The {word(pair.resource_type)} {pair.logical_id} {sentence}.",
                pair.logical_id,
                evidence,
            )


Look = Iterator[tuple[Severity, str, str]]


def _no_auth(pair: Pair) -> Look:
    """Routes: only those that had a check before are dangerous; a new open route is what most APIs are made of."""
    before, after = pair.properties
    if show(after.get("HttpMethod", "")) == "OPTIONS":
        return
    was, now = (show(side.get("AuthorizationType", "NONE")) for side in (before, after))
    was_key, now_key = (_true(side.get("ApiKeyRequired")) for side in (before, after))
    if pair.before and was != "NONE" and now == "NONE":
        yield Severity.DANGER, "no longer checks who calls", f"AuthorizationType: {was} → NONE"
    elif pair.before and was_key and not now_key:
        yield Severity.WARNING, "no longer asks for an API key", "ApiKeyRequired: true → false"
    elif pair.before is None and now == "NONE":
        yield Severity.NOTICE, "is new and open to everybody", "AuthorizationType: NONE"


def _function_url(pair: Pair) -> Look:
    before, after = pair.properties
    if show(after.get("AuthType")) == "NONE" and show(before.get("AuthType")) != "NONE":
        yield Severity.DANGER, "can be called by everybody on the internet", "AuthType: NONE"
    yield from _cors(pair)


def _cors(pair: Pair) -> Look:
    sides = [side.get("CorsConfiguration") or side.get("Cors") or {} for side in pair.properties]
    was, now = (_open_cors(side) for side in sides)
    if now and not was:
        yield (
            Severity.WARNING,
            "lets every website call it with the visitor's credentials",
            "AllowOrigins: * with AllowCredentials",
        )


def _open_cors(cors: Any) -> bool:
    origins = cors.get("AllowOrigins") if isinstance(cors, dict) else None
    return isinstance(origins, list) and "*" in origins and _true(cors.get("AllowCredentials"))


def _bucket(pair: Pair) -> Look:
    before, after = (side.get("PublicAccessBlockConfiguration") for side in pair.properties)
    if pair.before is None:
        before = dict.fromkeys(BLOCKS, True)  # a new bucket blocks everything unless told otherwise
        after = before if after is None else after
    off = [name for name in BLOCKS if _blocks(before, name) and not _blocks(after, name)]
    if off:
        yield Severity.DANGER, "no longer blocks public access", ", ".join(off)
    acls = [show(side.get("AccessControl", "")) for side in pair.properties]
    if acls[1].startswith("Public") and acls[1] != acls[0]:
        yield Severity.DANGER, "is readable by everybody", f"AccessControl: {acls[1]}"


def _blocks(configuration: Any, name: str) -> bool:
    return isinstance(configuration, dict) and _true(configuration.get(name))


def _rules_open(pair: Pair) -> Look:
    before, after = ([_ingress(one) for one in _rules(pair, side)] for side in pair.properties)
    for cidr, ports in after:
        if cidr in WORLD and (cidr, ports) not in before:
            web = ports in WEB_PORTS
            yield (
                (Severity.WARNING if web else Severity.DANGER),
                f"lets everybody in on port {ports}",
                f"{cidr} {ports}",
            )


def _rules(pair: Pair, side: dict[str, Any]) -> list[Any]:
    if pair.resource_type == "AWS::EC2::SecurityGroupIngress":
        return [side] if side else []
    found = side.get("SecurityGroupIngress")
    return found if isinstance(found, list) else []


def _ingress(one: Any) -> tuple[str, str]:
    if not isinstance(one, dict):
        return "", ""
    cidr = show(one.get("CidrIp") or one.get("CidrIpv6") or "")
    first, last = show(one.get("FromPort", "all")), show(one.get("ToPort", "all"))
    ports = "all" if show(one.get("IpProtocol")) == "-1" else first if first == last else f"{first}–{last}"
    return cidr, ports


def _database(pair: Pair) -> Look:
    was, now = (_true(side.get("PubliclyAccessible")) for side in pair.properties)
    if now and not was:
        yield Severity.DANGER, "can be reached from the internet", "PubliclyAccessible: true"


def _true(value: Any) -> bool:
    return scalar_text(value).lower() == "true"


LOOKS = {
    "AWS::ApiGateway::Method": _no_auth,
    "AWS::ApiGatewayV2::Route": _no_auth,
    "AWS::ApiGatewayV2::Api": _cors,
    "AWS::Lambda::Url": _function_url,
    "AWS::S3::Bucket": _bucket,
    "AWS::EC2::SecurityGroup": _rules_open,
    "AWS::EC2::SecurityGroupIngress": _rules_open,
    "AWS::RDS::DBInstance": _database,
    "AWS::Redshift::Cluster": _database,
    "AWS::DMS::ReplicationInstance": _database,
}

RULE = Rule(
    "exposed",
    "Opened to the internet",
    "danger",
    "A route without a check, a function URL without auth, a bucket without its public-access block, a port open to "
    "the world or a public database can be used by anybody who finds it.",
    "API Gateway, Lambda, S3, EC2 and RDS user guides: security sections of each property",
    find,
)
