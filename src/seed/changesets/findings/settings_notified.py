"""Whom a bucket notifies: S3 asks them when it is set, and refuses who does not let it in yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from seed.changesets.findings.places import at, objects
from seed.changesets.findings.refusals import Look, Wrong, asked_for, asked_of, of_types, waited_for, whose
from seed.changesets.resource import Pair
from seed.changesets.review import Review


class Kind(NamedTuple):
    """One list of a notification: who is told, and what lets the bucket in."""

    property: str
    target: str
    opens: tuple[str, ...]


KINDS = {
    "LambdaConfigurations": Kind("Function", "AWS::Lambda::Function", ("AWS::Lambda::Permission",)),
    "QueueConfigurations": Kind("Queue", "AWS::SQS::Queue", ("AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy")),
    "TopicConfigurations": Kind("Topic", "AWS::SNS::Topic", ("AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy")),
}
HINT = "Let S3 in by a permission that does not refer to the bucket, and let the bucket depend on that (DependsOn)."


def _bucket(properties: dict[str, Any], review: Review) -> Iterator[Wrong]:
    """Who was there before may have been opened elsewhere: only what is new with its bucket, or opens now, is told."""
    told = at(properties, "NotificationConfiguration")
    own = whose(properties, review) if told else None
    for name, kind in KINDS.items() if own else ():
        for one in objects(at(told, name)):
            target = asked_for(one.get(kind.property), review, kind.target)
            if own and target and target.before is None:
                yield from _let_in(own, target, kind, review)


def _let_in(bucket: Pair, target: Pair, kind: Kind, review: Review) -> Iterator[Wrong]:
    doors = [door for door in of_types(review, *kind.opens) if target.logical_id in asked_of(door, review)]
    in_time = [door for door in doors if bucket.logical_id not in asked_of(door, review)]
    waits = not waited_for(bucket, review).isdisjoint(door.logical_id for door in in_time)
    if waits or any(_by_name(door, kind, review) for door in of_types(review, *kind.opens)):
        return  # one by a name may be this one's
    place = f"NotificationConfiguration: {target.logical_id}"
    if in_time:
        what = f"does not wait for what lets it in to {target.logical_id}"
        yield Wrong(what, place, f"Let it depend on {in_time[0].logical_id} (DependsOn).", certain=False)
    else:
        why = "is opened to it only later" if doors else "does not let it in"
        yield Wrong(f"is to notify {target.logical_id}, which {why}", place, HINT)


def _by_name(door: Pair, kind: Kind, review: Review) -> bool:
    """It names whom it opens by a text, and not by a resource of the template."""
    there = (review.pairs.get(name) for name in asked_of(door, review))
    return not any(one is not None and one.resource_type == kind.target for one in there)


LOOKS: dict[str, Look] = {"AWS::S3::Bucket": _bucket}
