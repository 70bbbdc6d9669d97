"""An account of its own for each test: on the local AWS, and in memory."""

from __future__ import annotations

import pytest
from tests.aws.stacks import NUMBERS

from seed.aws.connect import connect
from seed.aws.fake import FakeCloud
from seed.aws.local import LocalAws
from seed.aws.port import Cloud
from seed.aws.values import AccountSettings


@pytest.fixture(params=["real", "fake"])
def cloud(request: pytest.FixtureRequest, local_aws: LocalAws) -> Cloud:
    number = f"{next(NUMBERS):012d}"
    if request.param == "fake":
        return FakeCloud(number, "us-east-1")
    return connect(AccountSettings("local", access_key_id=number), local_endpoint=local_aws.endpoint)
