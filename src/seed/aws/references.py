"""Values that live in the account: parameters of SSM and secrets of Secrets Manager, by their names."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from seed.aws import errors
from seed.aws.session import AwsSession

MISSING = frozenset({"ParameterNotFound", "ResourceNotFoundException", "ParameterVersionNotFound"})


def referenced(session: AwsSession, kind: str, name: str) -> str:
    client: Any = session.client(kind)
    try:
        if kind == "ssm":
            return str(client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
        return str(client.get_secret_value(SecretId=name).get("SecretString", ""))
    except ClientError as error:
        if errors.code_of(error) not in MISSING:
            raise
        what = "parameter in the SSM Parameter Store" if kind == "ssm" else "secret in Secrets Manager"
        raise errors.ReferenceMissing(
            f"There is no {what} with the name {name} in this account and region.",
            hint="Make it, or set the variable to another name.",
            where=name,
        ) from None
