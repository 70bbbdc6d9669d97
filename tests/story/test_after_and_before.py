"""Before a package its tests, after a deployment what the stage runs: on a whole Seed."""

from __future__ import annotations

import json
from pathlib import Path

from tests.story.seen import after, log, steps
from tests.support.repository import Repository
from tests.support.seeds import Seed

from seed.apps.find import app_of
from seed.apps.services import set_unit_tests


def test_what_a_stage_runs_once_after_a_deployment(seed: Seed, tmp_path: Path) -> None:
    app = seed.app(Repository(tmp_path / "repository", ("api", "web")))
    after(app, "dev", "  echo smoke of $SEED_STAGE_NAME, build $SEED_BUILD_ID; ls api/serverless.yml  ", "")
    after(app, "prod", "echo smoke of $SEED_STAGE_NAME for $SEED_SERVICE_NAME")

    build = app.deploy()
    assert build.state == "succeeded", log(app, build, "api")
    assert log(app, build, "api").count(f"smoke of dev, build {build.number}\n") == 1
    assert ("post_deploy", "succeeded") in steps(build, "api", app)
    assert "smoke" not in log(app, build, "web")

    done = app.confirm(app.promote())
    assert done.state == "promoted", done.reason
    assert "smoke of prod for api" in log(app, app.ended(done.target_build_id or 0), "api")

    same = app.deploy()
    assert {row.state for row in same.services} == {"unchanged"}
    assert log(app, same, "api").count(f"smoke of dev, build {same.number}\n") == 1, "also where nothing changed"

    after(app, "dev", "echo broken; exit 3", "echo never")
    app.repository.write("web/hello.js", "exports.handler = async () => 3;\n")
    app.repository.commit("Other code")
    failed = app.deploy()

    web = app.service(failed, "web")
    assert (failed.state, web.state) == ("failed", "succeeded")
    assert app.service(failed, "api").state == "unchanged"
    assert failed.reason == (
        "broken. post_deploy: `echo broken; exit 3` ended with 3. The services are deployed; the log of web tells more."
    )
    assert "never" not in app.log(web)


def test_what_does_not_pass_its_tests_is_not_deployed(seed: Seed, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository", ("api", "web", "mail"))
    for name, code in (("api", 4), ("mail", 5)):
        script = f"echo at $SEED_STAGE_NAME $WORD; exit {code}"
        repository.write(f"{name}/package.json", json.dumps({"name": name, "scripts": {"test": script}}))
    repository.write("seed.yml", "environment: {WORD: fine}\nservices:\n  mail: {unit_tests: false}\n")
    repository.commit("Tests")
    app = seed.app(repository)
    with app.world.database.write() as session:
        set_unit_tests(session, app.seed.alice, app_of(session, app.seed.alice, app.slug), on=True)

    build = app.deploy()

    api = app.service(build, "api")
    assert (api.state, (api.failure or {})["code"]) == ("failed", "tests-failed")
    assert api.reason == "at dev fine. The unit tests of api failed: npm test ended with 4. It is not deployed."
    assert "at dev fine" in app.log(api)
    assert app.cloud.stack("api-dev") is None
    assert {app.service(build, name).state for name in ("web", "mail")} == {"succeeded"}
    assert "No unit tests" in log(app, build, "web")
    assert "unit_tests" not in dict(steps(build, "mail", app))


def test_a_folder_that_is_kept_is_there_in_the_next_build_of_the_stage(seed: Seed, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository", ("api",))
    repository.write(
        "seed.yml",
        "cache: [.tool/cache]\nbefore_compile:\n  - mkdir -p .tool/cache; echo x >> .tool/cache/runs; wc -l < .tool/cache/runs\n",
    )
    repository.commit("A cache")
    app = seed.app(repository)

    first, second = app.deploy(), app.deploy()

    assert "cache: .tool/cache is not kept yet" in log(app, first, "api")
    assert ("cache", "succeeded") in steps(first, "api", app)
    said = log(app, second, "api")
    assert "cache: .tool/cache is back" in said
    assert "\n2\n" in said
