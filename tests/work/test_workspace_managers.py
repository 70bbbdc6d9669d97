"""Workspaces of yarn, the classic and the newer one, and of pnpm: installed right, and kept where that can be.

The package managers come from a registry (make test-services); what they install comes from the test's own.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.registry import Registry
from tests.work.managers import BERRY, PNPM, YARN, Workspace

pytestmark = pytest.mark.services


@pytest.fixture(params=[YARN, BERRY, PNPM], ids=["yarn", "berry", "pnpm"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path, registry: Registry) -> Workspace:
    made = Workspace(tmp_path, registry, request.param)
    made.write_lock()
    return made


def said_by(workspace: Workspace, tree: Path) -> list[str]:
    return workspace.run(
        tree, "node", "-p", "require('./packages/api/index.js') + ' ' + require('./packages/api/shared.js')"
    )


def test_it_is_installed_by_its_lock_file(workspace: Workspace) -> None:
    tree = workspace.tree("one")
    (tree / "packages/api/shared.js").write_text("module.exports = require('shared')\n")

    workspace.install_as_ever(tree)

    assert said_by(workspace, tree) == ["api of one, 1 shared of one, 1"]


def test_it_is_kept_and_the_next_checkout_has_its_own_members(workspace: Workspace) -> None:
    for name in ("one", "two"):
        tree = workspace.tree(name)
        (tree / "packages/api/shared.js").write_text("module.exports = require('shared')\n")
        asked = workspace.place.registry.asked
        assert workspace.install_kept(tree), workspace.place.said
        assert said_by(workspace, tree) == [f"api of {name}, 1 shared of {name}, 1"]

    assert workspace.place.registry.asked == asked
    assert "from the cache" in workspace.place.said[-1]
