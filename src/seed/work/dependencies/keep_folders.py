"""Kept folders in a build: brought back before its first hook, kept as a step of its first service at the end."""

from __future__ import annotations

from pathlib import Path

from seed.builds.records import Build, ServiceBuild
from seed.work import rows
from seed.work.commands.hooks import Hooks
from seed.work.dependencies.kept_folders import KeptFolders
from seed.work.logs.open_log import open_log
from seed.work.source.checkout import Job
from seed.work.world import World


def bring_back(world: World, run: Build, hooks: Hooks, tree: Path, job: Job) -> None:
    """A forced build begins without them."""
    if not run.forced:
        _folders(world, run).restore(hooks.spec.shared.cache, tree, job)


def keep(world: World, run: Build, hooks: Hooks, first: ServiceBuild, tree: Path) -> None:
    if not hooks.spec.shared.cache:
        return
    writer = open_log(world, world.folders.log(first.id), world.connect(run.stage.account), run.stage)
    try:
        with rows.step(world, first.id, "cache", writer):
            job = Job(writer.write, lambda: rows.cancel_asked(world, run.id), writer.masked)
            _folders(world, run).keep(hooks.spec.shared.cache, tree, job)
    finally:
        writer.close()


def _folders(world: World, run: Build) -> KeptFolders:
    most = world.settings.cache_paths_mb
    return KeptFolders(world.kept, world.runner, world.folders.work, most, run.app_id, run.stage_id)
