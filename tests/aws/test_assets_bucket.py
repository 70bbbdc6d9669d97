"""Seed's bucket is closed, also where a server died between making it and closing it; what people set stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from seed.aws.assets import AssetsBucket
from seed.aws.session import AwsSession
from seed.aws.values import AccountSettings

NAME = "seed-assets-111122223333-us-east-1"
BUCKET = {"Bucket": NAME}
OWNED = {**BUCKET, "ExpectedBucketOwner": "111122223333"}


@pytest.fixture
def aws() -> AwsSession:
    return AwsSession(AccountSettings("keys", access_key_id="a", secret_access_key="b"))


@pytest.fixture
def said(aws: AwsSession) -> Iterator[Stubber]:
    with Stubber(aws.sts) as who, Stubber(aws.s3) as answers:
        who.add_response("get_caller_identity", {"Account": "111122223333"})
        yield answers
        answers.assert_no_pending_responses()


def sets(said: Stubber, *settings: str) -> None:
    """In this order, and nothing else."""
    values = {
        "put_public_access_block": {"PublicAccessBlockConfiguration": ANY},
        "put_bucket_encryption": {"ServerSideEncryptionConfiguration": ANY},
        "put_bucket_policy": {"Policy": ANY},
        "put_bucket_versioning": {"VersioningConfiguration": {"Status": "Enabled"}},
    }
    for one in settings:
        said.add_response(one, {}, {**BUCKET, **values[one]})


def test_its_versioning_is_set_last_for_that_says_that_the_rest_is(aws: AwsSession, said: Stubber) -> None:
    said.add_client_error("head_bucket", "404", "Not Found", 404, expected_params=OWNED)
    said.add_response("create_bucket", {}, BUCKET)
    sets(said, "put_public_access_block", "put_bucket_encryption", "put_bucket_policy", "put_bucket_versioning")

    assert AssetsBucket(aws).ensure() == NAME


@pytest.mark.parametrize(("policy", "missing"), [(False, ("put_bucket_policy",)), (True, ())])
def test_one_that_was_not_closed_to_the_end_is_and_a_policy_that_is_there_stays(
    aws: AwsSession, said: Stubber, *, policy: bool, missing: tuple[str, ...]
) -> None:
    bucket = AssetsBucket(aws)
    said.add_response("head_bucket", {}, OWNED)
    said.add_response("get_bucket_versioning", {}, BUCKET)
    if policy:
        said.add_response("get_bucket_policy", {"Policy": "{}"}, BUCKET)
    else:
        said.add_client_error("get_bucket_policy", "NoSuchBucketPolicy", "", 404, expected_params=BUCKET)
    sets(said, *missing, "put_bucket_versioning")
    bucket.ensure()

    said.add_response("head_bucket", {}, OWNED)  # looked for each time, and closed once
    bucket.ensure()


@pytest.mark.parametrize("there", [{"Status": "Enabled"}, {"Status": "Suspended"}])
def test_one_that_was_closed_is_left_as_people_have_set_it(
    aws: AwsSession, said: Stubber, there: dict[str, Any]
) -> None:
    said.add_response("head_bucket", {}, OWNED)
    said.add_response("get_bucket_versioning", there, BUCKET)

    AssetsBucket(aws).ensure()


def test_a_role_that_may_not_look_uses_it_as_it_is(aws: AwsSession, said: Stubber) -> None:
    said.add_response("head_bucket", {}, OWNED)
    said.add_client_error("get_bucket_versioning", "AccessDenied", "", 403, expected_params=BUCKET)

    assert AssetsBucket(aws).ensure() == NAME
