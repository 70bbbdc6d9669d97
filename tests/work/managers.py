"""Workspaces of each package manager."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.support.registry import Registry
from tests.work.installs import Place

from seed.frameworks.serverless import InstallStep, install_steps
from seed.work.dependencies.dependency_cache import Keeper
from seed.work.dependencies.dependency_key import recipe
from seed.work.dependencies.runtimes import Chosen, Picked
from seed.work.runner import Command, LocalRunner, Network

NPM = Path(__file__).parents[2] / "npm"
MEMBERS = {"api": ("left", "shared"), "shared": ("left",)}


@dataclass(frozen=True)
class Manager:
    program: Path
    """Below npm/."""
    command: str
    lock: tuple[str, ...]
    """Writes the lock file."""
    workspaces: str = "*"
    """The version by which a member asks for another one."""
    files: Mapping[str, str] = field(default_factory=dict)


YARN = Manager(Path("services/node_modules/yarn/bin/yarn.js"), "yarn", ("yarn", "install"), "1.0.0",
               {".npmrc": "registry=THE-TESTS-OWN\n", ".yarnrc": 'registry "THE-TESTS-OWN"\n'})  # fmt: skip


BERRY = Manager(
    Path("berry/node_modules/@yarnpkg/cli-dist/bin/yarn.js"), "yarn", ("yarn", "install"), "workspace:*",
    {".yarnrc.yml": "nodeLinker: node-modules\nnpmRegistryServer: THE-TESTS-OWN\nunsafeHttpWhitelist: ['127.0.0.1']\n"
                    "npmMinimalAgeGate: 0\n"},
)  # fmt: skip


PNPM = Manager(Path("services/node_modules/pnpm/bin/pnpm.cjs"), "pnpm", ("pnpm", "install", "--lockfile-only"),
               "workspace:*", {".npmrc": "registry=THE-TESTS-OWN\n", "pnpm-workspace.yaml": "packages: ['packages/*']\n"})  # fmt: skip


class Workspace:
    """Checkouts of one workspace, whose lock file its own package manager has written."""

    def __init__(self, folder: Path, registry: Registry, manager: Manager) -> None:
        self.place = Place(folder, registry)
        self.manager = manager
        shims = folder / "manager"
        (shims / "bin").mkdir(parents=True)
        program = NPM / manager.program
        if not program.is_file():
            pytest.skip(f"{program.name} is not installed: make test-services")
        command = shims / "bin" / manager.command
        command.write_text(f'#!/bin/sh\nexec node "{program}" "$@"\n')
        command.chmod(0o755)
        network = Network(allow=(f"127.0.0.1:{registry.port}",))
        self.runner = Picked(LocalRunner(folder / "runs", network=network), Chosen((shims, program.parents[1])))
        self.locked: dict[str, str] = {}

    def files(self, name: str) -> dict[str, str]:
        """Of the checkout of this name."""
        root = {"name": "workspace", "version": "1.0.0", "private": True, "workspaces": ["packages/*"]}
        files = {"package.json": json.dumps(root), **self.manager.files, **self.locked}
        for member, needs in MEMBERS.items():
            asked = {one: self.manager.workspaces if one in MEMBERS else "1.0.0" for one in needs}
            package = {"name": member, "version": "1.0.0", "dependencies": asked}
            files[f"packages/{member}/package.json"] = json.dumps(package)
            files[f"packages/{member}/index.js"] = f"module.exports = '{member} of {name}, ' + require('left')\n"
        address = f"http://127.0.0.1:{self.place.registry.port}"
        return {path: text.replace("THE-TESTS-OWN", address) for path, text in files.items()}

    def tree(self, name: str) -> Path:
        tree = self.place.folder / "work" / name
        for path, text in self.files(name).items():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_text(text)
        return tree

    def write_lock(self) -> None:
        tree = self.tree("locking")
        self.run(tree, *self.manager.lock)
        [lock] = [path for name in ("yarn.lock", "pnpm-lock.yaml") if (path := tree / name).is_file()]
        self.locked = {lock.name: lock.read_text()}

    def step(self, tree: Path) -> InstallStep:
        [step] = install_steps(tree, "")
        return step

    def install_as_ever(self, tree: Path) -> None:
        self.run(tree, *self.step(tree).argv)

    def install_kept(self, tree: Path) -> bool:
        step = self.step(tree)
        made = recipe(tree, step, {}, "app 1", "node 20", self.place.said.append)
        keeper = Keeper(self.place.cache, self.runner, self.place.folder / "work")
        return made is not None and keeper.install(
            made, step, tree, self.place.said.append, lambda: False, 120, force=False
        )

    def run(self, tree: Path, *argv: str) -> list[str]:
        said: list[str] = []
        ended = self.runner.run(
            Command(argv, tree, writable=(tree,), env={"CI": "", "YARN_ENABLE_TELEMETRY": "0"}, timeout=120),
            said.append,
        )
        assert ended.ok, said
        return said
