"""Only the functions that changed: new code straight to Lambda, and CloudFormation's view kept truthful after it."""

from __future__ import annotations

import pytest
from tests.story.conftest import MakeApp
from tests.support.seeds import TestApp

from seed.apps.find import stage_of
from seed.apps.functions_only import NotForThisStage, set_functions_only
from seed.aws.errors import AwsSaid
from seed.builds.records import Build, ServiceBuild
from seed.changesets import from_json
from seed.work import intake
from seed.work.stacks import deploy_code

BYE = "functions:\n  bye:\n    handler: bye.handler\n"


def direct(make_app: MakeApp) -> TestApp:
    """A service of two functions on a stage whose code goes straight to Lambda."""
    app = make_app()
    app.repository.edit("api/serverless.yml", "functions:\n", BYE)
    app.repository.edit("api/serverless.yml", "functions:\n", "package: {individually: true}\nfunctions:\n")
    for name in ("hello", "bye"):
        app.repository.edit(
            "api/serverless.yml",
            f"    handler: {name}.handler\n",
            f"    handler: {name}.handler\n    package: {{patterns: ['!**', '{name}.js']}}\n",
        )
    app.repository.write("api/bye.js", "exports.handler = async () => 'bye';\n")
    app.repository.commit("Two functions")
    switch(app, on=True)
    assert app.deploy().state == "succeeded"
    return app


def switch(app: TestApp, *, on: bool, stage: str = "dev") -> None:
    with app.world.database.write() as session:
        set_functions_only(session, app.seed.alice, stage_of(session, app.seed.alice, app.slug, stage), on=on)


def code(app: TestApp, text: str) -> tuple[Build, ServiceBuild]:
    app.repository.write("api/hello.js", f"exports.handler = async () => '{text}';\n")
    app.repository.commit(text)
    build = app.deploy()
    return build, app.service(build, "api")


def running(app: TestApp) -> dict[str, str | None]:
    functions = [r for r in app.cloud.resources("api-dev") if r.resource_type == "AWS::Lambda::Function"]
    return {r.logical_id: app.cloud.code_sha256(r.physical_id) for r in functions}


def wanted(app: TestApp, row: ServiceBuild) -> dict[str, str]:
    package = app.world.store.get_package(row.package_digest)
    return {name: asset.code_sha256 for asset in package.assets for name in asset.used_by if "Function" in name}


def test_one_functions_code_goes_to_that_function_alone_and_the_row_says_so(make_app: MakeApp) -> None:
    app = direct(make_app)
    before, updated = running(app), app.cloud.stack("api-dev").last_updated

    build, row = code(app, "new")

    assert (build.state, row.method, row.code_ahead) == ("succeeded", "code", True)
    assert running(app)["ByeLambdaFunction"] == before["ByeLambdaFunction"]
    assert running(app) == wanted(app, row)
    assert app.cloud.stack("api-dev").last_updated == updated
    found = from_json(row.changes)
    assert [r.logical_id for r in found.resources] == ["HelloLambdaFunction"]
    assert [f.rule for f in found.findings] == ["code-ahead"]
    assert row.outputs == dict(app.cloud.stack("api-dev").outputs)


def test_a_changed_setting_goes_through_cloudformation_and_takes_the_code_along(make_app: MakeApp) -> None:
    app = direct(make_app)
    code(app, "new")
    app.repository.edit("api/serverless.yml", "LOG_LEVEL: info", "LOG_LEVEL: debug")

    _, row = code(app, "newer")

    assert (row.state, row.method, row.code_ahead) == ("succeeded", "change-set", False)
    assert running(app) == wanted(app, row)


def test_going_back_to_the_code_that_cloudformation_believes_is_really_done(make_app: MakeApp) -> None:
    """With a setting changed too, CloudFormation sees the same code as before and would leave it alone."""
    app = direct(make_app)
    first = (app.repository.folder / "api/hello.js").read_text()
    code(app, "new")
    app.repository.write("api/hello.js", first)
    app.repository.edit("api/serverless.yml", "LOG_LEVEL: info", "LOG_LEVEL: debug")
    app.repository.commit("Back, and a setting")

    row = app.service(app.deploy(), "api")

    assert (row.state, row.method) == ("succeeded", "change-set")
    assert running(app) == wanted(app, row)
    assert "ran code that CloudFormation does not know of" in app.log(row)


@pytest.mark.parametrize("forced", [True, False])
def test_switched_off_or_forced_the_code_that_was_ahead_does_not_stay(make_app: MakeApp, forced: bool) -> None:
    app = direct(make_app)
    first = (app.repository.folder / "api/hello.js").read_text()
    code(app, "new")
    app.repository.write("api/hello.js", first)
    app.repository.commit("Back")
    if not forced:
        switch(app, on=False)

    build = app.ended(intake.deploy(app.world, app.seed.alice, app.slug, "dev", force=forced).id)

    row = app.service(build, "api")
    assert (row.state, row.code_ahead) == ("succeeded", False)
    assert running(app) == wanted(app, row)


def test_production_gets_its_own_package_and_can_never_be_switched(make_app: MakeApp) -> None:
    app = direct(make_app)
    code(app, "new")

    done = app.confirm(app.promote())

    assert done.state == "promoted", done.reason
    with pytest.raises(NotForThisStage):
        switch(app, on=True, stage="prod")


def test_after_a_failure_everything_goes_through_cloudformation(make_app: MakeApp) -> None:
    app = direct(make_app)
    whole = (app.repository.folder / "api/serverless.yml").read_text()
    app.repository.write("api/serverless.yml", "service: [")
    app.repository.commit("Broken")
    assert app.deploy().state == "failed"
    app.repository.write("api/serverless.yml", whole)

    _, row = code(app, "new")

    assert (row.state, row.method) == ("succeeded", "change-set")


def test_begun_anew_only_what_still_differs_is_updated(make_app: MakeApp) -> None:
    app = direct(make_app)
    _, row = code(app, "new")
    package = app.world.store.get_package(row.package_digest)

    assert deploy_code.differing(app.cloud, package) == []


def test_a_function_that_cannot_take_its_code_fails_the_service(make_app: MakeApp) -> None:
    app = direct(make_app)
    _, row = code(app, "new")
    package = app.world.store.get_package(row.package_digest)
    gone = deploy_code.NewCode("HelloLambdaFunction", "not-there", package.assets[0].key, "")

    with pytest.raises(AwsSaid):
        deploy_code.update(app.world, app.cloud, package, (gone,), lambda _text: None)
