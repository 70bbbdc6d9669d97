"""A warm build of a whole Seed installs nothing, also in another service and for another stage."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient
from tests.support.registry import Registry
from tests.support.repository import HANDLER, SERVICE, Repository
from tests.support.seeds import Seed

from seed.server import application


def test_the_second_build_takes_what_the_first_has_installed(seed: Seed, registry: Registry, tmp_path: Path) -> None:
    registry.add("left", "module.exports = 1\n")
    repository = Repository(tmp_path / "repository", ("api", "web"))
    for name in ("api", "web"):
        registry.write_project(repository.folder / name, "left")
    repository.commit("Dependencies")
    app = seed.app(repository)
    before, asked_before = vars(app.world.dependencies.counts).copy(), registry.asked

    first = app.deploy()
    assert first.state == "succeeded", app.log(app.service(first, "api"))
    asked = registry.asked
    assert asked == asked_before + 1
    for name in ("api", "web"):
        repository.write(f"{name}/hello.js", "exports.handler = async () => 2;\n")
    repository.commit("Other code")
    second = app.deploy()

    assert second.state == "succeeded"
    assert registry.asked == asked
    assert app.log(app.service(second, "api")).count("dependencies from the cache") == 2
    counts = app.world.dependencies.counts
    assert (counts.hits - before["hits"], counts.misses - before["misses"]) == (3, 1)
    with TestClient(application(seed.server), base_url=seed.server.settings.url) as client:
        assert f'seed_dependency_cache_total{{result="hits"}} {counts.hits}.0' in client.get("/metrics").text


def test_a_workspace_of_services_is_installed_once(seed: Seed, registry: Registry, tmp_path: Path) -> None:
    registry.add("right", "module.exports = 1\n")
    repository = Repository(tmp_path / "repository", ())
    for name in ("api", "web"):
        repository.write(f"packages/{name}/serverless.yml", SERVICE.format(name=name))
        repository.write(f"packages/{name}/hello.js", HANDLER)
    registry.write_workspace(repository.folder, {"api": ("right",), "web": ("right", "api")})
    repository.commit("A workspace")
    app = seed.app(repository)

    first = app.deploy()
    assert first.state == "succeeded", app.log(app.service(first, "api"))
    asked = registry.asked
    for name in ("api", "web"):
        repository.write(f"packages/{name}/hello.js", HANDLER.replace("true", "false"))
    repository.commit("Other code")
    second = app.deploy()

    assert second.state == "succeeded", app.log(app.service(second, "web"))
    assert registry.asked == asked
    assert "npm ci in the root: dependencies from the cache" in app.log(app.service(second, "api"))


def test_a_forced_build_takes_nothing_that_was_kept(seed: Seed, registry: Registry, tmp_path: Path) -> None:
    registry.add("forced", "module.exports = 1\n")
    repository = Repository(tmp_path / "repository")
    registry.write_project(repository.folder / "api", "forced")
    hook = "before_build: ['ls kept || echo nothing is kept; mkdir -p kept; touch kept/word']\ncache: [kept]\n"
    repository.write("seed.yml", hook)
    repository.commit("Kept")
    app = seed.app(repository)
    assert app.deploy().state == "succeeded"
    asked = registry.asked

    build = app.deploy(force=True)

    log = app.log(app.service(build, "api"))
    assert build.state == "succeeded", log
    assert registry.asked > asked
    assert "The repository is cloned anew: asked for by force." in log
    assert "dependencies from the cache" not in log
    assert "\nnothing is kept" in log
    assert "cache: kept is kept" in log
