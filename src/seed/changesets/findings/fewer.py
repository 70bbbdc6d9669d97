"""What stays and does less for others: names, websites, streams and functions that it no longer answers or tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from seed.changesets.findings.places import at, objects
from seed.changesets.resource import Pair
from seed.changesets.values import is_intrinsic, show
from seed.changesets.words import listed

Fewer = Iterator[tuple[str, str]]
"""(what it does no more, the evidence): `no longer answers for a.example.org`."""
CROSS = "no longer answers browsers that come from other websites"
WHOLE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "AWS::ApiGatewayV2::Api": (("CorsConfiguration", CROSS),),
    "AWS::DynamoDB::Table": (("StreamSpecification", "has no stream any more: whoever reads it hears nothing"),),
    "AWS::Lambda::Url": (("Cors", CROSS),),
    "AWS::S3::Bucket": (("CorsConfiguration", CROSS), ("WebsiteConfiguration", "is no website any more")),
}
"""Type → properties without which it does something no more."""
TOLD = (("LambdaConfigurations", "Function"), ("QueueConfigurations", "Queue"), ("TopicConfigurations", "Topic"))


def fewer(pair: Pair) -> Fewer:
    """Of a resource that is there before and after."""
    for path, what in WHOLE.get(pair.resource_type, ()):
        was, now = (at(side, path) for side in pair.properties)
        if was and not now:
            yield what, f"{path}: gone"
    place, look = LOOKS.get(pair.resource_type, ("", None))
    if look and not any(is_intrinsic(side.get(place)) for side in pair.properties):
        yield from look(pair)


def _distribution(pair: Pair) -> Fewer:
    path = "DistributionConfig/Aliases"
    gone = _gone(*(_texts(at(side, path)) for side in pair.properties))
    if gone:
        yield f"no longer answers for {listed(gone)}", f"{path}: {', '.join(gone)}"


def _bucket(pair: Pair) -> Fewer:
    gone = _gone(*(_hears(side) for side in pair.properties))
    if gone:
        yield f"no longer tells {listed(gone)} of its objects", f"NotificationConfiguration: {', '.join(gone)}"


def _hears(properties: Mapping[str, Any]) -> list[str]:
    found = [(key, at(properties, f"NotificationConfiguration/{place}")) for place, key in TOLD]
    return [show(one.get(key)) for key, some in found for one in objects(some)]


def _pool(pair: Pair) -> Fewer:
    was, now = (at(side, "LambdaConfig") for side in pair.properties)
    gone = _gone(list(was) if isinstance(was, dict) else [], list(now) if isinstance(now, dict) else [])
    if gone:
        yield f"no longer asks a function at {listed(gone)}", f"LambdaConfig: {', '.join(gone)}"


def _texts(value: Any) -> list[str]:
    return [show(one) for one in value] if isinstance(value, list) else []


def _gone(was: list[str], now: list[str]) -> list[str]:
    return [one for one in dict.fromkeys(was) if one not in now]


LOOKS: Mapping[str, tuple[str, Callable[[Pair], Fewer]]] = {
    "AWS::CloudFront::Distribution": ("DistributionConfig", _distribution),
    "AWS::Cognito::UserPool": ("LambdaConfig", _pool),
    "AWS::S3::Bucket": ("NotificationConfiguration", _bucket),
}
"""Type → the property that is looked at, unless nobody can decide what it is, and how."""
