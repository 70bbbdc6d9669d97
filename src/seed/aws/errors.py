"""AWS's failures in our words: what happened, and what to try. No secret is ever part of a message."""

from __future__ import annotations

import re

from botocore import exceptions as botocore

from seed.aws.values import Stack
from seed.errors import Conflict, SeedError


class AwsSaid(SeedError):
    """AWS refused, with its own words."""

    code = "aws-said"
    status = 502


class CredentialsMissing(SeedError):
    """No credentials, or none that AWS knows."""

    code = "credentials-missing"
    status = 422


class RegionMissing(SeedError):
    """Nothing says in which region to ask."""

    code = "region-missing"
    status = 422


class CredentialsExpired(SeedError):
    """The session has ended."""

    code = "credentials-expired"
    status = 422


class AccessDenied(SeedError):
    """The credentials may not do this."""

    code = "access-denied"
    status = 422


class WrongAccount(Conflict):
    """The credentials lead to another AWS account than before."""

    code = "wrong-account"


class Throttled(SeedError):
    """AWS asked to slow down, for longer than we waited."""

    code = "throttled"
    status = 503


class NetworkLost(SeedError):
    """AWS could not be reached."""

    code = "network-lost"
    status = 503


class StackBusy(Conflict):
    """Somebody else is updating the stack."""

    code = "stack-being-updated"


class StackNotUpdatable(Conflict):
    """The stack is in a state from which it cannot be updated."""

    code = "stack-not-updatable"


class ChangeSetMoved(Conflict):
    """The change set is gone, outdated, or was executed already."""

    code = "change-set-moved"


class ReferenceMissing(SeedError):
    """A variable names a parameter or a secret that is not in the account."""

    code = "reference-missing"
    status = 422


class LocalAwsDown(SeedError):
    """The embedded local AWS is not running."""

    code = "local-aws-down"
    status = 503


EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
UNKNOWN = frozenset(
    {
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "AuthFailure",
        "InvalidAccessKeyId",
        "MissingAuthenticationToken",
    }
)
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "Forbidden"})
SLOW = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "SlowDown",
    }
)
DELETE = "aws cloudformation delete-stack --stack-name {name}"
REMEDIES = {
    "ROLLBACK_COMPLETE": f"Its first deployment failed. Delete the stack, then deploy again: {DELETE}",
    "ROLLBACK_FAILED": f"Delete the stack, keeping what cannot be deleted: {DELETE} --retain-resources …",
    "UPDATE_ROLLBACK_FAILED": "Continue its rollback first: aws cloudformation continue-update-rollback "
    "--stack-name {name}",
    "DELETE_FAILED": f"Finish deleting it: {DELETE}",
    "CREATE_FAILED": f"Delete the stack, then deploy again: {DELETE}",
}


def told(error: Exception, *, where: str = "") -> SeedError:
    """Any exception of the AWS library, as one of ours."""
    if isinstance(error, SeedError):
        return error
    if isinstance(error, botocore.ClientError):
        return _client_error(error, where)
    if isinstance(
        error,
        botocore.NoCredentialsError
        | botocore.PartialCredentialsError
        | botocore.ProfileNotFound
        | botocore.CredentialRetrievalError,
    ):
        return CredentialsMissing(
            f"There are no usable AWS credentials: {error}.",
            hint="Look at the account's profile or keys; a role without keys starts from those of the server's own "
            "environment.",
            where=where,
        )
    if isinstance(error, botocore.HTTPClientError | botocore.ConnectionError | OSError):
        return NetworkLost("AWS cannot be reached.", hint="Is the network or the endpoint down?", where=where)
    return AwsSaid(f"The AWS library failed: {type(error).__name__}.", where=where)


def check_updatable(stack: Stack | None, name: str) -> None:
    """Raise where CloudFormation would refuse a change set, with what to do about it."""
    if stack is None or stack.is_new:
        return
    if stack.busy:
        raise StackBusy(
            f"The stack {name} is being updated by somebody else ({stack.status}).",
            hint="Wait until that has ended, then try again.",
            where=name,
        )
    if stack.status in REMEDIES:
        raise StackNotUpdatable(
            f"The stack {name} is in {stack.status} and cannot be updated.",
            hint=REMEDIES[stack.status].format(name=name),
            where=name,
        )


def code_of(error: botocore.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def message_of(error: botocore.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Message", "")) or code_of(error)


def _client_error(error: botocore.ClientError, where: str) -> SeedError:
    code, message = code_of(error), message_of(error)
    if code in EXPIRED:
        return CredentialsExpired(
            "The AWS credentials have expired.", hint="Renew them (aws sso login, new keys).", where=where
        )
    if code in UNKNOWN:
        return CredentialsMissing(
            "AWS does not know these credentials.", hint="Check the access key and its secret.", where=where
        )
    if code in DENIED:
        return AccessDenied(
            _denied(message, error.operation_name),
            hint="Add it to the deploy role's policy; docs/aws.md has the whole policy.",
            where=where,
        )
    if code in SLOW:
        return Throttled("AWS asks to slow down.", hint="Try again in a minute.", where=where)
    if code in {"InvalidChangeSetStatus", "ChangeSetNotFound", "ChangeSetNotFoundException"}:
        return ChangeSetMoved(f"CloudFormation: {message}", hint="Plan it again.", where=where)
    return AwsSaid(f"AWS answered to {error.operation_name}: {message}", where=where)


def _denied(message: str, operation: str) -> str:
    found = re.search(r"not authorized to perform: (\S+)", message)
    return f"The credentials may not do {found[1] if found else operation}."
