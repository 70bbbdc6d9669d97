"""A build that goes wrong ends with a code and a sentence, loses nothing, and the next build of the same app works."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.story.conftest import OUTPUT_MB, PROCESSES
from tests.support.pages import broken
from tests.support.registry import Registry
from tests.support.repository import HANDLER, SERVICE, Repository
from tests.support.seeds import Seed, TestApp

from seed.builds.records import Build

NUMBERS = itertools.count(1)
PACKAGE = {"name": "api", "version": "1.0.0"}
NEEDS_MORE = json.dumps({**PACKAGE, "dependencies": {"left": "1.0.0"}})
LOCK = json.dumps({**PACKAGE, "lockfileVersion": 3, "packages": {"": PACKAGE}})
NOISE = r"""
import sys
out = sys.stdout.buffer
out.write(b"\xff\xfe\x00\x1b[31m<b>" + bytes(range(256)) + b"\r\n")
out.write(b"x" * 60_000 + "\u00e9".encode()[:1])
"""


@dataclass(frozen=True)
class Bad:
    files: dict[str, str]
    code: str
    said: str


def before_build(*commands: str, **more: object) -> str:
    return json.dumps({"before_build": commands, **more})


BAD = {
    "ten thousand hooks": Bad(
        {"seed.yml": before_build(*["echo"] * 10_000)}, "spec-not-readable", "10000 entries; 100 at most"
    ),
    "a hook that never ends": Bad(
        {"seed.yml": before_build("yes | cat > /dev/null", timeout="1s")}, "hook-failed", "did not end within"
    ),
    "a hook that forks without end": Bad(
        {"seed.yml": before_build("f() { f | f & sleep 0.02; f; }; f")},
        "limit-reached",
        f"More than {PROCESSES} processes",
    ),
    "a command that asks": Bad(
        {"seed.yml": before_build("""python3 -c 'input("Sure? ")'""")}, "hook-failed", "EOF when reading a line"
    ),
    "a lock file that does not match": Bad(
        {"api/package.json": NEEDS_MORE, "api/package-lock.json": LOCK}, "install-failed", "npm ci failed"
    ),
}


@pytest.fixture(scope="module")
def app(seed: Seed, alice: TestClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestApp]:
    """The one that all of it happens to."""
    made = seed.app(Repository(tmp_path_factory.mktemp("bad") / "repository"))
    yield made
    assert broken(alice, made.slug) == []


def commit(app: TestApp, files: dict[str, str]) -> None:
    """With code that no build has seen, so that none has nothing to do."""
    for name in ("seed.yml", "noise.py", "api/package.json", "api/package-lock.json", "api/.npmrc"):
        (app.repository.folder / name).unlink(missing_ok=True)
    for name, text in {"api/hello.js": f"{HANDLER}// {next(NUMBERS)}\n", **files}.items():
        app.repository.write(name, text)
    app.repository.commit("Next")


def succeeded(app: TestApp) -> Build:
    build = app.deploy()
    assert app.service(build, "api").state == "succeeded", log(app, build)
    return build


def log(app: TestApp, build: Build) -> str:
    return app.log(app.service(build, "api"))


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_it_ends_clearly_and_the_next_one_works(app: TestApp, alice: TestClient, bad: Bad) -> None:
    commit(app, bad.files)

    build = app.deploy()

    row = app.service(build, "api")
    assert (build.state, (row.failure or {})["code"]) == ("failed", bad.code)
    assert bad.said in row.reason
    assert bad.said in alice.get(f"/apps/{app.slug}/dev/builds/{build.number}").text
    commit(app, {})
    succeeded(app)


def test_whatever_a_hook_writes_is_a_log_that_is_cut_and_that_pages_and_programs_can_read(
    app: TestApp, alice: TestClient
) -> None:
    commit(app, {"noise.py": NOISE, "seed.yml": before_build("python3 noise.py", f"yes | head -c {8 * OUTPUT_MB}M")})

    build = succeeded(app)

    at = f"/api/v1/apps/{app.slug}/stages/dev/builds/{build.number}/logs/api"
    lines = [line["text"] for line in alice.get(f"{at}?limit=1000").json()]
    assert max(map(len, lines)) < 17_000
    assert sum(line.count("x") for line in lines) > 16_000
    assert "[31m<b>" not in alice.get(f"/apps/{app.slug}/dev/builds/{build.number}").text
    assert "event: end" in alice.get(f"{at}/stream").text
    assert f"beyond {OUTPUT_MB} MB is dropped]" in log(app, build)
    kept = app.world.folders.log(app.service(build, "api").id)
    assert kept.stat().st_size < 2 * OUTPUT_MB * 1024 * 1024


def test_a_cache_that_is_damaged_is_made_anew(app: TestApp, registry: Registry) -> None:
    registry.add("left", "module.exports = 1\n")
    registry.write_project(app.repository.folder / "api", "left")
    project = {
        name: (app.repository.folder / name).read_text() for name in ("api/package.json", "api/package-lock.json")
    }
    hook = "cat kept/word || echo nothing is kept; mkdir -p kept; echo it is kept > kept/word"
    files = {**project, "seed.yml": before_build(hook, cache=["kept"])}
    commit(app, files)
    succeeded(app)

    for cache in ("cache", "kept"):
        for path in (app.world.folders.data / cache).glob("*/*"):
            path.write_bytes(b"\xff\xfe\0 no tar")
    commit(app, files)
    mended = log(app, succeeded(app))
    commit(app, files)
    again = log(app, succeeded(app))

    assert "dependencies from the cache" not in mended
    assert mended.count("damaged on the disk") == 2, "the dependencies and the folder"
    assert "\nnothing is kept" in mended
    assert "dependencies from the cache" in again
    assert "\nit is kept" in again


def test_a_registry_that_is_closed_to_builds_is_told_once_with_what_opens_it(app: TestApp, registry: Registry) -> None:
    registry.add("inside", "")
    registry.write_project(app.repository.folder / "api", "inside")
    lock = (app.repository.folder / "api/package-lock.json").read_text()
    lock = lock.replace(f"127.0.0.1:{registry.port}", "10.1.2.3:4873")
    package = (app.repository.folder / "api/package.json").read_text()
    commit(app, {"api/package.json": package, "api/package-lock.json": lock, "api/.npmrc": "fetch-retries=0\n"})

    build = app.deploy()

    failure = app.service(build, "api").failure or {}
    told = "10.1.2.3:4873 is closed to builds: SEED_BUILD_NETWORK_ALLOW=10.1.2.3:4873 opens it"
    assert failure["code"] == "install-failed"
    assert told in failure["hint"]
    assert log(app, build).count(f"[{told}") == 1
    assert log(app, build).count("$ npm ci") == 1
    commit(app, {})
    succeeded(app)


def test_names_that_mean_harm_are_names(seed: Seed, alice: TestClient, tmp_path: Path) -> None:
    harm = {"up": "../../../up", "shell": "$(touch pwned)\n/etc"}
    repository = Repository(tmp_path / "repository")
    for folder, name in {"-rf $(touch pwned);`id`": "web", **harm}.items():
        repository.write(f"{folder}/serverless.yml", SERVICE.format(name=json.dumps(name)))
        repository.write(f"{folder}/hello.js", HANDLER)
    repository.write("seed.yml", before_build('ls -- "$SEED_SERVICE_PATH/serverless.yml"'))
    repository.commit("Harm")
    app = seed.app(repository)

    build = app.deploy()

    told = {row.service.name: (row.state, row.reason) for row in build.services}
    assert {name for name, (state, _) in told.items() if state == "succeeded"} == {"api", "web"}, told
    assert {name for name, (state, _) in told.items() if state == "failed"} == set(harm), told
    assert all(reason for name, (_, reason) in told.items() if name in harm)
    assert "pwned" not in {name for _, *names in os.walk(app.world.folders.data) for each in names for name in each}
    assert broken(alice, app.slug) == []
    repository.write("api/hello.js", f"{HANDLER}// 2\n")
    repository.commit("Next")
    assert app.deploy(services=["api"]).state == "succeeded"
