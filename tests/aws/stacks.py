"""A small stack, asked for and made."""

from __future__ import annotations

import itertools
import json
import random

from seed.aws.follow import follow
from seed.aws.port import Cloud
from seed.aws.values import ChangeSetRequest

NUMBERS = itertools.count(random.randrange(10**6, 10**8))
"""The local AWS is one for all tests of a worker: accounts and names are drawn."""


def template(seconds: int = 30, **more: object) -> str:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": seconds}}
    return json.dumps({"Resources": {"Queue": queue, **more}, "Outputs": {"Word": {"Value": "seed"}}})


def request(name: str, text: str, kind: str = "CREATE", stack: str = "app-dev") -> ChangeSetRequest:
    return ChangeSetRequest(stack, name, kind, text, {}, {"team": "a"}, ["CAPABILITY_IAM"])


def run(cloud: Cloud, asked: ChangeSetRequest) -> None:
    cloud.create_change_set(asked)
    cloud.wait_change_set(asked.stack_name, asked.name)
    cloud.execute_change_set(asked.stack_name, asked.name, f"token-{asked.stack_name}-{asked.name}")
    assert follow(cloud, asked.stack_name, lambda _event: None).ok
