"""Values that live in the account: parameters of SSM and secrets of Secrets Manager, by their names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

from seed.aws import errors
from seed.aws.session import AwsSession

MISSING = frozenset({"ParameterNotFound", "ResourceNotFoundException", "ParameterVersionNotFound"})


def is_secure(session: AwsSession, name: str) -> bool:
    """Whether a parameter is a SecureString: its value is not asked for."""
    with _said("parameter in the SSM Parameter Store", name):
        answer = session.client("ssm").get_parameter(Name=name, WithDecryption=False)
        return bool(answer["Parameter"]["Type"] == "SecureString")


def referenced(session: AwsSession, kind: str, name: str) -> str:
    if kind == "ssm":
        with _said("parameter in the SSM Parameter Store", name):
            answer = session.client(kind).get_parameter(Name=name, WithDecryption=True)
            return str(answer["Parameter"]["Value"])
    with _said("secret in Secrets Manager", name):
        return str(session.client(kind).get_secret_value(SecretId=name).get("SecretString", ""))


@contextmanager
def _said(what: str, name: str) -> Iterator[None]:
    """One that is not there is told by its name."""
    try:
        yield
    except ClientError as error:
        if errors.code_of(error) not in MISSING:
            raise
        raise errors.ReferenceMissing(
            f"There is no {what} with the name {name} in this account and region.",
            hint="Make it, or set the variable to another name.",
            where=name,
        ) from None
