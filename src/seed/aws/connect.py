"""The one factory: an account's settings in, a gateway out, in the account it was in before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from botocore.exceptions import BotoCoreError, ClientError

from seed.aws import errors
from seed.aws.boto import BotoCloud
from seed.aws.pace import Pace
from seed.aws.port import Cloud
from seed.aws.session import AwsSession
from seed.aws.values import AccountSettings


def connect(
    settings: AccountSettings,
    *,
    local_endpoint: str | None,
    opened: Callable[[Mapping[str, str]], Mapping[str, str]] = lambda parameters: parameters,
    pace: Pace | None = None,
) -> Cloud:
    """Kind `local` leads to the embedded local AWS; nothing is asked of AWS yet, but for a role.
    `pace` is that of the account and region; what is on this machine needs none.
    """
    if settings.kind == "local":
        if local_endpoint is None:
            raise errors.LocalAwsDown(
                "The embedded local AWS is not running.", hint="Start the server with --aws local."
            )
        settings = replace(settings, endpoint_url=local_endpoint)
    try:
        return BotoCloud(AwsSession(settings), opened, pace)
    except (ClientError, BotoCoreError, OSError) as error:
        raise errors.told(error) from error


def check_same_account(cloud: Cloud, expected: str) -> None:
    """A stage's stacks are in one AWS account; credentials that lead elsewhere are refused."""
    found = cloud.identity().account
    if expected and found != expected:
        raise errors.WrongAccount(
            f"These credentials lead to the AWS account {found}; before they led to {expected}.",
            hint="Put the right credentials back, or make another account in Seed for the new one.",
        )
