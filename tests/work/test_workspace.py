"""The workspace of a commit, as lerna, pnpm, npm and yarn write it down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.support.repository import Repository

from seed.git import Mirror
from seed.work.source.workspace import NoWorkspace, matches, read_workspace


@pytest.mark.parametrize(
    ("folder", "globs", "found"),
    [
        ("packages/a", ["packages/*"], True),
        ("packages/a/b", ["packages/*"], False),
        ("packages/a/b", ["packages/**"], True),
        ("packages", ["packages/**"], True),
        ("a/b/c", ["**/c"], True),
        ("packages/a", ["packages/*", "!packages/a"], False),
        ("packages/a", [], False),
        ("services/users-api", ["services/users-*"], True),
    ],
)
def test_which_folders_a_glob_means(folder: str, globs: list[str], found: bool) -> None:
    assert matches(folder, globs) is found


@pytest.mark.parametrize(
    ("way", "file", "text"),
    [
        ("lerna", "lerna.json", '{"packages": ["packages/*", "services/*"]}'),
        ("lerna", "package.json", '{"workspaces": ["packages/*", "services/*"]}'),
        ("pnpm", "pnpm-workspace.yaml", "packages: ['packages/*', services/*]"),
        ("npm", "package.json", '{"workspaces": ["./packages/*", "services/*/"]}'),
        ("yarn", "package.json", '{"workspaces": {"packages": ["packages/*", "services/*"]}}'),
    ],
)
def test_packages_and_what_they_depend_on(tmp_path: Path, way: str, file: str, text: str) -> None:
    repository = Repository(tmp_path / "repository")
    repository.write("packages/lib/package.json", json.dumps({"name": "@x/lib", "private": True}))
    repository.write(
        "services/users/package.json", json.dumps({"name": "users", "dependencies": {"@x/lib": "*", "left": "1"}})
    )
    repository.write("services/users/node_modules/y/package.json", json.dumps({"name": "y"}))
    repository.write("services/web/package.json", "this is not JSON")
    repository.write(file, text)
    sha = repository.commit("Workspace")
    mirror = Mirror(tmp_path / "mirror.git", str(repository.folder))
    mirror.sync()

    found = read_workspace(mirror, sha, set(mirror.files(sha)), way)

    assert found.folders == {"packages/lib": "@x/lib", "services/users": "users", "services/web": "services/web"}
    assert found.needs == {"@x/lib": set(), "users": {"@x/lib"}, "services/web": set()}


@pytest.mark.parametrize("text", ["", "[]", '{"packages": 7}', "{" * 5000])
def test_a_repository_without_that_workspace_says_so(tmp_path: Path, text: str) -> None:
    repository = Repository(tmp_path / "repository")
    repository.write("lerna.json", text)
    sha = repository.commit("None")
    mirror = Mirror(tmp_path / "mirror.git", str(repository.folder))
    mirror.sync()

    with pytest.raises(NoWorkspace):
        read_workspace(mirror, sha, set(mirror.files(sha)), "lerna")
