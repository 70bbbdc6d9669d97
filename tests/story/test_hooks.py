"""Hooks of the build spec, on a whole Seed: what runs when, with which variables, and what a failing one does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.story.seen import log, steps
from tests.support.repository import Repository
from tests.support.seeds import Seed, TestApp
from tests.support.waiting import eventually

from seed.builds.records import Build, DownstreamPackage

SPEC = """
before_compile:
  - echo "compile $SEED_SERVICE_NAME at [$SEED_SERVICE_PATH] of $SEED_APP_NAME"
  - echo "export LEVEL=from-$SEED_STAGE_NAME" >> "$BASH_ENV"
  - touch "$HOME/kept"
before_build:
  - echo "build $LEVEL"; ls "$HOME/kept"
before_deploy:
  - echo "before deploy to $SEED_STAGE_NAME of [$SEED_BRANCH] $SEED_BUILD_SERVICE_SHA $WORD"
after_deploy:
  - echo "after deploy to $SEED_STAGE_NAME, build $SEED_BUILD_ID, follows [$SEED_STAGE_BRANCH]"
environment: {WORD: shared}
services:
  web:
    before_build: []
    environment: {WORD: webs}
"""


@pytest.fixture
def app(seed: Seed, tmp_path: Path) -> TestApp:
    repository = Repository(tmp_path / "repository", ("api", "web"))
    repository.edit("api/serverless.yml", "LOG_LEVEL: info", "LOG_LEVEL: ${env:LEVEL}")
    repository.write("seed.yml", SPEC)
    repository.commit("Hooks")
    return seed.app(repository)


def forget_downstream_packages(app: TestApp, build: Build) -> None:
    made = DownstreamPackage.service_build_id.in_([row.id for row in build.services])

    def settled() -> bool:
        with app.world.database.read() as session:
            return session.scalars(sa.select(DownstreamPackage.state).where(made)).all() == ["ready", "ready"]

    eventually(settled, "the packages for prod")
    with app.world.database.write() as session:
        session.execute(sa.update(DownstreamPackage).where(made).values(state="missing"))


def test_hooks_run_in_their_order_and_pass_on_what_they_export(app: TestApp) -> None:
    build = app.deploy()

    assert build.state == "succeeded", log(app, build, "api")
    said = log(app, build, "api")
    for line in ("compile api at [api]", "build from-dev", "before deploy to dev of [main]", "shared"):
        assert line in said
    assert f"after deploy to dev, build {build.number}, follows [main]" in said
    assert [name for name, _ in steps(build, "api", app) if name != "changes"] == [
        "before_compile", "before_build", "package", "plan", "before_deploy", "deploy", "after_deploy",
    ]  # fmt: skip
    template = app.cloud.template("api-dev") or ""
    assert "from-dev" in template
    assert ("before_build", "succeeded") not in steps(build, "web", app)
    assert "webs" in log(app, build, "web")


def test_on_a_promotion_only_the_deploy_hooks_run_with_the_targets_variables(app: TestApp) -> None:
    build = app.deploy()
    forget_downstream_packages(app, build)  # the promotion makes those of both services at the same time
    promotion = app.promote()
    assert promotion.state == "review", promotion.reason

    done = app.confirm(promotion)

    assert done.state == "promoted", done.reason
    target = app.ended(done.target_build_id or 0)
    said = log(app, target, "api")
    assert f"before deploy to prod of [] {build.commit} shared" in said
    assert "after deploy to prod" in said
    assert not any(name.startswith(("before_compile", "before_build")) for name, _ in steps(target, "api", app))
    assert "compile api" not in said  # not for the installation that the hooks need either
    assert "from-prod" in (app.cloud.template("api-prod") or "")


def test_each_service_is_installed_with_its_own_environment(app: TestApp) -> None:
    for name in ("api", "web"):
        installed_by(app, name, "echo $SEED_SERVICE_NAME installs with $WORD and $LEVEL")
    app.repository.commit("Dependencies")

    build = app.deploy()

    assert build.state == "succeeded", log(app, build, "web")
    said = log(app, build, "web")
    assert "api installs with shared and from-dev" in said
    assert "web installs with webs and from-dev" in said


def test_a_promotion_tells_each_service_the_commit_that_its_own_package_is_of(app: TestApp) -> None:
    first = app.deploy()
    app.repository.write("web/hello.js", "exports.handler = async () => 2;\n")
    app.repository.commit("Only web")
    second = app.deploy()

    done = app.confirm(app.promote())

    assert done.state == "promoted", done.reason
    target = app.ended(done.target_build_id or 0)
    assert app.service(second, "api").state == "unchanged"
    assert f"before deploy to prod of [] {first.commit} shared" in log(app, target, "api")
    assert f"before deploy to prod of [] {second.commit} webs" in log(app, target, "web")
    assert f"after deploy to prod, build {target.number}, follows []" in log(app, target, "api")


def test_a_build_deploys_every_service_where_the_file_says_that_changes_are_not_looked_for(app: TestApp) -> None:
    app.deploy()
    app.repository.write("seed.yml", "check_code_change: false\n" + SPEC)
    app.repository.commit("Every service each time")
    app.deploy()
    app.repository.write("web/hello.js", "exports.handler = async () => 2;\n")
    app.repository.commit("Only web")

    build = app.deploy()

    assert "before deploy to dev" in log(app, build, "api")
    assert app.service(build, "api").package_digest


@pytest.mark.parametrize("what", ["npm ci", "The package step"])
def test_the_timeout_of_a_service_holds_for_what_seed_runs_too(app: TestApp, what: str) -> None:
    app.repository.write("seed.yml", "services:\n  web: {timeout: 2s}\n")
    app.repository.edit("api/serverless.yml", "${env:LEVEL}", "info")
    if what == "npm ci":
        installed_by(app, "web", "sleep 99")
    else:
        app.repository.write("web/slow.js", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 99000)\n")
        app.repository.edit("web/serverless.yml", "LOG_LEVEL: info", "LOG_LEVEL: ${file(slow.js)}")
    app.repository.commit("Too slow")

    web = app.service(app.deploy(), "web")

    assert f"{what} did not end within" in web.reason
    assert "timeout" in (web.failure or {})["hint"]


def installed_by(app: TestApp, service: str, command: str) -> None:
    """A service whose installation runs a command."""
    package = {"name": service, "version": "1.0.0"}
    lock = {**package, "lockfileVersion": 3, "packages": {"": package}}
    app.repository.write(f"{service}/package.json", json.dumps({**package, "scripts": {"preinstall": command}}))
    app.repository.write(f"{service}/package-lock.json", json.dumps(lock))


def test_a_failing_hook_fails_its_service_and_says_which_command(app: TestApp) -> None:
    app.repository.write(
        "seed.yml",
        "services:\n  api:\n    before_deploy:\n      - echo Rate exceeded; exit 7\n  web:\n    after_deploy: [exit 8]\n",
    )
    app.repository.edit("api/serverless.yml", "${env:LEVEL}", "info")
    app.repository.commit("A hook that fails")

    build = app.deploy()

    api = app.service(build, "api")
    web = app.service(build, "web")
    assert (build.state, api.state, web.state) == ("failed", "failed", "failed")
    assert web.reason == "after_deploy: `exit 8` ended with 8."
    assert (web.failure or {})["hint"].startswith("The stack is deployed already.")
    assert "already" not in (api.failure or {})["hint"]
    assert (api.failure or {})["code"] == "hook-failed"
    assert api.reason == "Rate exceeded. before_deploy: `echo Rate exceeded; exit 7` ended with 7."
    assert (api.failure or {})["known"]["slug"] == "rate-exceeded"
    stack = app.cloud.stack("api-dev")
    assert stack is None or stack.status == "REVIEW_IN_PROGRESS"  # nothing was deployed


def test_a_wrong_build_spec_fails_the_build_before_anything_runs(app: TestApp) -> None:
    app.repository.write("seed.yml", "before_biuld: [echo x]\n")
    app.repository.commit("A wrong word")

    build = app.deploy()

    assert build.state == "failed"
    failure = app.service(build, "api").failure or {}
    assert (failure["code"], failure["hint"]) == ("spec-not-readable", "Did you mean before_build?")


def test_deploy_hooks_run_also_where_the_stack_needs_no_change(app: TestApp) -> None:
    app.deploy()
    app.repository.write("web/README.md", "nothing that is packaged as a resource\n")
    app.repository.write("seed.yml", "after_deploy:\n  - echo uploaded\n")
    app.repository.edit("api/serverless.yml", "${env:LEVEL}", "from-dev")
    app.repository.commit("Only words")

    build = app.deploy()

    assert build.state == "succeeded"
    assert "uploaded" in log(app, build, "api")


def test_a_command_that_asks_gets_no_answer_and_one_that_never_ends_is_stopped(app: TestApp) -> None:
    app.repository.write(
        "seed.yml",
        "timeout: 2s\nservices:\n  api: {before_build: ['read answer']}\n  web: {before_build: ['sleep 99']}\n",
    )
    app.repository.edit("api/serverless.yml", "${env:LEVEL}", "info")
    app.repository.commit("Asking and sleeping")

    build = app.deploy()

    assert "`read answer` ended with 1" in app.service(build, "api").reason
    assert "`sleep 99` did not end within" in app.service(build, "web").reason


def test_a_version_that_the_server_does_not_have_fails_the_service_that_orders_it(app: TestApp) -> None:
    app.repository.write("seed.yml", "services:\n  api: {runtime: {node: 4.9}}\n  web: {before_build: [node -v]}\n")
    app.repository.write("web/.nvmrc", "v4.9.1\n")
    app.repository.edit("api/serverless.yml", "${env:LEVEL}", "info")
    app.repository.commit("Old versions")

    build = app.deploy()

    api, web = app.service(build, "api"), app.service(build, "web")
    assert (api.state, (api.failure or {})["code"], web.state) == ("failed", "runtime-missing", "succeeded")
    assert "api asks for node 4.9, which the server does not have. It has node " in api.reason
    assert "web/.nvmrc asks for node 4.9.1; the server does not have it: node as usual" in app.log(web)
