"""Lambda functions looked at and given new code without CloudFormation."""

from __future__ import annotations

import time

from botocore.exceptions import ClientError

from seed.aws import errors
from seed.aws.session import AwsSession

BUSY = "ResourceConflictException"
"""Another update of the function is under way."""
SECONDS = 180.0
NEAR, FAR = (0.02, 0.1), (0.5, 2.0)
"""Seconds between two looks: at first, and at most."""


class Functions:
    """`bucket` holds the code; keys are those of packages."""

    def __init__(self, session: AwsSession) -> None:
        self._lambda = session.client("lambda")
        self._near = session.near

    def code_sha256(self, name: str) -> str | None:
        try:
            return str(self._lambda.get_function_configuration(FunctionName=name).get("CodeSha256", ""))
        except ClientError as error:
            if errors.code_of(error) == "ResourceNotFoundException":
                return None
            raise

    def layer_sha256(self, arn: str) -> str | None:
        """Only what makes a review calmer: where it may not be read nothing is known."""
        try:
            return str(self._lambda.get_layer_version_by_arn(Arn=arn).get("Content", {}).get("CodeSha256", ""))
        except ClientError as error:
            if errors.code_of(error) in {"ResourceNotFoundException", *errors.DENIED}:
                return None
            raise

    def update_code(self, name: str, bucket: str, key: str) -> str:
        """Once it is active: the CodeSha256. The same code again is no error."""
        (pause, longest), deadline = NEAR if self._near else FAR, time.monotonic() + SECONDS
        asked = False
        while True:
            if not asked:
                asked = self._ask(name, bucket, key)
            if asked:
                found = self._lambda.get_function_configuration(FunctionName=name)
                status = found.get("LastUpdateStatus", "Successful")
                if status == "Failed":
                    why = found.get("LastUpdateStatusReason", "no reason given")
                    raise errors.AwsSaid(f"Lambda could not take the new code of {name}: {why}", where=name)
                if status == "Successful" and found.get("State", "Active") != "Pending":
                    return str(found.get("CodeSha256", ""))
            if time.monotonic() > deadline:
                raise errors.AwsSaid(f"{name} was not active within 3 minutes of its new code.", where=name)
            time.sleep(pause)
            pause = min(pause * 1.5, longest)

    def _ask(self, name: str, bucket: str, key: str) -> bool:
        """False while another update is under way: asked again."""
        try:
            self._lambda.update_function_code(FunctionName=name, S3Bucket=bucket, S3Key=key)
        except ClientError as error:
            if errors.code_of(error) == BUSY:
                return False
            raise
        return True
