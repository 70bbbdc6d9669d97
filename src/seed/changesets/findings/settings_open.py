"""What S3 refuses of a bucket that is to be open: since April 2023 a new one is closed unless told otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.places import at, objects, true
from seed.changesets.findings.refusals import Look, Wrong, asked_for, whose
from seed.changesets.review import Review

BUCKET, BLOCK = "AWS::S3::Bucket", "PublicAccessBlockConfiguration"
OWNED = frozenset({"Private", "BucketOwnerFullControl"})
"""What a list of access may say where lists are switched off."""


def _bucket(properties: dict[str, Any], review: Review) -> Iterator[Wrong]:
    asked, owned = properties.get("AccessControl"), properties.get("OwnershipControls")
    if not isinstance(asked, str) or asked in OWNED or "{{resolve:" in asked:
        return
    pair = whose(properties, review)
    rules = [one.get("ObjectOwnership") for one in objects(at(owned, "Rules"))]
    if rules == ["BucketOwnerEnforced"] or (owned is None and pair and pair.before is None):
        what = f"has the access list {asked[:60]}, and lists are switched off"
        yield Wrong(
            what, f"AccessControl: {asked[:60]}", "Say who may what in a bucket policy, and leave the list out."
        )


def _policy(properties: dict[str, Any], review: Review) -> Iterator[Wrong]:
    """For everybody, of a bucket that takes no such policy."""
    bucket = asked_for(properties.get("Bucket"), review, BUCKET)
    given = at(properties.get("PolicyDocument"), "Statement")
    statements = objects(given if isinstance(given, list) else [given])
    if not bucket or not any(map(_everybody, statements)):
        return
    block = bucket.properties[1].get(BLOCK)
    if (block is None and bucket.before is None) or true(at(block, "BlockPublicPolicy")):
        what = f"lets everybody in, and the bucket {bucket.logical_id} takes no policy that does"
        hint = f"Set BlockPublicPolicy in the {BLOCK} of {bucket.logical_id} to false, if it is to be public."
        yield Wrong(what, f"{bucket.logical_id}/{BLOCK}", hint)


def _everybody(one: dict[str, Any]) -> bool:
    who = one.get("Principal")
    return one.get("Effect") == "Allow" and "Condition" not in one and who in ("*", {"AWS": "*"}, {"AWS": ["*"]})


LOOKS: dict[str, Look] = {BUCKET: _bucket, "AWS::S3::BucketPolicy": _policy}
