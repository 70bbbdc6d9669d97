"""You can come and you can leave: a stack of the framework's own deploy command, Seed's, and back again."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from tests.frameworks.packaging import Packaged, Workshop

from seed.aws.connect import connect
from seed.aws.local import LocalAws
from seed.aws.port import Cloud
from seed.aws.values import AccountSettings, ChangeSetRequest
from seed.changesets.routine import FUNCTION, LAYER
from seed.packages import Package
from seed.work.stacks.deployed import adopted, deployed_facts

NAME = "orders-api-dev"
WITH_LAYER = {
    "serverless.yml": ("functions:\n", "layers:\n  common: {path: layer, package: {patterns: ['**']}}\n\nfunctions:\n")
}


@pytest.fixture(scope="module")
def cloud(local_aws: LocalAws) -> Cloud:
    keys = AccountSettings(
        kind="keys",
        endpoint_url=local_aws.endpoint,
        access_key_id="123456789012",
        secret_access_key="none",
    )
    return connect(keys, local_endpoint=None)


@pytest.fixture(scope="module")
def tree(workshop: Workshop) -> Path:
    tree = workshop.tree("orders-api-v1", WITH_LAYER)
    (tree / "layer").mkdir()
    (tree / "layer/shared.txt").write_text("shared")
    return tree


def deployed(cloud: Cloud) -> dict[str, Any]:
    template: dict[str, Any] = json.loads(cloud.template(NAME) or "{}")
    return template


def settle(cloud: Cloud) -> str:
    deadline = time.monotonic() + 30
    while (stack := cloud.stack(NAME)) is None or stack.busy:
        assert time.monotonic() < deadline, stack
        threading.Event().wait(0.05)
    return f"{stack.status} {[e.reason for e in cloud.events(NAME) if 'FAILED' in e.status]}"


def plain(workshop: Workshop, tree: Path, command: str) -> None:
    exit_, lines = workshop.framework(tree, command)
    assert exit_.ok, "\n".join(lines)


def plan(cloud: Cloud, made: Packaged, name: str) -> dict[str, tuple[str, str]]:
    """What CloudFormation would do: logical id → (action, replacement)."""
    package: Package = made.trusted.package
    assert cloud.assets_bucket() == package.bucket
    for asset in package.assets:
        cloud.put_asset(asset.key, made.trusted.files[asset.sha256])
    stack = cloud.stack(NAME)
    assert stack is not None
    template = adopted(cloud, package, stack, deployed(cloud))
    cloud.create_change_set(
        ChangeSetRequest(NAME, name, "UPDATE", template, package.parameters, package.tags, package.capabilities)
    )
    changes = [c["ResourceChange"] for c in cloud.wait_change_set(NAME, name).changes]
    return {c["LogicalResourceId"]: (c["Action"], c.get("Replacement", "")) for c in changes}


def test_a_stack_of_the_framework_is_adopted_and_given_back(workshop: Workshop, tree: Path, cloud: Cloud) -> None:
    plain(workshop, tree, "deploy")
    before = deployed(cloud)
    made = workshop.package(tree)

    changes = plan(cloud, made, "adopt")
    assert {action for action, _ in changes.values()} == {"Modify"}
    assert {name for name, (_, replacement) in changes.items() if replacement == "True"} == set()
    stack = cloud.stack(NAME)
    assert stack is not None
    ours = json.loads(adopted(cloud, made.trusted.package, stack, before))["Resources"]
    kinds = {r["Type"] for name, r in before["Resources"].items() if r != ours.get(name)}
    assert kinds == {"AWS::Lambda::Function"}
    same = deployed_facts(cloud, made.trusted.package, stack).code_equal
    assert same == {name for name, r in before["Resources"].items() if r["Type"] in (FUNCTION, LAYER)}

    cloud.execute_change_set(NAME, "adopt", "adopt")
    assert settle(cloud) == "UPDATE_COMPLETE []"
    assert set(deployed(cloud)["Resources"]) == set(before["Resources"])
    assert plan(cloud, made, "again") == {}
    assert plan(cloud, workshop.package(tree), "packaged-again") == {}

    (tree / "src/worker.js").write_text("exports.handler = async () => 'new';\n")
    plain(workshop, tree, "deploy")
    resources = deployed(cloud)["Resources"]
    for name, kind in (("WorkerLambdaFunction", "Code"), ("CommonLambdaLayer", "Content")):
        place = resources[name]["Properties"][kind]
        assert place["S3Bucket"] == {"Ref": "ServerlessDeploymentBucket"}
        assert place["S3Key"].startswith("serverless/orders-api/dev/")

    plain(workshop, tree, "remove")
    assert cloud.stack(NAME) is None


def test_the_same_source_again_is_eleven_changes_to_cloudformation_and_none_to_seed(
    workshop: Workshop, cloud: Cloud
) -> None:
    tree = workshop.tree("orders-api-v1")
    plain(workshop, tree, "deploy")
    again = workshop.package(tree)
    raw, package = again.assembly, again.trusted.package

    template = json.dumps(raw.template)
    cloud.create_change_set(
        ChangeSetRequest(NAME, "raw", "UPDATE", template, raw.parameters, raw.tags, package.capabilities)
    )
    assert len(cloud.wait_change_set(NAME, "raw").changes) == 11
    cloud.delete_change_set(NAME, "raw")

    plan(cloud, again, "adopt")
    cloud.execute_change_set(NAME, "adopt", "adopt-again")
    assert settle(cloud) == "UPDATE_COMPLETE []"
    assert plan(cloud, workshop.package(tree), "same") == {}
    assert cloud.wait_change_set(NAME, "same").empty, "which a promotion tells as unchanged"

    plain(workshop, tree, "remove")
