"""Seed's bucket for code, one for each account and region: private, encrypted, versioned, by TLS only."""

from __future__ import annotations

import json
from pathlib import Path

from botocore.exceptions import ClientError

from seed.aws.errors import DENIED, code_of
from seed.aws.session import AwsSession

MISSING = frozenset({"404", "NoSuchBucket", "NoSuchKey", "NotFound"})
DEFAULT_REGION = "us-east-1"


class AssetsBucket:
    """Keys are made of contents, so an object that is there needs no second upload."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session
        self._s3 = session.s3
        self._account = ""
        self._name = ""
        self._known: set[str] = set()
        self._closed = False

    @property
    def name(self) -> str:
        if not self._name:
            self._account = self._session.sts.get_caller_identity()["Account"]
            self._name = f"seed-assets-{self._account}-{self._session.region}"
        return self._name

    def ensure(self) -> str:
        name = self.name
        try:
            # The name can be guessed: a bucket that somebody else made under it is refused.
            self._s3.head_bucket(Bucket=name, ExpectedBucketOwner=self._account)
        except ClientError as error:
            if code_of(error) not in MISSING:
                raise
            self._make()
        else:
            self._finish_closing()
        return self.name

    def has(self, key: str) -> bool:
        if key in self._known:
            return True
        try:
            self._s3.head_object(Bucket=self.name, Key=key)
        except ClientError as error:
            if code_of(error) not in MISSING:
                raise
            return False
        self._known.add(key)
        return True

    def put(self, key: str, path: Path) -> None:
        self._s3.upload_file(str(path), self.name, key)
        self._known.add(key)

    def put_text(self, key: str, text: str) -> str:
        """The object's URL, as CloudFormation wants it for a template."""
        self.ensure()
        if not self.has(key):
            self._s3.put_object(Bucket=self.name, Key=key, Body=text.encode())
        if self._session.near:
            return f"{self._session.endpoint_url}/{self.name}/{key}"
        return f"https://{self.name}.s3.{self._session.region}.amazonaws.com/{key}"

    def read(self, key: str, to: Path) -> None:
        self._s3.download_file(self.name, key, str(to))

    def _make(self) -> None:
        try:
            if self._session.region == DEFAULT_REGION:
                self._s3.create_bucket(Bucket=self.name)
            else:
                self._s3.create_bucket(
                    Bucket=self.name,
                    CreateBucketConfiguration={"LocationConstraint": self._session.region},  # type: ignore[typeddict-item]  # any region's name
                )
        except ClientError as error:
            if code_of(error) != "BucketAlreadyOwnedByYou":
                raise
        self._close()

    def _close(self) -> None:
        self._s3.put_public_access_block(
            Bucket=self.name,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        )
        self._s3.put_bucket_encryption(
            Bucket=self.name,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
        )
        self._put_policy()
        self._put_versioning()

    def _finish_closing(self) -> None:
        """What a server that died over it has left undone. That its versioning was set, which comes last and can never
        be unset, only suspended, says that nothing is. What somebody has set by hand stays; that nobody reaches it and
        that it is encrypted is how S3 makes every bucket.
        """
        if self._closed:
            return
        try:
            if "Status" not in self._s3.get_bucket_versioning(Bucket=self.name):
                if not self._has_policy():
                    self._put_policy()
                self._put_versioning()
        except ClientError as error:
            if code_of(error) not in DENIED:  # whose role may not look keeps the bucket as it is
                raise
        self._closed = True

    def _has_policy(self) -> bool:
        try:
            self._s3.get_bucket_policy(Bucket=self.name)
        except ClientError as error:
            if code_of(error) != "NoSuchBucketPolicy":
                raise
            return False
        return True

    def _put_policy(self) -> None:
        self._s3.put_bucket_policy(Bucket=self.name, Policy=json.dumps(_tls_only(self.name)))

    def _put_versioning(self) -> None:
        self._s3.put_bucket_versioning(Bucket=self.name, VersioningConfiguration={"Status": "Enabled"})
        self._closed = True


def _tls_only(bucket: str) -> dict[str, object]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }
