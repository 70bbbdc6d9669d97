"""Workspaces of yarn and pnpm on a whole Seed: what the lock file says is there when a member is packaged, and a second
build takes it from the cache where that can be. The package managers come from a registry: make test-services.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.registry import Registry
from tests.support.repository import HANDLER, SERVICE, Repository
from tests.support.seeds import Seed
from tests.work.managers import BERRY, NPM, PNPM, YARN, Manager, Workspace

pytestmark = pytest.mark.services
SAID = "module.exports = () => `${require('left')} ${require('shared')}`\n"
OWN_YARN = ".yarn/releases/yarn.cjs"


def checked_in() -> Manager:
    """The newer yarn as most repositories have it: its program is among their files, and the classic one runs that."""
    settings = BERRY.files[".yarnrc.yml"] + f"yarnPath: {OWN_YARN}\n"
    program = NPM / BERRY.program
    return replace(BERRY, files={".yarnrc.yml": settings, OWN_YARN: program.read_text() if program.is_file() else ""})


@pytest.mark.parametrize(
    ("manager", "kept"),
    [
        pytest.param(YARN, True, id="yarn"),
        pytest.param(PNPM, True, id="pnpm"),
        pytest.param(checked_in(), False, id="berry of the repository"),
    ],
)
def test_a_member_is_packaged_with_what_the_lock_file_says(
    seed: Seed, registry: Registry, tmp_path: Path, manager: Manager, kept: bool
) -> None:
    registry.add("left", "module.exports = 1\n")
    workspace = Workspace(tmp_path / "workspace", registry, manager)
    workspace.write_lock()
    repository = Repository(tmp_path / "repository", ())
    for path, text in workspace.files("repository").items():
        repository.write(path, text)
    repository.write("packages/api/hello.js", HANDLER)
    repository.write("packages/api/said.js", SAID)
    repository.write("packages/api/serverless.yml", SERVICE.format(name="api").replace("info", "${file(./said.js)}"))
    repository.commit("A workspace")
    app = seed.app(repository)

    first = app.deploy()
    assert first.state == "succeeded", app.log(app.service(first, "api"))
    asked = registry.asked
    repository.write("packages/api/hello.js", f"{HANDLER}// 2\n")
    repository.commit("Other code")
    second = app.deploy()

    log = app.log(app.service(second, "api"))
    assert second.state == "succeeded", log
    assert "1 shared of repository, 1" in (app.cloud.template("api-dev") or "")
    assert (registry.asked == asked, "dependencies from the cache" in log) == (kept, kept), log
    assert ("not kept: the root brings code" in log) != kept
