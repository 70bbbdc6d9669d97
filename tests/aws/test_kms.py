"""The key file guarded by KMS, and values that live in the account: on the local AWS."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest

from seed.aws.connect import connect
from seed.aws.errors import ReferenceMissing
from seed.aws.kms import KmsGuard
from seed.aws.local import LocalAws
from seed.aws.values import AccountSettings
from seed.db.vault import KeyFileNotReadable, Vault

CREDENTIALS = {"aws_access_key_id": "456456456456", "aws_secret_access_key": "x", "region_name": "us-east-1"}


def test_a_key_file_under_kms_opens_with_it_alone_and_takes_over_a_bare_one(
    local_aws: LocalAws, tmp_path: Path
) -> None:
    client = boto3.client("kms", endpoint_url=local_aws.endpoint, **CREDENTIALS)
    key_id = client.create_key()["KeyMetadata"]["KeyId"]
    client.close()
    guard = KmsGuard(key_id, local_aws.endpoint, **CREDENTIALS)
    bare = Vault(tmp_path / "key")
    sealed, content = bare.seal("hush", "place"), (tmp_path / "key").read_bytes()

    assert Vault(tmp_path / "key", guard).open(sealed, "place") == "hush"
    assert content not in (tmp_path / "key").read_bytes()
    guarded = Vault(tmp_path / "key", guard)
    guarded.add_key()
    guarded.forget_old_keys()
    assert Vault(tmp_path / "key", guard).open(guarded.seal("more", "place"), "place") == "more"
    with pytest.raises(KeyFileNotReadable):
        Vault(tmp_path / "key")


@pytest.mark.parametrize("kind", ["ssm", "secretsmanager"])
def test_a_reference_is_followed_and_one_that_leads_nowhere_is_named(local_aws: LocalAws, kind: str) -> None:
    client = boto3.client(kind, endpoint_url=local_aws.endpoint, **CREDENTIALS)
    if kind == "ssm":
        client.put_parameter(Name="/a/b", Value="found", Type="SecureString")
    else:
        client.create_secret(Name="/a/b", SecretString="found")
    client.close()
    cloud = connect(AccountSettings("local", access_key_id="456456456456"), local_endpoint=local_aws.endpoint)

    assert cloud.referenced(kind, "/a/b") == "found"
    with pytest.raises(ReferenceMissing, match="/nowhere"):
        cloud.referenced(kind, "/nowhere")


def test_a_parameter_says_whether_it_is_secure(local_aws: LocalAws) -> None:
    client = boto3.client("ssm", endpoint_url=local_aws.endpoint, **CREDENTIALS)
    for name, kind in (("/c/plain", "String"), ("/c/secure", "SecureString")):
        client.put_parameter(Name=name, Value="found", Type=kind)
    client.close()
    cloud = connect(AccountSettings("local", access_key_id="456456456456"), local_endpoint=local_aws.endpoint)

    assert [cloud.is_secure(name) for name in ("/c/plain", "/c/secure")] == [False, True]
    with pytest.raises(ReferenceMissing, match="/nowhere"):
        cloud.is_secure("/nowhere")
