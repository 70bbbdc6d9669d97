"""AWS KMS as the guard of the key file: without the permission to use its key, the data folder's secrets stay shut."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from seed.aws import errors

CONTEXT = {"seed": "key file"}
ARN_PARTS = 4


class KmsGuard:
    """Implements `seed.db.vault.Guard`. The context is bound in: the same bytes elsewhere do not open."""

    def __init__(self, key_id: str, endpoint_url: str | None = None, **credentials: str) -> None:
        """By default with the server's own credentials; a key's ARN says its region."""
        parts = key_id.split(":")
        region = parts[3] if len(parts) > ARN_PARTS else None
        session = boto3.session.Session(**{"region_name": region, **credentials})  # type: ignore[arg-type]
        if not session.region_name:
            raise errors.RegionMissing(
                f"The key {key_id!r} names no region, and the server has none.",
                hint="Give the key's ARN, or set AWS_DEFAULT_REGION.", where="SEED_KMS_KEY",
            )  # fmt: skip
        self._client: Any = session.client("kms", endpoint_url=endpoint_url)
        self._key_id = key_id

    def encrypt(self, content: bytes) -> bytes:
        return self._call("encrypt", "CiphertextBlob", Plaintext=content)

    def decrypt(self, content: bytes) -> bytes:
        return self._call("decrypt", "Plaintext", CiphertextBlob=content)

    def _call(self, what: str, wanted: str, **given: bytes) -> bytes:
        try:
            answer = getattr(self._client, what)(KeyId=self._key_id, EncryptionContext=CONTEXT, **given)
        except (ClientError, BotoCoreError, OSError) as error:
            raise errors.told(error, where="SEED_KMS_KEY") from error
        return bytes(answer[wanted])
