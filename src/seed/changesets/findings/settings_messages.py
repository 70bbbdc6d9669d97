"""What EventBridge and SNS refuse of who is told: how many, by which protocol, at which end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.places import objects, true
from seed.changesets.findings.refusals import Look, Wrong, asked_for, named
from seed.changesets.review import Review
from seed.changesets.values import is_intrinsic, is_text, is_undecided, show

MOST_TARGETS = 5
"""No quota lifts it (EventBridge, PutTargets)."""
BEGINS = {
    "http": ("http://",),
    "https": ("https://",),
    "sqs": ("arn:", ":sqs:"),
    "lambda": ("arn:", ":lambda:"),
    "firehose": ("arn:", ":firehose:"),
    "application": ("arn:", ":sns:"),
    "email": ("", "@"),
    "email-json": ("", "@"),
    "sms": ("",),
}
"""Protocol → how its endpoint begins, and what is in it (SNS, Subscribe)."""
ENDS = {"sqs": "AWS::SQS::Queue", "lambda": "AWS::Lambda::Function", "firehose": "AWS::KinesisFirehose::DeliveryStream"}
ENDPOINT = "Endpoint"
TO_PEOPLE = frozenset(BEGINS) - {"sqs", "firehose"}
"""A FIFO topic tells none of these."""
SHOWN = 60


def _rule(properties: dict[str, Any], _review: Review) -> Iterator[Wrong]:
    given = properties.get("Targets")
    targets = [one for one in given if not is_undecided(one)] if isinstance(given, list) else []
    if len(targets) > MOST_TARGETS:
        what = f"has {len(targets)} targets, and EventBridge takes {MOST_TARGETS}"
        yield Wrong(what, "Targets", "Give some of them another rule of the same pattern.")


def _subscription(properties: dict[str, Any], review: Review) -> Iterator[Wrong]:
    yield from _told(properties, review, "")
    topic = named(properties.get("TopicArn"), review, "AWS::SNS::Topic")
    protocol = properties.get("Protocol")
    if topic is not None and true(topic.get("FifoTopic")) and protocol in TO_PEOPLE:
        what = f"is of a FIFO topic by {protocol}, and those tell queues alone"
        yield Wrong(what, f"Protocol: {protocol}", "Let it tell a queue, and read that.")
    if protocol == "firehose" and properties.get("SubscriptionRoleArn") is None:
        what = "has no role by which SNS could write to the stream"
        yield Wrong(what, "SubscriptionRoleArn: not set", "Name a role that may put records into it.")


def _topic(properties: dict[str, Any], review: Review) -> Iterator[Wrong]:
    for index, one in enumerate(objects(properties.get("Subscription"))):
        yield from _told(one, review, f"Subscription/{index}/")


def _told(one: dict[str, Any], review: Review, place: str) -> Iterator[Wrong]:
    protocol, endpoint = one.get("Protocol"), one.get(ENDPOINT)
    if not isinstance(protocol, str) or "{{resolve:" in protocol:
        return
    if protocol not in BEGINS:
        what = f"has the protocol {protocol[:SHOWN]}, which SNS has not"
        yield Wrong(what, f"{place}Protocol: {protocol[:SHOWN]}", f"It has {', '.join(BEGINS)}.")
    elif not _fits(protocol, endpoint, review):
        shown = show(endpoint)[:SHOWN]
        what = f"has the endpoint {shown}, where {protocol} takes another"
        yield Wrong(what, f"{place}{ENDPOINT}: {shown}", _hint(protocol))


def _hint(protocol: str) -> str:
    if protocol in ENDS:
        return "Give the ARN of it: Fn::GetAtt, not Ref."
    return f"It begins with {BEGINS[protocol][0]}." if BEGINS[protocol][0] else "It is an address, such as a@b.org."


def _fits(protocol: str, endpoint: Any, review: Review) -> bool:
    """What nobody can tell fits."""
    if protocol in ENDS and is_intrinsic(endpoint):
        others = (kind for name, kind in ENDS.items() if name != protocol)
        own = asked_for(endpoint, review, ENDS[protocol])
        return not (own and "Ref" in endpoint) and not any(asked_for(endpoint, review, kind) for kind in others)
    first, *inside = BEGINS[protocol]
    if is_text(endpoint):
        start = endpoint["Fn::Join"][1][0]
        return not isinstance(start, str) or start.startswith(first) or first.startswith(start)
    if not isinstance(endpoint, str) or "{{resolve:" in endpoint:
        return True
    return endpoint.startswith(first) and all(part in endpoint for part in inside)


LOOKS: dict[str, Look] = {
    "AWS::Events::Rule": _rule,
    "AWS::SNS::Subscription": _subscription,
    "AWS::SNS::Topic": _topic,
}
