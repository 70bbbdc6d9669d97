"""Sessions and clients for one account: keys, profile, or a role to assume; one place makes them all."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.loaders import Loader
from botocore.session import get_session

from seed.aws.values import AccountSettings

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

SESSION_NAME = "seed"
SESSION_SECONDS = 3600
LOCAL_ACCOUNT = "000000000000"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Models(Loader):
    """What botocore knows of AWS's services. Each file of it is large, and read once for all sessions."""

    @property
    def search_paths(self) -> list[str]:
        """A copy: every session of boto3's adds a folder of its own to what it finds here."""
        return [*super().search_paths]


@cache
def _models() -> Models:
    return Models()


def _begun(**given: str | None) -> boto3.session.Session:
    core = get_session()
    core.register_component("data_loader", _models())
    return boto3.session.Session(botocore_session=core, **given)


class AwsSession:
    """Clients for `settings`, at its endpoint where it names one. Thread-safe: clients are made once."""

    def __init__(self, settings: AccountSettings) -> None:
        self.settings = settings
        self.region = settings.region
        self.endpoint_url = settings.endpoint_url or None
        self.near = urlsplit(settings.endpoint_url).hostname in LOOPBACK
        self._session = self._make()
        self._config = Config(
            region_name=settings.region,
            retries={"mode": "standard", "total_max_attempts": 4},
            connect_timeout=5,
            read_timeout=60,
            max_pool_connections=32,
            s3={"addressing_style": "path"} if settings.endpoint_url else {},
            user_agent_extra="seed",
        )

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        client: CloudFormationClient = self.client("cloudformation")
        return client

    @cached_property
    def s3(self) -> S3Client:
        client: S3Client = self.client("s3")
        return client

    @cached_property
    def sts(self) -> STSClient:
        client: STSClient = self.client("sts")
        return client

    def client(self, service: str) -> Any:
        return self._session.client(service, endpoint_url=self.endpoint_url, config=self._config)

    def environment(self) -> dict[str, str]:
        """For a build: what the session holds now, never how it was come by."""
        credentials = self._session.get_credentials()
        found = {"AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region}
        if credentials is not None:
            frozen = credentials.get_frozen_credentials()
            found["AWS_ACCESS_KEY_ID"] = frozen.access_key or ""
            found["AWS_SECRET_ACCESS_KEY"] = frozen.secret_key or ""
            if frozen.token:
                found["AWS_SESSION_TOKEN"] = frozen.token
        if self.endpoint_url:
            found["AWS_ENDPOINT_URL"] = self.endpoint_url
        return found

    def _make(self) -> boto3.session.Session:
        s = self.settings
        if s.kind == "profile":
            return _begun(profile_name=s.profile, region_name=s.region)
        if s.kind in {"keys", "local"}:
            return _begun(
                aws_access_key_id=s.access_key_id or LOCAL_ACCOUNT,
                aws_secret_access_key=s.secret_access_key or "local",
                aws_session_token=s.session_token or None,
                region_name=s.region,
            )
        return self._assuming()

    def _assuming(self) -> boto3.session.Session:
        """A session in the role, renewed by itself; started from the keys given, or the server's own."""
        s = self.settings
        own = _begun(
            aws_access_key_id=s.access_key_id or None,
            aws_secret_access_key=s.secret_access_key or None,
            region_name=s.region,
        )
        sts: Any = own.client("sts", endpoint_url=self.endpoint_url, region_name=s.region)

        def renew() -> dict[str, str]:
            external = {"ExternalId": s.external_id} if s.external_id else {}
            got = sts.assume_role(
                RoleArn=s.role_arn, RoleSessionName=SESSION_NAME, DurationSeconds=SESSION_SECONDS, **external
            )["Credentials"]
            return {
                "access_key": got["AccessKeyId"],
                "secret_key": got["SecretAccessKey"],
                "token": got["SessionToken"],
                "expiry_time": got["Expiration"].isoformat(),
            }

        credentials: Any = RefreshableCredentials.create_from_metadata(
            metadata=renew(), refresh_using=renew, method="sts-assume-role"
        )
        assumed = _begun(region_name=s.region)
        assumed._session._credentials = credentials  # type: ignore[attr-defined]  # noqa: SLF001, the only door boto3 leaves
        return assumed
