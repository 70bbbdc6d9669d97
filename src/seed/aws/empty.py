"""Empty a bucket, or look whether it is: CloudFormation deletes none that holds anything, an old version included."""

from __future__ import annotations

from botocore.exceptions import ClientError

from seed.aws import errors
from seed.aws.session import AwsSession

AT_ONCE = 1000


def empty_bucket(session: AwsSession, name: str) -> int:
    """How many objects and versions went."""
    gone = 0
    try:
        for page in session.s3.get_paginator("list_object_versions").paginate(Bucket=name):
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            keys = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
            for start in range(0, len(keys), AT_ONCE):
                batch = keys[start : start + AT_ONCE]
                said = session.s3.delete_objects(Bucket=name, Delete={"Objects": batch, "Quiet": True})  # type: ignore[typeddict-item]
                if said.get("Errors"):
                    first = said["Errors"][0]
                    raise errors.AwsSaid(
                        f"{first.get('Key', '?')} of the bucket {name} cannot be deleted: {first.get('Message', '')}",
                        hint="Is it locked, or may the account's role not delete it?",
                        where=name,
                    )
                gone += len(batch)
    except ClientError as error:
        if errors.code_of(error) != "NoSuchBucket":
            raise
    return gone


def holds_anything(session: AwsSession, name: str) -> bool | None:
    """None where the account may not look."""
    try:
        said = session.s3.list_object_versions(Bucket=name, MaxKeys=1)
    except ClientError as error:
        if errors.code_of(error) == "NoSuchBucket":
            return False
        if errors.code_of(error) in errors.DENIED:
            return None
        raise
    return bool(said.get("Versions") or said.get("DeleteMarkers"))
