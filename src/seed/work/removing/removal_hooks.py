"""The hooks of a removal: `before_remove` while the stack is still there, `after_remove` once it is gone.

They are those of the commit that was deployed last, with its variables. Its files are checked out and installed only
when the first of them begins, once for all services that run at that build.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from seed.apps.find import stages_of
from seed.apps.records import Service
from seed.aws.port import Cloud
from seed.builds.find import running_services
from seed.builds.records import Build
from seed.errors import Cancelled, SeedError, Stopping
from seed.git import CommitNotFound, RepositoryNotReadable
from seed.removals.records import Removal, RemovedStack
from seed.spec import Hook
from seed.work.build import load
from seed.work.commands.hooked import build_hooks, part, source_for
from seed.work.commands.hooks import Hooks
from seed.work.logs.log import LogWriter
from seed.work.source.checkout import Job, remove
from seed.work.world import World

BEFORE: Hook = "before_remove"
AFTER: Hook = "after_remove"
WAY_ON = "Remove it again, or without its hooks."


class RemovalHooksUnknown(SeedError):
    """The commit that was deployed last cannot be read, so nobody knows which hooks its removal has to run."""

    code = "removal-hooks-unknown"
    status = 422


@dataclass(frozen=True, slots=True)
class Deployed:
    """What runs in a stack: the build that put it there, and its service."""

    build: Build
    service: Service


class RemovalHooks:
    """Of one removal, whose stacks may go side by side."""

    def __init__(self, world: World, removal: Removal) -> None:
        self._world, self._removal = world, removal
        self._lock = threading.Lock()
        self._made: dict[int, Hooks] = {}

    def deployed(self, row: RemovedStack) -> Deployed | None:
        with self._world.database.read() as session:
            stages = stages_of(session, self._removal.app_id) if self._removal.app_id else ()
            stage = next((one for one in stages if one.name == row.stage), None)
            running = running_services(session, stage.id).values() if stage else ()
            found = next((one.build_id for one in running if one.stack_name == row.stack_name), None)
        if found is None:
            return None
        build = load(self._world, found)
        return Deployed(build, next(one.service for one in build.services if one.service.name == row.service))

    def run(self, hook: Hook, at: Deployed | None, cloud: Cloud, writer: LogWriter) -> None:
        """As a part of the removal's log. One that fails tells the way on."""
        if at is None or self._removal.skip_hooks:
            return
        job = Job(writer.write, self._world.stopping.is_set, writer.masked)
        try:
            self._of(at.build, cloud).run(hook, at.service, job, lambda name: part(writer, name))
        except Cancelled:
            raise Stopping from None  # nobody but the server's end stops it: it goes on at the next start
        except SeedError as error:
            error.hint = f"{error.hint} {WAY_ON}".strip()
            raise

    def close(self) -> None:
        for hooks in self._made.values():
            hooks.close()

    def _of(self, build: Build, cloud: Cloud) -> Hooks:
        with self._lock:
            if build.id not in self._made:
                self._made[build.id] = self._make(build, cloud)
            return self._made[build.id]

    def _make(self, build: Build, cloud: Cloud) -> Hooks:
        world, tree = self._world, self._world.folders.checkout(build.id, "removal")
        try:
            hooks = build_hooks(world, cloud, build, tree, alone="-removal")
        except (CommitNotFound, RepositoryNotReadable) as error:
            raise RemovalHooksUnknown(
                f"The build spec of {build.commit[:12]} cannot be read, so its hooks cannot run: {error.sentence}"
            ) from error
        services = self._hooked(hooks, build)
        hooks.bring_files(
            lambda job: source_for(world, hooks, build, services, tree, job, first=()), forget=lambda: remove(tree)
        )
        return hooks

    def _hooked(self, hooks: Hooks, build: Build) -> Sequence[Service]:
        """Those that are removed, and have something to run."""
        going = {row.service for row in self._removal.stacks}
        return [
            row.service
            for row in build.services
            if row.service.name in going and hooks.wanted(row.service, BEFORE, AFTER)
        ]
