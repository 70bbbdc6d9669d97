"""A service with an API, a table, queues and tags: a commit that changes nothing changes nothing; one line, one line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.support.repository import Repository
from tests.support.seeds import Seed, TestApp

from seed.promotions.records import Promotion

SAMPLE = Path(__file__).parents[1] / "samples" / "orders-api-v1"


@pytest.fixture
def app(seed: Seed, tmp_path: Path) -> TestApp:
    repository = Repository(tmp_path / "repository", ())
    shutil.copytree(SAMPLE, repository.folder, dirs_exist_ok=True)
    repository.edit("serverless.yml", "  patterns: ['!**', 'src/**']", "  individually: true\n  patterns: ['!**']")
    for name in ("create", "get", "worker"):
        handler = f"    handler: src/{name}.handler\n"
        repository.edit("serverless.yml", handler, f"{handler}    package: {{patterns: [src/{name}.js]}}\n")
    repository.commit("orders-api")
    return seed.app(repository)


def told(promotion: Promotion) -> dict[str, str]:
    """What the review lists: logical id → what happens."""
    rows = promotion.plans[0].changes["resources"]
    return {row["logical_id"]: row["action"] for row in rows}


def sentences(promotion: Promotion) -> list[tuple[str, str]]:
    return [(one["severity"], one["sentence"]) for one in promotion.plans[0].changes["findings"]]


def committed(app: TestApp, message: str) -> None:
    app.repository.commit(message)
    assert app.deploy().state == "succeeded"


def test_from_a_commit_that_changes_nothing_to_one_line_and_one_tag(app: TestApp) -> None:
    app.live()
    app.repository.write("NOTES.md", "Not packaged.\n")
    committed(app, "Notes")

    nothing = app.promote()
    assert (nothing.state, nothing.reason, told(nothing)) == ("unchanged", "nothing would change", {})

    app.repository.edit("src/get.js", "exports.handler", "// one line\nexports.handler")
    committed(app, "One line of one function")
    line = app.promote()
    assert line.state == "review", line.reason
    rows = told(line)
    whole = {name for name, action in rows.items() if action == "Modify"}
    assert whole == {
        "GetOrderLambdaFunction",
        "ApiGatewayMethodLegacyOrdersIdVarGet",
        "GetOrderLambdaPermissionApiGateway",
    }
    versions = sorted(action for name, action in rows.items() if name.startswith("GetOrderLambdaVersion"))
    assert (versions, len(rows)) == (["Add", "Remove"], 5)
    assert app.confirm(line).state == "promoted"

    app.repository.edit("serverless.yml", "provider:\n", "provider:\n  tracing: {apiGateway: true}\n")
    committed(app, "What no template says")
    traced = app.promote()
    assert traced.state == "review", traced.reason
    assert [said for severity, said in sentences(traced) if severity == "notice"] == [
        (
            "Once the stack is deployed, the framework sets by calls of its own: provider.stackTags, provider.tags, "
            "provider.tracing.apiGateway. New since the last deployment: provider.tracing.apiGateway."
        )
    ]
