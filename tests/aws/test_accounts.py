"""Reaching AWS: the right account, or a clear word."""

from __future__ import annotations

import pytest

from seed.aws.check import check_account
from seed.aws.connect import check_same_account, connect
from seed.aws.errors import AccessDenied, CredentialsMissing, LocalAwsDown, NetworkLost, WrongAccount
from seed.aws.fake import FakeCloud
from seed.aws.local import LocalAws
from seed.aws.session import AwsSession
from seed.aws.values import AccountSettings


def test_the_local_account_is_who_its_key_says(local_aws: LocalAws) -> None:
    cloud = connect(AccountSettings("local", access_key_id="210987654321"), local_endpoint=local_aws.endpoint)

    assert cloud.identity().account == "210987654321"


def test_without_the_local_aws_a_local_account_says_so() -> None:
    with pytest.raises(LocalAwsDown):
        connect(AccountSettings("local"), local_endpoint=None)


def test_what_is_known_of_services_is_read_once_and_stays_as_large_as_it_is() -> None:
    first, second = (
        AwsSession(AccountSettings("keys", access_key_id=name, secret_access_key="x"))._session._session
        for name in ("a", "b")
    )
    models = first.get_component("data_loader")
    paths = models.search_paths
    AwsSession(AccountSettings("keys", access_key_id="c", secret_access_key="x"))

    assert second.get_component("data_loader") is models
    assert models.search_paths == paths


def test_a_missing_profile_is_told_as_missing_credentials() -> None:
    with pytest.raises(CredentialsMissing, match="profile or keys; a role without keys starts from"):
        connect(AccountSettings("profile", profile="there-is-no-such-profile"), local_endpoint=None)


def test_an_endpoint_that_does_not_answer_is_a_lost_network() -> None:
    settings = AccountSettings("keys", endpoint_url="http://127.0.0.1:9", access_key_id="a", secret_access_key="b")

    with pytest.raises(NetworkLost):
        connect(settings, local_endpoint=None).identity()


def test_a_role_is_assumed_with_its_external_id(local_aws: LocalAws) -> None:
    settings = AccountSettings(
        "role",
        endpoint_url=local_aws.endpoint,
        access_key_id="111111111111",
        secret_access_key="x",
        role_arn="arn:aws:iam::222222222222:role/deploy",
        external_id="shared",
    )

    cloud = connect(settings, local_endpoint=None)

    assert "assumed-role/deploy" in cloud.identity().arn
    assert "AWS_SESSION_TOKEN" in cloud.environment()


def test_credentials_of_another_account_than_before_are_refused() -> None:
    with pytest.raises(WrongAccount) as refused:
        check_same_account(FakeCloud("111122223333"), "999999999999")

    assert "111122223333" in refused.value.sentence
    assert "999999999999" in refused.value.sentence


def test_a_check_names_what_is_missing() -> None:
    cloud = FakeCloud()
    identity = cloud.identity()
    cloud.failing = []
    checked = check_account(_Denied())

    assert checked.identity == identity
    assert "cloudformation:DescribeStacks" in checked.missing


class _Denied(FakeCloud):
    def stack(self, _name: str) -> None:
        raise AccessDenied("no")


def test_a_secret_is_never_part_of_what_is_printed() -> None:
    settings = AccountSettings("keys", access_key_id="AKIA", secret_access_key="the-secret", session_token="the-token")

    assert "the-secret" not in repr(settings)
    assert "the-token" not in repr(settings)
