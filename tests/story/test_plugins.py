"""Plugins that hook into the framework's deploy lifecycle, on a whole Seed: they run after what Seed has executed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.support.repository import Repository
from tests.support.seeds import Seed, TestApp

from seed.builds.records import Build
from seed.promotions.records import Promotion

PLUGIN = """
'use strict';
class Announce {
  constructor(serverless) {
    const said = (event) => [event, async () => {
      const provider = serverless.getProvider('aws');
      const found = require.resolve('@aws-sdk/client-cloudformation', { paths: [require.main.filename] });
      const { CloudFormation } = require(found);
      const client = new CloudFormation(await provider.getAwsSdkV3Config());
      const stack = await client.describeStacks({ StackName: provider.naming.getStackName() });
      const { Resources } = serverless.service.provider.compiledCloudFormationTemplate;
      console.log(`${event}: ${stack.Stacks[0].StackName} ${stack.Stacks[0].StackStatus} ${Object.keys(Resources).length > 3} LEVEL`);
    }];
    this.hooks = Object.fromEntries([
      'before:deploy:deploy', 'after:aws:deploy:deploy:uploadArtifacts', 'after:aws:deploy:deploy:updateStack',
      'after:deploy:deploy', 'after:deploy:finalize',
    ].map(said));
  }
}
module.exports = Announce;
"""
EVENTS = (
    "before:deploy:deploy", "after:aws:deploy:deploy:uploadArtifacts", "after:aws:deploy:deploy:updateStack",
    "after:deploy:deploy", "after:deploy:finalize",
)  # fmt: skip


def with_plugin(repository: Repository, name: str, level: str = "one") -> None:
    repository.write(f"{name}/announce.js", PLUGIN.replace("LEVEL", level))
    repository.write(f"{name}/.gitignore", "")


@pytest.fixture
def app(seed: Seed, tmp_path: Path) -> TestApp:
    return plugged(seed, tmp_path)


@dataclass(frozen=True)
class Live:
    """An app that was deployed twice from the same source, and then promoted."""

    app: TestApp
    build: Build
    again: Build
    moved: int
    """So many events of the stack came with the second build."""
    promotion: Promotion
    promoted: Promotion


@pytest.fixture(scope="module")
def live(seed: Seed, tmp_path_factory: pytest.TempPathFactory) -> Live:
    app = plugged(seed, tmp_path_factory.mktemp("live"))
    build = app.deploy()
    events = app.cloud.events("api-dev")
    again = app.deploy()
    moved = len(app.cloud.events("api-dev")) - len(events)
    promotion = app.promote()
    return Live(app, build, again, moved, promotion, app.confirm(promotion))


def plugged(seed: Seed, folder: Path) -> TestApp:
    repository = Repository(folder / "repository", ("api",))
    repository.write(
        "api/serverless.yml",
        (repository.folder / "api/serverless.yml").read_text()
        + "plugins: [./announce]\npackage: {patterns: ['!**', hello.js]}\n",
    )
    with_plugin(repository, "api")
    repository.commit("A plugin that speaks when the stack is deployed")
    return seed.app(repository)


def log(app: TestApp, build: Build) -> str:
    return app.log(app.service(build, "api"))


def told(promotion: Promotion) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = promotion.plans[0].changes["findings"]
    return [one for one in found if one["rule"] == "plugins-run"]


@pytest.mark.xdist_group("plugins")
def test_they_run_after_the_executed_change_set_also_where_nothing_changes_and_on_promotions(live: Live) -> None:
    app, build, again, promotion, done = live.app, live.build, live.again, live.promotion, live.promoted

    assert build.state == "succeeded", log(app, build)
    said = log(app, build)
    assert "After the deployment: ./announce@" in said
    for event in EVENTS:
        assert f"{event}: api-dev CREATE_COMPLETE true one" in said
    assert again.services[0].state == "unchanged"
    assert "after:deploy:deploy: api-dev CREATE_COMPLETE true one" in log(app, again)
    assert live.moved == 0  # the framework itself has touched nothing

    assert promotion.state == "review", promotion.reason
    [found] = told(promotion)
    assert found["severity"] == "notice"
    assert found["sentence"].startswith(
        "Once the stack is deployed, plugins run code of their own with the stage's credentials: ./announce@"
    )
    assert done.state == "promoted", done.reason
    assert "after:deploy:deploy: api-prod CREATE_COMPLETE true one" in log(app, app.ended(done.target_build_id or 0))


@pytest.mark.xdist_group("plugins")
def test_where_only_what_they_do_has_changed_a_promotion_and_a_rollback_run_them(live: Live) -> None:
    app, first = live.app, live.promoted
    assert app.promote().state == "unchanged"  # they have run there, for this commit
    with_plugin(app.repository, "api", "two")
    app.repository.commit("Another word")
    assert app.deploy().services[0].state == "unchanged"

    promotion = app.promote()
    assert (promotion.state, promotion.plans[0].method) == ("review", "plugins"), promotion.reason
    assert [one["severity"] for one in told(promotion)] == ["notice"]
    done = app.confirm(promotion)

    assert done.state == "promoted", done.reason
    build = app.ended(done.target_build_id or 0)
    assert "The stack stays as it is." in log(app, build)
    assert "after:deploy:deploy: api-prod CREATE_COMPLETE true two" in log(app, build)
    before = app.ended(first.target_build_id or 0)
    app.repository.write("api/words.txt", "What the plugin could read.\n")
    app.repository.commit("The plugin is the same")
    app.deploy()
    assert [one["severity"] for one in told(app.promote())] == ["routine"]
    back = app.confirm(app.roll_back(before.number))
    assert back.state == "promoted", back.reason
    assert "after:deploy:deploy: api-prod CREATE_COMPLETE true one" in log(app, app.ended(back.target_build_id or 0))


def test_one_that_fails_says_that_the_stack_is_deployed_and_runs_again_next_time(app: TestApp) -> None:
    app.repository.edit("api/announce.js", "const provider", "throw new Error('the bucket is full'); const provider")
    app.repository.commit("It throws")

    build = app.deploy()

    row = build.services[0]
    assert (build.state, row.state, (row.failure or {})["code"]) == ("failed", "failed", "plugins-failed")
    assert row.reason == "The stack is deployed, but what runs after it did not end well: Error: the bucket is full."
    assert app.cloud.stack("api-dev").status == "CREATE_COMPLETE"
    app.repository.edit("api/announce.js", "throw new Error('the bucket is full'); ", "")
    app.repository.commit("It does not")
    mended = app.deploy()
    assert (mended.state, mended.services[0].state) == ("succeeded", "unchanged")


def test_a_service_without_them_runs_nothing_more(seed: Seed, tmp_path: Path) -> None:
    app = seed.app(Repository(tmp_path / "repository", ("api",)))

    build = app.deploy()

    assert build.state == "succeeded"
    assert "After the deployment" not in log(app, build)


def test_what_the_framework_sets_by_calls_of_its_own_is_set_where_it_or_what_it_is_set_on_is_new(
    seed: Seed, tmp_path: Path
) -> None:
    repository = Repository(tmp_path / "repository", ("api",))
    repository.edit("api/serverless.yml", "provider:\n", "provider:\n  tags: {team: shop}\n")
    repository.edit(
        "api/serverless.yml", "handler: hello.handler\n", "handler: hello.handler\n    events: [{http: 'GET /hello'}]\n"
    )
    repository.commit("A tag and a REST API")
    app = seed.app(repository)

    build = app.deploy()

    assert build.state == "succeeded", log(app, build)
    assert "After the deployment: provider.tags" in log(app, build)

    repository.write("api/hello.js", (repository.folder / "api/hello.js").read_text() + "// one line\n")
    repository.commit("Code alone")
    assert "After the deployment" not in log(app, app.deploy()), "they are set to the same"
    assert "After the deployment: provider.tags" in log(app, app.deploy(force=True))

    repository.edit("api/serverless.yml", "events: [{http: 'GET /hello'}]", "events: [{http: 'GET /hi'}]")
    repository.commit("The API is deployed anew")
    assert "After the deployment: provider.tags" in log(app, app.deploy())

    repository.edit("api/serverless.yml", "team: shop", "team: stock")
    repository.commit("Another value")
    assert "After the deployment: provider.tags" in log(app, app.deploy())
