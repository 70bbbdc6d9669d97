"""Of which bucket a bucket policy speaks: S3 refuses one that names another (MalformedPolicy)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from seed.changesets.findings.places import at, objects
from seed.changesets.findings.refusals import Wrong, asked_for
from seed.changesets.review import Review
from seed.changesets.values import is_intrinsic, is_text, show

BUCKET = "AWS::S3::Bucket"
PREFIX = re.compile(r"arn:[^:]*:s3:::")
SHOWN = 80


def other_bucket(properties: dict[str, Any], review: Review) -> Iterator[Wrong]:
    own = _bucket(properties.get("Bucket"), review)
    document = properties.get("PolicyDocument")
    given = at(document, "Statement")
    for index, one in enumerate(objects(given if isinstance(given, list) else [given])):
        resources = one.get("Resource")
        for resource in resources if isinstance(resources, list) else [resources]:
            named = _of_arn(resource, review)
            if any(mine and theirs and mine != theirs for mine, theirs in zip(own, named, strict=True)):
                what = f"speaks of {show(resource)[:SHOWN]}, which is in another bucket"
                yield Wrong(
                    what, f"PolicyDocument/Statement/{index}/Resource", "Name its own Bucket, or what is in it."
                )


Names = tuple[str, str]
"""The logical id of a bucket of the template, and the name that it has; '' where it is not known."""
NOBODY: Names = ("", "")


def _bucket(value: Any, review: Review) -> Names:
    if isinstance(value, str):
        return "", _plain(value)
    pair = asked_for(value, review, BUCKET)
    if not pair:
        return NOBODY
    name = pair.properties[1].get("BucketName")
    return pair.logical_id, _plain(name) if isinstance(name, str) else ""


def _plain(name: str) -> str:
    return "" if "{{" in name or "*" in name or "?" in name or "$" in name else name


def _of_arn(resource: Any, review: Review) -> Names:
    """The bucket that an ARN is of, where it begins with one that is told."""
    parts = resource["Fn::Join"][1] if is_text(resource) else [resource]
    first, rest = parts[0], parts[1:]
    if is_intrinsic(first):
        ends = not rest or (isinstance(rest[0], str) and rest[0].startswith("/"))
        return _bucket(first, review) if ends and "Fn::GetAtt" in first else NOBODY
    prefix = PREFIX.match(first) if isinstance(first, str) else None
    if not prefix or not isinstance(first, str):
        return NOBODY
    name, slash, _ = first[prefix.end() :].partition("/")
    if name:
        return ("", _plain(name)) if slash or not rest else NOBODY
    ends = len(rest) == 1 or (len(rest) > 1 and isinstance(rest[1], str) and rest[1].startswith("/"))
    return _bucket(rest[0], review) if rest and ends and is_intrinsic(rest[0]) and "Ref" in rest[0] else NOBODY
