"""A place where dependencies are installed, and a cache of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.support.registry import Registry

from seed.frameworks.serverless import install_steps
from seed.work.dependencies.dependency_cache import DependencyCache, Keeper
from seed.work.dependencies.dependency_key import recipe
from seed.work.runner import LocalRunner, Network

SPY = "const fs = require('fs'); fs.writeFileSync('saw', String(fs.existsSync(process.env.INIT_CWD + '/evil.js')))"


class Place:
    """A cache, and checkouts that install by way of it."""

    def __init__(self, folder: Path, registry: Registry, most_mb: int = 100) -> None:
        self.folder, self.registry = folder, registry
        self.cache = DependencyCache(folder / "cache", most_mb)
        network = Network(allow=(f"127.0.0.1:{registry.port}",))
        runner = LocalRunner(folder / "runs", network=network)
        assert runner.describe().sandboxed, "what is installed here must not reach anybody else: make system"
        self.keeper = Keeper(self.cache, runner, folder / "work")
        self.said: list[str] = []

    def tree(self, name: str, *packages: str, **more: object) -> Path:
        tree = self.folder / "work" / name
        self.registry.write_project(tree, *packages, **more)
        return tree

    def install(self, tree: Path, *, force: bool = False, cancelled: Callable[[], bool] = lambda: False) -> bool:
        [step] = install_steps(tree, "")
        made = recipe(tree, step, {}, "app 1", "node 20")
        assert made is not None
        return self.keeper.install(made, step, tree, self.said.append, cancelled, 120, force=force)
