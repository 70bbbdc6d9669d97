"""The policy in the docs is exact: every call that Seed makes to AWS is allowed by it, and nothing else is."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

ROOT = Path(__file__).parents[2]
AWS = ROOT / "src" / "seed" / "aws"
NOT_BY_THE_ROLE = {"fake.py", "fake_account.py", "fake_stack.py", "kms.py"}
"""The fake calls nobody; the key file is opened with the server's own credentials."""
SERVICES = {
    "cloudformation": "cloudformation", "s3": "s3", "lambda": "lambda", "sts": "sts", "iam": "iam", "logs": "logs",
    "dynamodb": "dynamodb", "sqs": "sqs", "ssm": "ssm", "secretsmanager": "secretsmanager", "ecr": "ecr",
    "cloudwatch": "cloudwatch", "cognito-idp": "cognito-idp", "efs": "elasticfilesystem",
    "accessanalyzer": "access-analyzer",
}  # fmt: skip
"""As boto3 names them → as IAM does."""
NAMED_OTHERWISE = {
    "s3:HeadBucket": {"s3:ListBucket"},
    "s3:HeadObject": {"s3:GetObject"},
    "s3:ListObjectsV2": {"s3:ListBucket"},
    "s3:ListObjectVersions": {"s3:ListBucketVersions"},
    "s3:DeleteObjects": {"s3:DeleteObject", "s3:DeleteObjectVersion"},
    "s3:PutBucketEncryption": {"s3:PutEncryptionConfiguration"},
    "s3:PutPublicAccessBlock": {"s3:PutBucketPublicAccessBlock"},
    "cloudformation:UpdateStack": set(),
    "sts:AssumeRole": set(),
    "dynamodb:ListImports": set(),
    "lambda:GetLayerVersionByArn": {"lambda:GetLayerVersion"},
}
"""UpdateStack is only for the local AWS; AssumeRole is called to get the role, not with it; imports are those of
CloudFormation's exports."""
TRANSFERS = {"upload_file": {"s3:PutObject"}, "download_file": {"s3:GetObject"}}


def called() -> set[str]:
    """Names of the methods that `seed.aws` calls, and of what it pages through."""
    found: set[str] = set()
    for file in AWS.glob("*.py"):
        if file.name in NOT_BY_THE_ROLE:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                found.add(node.func.attr)
                if node.func.attr == "get_paginator" and isinstance(node.args[0], ast.Constant):
                    found.add(str(node.args[0].value))
    return found


def needed() -> set[str]:
    names, actions = called(), set()
    for boto, iam in SERVICES.items():
        client: Any = boto3.client(boto, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
        for method, operation in client.meta.method_to_api_mapping.items():
            if method in names:
                action = f"{iam}:{operation}"
                actions |= NAMED_OTHERWISE.get(action, {action})
    return actions.union(*(actions_ for name, actions_ in TRANSFERS.items() if name in names))


def statements(page: str) -> list[dict[str, Any]]:
    """Of the first policy of a page."""
    policies = re.findall(r"```json\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    found: list[dict[str, Any]] = json.loads(next(one for one in policies if '"Statement"' in one))["Statement"]
    return found


def actions(page: str) -> Iterator[str]:
    for one in statements(page):
        yield from one["Action"]


def test_the_documented_policy_allows_what_seed_calls_and_nothing_else() -> None:
    documented = set(actions("docs/aws.md"))

    assert sorted(needed() - documented) == [], "called, and not in the policy"
    assert sorted(documented - needed()) == [], "in the policy, and never called"


def test_every_service_that_is_called_is_compared() -> None:
    clients = set(re.findall(r'client\("([a-z0-9-]+)"', "".join(file.read_text() for file in AWS.glob("*.py"))))

    assert clients - {"kms"} <= SERVICES.keys()


@pytest.mark.parametrize("call", ["update_function_code", "list_object_versions", "head_bucket", "set_stack_policy"])
def test_a_call_through_any_door_is_found(call: str) -> None:
    assert call in called()


def test_the_readme_repeats_the_part_that_no_deployment_can_do_without() -> None:
    docs = statements("docs/aws.md")

    assert statements("README.md") == docs[: len(statements("README.md"))]
    assert len(statements("README.md")) == 3
