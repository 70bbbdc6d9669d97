"""One workshop for all tests here; each run of the framework takes a second or two, so they are shared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.frameworks.packaging import Workshop

from seed.aws.local import LocalAws


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    aws = LocalAws(tmp_path_factory.mktemp("aws"))
    aws.start()
    yield aws
    aws.stop()


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory, local_aws: LocalAws) -> Workshop:
    env = {
        "AWS_ENDPOINT_URL": local_aws.endpoint,
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "none",
    }
    return Workshop(tmp_path_factory.mktemp("workshop"), env)
