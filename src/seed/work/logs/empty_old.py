"""Logs of what ended long ago, where the server is told to empty them: of each, the line that says so is left."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from seed.builds.records import Build, DownstreamPackage, ServiceBuild
from seed.builds.states import ENDED, PACKAGE_ENDED
from seed.removals.records import RemovedStack
from seed.work.logs.log import LogWriter
from seed.work.world import World

LEFT = 512
"""A file of so many bytes has been emptied, or is not worth it."""


def empty_old_logs(world: World) -> None:
    """By when a line was written last. What has not ended keeps its log, however long it is silent."""
    days = world.settings.log_days
    if not days:
        return
    before = (world.clock() - timedelta(days=days)).timestamp()
    needed = _needed(world)
    for path in sorted((world.folders.data / "logs").glob("*/*.jsonl")):
        with suppress(FileNotFoundError):  # its stage has just been removed
            about = path.stat()
            if about.st_mtime < before and about.st_size > LEFT and path not in needed:
                _empty(path, f"This log was emptied: its last line was more than {days:g} days old.")


def _needed(world: World) -> set[Path]:
    folders = world.folders
    with world.database.read() as session:
        services = session.scalars(
            sa.select(ServiceBuild.id)
            .join(Build, Build.id == ServiceBuild.build_id)
            .where(sa.or_(Build.state.not_in(ENDED), ServiceBuild.state.not_in(ENDED)))
        )
        packages = session.scalars(sa.select(DownstreamPackage.id).where(DownstreamPackage.state.not_in(PACKAGE_ENDED)))
        removals = session.scalars(
            sa.select(RemovedStack.id).where(RemovedStack.state.not_in(("gone", "failed", "kept")))
        )
        return {
            *map(folders.log, services), *map(folders.package_log, packages), *map(folders.removal_log, removals)
        }  # fmt: skip


def _empty(path: Path, sentence: str) -> None:
    """At once: whoever reads it has all of it, or that line."""
    half = path.with_suffix(".half")
    half.unlink(missing_ok=True)
    writer = LogWriter(half)
    writer.tell(sentence)
    writer.close()
    if writer.problem is None:
        half.replace(path)
