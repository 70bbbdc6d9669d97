"""A trusted package says what runs and nothing else: real services, packaged by the real framework."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.frameworks.packaging import BUCKET, Packaged, Workshop

from seed.packages import adopt
from seed.packages.adopt import LAYER

INDIVIDUALLY = {
    "serverless.yml": (
        "package:\n  patterns: ['!**', 'src/**']\n",
        "package:\n  individually: true\n  patterns: ['!**']\n",
    )
}
OLD_LINE = {"serverless.yml": ("frameworkVersion: '>=3.0.0'", "frameworkVersion: '3'")}


def resources(packaged: Packaged) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(packaged.trusted.package.template)["Resources"]
    return found


def changed(before: Packaged, after: Packaged) -> set[str]:
    old, new = resources(before), resources(after)
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


@pytest.fixture(scope="session")
def orders(workshop: Workshop) -> Packaged:
    return workshop.package(workshop.tree("orders-api-v1"))


@pytest.fixture(scope="session")
def orders_again(workshop: Workshop) -> Packaged:
    return workshop.package(workshop.tree("orders-api-v1"))


@pytest.fixture(scope="session")
def sink(workshop: Workshop) -> Packaged:
    return workshop.package(workshop.tree("kitchen-sink"))


def split(workshop: Workshop, *, log: str = "work") -> Packaged:
    """The sample with a zip for each function."""
    tree = workshop.tree("orders-api-v1", INDIVIDUALLY)
    config = tree / "serverless.yml"
    text = config.read_text()
    for name in ("create", "get", "worker"):
        handler = f"    handler: src/{name}.handler\n"
        text = text.replace(handler, f"{handler}    package: {{patterns: [src/{name}.js]}}\n")
    config.write_text(text)
    worker = tree / "src/worker.js"
    worker.write_text(worker.read_text().replace("'work'", f"'{log}'"))
    return workshop.package(tree)


def test_the_same_source_is_the_same_package(orders: Packaged, orders_again: Packaged) -> None:
    assert orders.assembly.template != orders_again.assembly.template  # the framework's clocks
    assert orders.trusted.package.digest == orders_again.trusted.package.digest


def test_another_stage_is_another_package_of_the_same_code(workshop: Workshop, orders: Packaged) -> None:
    prod = workshop.package(workshop.tree("orders-api-v1"), "prod")
    assert prod.trusted.package.digest != orders.trusted.package.digest
    assert prod.trusted.package.stack_name == "orders-api-prod"
    assert prod.trusted.package.assets == orders.trusted.package.assets


def test_both_lines_of_the_framework_make_the_same_package(workshop: Workshop, orders: Packaged) -> None:
    old = workshop.package(workshop.tree("orders-api-v1", OLD_LINE))
    assert old.assembly.framework.startswith("osls 3.")
    assert orders.assembly.framework.startswith("osls 4.")
    assert old.trusted.package.digest == orders.trusted.package.digest


def test_one_line_of_one_function_changes_that_function_and_its_version(workshop: Workshop) -> None:
    before, after = split(workshop), split(workshop, log="did")
    stem = "WorkerLambdaVersion"
    gone = {name for name in resources(before) if name.startswith(stem)}
    new = {name for name in resources(after) if name.startswith(stem)}
    assert changed(before, after) == {"WorkerLambdaFunction"} | gone | new
    assert len(gone) == len(new) == 1
    kept = {asset.sha256 for asset in before.trusted.package.assets}
    assert len(kept & {asset.sha256 for asset in after.trusted.package.assets}) == 2


def test_functions_in_one_zip_change_together(workshop: Workshop, orders: Packaged) -> None:
    """There is one file, and all of them run it: so all of them change, and the review says so."""
    tree = workshop.tree("orders-api-v1", {"src/worker.js": ("'work'", "'did'")})
    after = workshop.package(tree)
    functions = {n for n, r in resources(after).items() if r["Type"] == "AWS::Lambda::Function"}
    assert changed(orders, after) >= functions
    kinds = {resources(p)[n]["Type"] for p in (orders, after) for n in changed(orders, after) & resources(p).keys()}
    assert kinds == {"AWS::Lambda::Function", "AWS::Lambda::Version"}


def test_a_changed_api_is_a_new_deployment_and_an_unchanged_one_is_not(workshop: Workshop, orders: Packaged) -> None:
    after = workshop.package(
        workshop.tree("orders-api-v1", {"serverless.yml": ("path: legacy/orders/{id}", "path: old/orders/{id}")})
    )
    kind = "ApiGatewayDeployment"
    assert [n for n in changed(orders, after) if n.startswith(kind)]
    quiet = workshop.package(
        workshop.tree("orders-api-v1", {"serverless.yml": ("LOG_LEVEL: info", "LOG_LEVEL: debug")})
    )
    assert not [n for n in changed(orders, quiet) if n.startswith(kind)]


def test_the_framework_could_go_on_with_the_stack(orders: Packaged) -> None:
    """Same resources under the same ids, its bucket too: but for the one id that carried a clock."""
    ours, theirs = set(resources(orders)), set(orders.assembly.template["Resources"])
    assert "ServerlessDeploymentBucket" in ours
    assert all(name.startswith("ApiGatewayDeployment") for name in ours ^ theirs)
    assert dict(orders.trusted.package.tags) == {"STAGE": "dev", "team": "orders"}
    assert set(orders.assembly.template["Outputs"]) == set(json.loads(orders.trusted.package.template)["Outputs"])


def test_a_zip_without_clocks_keeps_the_bytes_that_the_framework_would_send(orders: Packaged) -> None:
    [asset] = orders.trusted.package.assets
    [file] = orders.assembly.files.values()
    assert orders.trusted.files[asset.sha256].read_bytes() == file.read_bytes()
    versions = [r for r in resources(orders).values() if r["Type"] == "AWS::Lambda::Version"]
    assert {v["Properties"]["CodeSha256"] for v in versions} == {asset.code_sha256}


def test_adopting_a_stack_keeps_its_ids_while_the_api_is_the_same(orders: Packaged, sink: Packaged) -> None:
    adopted = json.loads(adopt(orders.trusted.package.template, orders.assembly.template))
    assert set(adopted["Resources"]) == set(orders.assembly.template["Resources"])
    assert adopt(orders.trusted.package.template, sink.assembly.template) == orders.trusted.package.template
    assert adopt(orders.trusted.package.template, None) == orders.trusted.package.template


def test_adopting_a_stack_keeps_a_layer_in_its_place_while_it_is_the_same(sink: Packaged) -> None:
    deployed = sink.assembly.template
    [layer] = [name for name, one in deployed["Resources"].items() if one["Type"] == LAYER]
    kept = json.loads(adopt(sink.trusted.package.template, deployed, (layer,)))["Outputs"]
    moved = json.loads(sink.trusted.package.template)["Outputs"]
    told = {f"{layer}Hash", f"{layer}S3Key"}
    assert told == {name for name in kept if kept[name] != moved[name] and kept[name] == deployed["Outputs"][name]}
    other = json.loads(sink.trusted.package.template)
    other["Resources"][layer]["Properties"]["CompatibleRuntimes"] = ["nodejs99.x"]
    ours = other["Resources"][layer]["Properties"]["Content"]

    def place(packaged: str, equal: tuple[str, ...]) -> object:
        return json.loads(adopt(packaged, deployed, equal))["Resources"][layer]["Properties"]["Content"]

    assert place(sink.trusted.package.template, (layer,)) == deployed["Resources"][layer]["Properties"]["Content"]
    assert place(sink.trusted.package.template, ()) == ours
    assert place(json.dumps(other), (layer,)) == ours  # it is made anew: from where it will be found


def test_code_layers_and_the_frameworks_own_code_are_all_ours_to_store(sink: Packaged) -> None:
    text = sink.trusted.package.template
    assert "serverless/sink/dev" not in text  # nowhere a key with a clock
    used = [asset.used_by for asset in sink.trusted.package.assets]
    assert ("CommonLambdaLayer",) in used
    assert any("CustomDashresourceDashexistingDashs3LambdaFunction" in users for users in used)
    assert len(used) == 3
    places = [
        r["Properties"].get("Code") or r["Properties"].get("Content")
        for r in resources(sink).values()
        if "Properties" in r
    ]
    assert {p["S3Bucket"] for p in places if isinstance(p, dict) and "S3Key" in p} == {BUCKET}


def test_everything_of_the_kitchen_sink_is_stable(workshop: Workshop, sink: Packaged) -> None:
    """The framework zips its own custom resources with the time of the first use in a HOME: another HOME."""
    fresh = Workshop(workshop.folder / "second", workshop.env)
    again = fresh.package(fresh.tree("kitchen-sink"))
    assert again.trusted.package.digest == sink.trusted.package.digest


def test_a_layer_of_ours_is_not_taken_by_the_framework_for_its_own(sink: Packaged) -> None:
    """It compares its hash with the output's, and would point to an object that its bucket does not have."""
    outputs = json.loads(sink.trusted.package.template)["Outputs"]
    [layer] = [a for a in sink.trusted.package.assets if a.used_by == ("CommonLambdaLayer",)]
    assert outputs["CommonLambdaLayerS3Key"]["Value"] == layer.key
    theirs = sink.assembly.template["Outputs"]["CommonLambdaLayerHash"]["Value"]
    assert outputs["CommonLambdaLayerHash"]["Value"] == layer.sha256 != theirs
